"""The visit chief's screens."""
