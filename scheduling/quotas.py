"""Quotas of an office's day: places kept for some visits until they are released, limits of how many others begin.

A window is a stretch of local hours on some days of the week, as a whole or hour by hour. Kept places are resources
that stay free in the window for those they are kept for, as many as were not taken by them yet; a limit counts starts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from scheduling.hours import Grid, shift
from scheduling.intervals import Interval

Name = TypeVar("Name")
ONE_HOUR = 60


class Kind(StrEnum):
    """What a quota does with its places."""

    KEPT = "kept"
    MOST = "most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One rule of an office."""

    kind: Kind
    #: Codes of those the places are kept for, or whose starts are limited.
    whom: tuple[str, ...]
    places: int
    #: Local minutes of the day, half-open; hour by hour, or once for all of it.
    begin: int = 0
    end: int = 1440
    hourly: bool = False
    #: Days of the week, 1 for Monday; none for every day.
    weekdays: tuple[int, ...] = ()
    #: How long before a window begins what is left of it is for everybody; None: never.
    release: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A quota on one day: from when until when, and from when it no longer counts."""

    quota: Quota
    day: date
    during: Interval
    released_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Does it still count?"""
        return now < self.during.end and (self.released_at is None or now < self.released_at)

    def starts(self, grid: Grid) -> int:
        """The steps of the day that begin within it."""
        return grid.since(self.day, self.during.start) & ~grid.since(self.day, self.during.end)

    def steps(self, grid: Grid) -> int:
        """The steps of the day that share an instant with it."""
        return grid.touched(self.day, [self.during])


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a window may keep: a resource of one kind on the day, and the steps at which it is free."""

    kind: str
    free: int
    #: The fewer other skills, the sooner it is kept.
    skills: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one window keeps: so many of each kind, at these steps, among the rooms that fit."""

    mask: int
    places: int
    kinds: tuple[str, ...]


def windows(quota: Quota, grid: Grid, day: date) -> list[Window]:
    """The windows of a quota on a local day, in order."""
    if quota.weekdays and day.isoweekday() not in quota.weekdays:
        return []
    pairs = [(quota.begin, quota.end)]
    if quota.hourly:
        pairs = [(at, min(at + ONE_HOUR, quota.end)) for at in range(quota.begin, quota.end, ONE_HOUR)]
    found = []
    for begin, end in pairs:
        during = shift(grid.zone, day, begin, end)
        if during is not None:
            released = None if quota.release is None else during.start - quota.release
            found.append(Window(quota=quota, day=day, during=during, released_at=released))
    return found


def keep(rooms: Mapping[Name, Room], wanted: Iterable[tuple[Wanted, Sequence[Name]]]) -> dict[Name, int]:
    """Which rooms stay free for those the windows keep them for, and at which steps; each window names those that fit.

    The freest are kept first, so that what is kept can be used; no room is kept twice at the same step.
    """
    kept: dict[Name, int] = {}
    for window, fitting in wanted:
        for kind in window.kinds:
            left = {
                name: rooms[name].free & window.mask & ~kept.get(name, 0)
                for name in fitting
                if rooms[name].kind == kind
            }
            for name in _freest(left, rooms)[: window.places]:
                kept[name] = kept.get(name, 0) | left[name]
    return kept


def _freest(left: Mapping[Name, int], rooms: Mapping[Name, Room]) -> list[Name]:
    """Those with anything left: the most free steps first, then the fewest skills, then by name."""
    return sorted(
        (name for name, free in left.items() if free),
        key=lambda name: (-left[name].bit_count(), rooms[name].skills.bit_count(), str(name)),
    )
