"""The pure core of booking, draw and plan. It knows no framework."""

from scheduling.abilities import FIRST_LANGUAGE, LANGUAGES, lacking
from scheduling.check import Fault, faults
from scheduling.counterfactual import otherwise
from scheduling.displacing import Giving, Way, displace, ways
from scheduling.draw import FORMAT as DRAW_FORMAT
from scheduling.draw import (
    Drawn,
    chance,
    commitment,
    draw_among,
    falls,
    letter,
    number,
    shares,
)
from scheduling.durations import ALIKE, Durations, Features, Observation, Prediction, fit_durations
from scheduling.errors import InvalidProblem, OffGrid
from scheduling.exchange import Matched, judge, match
from scheduling.explanation import Candidate, Cast, Explained, Judged, Removal, explain, explain_day
from scheduling.hours import MOST_STEPS, Grid, shift, span, starts, working
from scheduling.insertion import Insertion
from scheduling.intervals import Interval, fits, intersect, subtract, union
from scheduling.matching import assign
from scheduling.mending import NEEDED, Fate, Mended, Naming, Torn, mend
from scheduling.naming import DeadEnd, name_routes
from scheduling.plan import (
    OFFICER,
    Blocked,
    Engine,
    Need,
    OfficeDay,
    Plan,
    PlanVisit,
    Rest,
    Route,
    Seat,
    Stop,
)
from scheduling.posting import PURPOSE as POSTING
from scheduling.posting import STAYED, Posted, post
from scheduling.proof import Finding, Replayed, line_digest, people_digest, replay, sheet
from scheduling.proof import verify as verify_draws
from scheduling.quotas import Kind as QuotaKind
from scheduling.quotas import Quota, Room, Wanted, Window, keep, windows
from scheduling.repair import LIMITED, Answer, Outcome, Replan, replan
from scheduling.repair_board import Limit, Lost, LostSeat
from scheduling.repair_places import Party
from scheduling.seats import Want, seat
from scheduling.slots import Bar, Day, Reason, Refused, Role, Slot, Why, before, bits, either, first, nearest
from scheduling.timeline import Option, Timeline, Timelines
from scheduling.witness import BYTES as WITNESS_BYTES
from scheduling.witness import FORMAT as WITNESS_FORMAT
from scheduling.witness import MOST_DAYS as MOST_WITNESS_DAYS
from scheduling.witness import anchor_of, back, place_of, value_of

__all__ = [
    "ALIKE",
    "DRAW_FORMAT",
    "FIRST_LANGUAGE",
    "LANGUAGES",
    "LIMITED",
    "MOST_STEPS",
    "MOST_WITNESS_DAYS",
    "NEEDED",
    "OFFICER",
    "POSTING",
    "STAYED",
    "WITNESS_BYTES",
    "WITNESS_FORMAT",
    "Answer",
    "Bar",
    "Blocked",
    "Candidate",
    "Cast",
    "Day",
    "DeadEnd",
    "Drawn",
    "Durations",
    "Engine",
    "Explained",
    "Fate",
    "Fault",
    "Features",
    "Finding",
    "Giving",
    "Grid",
    "Insertion",
    "Interval",
    "InvalidProblem",
    "Judged",
    "Limit",
    "Lost",
    "LostSeat",
    "Matched",
    "Mended",
    "Naming",
    "Need",
    "Observation",
    "OffGrid",
    "OfficeDay",
    "Option",
    "Outcome",
    "Party",
    "Plan",
    "PlanVisit",
    "Posted",
    "Prediction",
    "Quota",
    "QuotaKind",
    "Reason",
    "Refused",
    "Removal",
    "Replan",
    "Replayed",
    "Rest",
    "Role",
    "Room",
    "Route",
    "Seat",
    "Slot",
    "Stop",
    "Timeline",
    "Timelines",
    "Torn",
    "Want",
    "Wanted",
    "Way",
    "Why",
    "Window",
    "anchor_of",
    "assign",
    "back",
    "before",
    "bits",
    "chance",
    "commitment",
    "displace",
    "draw_among",
    "either",
    "explain",
    "explain_day",
    "falls",
    "faults",
    "first",
    "fit_durations",
    "fits",
    "intersect",
    "judge",
    "keep",
    "lacking",
    "letter",
    "line_digest",
    "match",
    "mend",
    "name_routes",
    "nearest",
    "number",
    "otherwise",
    "people_digest",
    "place_of",
    "post",
    "replan",
    "replay",
    "seat",
    "shares",
    "sheet",
    "shift",
    "span",
    "starts",
    "subtract",
    "union",
    "value_of",
    "verify_draws",
    "ways",
    "windows",
    "working",
]
