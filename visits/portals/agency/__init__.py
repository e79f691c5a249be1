"""Pages of the controlling agencies."""
