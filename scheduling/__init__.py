"""The pure core of booking, draw and plan. It knows no framework."""
