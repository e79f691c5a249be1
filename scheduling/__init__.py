"""The pure core of booking, draw and plan. It knows no framework."""

from scheduling.draw import FORMAT as DRAW_FORMAT
from scheduling.draw import (
    Drawn,
    Finding,
    chance,
    commitment,
    draw_among,
    falls,
    letter,
    line_digest,
    number,
    people_digest,
    shares,
)
from scheduling.draw import verify as verify_draws
from scheduling.durations import Durations, Features, Observation, Prediction, fit_durations
from scheduling.errors import InvalidProblem, OffGrid
from scheduling.hours import MOST_STEPS, Grid, shift, span, starts, working
from scheduling.intervals import Interval, fits, intersect, subtract, union
from scheduling.slots import Day, Reason, Refused, Role, Slot, Why, before, bits, either, first, nearest

__all__ = [
    "DRAW_FORMAT",
    "MOST_STEPS",
    "Day",
    "Drawn",
    "Durations",
    "Features",
    "Finding",
    "Grid",
    "Interval",
    "InvalidProblem",
    "Observation",
    "OffGrid",
    "Prediction",
    "Reason",
    "Refused",
    "Role",
    "Slot",
    "Why",
    "before",
    "bits",
    "chance",
    "commitment",
    "draw_among",
    "either",
    "falls",
    "first",
    "fit_durations",
    "fits",
    "intersect",
    "letter",
    "line_digest",
    "nearest",
    "number",
    "people_digest",
    "shares",
    "shift",
    "span",
    "starts",
    "subtract",
    "union",
    "verify_draws",
    "working",
]
