"""Pass-through video for remote visits. It stands alone."""
