"""Screens every officer of an office may open."""
