"""What inspectors work with: a tablet, gloves, sun."""
