"""A port to try the product on: people, history, today."""
