"""Carries notices to people and their answers back: channels, reactions, the path by text alone."""
