"""What a day may ask of one person (pure): so many minutes of visits, a rest, nothing of high risk when tired.

Booking, plan and draw ask the same rules, so that nothing is promised which the draw would refuse.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from scheduling import Rest, bits, span, starts
from visits.booking.rules import Need

OFFICER = "officer"
#: Kinds of resources that are people, and need a rest.
PEOPLE = frozenset({OFFICER, "agency_officer"})

Shift = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strain:
    """The office's policies of it (`visits.sites.policies`)."""

    #: A rest in every stretch of work longer than so much.
    rest_minutes: int = 30
    rest_after_minutes: int = 360
    #: Minutes of visits an inspector may have in a day; None: as many as the shift holds.
    most_minutes: int | None = 420
    #: No visit of high risk ends later than this part of the shift, in percent of what is worked.
    tired_percent: int = 80
    #: Extents of the visit order that make a visit one of high risk.
    high_risk_extents: tuple[str, ...] = ("FULL",)


def is_of_high_risk(order: Mapping[str, Any], rules: Strain) -> bool:
    """Is a visit one of high risk? By what its goods are, which the order says, or by how deep it goes."""
    return bool(order.get("high_risk")) or order.get("extent") in rules.high_risk_extents


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One visit's question: may this hour be asked of somebody who works these steps?"""

    #: The grid's step.
    minutes: int
    rules: Strain
    #: The visit is one of high risk.
    demanding: bool = False
    #: The office books roads, or time around visits: not all that is booked of a day are visits.
    beside: bool = False

    def most(self, kind: str) -> int | None:
        """The most minutes of visits somebody may have in a day; None where nothing limits them."""
        return self.rules.most_minutes if kind == OFFICER else None

    def room(self, kind: str, length: int) -> int | None:
        """The most minutes of visits somebody may have already; None where nothing limits them."""
        most = self.most(kind)
        return None if most is None else most - length * self.minutes

    def percent(self, kind: str) -> int | None:
        """The part of a shift by which the visit must be over; None where it may last to its end."""
        tires = self.demanding and kind == OFFICER and self.rules.tired_percent < 100
        return self.rules.tired_percent if tires else None

    def fresh(self, kind: str, work: int) -> int:
        """The steps nobody who works so is yet too tired for."""
        percent = self.percent(kind)
        return work if percent is None else fresh(work, self.minutes, percent)

    def begun(self, kind: str, work: int, length: int) -> int:
        """The starts of a visit that is over before whoever works so is too tired for it."""
        return -1 if self.percent(kind) is None else span(0, max(0, self.fresh(kind, work).bit_length() - length + 1))

    def pause(self, kind: str, work: int) -> int | None:
        """The steps among which the rest of whoever works so must lie; None if none is needed."""
        if kind not in PEOPLE:
            return None
        return pause(work, self.minutes, self.rules.rest_minutes, self.rules.rest_after_minutes)

    def bears(self, kind: str, *, work: int, free: int, had: int, mask: int, after: int, length: int) -> bool:
        """May the day of somebody who works so, and has so many minutes of visits, be asked for these steps too, the
        last of them `after` the visit?"""
        room, pause = self.room(kind, length), self.pause(kind, work)
        return (
            (room is None or had <= room)
            and mask.bit_length() - after <= self.fresh(kind, work).bit_length()
            and (pause is None or starts(free & ~mask & pause, self.rest) != 0)
        )

    def burden(
        self, day: date, needs: Iterable[Need], chosen: Mapping[str, UUID], *, length: int, rests: Mapping[int, int]
    ) -> "Burden":
        """What a visit asks of the day of those who were chosen, by role."""
        people = [chosen[need.role] for need in needs if self.most(need.kind) is not None]
        return Burden(
            loads={(day, each): length * self.minutes for each in people},
            most=self.rules.most_minutes,
            step=self.minutes,
            rests=rests,
            rest=self.rest if rests else 0,
        )

    @property
    def without_rest(self) -> int | None:
        """The fewest steps in a row in which somebody needs a rest; None where nobody does."""
        return self.rules.rest_after_minutes // self.minutes + 1 if self.rules.rest_minutes else None

    @property
    def rest(self) -> int:
        """How many steps a rest takes."""
        return -(-self.rules.rest_minutes // self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What is asked of people's days in one step, to be judged where their rows are locked."""

    #: Minutes of visits that are added, by day and person, and the most a day may have with them.
    loads: Mapping[tuple[date, UUID], int]
    most: int | None
    #: The grid's step, in minutes.
    step: int
    #: Who works so must have a rest of so many steps among these.
    rests: Mapping[int, int] = field(default_factory=dict)
    rest: int = 0


#: What asks nothing more of anybody's day.
NO_BURDEN = Burden(loads={}, most=None, step=1)


@lru_cache(maxsize=4096)
def fresh(work: int, minutes: int, percent: int) -> int:
    """The working steps that are over before so much of a shift is worked."""
    tired = tired_at(spans(work, minutes), percent)
    return work if tired is None else work & span(0, tired // minutes)


@lru_cache(maxsize=4096)
def pause(work: int, minutes: int, rest: int, after: int) -> int | None:
    """The working steps that lie wholly where a rest may be taken; None if the shift needs none."""
    needed = rest_in(spans(work, minutes), rest, after)
    if needed is None:
        return None
    first, last = -(-needed.earliest // minutes), needed.latest // minutes
    return work & span(first, max(0, last - first))


@lru_cache(maxsize=4096)
def spans(work: int, minutes: int) -> tuple[tuple[int, int], ...]:
    """Working steps of a day as minutes since it began."""
    found: list[tuple[int, int]] = []
    for step in bits(work):
        begin, end = step * minutes, (step + 1) * minutes
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return tuple(found)


def rest_in(shift: Shift, rest: int, after: int) -> Rest | None:
    """The rest of the longest stretch of work, if it is longer than anybody works without one: not in its first third,
    and begun before so much time is over."""
    begin, end = max(shift, key=lambda each: each[1] - each[0], default=(0, 0))
    if not rest or end - begin <= after:
        return None
    return Rest(minutes=rest, earliest=begin + after // 3, latest=min(end, begin + after + rest))


def tired_at(shift: Shift, percent: int) -> int | None:
    """The minute of the day at which so much of a shift is worked; None if visits may last to its end."""
    if percent >= 100 or not shift:
        return None
    left = sum(end - begin for begin, end in shift) * percent // 100
    for begin, end in sorted(shift):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return None
