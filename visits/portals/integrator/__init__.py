"""Pages of those who connect other systems."""
