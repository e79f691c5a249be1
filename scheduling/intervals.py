"""Half-open UTC intervals: union, intersect, subtract, fit. Lists are sorted and disjoint when they come from here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduling.errors import InvalidProblem


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start`, up to but without `end`; both are aware instants."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise InvalidProblem("an interval needs aware instants")
        if self.start >= self.end:
            raise InvalidProblem(f"an interval must last: {self.start} to {self.end}")

    def meets(self, other: "Interval") -> bool:
        """Do the two share an instant?"""
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Interval") -> bool:
        """Does the other lie wholly inside?"""
        return self.start <= other.start and other.end <= self.end


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """All instants of any of them, as the fewest intervals; what only touches becomes one."""
    joined: list[Interval] = []
    for each in sorted(intervals):
        if joined and each.start <= joined[-1].end:
            if each.end > joined[-1].end:
                joined[-1] = Interval(joined[-1].start, each.end)
        else:
            joined.append(each)
    return joined


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The instants of both."""
    ours, theirs = union(left), union(right)
    return [
        Interval(max(one.start, other.start), min(one.end, other.end))
        for one in ours
        for other in theirs
        if one.meets(other)
    ]


def subtract(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The instants of `left` that are not in `right`."""
    left_over = union(left)
    for hole in union(right):
        kept: list[Interval] = []
        for each in left_over:
            if not each.meets(hole):
                kept.append(each)
                continue
            if each.start < hole.start:
                kept.append(Interval(each.start, hole.start))
            if hole.end < each.end:
                kept.append(Interval(hole.end, each.end))
        left_over = kept
    return left_over


def fits(wanted: Interval, free: Sequence[Interval]) -> bool:
    """Does one of the intervals hold the wanted one whole?"""
    return any(each.holds(wanted) for each in free)
