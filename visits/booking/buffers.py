"""Minutes around a visit that are booked with it, and minutes between sites: an office's rules, in whole steps (pure).

Before a visit a container is put on its bay, afterwards the bay is cleared; an officer washes, writes, drives. These
steps lie inside the range that is booked, never in the hours shown to the declarant. Each kind of resource has its own,
so an officer may be free again before the bay is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from scheduling import Grid, Interval
from visits.booking.rules import Need

#: The longest buffer and the longest journey an office may set.
LONGEST = timedelta(minutes=240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffer:
    """Time before and after for one kind of resource; at one level or one site only, where they are named."""

    kind: str
    before: int = 0
    after: int = 0
    level: str = ""
    site: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Buffer":
        """As the policies keep it."""
        return cls(**{name: stored[name] for name in ("kind", "before", "after", "level", "site") if name in stored})

    def as_json(self) -> dict[str, Any]:
        """As the policies keep it."""
        return {
            "kind": self.kind,
            "before": self.before,
            "after": self.after,
            "level": self.level,
            "site": self.site,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """How long an officer needs between two sites, either way."""

    here: str
    there: str
    minutes: int

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Trip":
        """As the policies keep it."""
        return cls(here=stored["here"], there=stored["there"], minutes=stored["minutes"])

    def as_json(self) -> dict[str, Any]:
        """As the policies keep it."""
        return {"here": self.here, "there": self.there, "minutes": self.minutes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The office's policies of buffers and journeys, as stored."""

    buffers: tuple[Mapping[str, Any], ...] = ()
    trips: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An officer's visit at a site: between the roads at its two ends, which lie inside what is booked."""

    site: str
    begin: datetime
    end: datetime
    travel_before: timedelta = timedelta(0)
    travel_after: timedelta = timedelta(0)


def padded(needs: Iterable[Need], around: Around, grid: Grid, *, level: str, site_id: UUID | None) -> tuple[Need, ...]:
    """The needs with the steps before and after that the office's rules give each kind of resource."""
    stored = [Buffer.of(each) for each in around.buffers]
    if not stored:
        return tuple(needs)
    found = []
    for need in needs:
        rule = chosen(stored, kind=need.kind, level=level, site=str(site_id or ""))
        if rule is not None:
            need = replace(need, before=steps(grid, rule.before), after=steps(grid, rule.after))
        found.append(need)
    return tuple(found)


def at_home(needs: Iterable[Need], grid: Grid, minutes: int) -> tuple[Need, ...]:
    """What a visit needs at premises: those who travel, with the road there and back inside what is booked of them."""
    road = steps(grid, minutes)
    return tuple(replace(need, before=need.before + road, after=need.after + road) for need in needs if not need.fixed)


def chosen(stored: Iterable[Buffer], *, kind: str, level: str, site: str) -> Buffer | None:
    """The rule that fits best: one for the site before one for the level, both before either; the last of equals."""
    fitting = [each for each in stored if each.kind == kind and each.level in ("", level) and each.site in ("", site)]
    return max(fitting, key=lambda each: (bool(each.site), bool(each.level)), default=None) if fitting else None


def steps(grid: Grid, minutes: int) -> int:
    """Whole steps that hold so many minutes."""
    return -(-timedelta(minutes=minutes) // grid.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """How far the office's sites lie apart, in whole steps of its grid."""

    grid: Grid
    between: Mapping[frozenset[str], timedelta]

    @classmethod
    def of(cls, around: Around, grid: Grid) -> "Roads":
        """From the office's rules; without any nobody needs time between sites."""
        trips = [Trip.of(each) for each in around.trips]
        return cls(
            grid=grid,
            between={frozenset({each.here, each.there}): steps(grid, each.minutes) * grid.step for each in trips},
        )

    def __bool__(self) -> bool:
        return any(self.between.values())

    def time(self, here: str, there: str) -> timedelta:
        """From one site to another; nothing to where one is."""
        return self.between.get(frozenset({here, there}), timedelta(0)) if here != there else timedelta(0)

    def beyond(self, stay: Stay, site: str) -> Interval | None:
        """When an officer who has this stay cannot be at another site; None where no road lies between."""
        road = self.time(stay.site, site)
        return Interval(stay.begin - road, stay.end + road) if road else None

    def to_drive(self, stays: Sequence[Stay], site: str, begin: datetime, end: datetime) -> tuple[timedelta, timedelta]:
        """What of the roads around a new stay must be booked with it: as much as its neighbours have not yet."""
        before = max((each for each in stays if each.end <= begin), key=lambda each: each.end, default=None)
        after = min((each for each in stays if each.begin >= end), key=lambda each: each.begin, default=None)
        none = timedelta(0)
        return (
            max(none, self.time(before.site, site) - before.travel_after) if before else none,
            max(none, self.time(site, after.site) - after.travel_before) if after else none,
        )


def widest(around: Around) -> timedelta:
    """The longest that any appointment of the office may reach beyond the hours shown."""
    buffers = [max(each.before, each.after) for each in map(Buffer.of, around.buffers)]
    trips = [each.minutes for each in map(Trip.of, around.trips)]
    return timedelta(minutes=max(buffers, default=0) + max(trips, default=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one resource of an appointment is booked for: the visit, its buffers, and an officer's roads."""

    role: str
    resource: UUID
    day: date
    begin: datetime
    end: datetime
    #: The steps of the day this takes of the resource's working time.
    mask: int
    travel_before: timedelta = timedelta(0)
    travel_after: timedelta = timedelta(0)


def bits_of(parts: Iterable[Part]) -> dict[tuple[date, UUID], int]:
    """The steps that parts take, by day and resource."""
    return {(part.day, part.resource): part.mask for part in parts}
