"""The declarant's screens."""
