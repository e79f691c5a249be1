"""Appointments: offer, hold, confirm, move, cancel; never double."""
