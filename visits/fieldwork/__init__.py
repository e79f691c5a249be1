"""The visit on the ground: arrivals, findings, seals, photos."""
