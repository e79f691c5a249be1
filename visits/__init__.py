"""Visits: from a declaration selected for control to its removal voucher."""

__version__ = "0.1.0"
