"""Pages of the terminals."""
