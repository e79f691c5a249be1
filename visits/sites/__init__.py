"""Offices, sites and everything that can be busy there."""
