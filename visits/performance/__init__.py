"""Honest times from machine events, and ratings."""
