"""What a plan made anew reads and fills: visits that lost a resource, what is free for them, limits they share.

The board keeps count while visits are placed one after the other: each finds what a booking made at that moment would
find. Places kept for others stay theirs, a limit is never exceeded by a visit that was not within it before, and
whoever travels gets the time for the road from one site to the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from scheduling.hours import span
from scheduling.quotas import Kind, Room, Wanted, keep

#: Free steps by day and resource.
Free = Mapping[tuple[int, str], int]
#: Resources that places may be kept of, by day and name; how free they are is on the board.
Rooms = Mapping[int, Mapping[str, Room]]
#: The steps each resource works, by day.
Works = Mapping[tuple[int, str], int]
#: How many steps lie between two sites.
Roads = Mapping[frozenset[str], int]


class Bears(Protocol):
    """What one visit may ask of a day: the rules of booking, asked as a booking asks them."""

    def bears(self, kind: str, *, work: int, free: int, had: int, mask: int, after: int, length: int) -> bool:
        """May the day of somebody who works so, and has so many minutes of visits, be asked for these steps too?"""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSeat:
    """One role of a visit: what it holds now, whether that fell away, and who could play it, the best first."""

    role: str
    held: str
    broken: bool
    able: tuple[str, ...]
    #: Steps it is busy before the visit begins and after it ends.
    before: int = 0
    after: int = 0
    #: What kind of resource plays it.
    kind: str = ""
    #: Whoever plays it goes from site to site.
    travels: bool = False

    def mask(self, step: int, length: int) -> int:
        """The steps it is busy; 0 when they would begin before the day does."""
        return span(step - self.before, self.before + length + self.after) if step >= self.before else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A visit that lost a resource."""

    visit: str
    day: int
    step: int
    length: int
    seats: tuple[LostSeat, ...]
    #: How much a minute of it weighs, and whom it goes before.
    weight: int = 1
    #: A name was drawn already, which changes with the officer.
    named: bool = False
    #: Starts that may be chosen instead, by day; a day that is not there may not.
    starts: Mapping[int, int] = field(default_factory=dict)
    #: Steps of resources that are free but not for it: an officer still on the way from another site.
    far: Mapping[tuple[int, str], int] = field(default_factory=dict)
    #: Where it is made; roads lie between sites.
    site: str = ""
    #: The limits that stand in its way, and those it counts for.
    binds: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()
    #: What it may ask of the day of whoever serves it.
    rules: Bears | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One window of a quota on a day: places kept for those it counts, or how many of them may begin."""

    name: str
    kind: Kind
    day: int
    places: int
    #: How many visits it counts now, those to be planned among them.
    used: int
    #: Starts it counts.
    starts: int
    #: Of kept places: the steps, what is kept together, and the resources it may be.
    steps: int = 0
    kinds: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()

    def holds(self, each: Lost, day: int, step: int) -> bool:
        """Would it count this visit, began it then?"""
        return self.name in each.counts and self.day == day and bool(self.starts >> step & 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What is known of people's days: how long a step is, when they work, the minutes of visits they have then."""

    minutes: int = 1
    works: Works = field(default_factory=dict)
    #: Those to be planned among them, as far as their resource serves them still.
    had: Mapping[tuple[int, str], int] = field(default_factory=dict)


class Board:
    """What is free, and what the limits leave; changed by every visit that is placed."""

    def __init__(self, free: Free, limits: Iterable[Limit], rooms: Rooms, roads: Roads, days: Days) -> None:
        self._free, self._rooms, self._roads, self._days = dict(free), rooms, roads, days
        #: The minutes of visits everybody has.
        self._had = dict(days.had)
        #: Where travellers are then, by day and name: the visit, its site and its steps.
        self._stays: dict[tuple[int, str], tuple[tuple[str, str, int], ...]] = {}
        self._limits = tuple(limits)
        self._used = [each.used for each in self._limits]
        self._kept: dict[tuple[int, frozenset[str]], Mapping[str, int]] = {}

    def copy(self) -> "Board":
        """The same board, to try something on."""
        made = Board(self._free, self._limits, self._rooms, self._roads, self._days)
        made._used, made._stays, made._had = list(self._used), dict(self._stays), dict(self._had)
        return made

    def unlimited(self) -> "Board":
        """The same resources, free of every limit: whether it was a limit that stood in the way."""
        made = Board(self._free, (), {}, self._roads, self._days)
        made._stays, made._had = dict(self._stays), dict(self._had)
        return made

    def stands(self, each: Lost) -> None:
        """Who serves a visit now, and still can, is at its site then."""
        for seat in each.seats:
            if not seat.broken:
                self._goes(each, seat, each.day, each.step, seat.held)

    def starts(self, each: Lost, day: int) -> int:
        """The starts of a day that no limit removes. Whoever is within a limit already may stay there."""
        left = each.starts.get(day, 0)
        for limit, used in zip(self._limits, self._used, strict=True):
            reached = limit.kind is Kind.MOST and limit.day == day and used >= limit.places
            if reached and limit.name in each.binds and not limit.holds(each, each.day, each.step):
                left &= ~limit.starts
        return left

    def fits(self, each: Lost, seat: LostSeat, resource: str, day: int, step: int) -> bool:
        """Is a resource free for a role at a start, and not kept for others?"""
        mask, key = seat.mask(step, each.length), (day, resource)
        free = self._free.get(key, 0) & ~each.far.get(key, 0) & ~self._on_the_way(each, seat, key)
        return (
            bool(mask)
            and free & mask == mask
            and not self._held_back(each, day).get(resource, 0) & mask
            and (each.rules is None or self._bears(each, each.rules, seat, key, mask))
        )

    def _bears(self, each: Lost, rules: Bears, seat: LostSeat, key: tuple[int, str], mask: int) -> bool:
        return rules.bears(
            seat.kind,
            work=self._days.works.get(key, 0),
            free=self._free.get(key, 0),
            had=self._had.get(key, 0),
            mask=mask,
            after=seat.after,
            length=each.length,
        )

    def seat(self, each: Lost, seats: Iterable[LostSeat], day: int, step: int, chosen: Mapping[str, str]) -> None:
        """These roles are taken."""
        for one in seats:
            key = day, chosen[one.role]
            self._free[key] &= ~one.mask(step, each.length)
            self._had[key] = self._had.get(key, 0) + each.length * self._days.minutes
            self._goes(each, one, day, step, chosen[one.role])
        self._changed(day)

    def unseat(self, each: Lost, seats: Iterable[LostSeat], chosen: Mapping[str, str]) -> None:
        """These roles are free again at its present time."""
        for one in seats:
            key = each.day, chosen[one.role]
            self._free[key] = self._free.get(key, 0) | one.mask(each.step, each.length)
            self._had[key] = self._had.get(key, 0) - each.length * self._days.minutes
            self._stays[key] = tuple(stay for stay in self._stays.get(key, ()) if stay[0] != each.visit)
        self._changed(each.day)

    def leave(self, each: Lost) -> None:
        """A visit gives back what it still holds: a place kept for it is kept again."""
        standing = [seat for seat in each.seats if not seat.broken]
        self.unseat(each, standing, {seat.role: seat.held for seat in standing})
        self._count(each, each.day, each.step, -1, Kind.KEPT)

    def stay(self, each: Lost) -> None:
        """It holds it again: nothing was found."""
        standing = [seat for seat in each.seats if not seat.broken]
        self.seat(each, standing, each.day, each.step, {seat.role: seat.held for seat in standing})
        self._count(each, each.day, each.step, +1, Kind.KEPT)

    def enter(self, each: Lost, day: int, step: int, chosen: Mapping[str, str]) -> None:
        """A visit that left takes another time: only now a limit counts one less where it was."""
        self.seat(each, each.seats, day, step, chosen)
        self._count(each, each.day, each.step, -1, Kind.MOST)
        self._count(each, day, step, +1, *Kind)

    def _goes(self, each: Lost, seat: LostSeat, day: int, step: int, resource: str) -> None:
        if seat.travels and each.site:
            stay = (each.visit, each.site, seat.mask(step, each.length))
            self._stays[day, resource] = (*self._stays.get((day, resource), ()), stay)

    def _on_the_way(self, each: Lost, seat: LostSeat, key: tuple[int, str]) -> int:
        """The steps at which a traveller cannot be at the visit's site yet, or any more."""
        found = 0
        for visit, site, there in self._stays.get(key, ()) if seat.travels and each.site else ():
            if visit != each.visit and site != each.site:
                road = self._roads.get(frozenset({site, each.site}), 0)
                for shift in range(1, road + 1):
                    found |= there << shift | there >> shift
        return found

    def _count(self, each: Lost, day: int, step: int, more: int, *kinds: Kind) -> None:
        for number, limit in enumerate(self._limits):
            if limit.kind in kinds and limit.holds(each, day, step):
                self._used[number] += more
        self._changed(day)

    def _changed(self, day: int) -> None:
        self._kept = {key: kept for key, kept in self._kept.items() if key[0] != day}

    def _held_back(self, each: Lost, day: int) -> Mapping[str, int]:
        """The steps of resources that are kept for others than this visit on a day."""
        key = day, each.binds
        if key not in self._kept:
            keeping: list[tuple[Wanted, Sequence[str]]] = [
                (Wanted(mask=limit.steps, places=max(0, limit.places - used), kinds=limit.kinds), limit.fits)
                for limit, used in zip(self._limits, self._used, strict=True)
                if limit.kind is Kind.KEPT and limit.day == day and limit.name in each.binds
            ]
            rooms = self._rooms.get(day, {}) if keeping else {}
            now = {name: replace(room, free=self._free.get((day, name), 0)) for name, room in rooms.items()}
            self._kept[key] = keep(now, keeping) if keeping else {}
        return self._kept[key]
