"""The office's local day as a grid of at most 63 steps, and working hours as instants and as bits on that grid.

Wall-clock hours become instants here and nowhere else. A step is an amount of elapsed time since the day began, so a
day on which the clocks change simply has fewer or more steps; no step is missing and none comes twice.
"""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.errors import InvalidProblem, OffGrid
from scheduling.intervals import Interval, subtract, union

#: A day's bits live in a signed 64-bit column: bit 63 is the sign and stays unused.
MOST_STEPS = 63
ONE_DAY = timedelta(days=1)

#: Half-open pairs of minutes since local midnight; a night shift goes past 1440.
Minutes = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How an office cuts its local day: 15 minutes from 06:00, or 30 minutes from 00:00 where nights are worked."""

    zone: ZoneInfo
    minutes: int = 15
    day_start: time = time(6)
    #: The length of one step; follows from `minutes`.
    step: timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= 120:
            raise InvalidProblem(f"a grid of {self.minutes} minutes")
        object.__setattr__(self, "step", timedelta(minutes=self.minutes))

    def opens(self, day: date) -> datetime:
        """The instant the local day begins; the first of two where the clock shows that hour twice."""
        return datetime.combine(day, self.day_start, tzinfo=self.zone).astimezone(UTC)

    def steps(self, day: date) -> int:
        """How many steps the day has: up to the next day's beginning, never more than the bits hold."""
        return min(MOST_STEPS, (self.opens(day + ONE_DAY) - self.opens(day)) // self.step)

    def day_of(self, at: datetime) -> date:
        """The local day an instant belongs to; before the day's start it is still the day before."""
        local = at.astimezone(self.zone).date()
        while self.opens(local) > at:
            local -= ONE_DAY
        while self.opens(local + ONE_DAY) <= at:
            local += ONE_DAY
        return local

    def at(self, day: date, step: int) -> datetime:
        """The instant a step begins."""
        return self.opens(day) + step * self.step

    def step_of(self, at: datetime) -> tuple[date, int]:
        """Day and step that begin at an instant; OffGrid for any other instant."""
        day = self.day_of(at)
        step, rest = divmod(at - self.opens(day), self.step)
        if rest or step >= self.steps(day):
            raise OffGrid(f"{at} begins no step of {self.minutes} minutes")
        return day, step

    def whole(self, day: date) -> int:
        """Every step of the day."""
        return (1 << self.steps(day)) - 1

    def count(self, length: timedelta) -> int:
        """How many steps a length takes, rounded up, at least one."""
        return max(1, -(-length // self.step))

    def inside(self, day: date, intervals: Iterable[Interval]) -> int:
        """The steps that lie wholly inside one of the intervals: work becomes bits."""
        return self._bits(day, union(intervals), shrink=True)

    def touched(self, day: date, intervals: Iterable[Interval]) -> int:
        """The steps that share an instant with one of the intervals: what is busy becomes bits."""
        return self._bits(day, union(intervals), shrink=False)

    def since(self, day: date, at: datetime) -> int:
        """The steps that begin at an instant or later."""
        gone = -((self.opens(day) - at) // self.step)
        return self.whole(day) & ~((1 << max(0, gone)) - 1)

    def _bits(self, day: date, intervals: Iterable[Interval], *, shrink: bool) -> int:
        opens, steps, bits = self.opens(day), self.steps(day), 0
        for each in intervals:
            begin, begin_rest = divmod(each.start - opens, self.step)
            end, end_rest = divmod(each.end - opens, self.step)
            first = begin + (1 if shrink and begin_rest else 0)
            last = end + (1 if not shrink and end_rest else 0)
            first, last = max(0, first), min(steps, last)
            if first < last:
                bits |= span(first, last - first)
        return bits


def span(step: int, length: int) -> int:
    """The bits of `length` steps from `step` on."""
    return ((1 << length) - 1) << step


def starts(free: int, length: int) -> int:
    """The steps at which `length` free steps in a row begin."""
    found = free
    for each in range(1, length):
        found &= free >> each
    return found


def shift(zone: ZoneInfo, day: date, begin: int, end: int) -> Interval | None:
    """Wall-clock minutes of a local day as an interval; None if a change of clocks swallowed it."""
    first, last = _instant(zone, day, begin), _instant(zone, day, end)
    return Interval(first, last) if first < last else None


def working(
    grid: Grid,
    day: date,
    *,
    minutes: Callable[[date], Minutes],
    holidays: AbstractSet[date] = frozenset(),
    absences: Iterable[Interval] = (),
) -> list[Interval]:
    """When a resource works around a grid day: its shifts, without holidays and absences.

    A shift belongs to the day it begins on: a night shift before a holiday is worked to its end.
    """
    shifts = [
        made
        for each in (day - ONE_DAY, day, day + ONE_DAY)
        if each not in holidays
        for begin, end in minutes(each)
        if (made := shift(grid.zone, each, begin, end)) is not None
    ]
    return subtract(shifts, absences)


def _instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    days, rest = divmod(minute, 1440)
    wall = datetime.combine(day + days * ONE_DAY, time(rest // 60, rest % 60), tzinfo=zone)
    return wall.astimezone(UTC)
