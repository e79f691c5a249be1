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
from scheduling.durations import ALIKE, Durations, Features, Observation, Prediction, fit_durations
from scheduling.errors import InvalidProblem, OffGrid
from scheduling.hours import MOST_STEPS, Grid, shift, span, starts, working
from scheduling.intervals import Interval, fits, intersect, subtract, union
from scheduling.quotas import Kind as QuotaKind
from scheduling.quotas import Quota, Room, Wanted, Window, keep, windows
from scheduling.seats import Want, seat
from scheduling.slots import Bar, Day, Reason, Refused, Role, Slot, Why, before, bits, either, first, nearest

__all__ = [
    "ALIKE",
    "DRAW_FORMAT",
    "MOST_STEPS",
    "Bar",
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
    "Quota",
    "QuotaKind",
    "Reason",
    "Refused",
    "Role",
    "Room",
    "Slot",
    "Want",
    "Wanted",
    "Why",
    "Window",
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
    "keep",
    "letter",
    "line_digest",
    "nearest",
    "number",
    "people_digest",
    "seat",
    "shares",
    "shift",
    "span",
    "starts",
    "subtract",
    "union",
    "verify_draws",
    "windows",
    "working",
]
