"""Pages of the inspection of services."""
