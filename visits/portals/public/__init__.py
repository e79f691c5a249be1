"""Screens open to everybody."""
