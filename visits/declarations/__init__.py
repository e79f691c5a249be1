"""Declarations as they came from the clearance system, their lanes and their conflicts."""
