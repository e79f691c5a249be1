"""The life of a visit: opening, states, events and the timeline."""
