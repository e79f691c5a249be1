"""A clearance system to try the links with: shipped for demos, trainings and tests."""

from visits.clearance.simulator.serve import serve

__all__ = ["serve"]
