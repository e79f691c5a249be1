"""The office-day of anonymous seats: who is needed where and when. What goes into a plan, what comes out, who makes it.

Times are whole minutes since the local day began. A seat is a set of skills with a shift and perhaps a site; the plan
gives it a route, the draw gives the route a name. Nothing here knows a name, so no engine can prefer one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

#: Half-open minutes of the day.
Span = tuple[int, int]
#: Minutes on the road between two sites, by unordered pair; a pair not named takes none.
Roads = Mapping[frozenset[str], int]

#: What keeps a visit from a seat, from the farthest to the nearest miss: the last one any seat failed at is told.
RULES = (
    "nobody",
    "kind",
    "skills",
    "language",
    "elsewhere",
    "refused",
    "off_duty",
    "fatigue",
    "busy",
    "on_the_road",
    "rest",
    "full_day",
    "limit",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A break inside a long stretch of work: so many minutes without visit or road, between two times."""

    minutes: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Whoever or whatever serves on the day: an officer without a name, an agency's officer, a bay.

    A person is a seat too, once names are given: `refuses` and `limits` are then the rules that bind this one only.
    """

    id: str
    kind: str = "officer"
    agency: str = ""
    #: Serves only here; empty: anywhere.
    site: str = ""
    skills: int = 0
    shift: tuple[Span, ...] = ()
    rest: Rest | None = None
    #: Minutes of visits a day, at most.
    most: int | None = None
    #: No demanding visit ends after this.
    tired_at: int | None = None
    #: Visits that are not for this one, with the rule that says so.
    refuses: Mapping[str, str] = field(default_factory=dict)
    #: Visits of one group (a declarant) this one may still take.
    limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Minutes of the shift."""
        return sum(end - begin for begin, end in self.shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One role of a visit, and the minutes it is busy before the visit begins and after it ends."""

    role: str = "officer"
    kind: str = "officer"
    agency: str = ""
    skills: int = 0
    before: int = 0
    after: int = 0


OFFICER = Need()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVisit:
    """A visit as the plan sees it: all its roles are needed at once, from one start on."""

    id: str
    minutes: int
    #: When it may start; a promised time is both.
    earliest: int
    latest: int
    #: Empty: by video, wherever the officer is.
    site: str = ""
    needs: tuple[Need, ...] = (OFFICER,)
    #: Of high risk: not for the end of a long day.
    demanding: bool = False
    #: Whose visit it is, for limits.
    group: str = ""

    @property
    def promised(self) -> bool:
        """Was its time told to somebody?"""
        return self.earliest == self.latest


@dataclass(frozen=True, slots=True)
class Stop:
    """One role of a visit on a route, with the start of the visit."""

    visit: PlanVisit
    need: Need
    start: int

    @property
    def begin(self) -> int:
        """From when the seat is busy with it."""
        return self.start - self.need.before

    @property
    def end(self) -> int:
        """Until when the seat is busy with it."""
        return self.start + self.visit.minutes + self.need.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one seat does on the day, in order."""

    seat: str
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A visit nobody may serve, and the rule that came nearest to letting somebody through."""

    visit: str
    role: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDay:
    """One office and local day: its seats, its visits, its roads, and routes that are settled already."""

    seats: tuple[Seat, ...]
    visits: tuple[PlanVisit, ...] = ()
    roads: Roads = field(default_factory=dict)
    #: Starts that are not promised begin on a multiple of this.
    step: int = 15
    #: Stops that stay where they are: begun, frozen, or told to somebody.
    settled: tuple[Route, ...] = ()
    #: Routes that keep every promise, if they are known: where the search may begin.
    known: tuple[Route, ...] = ()

    def road(self, here: str, there: str) -> int:
        """Minutes from one site to another."""
        return 0 if here == there else self.roads.get(frozenset((here, there)), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The routes of a day, the settled stops among them, and the visits nobody may serve."""

    routes: tuple[Route, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    def of(self, visit: str) -> dict[str, tuple[str, Stop]]:
        """Seat and stop of every role of a visit."""
        return {
            stop.need.role: (route.seat, stop)
            for route in self.routes
            for stop in route.stops
            if stop.visit.id == visit
        }


class Engine(Protocol):
    """Makes the routes of a day. It relaxes no rule, moves nothing that is settled, and names what it cannot place."""

    @property
    def name(self) -> str:
        """What is written beside a plan: which engine made it."""

    def plan(self, day: OfficeDay) -> Plan:
        """Every visit is on a route with all its roles, or blocked."""


def nearest(rules: Iterable[str]) -> str:
    """Of the rules that kept everybody away the one that came nearest to letting somebody through."""
    return max(rules, key=rank, default="nobody")


def rank(rule: str) -> int:
    """A rule's place; a personal rule has the place of `refused`."""
    return RULES.index(rule if rule in RULES else "refused")
