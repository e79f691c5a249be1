"""What booking promises, written again as plainly as can be: minutes since Monday, stretches of them, a dict of times.

It knows no bits, no rows and no locks. Which of several free resources is taken is left to the service: the model is
told afterwards, and judges that it could be.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from visits.booking.rules import (
    HoldExpired,
    NotLive,
    QuotaReached,
    SlotClosed,
    SlotPast,
    SlotTaken,
    TooLate,
    TooManyHolds,
    TooSoon,
)
from visits.errors import Refusal

Stretch = tuple[int, int]
No = type[Refusal] | None

HOUR, DAY, GRID = 60, 24 * 60, 15
#: How long a visit lasts, a hold keeps its place, and the office's notice and freeze.
LENGTH, HOLD, NOTICE, FREEZE = HOUR, 5, 2 * HOUR, 2 * HOUR
#: Unconfirmed times a firm may keep; times limited while the quota holds, and between which hours of a day.
HOLDS, PLACES, LIMITED = 3, 1, (9 * HOUR, 10 * HOUR + 30)
#: When the office books: the local day begins at six and has 63 steps.
BOOKS = [range(day * DAY + 6 * HOUR, day * DAY + 6 * HOUR + 63 * GRID, GRID) for day in (0, 1)]
OFFICE, YARD = ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)), ((7 * HOUR, 18 * HOUR),)


@dataclass
class Time:
    """A time some visit holds or has, or had."""

    id: UUID
    visit: int
    start: int
    status: str
    #: The last minute of a hold.
    expires: int | None = None
    supersedes: UUID | None = None
    #: Booked by the office, or for an urgent visit: the quota of the public does not count it.
    apart: bool = False
    #: Kept by the service for somebody on the waitlist.
    offered: bool = False
    #: Resource by role.
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """When it is over."""
        return self.start + LENGTH

    def meets(self, start: int, end: int) -> bool:
        """Does it share a minute with a stretch?"""
        return self.start < end and start < self.end


@dataclass
class Port:
    """The office: who works when, and every time ever given."""

    #: Resource names by kind.
    kinds: dict[str, tuple[str, ...]]
    #: Roles of each visit by number, each with the kind it needs.
    roles: list[tuple[str, ...]]
    now: int
    times: dict[UUID, Time] = field(default_factory=dict)
    #: Stretches nobody works, and those of one resource.
    closed: dict[UUID, Stretch] = field(default_factory=dict)
    away: dict[UUID, tuple[str, Stretch]] = field(default_factory=dict)
    quota: bool = False
    urgent: set[int] = field(default_factory=set)
    #: What each key was used for, and the time it got.
    keys: dict[str, tuple[str, UUID]] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    _works: dict[tuple[object, ...], int] = field(default_factory=dict)

    # -- what there is --------------------------------------------------------------------------------------
    def live(self, visit: int | None = None) -> list[Time]:
        """Held and confirmed times, of one visit or of all; a hold that ran out is live until somebody sweeps."""
        return [
            each
            for each in self.times.values()
            if each.status in ("held", "confirmed") and (visit is None or each.visit == visit)
        ]

    def of(self, visit: int, status: str) -> Time | None:
        """The held or the confirmed time of a visit."""
        return next((each for each in self.live(visit) if each.status == status), None)

    def runs(self, time: Time) -> bool:
        """Is it confirmed, or a hold that has not run out?"""
        return time.status == "confirmed" or (time.expires is not None and self.now <= time.expires)

    def lapsed(self, start: int = 0, end: int = 9 * DAY) -> list[Time]:
        """Holds that ran out and still stand in the way of a stretch."""
        return [each for each in self.live() if not self.runs(each) and each.meets(start, end)]

    def works(self, name: str, start: int, end: int) -> bool:
        """Does a resource work throughout?"""
        day = start // DAY * DAY
        hours = YARD if name.startswith("bay") else OFFICE
        off = [*self.closed.values(), *(span for who, span in self.away.values() if who == name)]
        return any(day + first <= start and end <= day + last for first, last in hours) and not any(
            first < end and start < last for first, last in off
        )

    def work_bits(self, name: str, day: int) -> int:
        """The quarters of an hour a resource works on a day, the first of them lowest."""
        known = (name, day, *self.closed.values(), *self.away.values())
        if known not in self._works:
            self._works[known] = sum(self.works(name, each, each + GRID) << at for at, each in enumerate(BOOKS[day]))
        return self._works[known]

    def stranded(self, time: Time) -> bool:
        """Does one of its resources no longer work then?"""
        return not all(self.works(name, time.start, time.end) for name in time.parts.values())

    def free(self, kind: str, start: int, spare: Collection[UUID]) -> list[str]:
        """Resources of a kind that could take a visit at a start if some times were given back."""
        end = start + LENGTH
        busy = {
            name
            for each in self.live()
            if each.id not in spare and each.meets(start, end)
            for name in each.parts.values()
        }
        return [name for name in self.kinds[kind] if name not in busy and self.works(name, start, end)]

    # -- what would be answered -------------------------------------------------------------------------------
    def refused(self, visit: int, start: int, spare: Iterable[Time], *, staff: bool = False) -> No:
        """Why a visit cannot have a start; the first rule that applies."""
        given = {each.id for each in spare}
        if start < self.now:
            return SlotPast
        if any(
            not any(self.works(name, start, start + LENGTH) for name in self.kinds[kind]) for kind in self.roles[visit]
        ):
            return SlotClosed
        if not staff and start < self.now + NOTICE:
            return TooSoon
        if self.full(visit, start, given, staff=staff):
            return QuotaReached
        if not all(self.free(kind, start, given) for kind in self.roles[visit]):
            return SlotTaken
        return None

    def full(self, visit: int, start: int, spare: Collection[UUID], *, staff: bool = False, more: int = 0) -> bool:
        """Is the quota of the public used up for a start?"""
        if not self.quota or staff or visit in self.urgent or not LIMITED[0] <= start % DAY < LIMITED[1]:
            return False
        used = [
            each
            for each in self.live()
            if each.visit != visit
            and each.id not in spare
            and self.runs(each)
            and not each.apart
            and each.start // DAY == start // DAY
            and LIMITED[0] <= each.start % DAY < LIMITED[1]
        ]
        return len(used) + more >= PLACES

    def searched(self, visit: int) -> set[int]:
        """Every start a visit is offered: what it holds itself, and what ran out, counts as free."""
        spare = [*self.lapsed(), *(each for each in self.live(visit) if each.status == "held")]
        return {start for day in BOOKS for start in day if self.refused(visit, start, spare) is None}

    def hold(self, visit: int, start: int) -> No:
        """The answer to a declarant's hold."""
        held, booked = self.of(visit, "held"), self.of(visit, "confirmed")
        if held is not None and self.runs(held) and held.start == start:
            return None
        if booked is not None and self.now > booked.start - FREEZE:
            return TooLate
        spare = [*self.lapsed(start, start + LENGTH), *([held] if held else [])]
        if no := self.refused(visit, start, spare):
            return no
        keeps = [
            each
            for each in self.live()
            if each.status == "held" and self.runs(each) and not each.offered and each.visit != visit
        ]
        return TooManyHolds if len(keeps) >= HOLDS else None

    def confirm(self, time: Time) -> No:
        """The answer to confirming a hold."""
        if time.status == "confirmed":
            return None
        if time.status == "expired" or (time.status == "held" and not self.runs(time)):
            return HoldExpired
        return None if time.status == "held" else NotLive

    def move(self, time: Time, start: int) -> No:
        """The answer to moving a confirmed time."""
        if time.status != "confirmed":
            return NotLive
        if time.start == start and not self.stranded(time):
            return None
        if self.now > time.start - FREEZE:
            return TooLate
        held = self.of(time.visit, "held")
        return self.refused(time.visit, start, [time, *self.lapsed(start, start + LENGTH), *([held] if held else [])])

    def cancel(self, time: Time) -> No:
        """The answer to giving a time back."""
        if time.status in ("cancelled", "expired", "held"):
            return None
        if time.status != "confirmed":
            return NotLive
        return TooLate if self.now >= time.start else None

    def today(self, visit: int) -> int | None:
        """The first start somebody at the counter can have."""
        spare = [*self.lapsed(), *(each for each in self.live(visit) if each.status == "held")]
        return next((each for each in BOOKS[0] if self.refused(visit, each, spare, staff=True) is None), None)

    def together(self, visits: Collection[int], starts: Collection[int]) -> bool:
        """Do visits find places at these starts, all of them?"""
        held = [each for visit in visits for each in self.live(visit) if each.status == "held"]
        day = BOOKS[min(starts) // DAY]
        spare = {each.id for each in [*held, *self.lapsed(day.start, day.stop)]}
        gone = [each for each in self.times.values() if each.id in spare]
        public = 0
        for visit, start in zip(visits, starts, strict=True):
            if self.refused(visit, start, gone) or self.full(visit, start, spare, more=public):
                return False
            public += visit not in self.urgent and LIMITED[0] <= start % DAY < LIMITED[1]
        pairs = combinations(zip(visits, starts, strict=True), 2)
        for (one, first), (other, second) in pairs:
            if abs(first - second) >= LENGTH:
                continue
            for kind in set(self.roles[one]) & set(self.roles[other]):
                if len({*self.free(kind, first, spare), *self.free(kind, second, spare)}) < 2:
                    return False
        return True
