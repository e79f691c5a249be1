"""Masks of free resources turned into ranked, explained slots. What lists a slot also judges it when it is booked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from scheduling.hours import Grid


class Why(StrEnum):
    """The rule that keeps a start from being offered; the first that applies is the one told."""

    PAST = "past"
    TOO_FAR = "too_far"
    HOLIDAY = "holiday"
    SHUT = "shut"
    AWAY = "away"
    FATIGUE = "fatigue"
    CLOSED = "closed"
    TOO_SOON = "too_soon"
    FIRM = "firm"
    QUOTA = "quota"
    KEPT = "kept"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a start is not offered: the rule, the role it binds, and how many of that role work then.

    Of a limit: how many it allows, for whom, and from when it no longer counts. Of a closure: what people read of it.
    """

    why: Why
    role: str = ""
    count: int = 0
    whom: tuple[str, ...] = ()
    until: datetime | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Starts of a day that a limit removes, or for which places are kept for others, and the reason told."""

    mask: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One thing a visit needs for its whole length. A mask a resource: bit i is a start at which it could serve.

    A search over many days brings one mask for all resources of the role together, and how `many` they are; then a
    start has a place or none, and how many places is not known.
    """

    name: str
    #: Starts at which the resource works throughout.
    work: tuple[int, ...] = ()
    #: Starts at which it is not yet too tired for such a visit; all, where none tires.
    fresh: tuple[int, ...] | None = None
    #: Starts at which it is free throughout.
    free: tuple[int, ...] = ()
    #: Starts at which it is free if what is kept for others counts too; the same where nothing is.
    wide: tuple[int, ...] | None = None
    #: Comes from outside the office (an agency): its hours do not shape the office's day.
    guest: bool = False
    #: How many resources a single mask stands for.
    many: int | None = None

    def working(self, step: int) -> int:
        """How many resources work at a start; those of the whole day where only that is known."""
        working = sum(mask >> step & 1 for mask in self.work)
        return self.many if self.many is not None and working else working


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A start that is offered (`reason` is None) or not, with how many visits could begin then (see Role)."""

    starts_at: datetime
    ends_at: datetime
    places: int
    reason: Reason | None = None

    @property
    def free(self) -> bool:
        """Can it be booked?"""
        return self.reason is None


@dataclass(frozen=True, kw_only=True)
class Day:
    """One local day seen by one visit."""

    grid: Grid
    day: date
    #: How many steps the visit takes.
    length: int
    roles: tuple[Role, ...]
    now: datetime
    #: The earliest start that leaves the notice asked for.
    earliest: datetime
    #: The day lies within the horizon.
    near: bool = True
    holiday: bool = False
    #: Limits that remove starts for this visit, and windows in which places are kept for others.
    bars: tuple[Bar, ...] = ()
    kept: tuple[Bar, ...] = ()
    #: Starts of usual hours at which nobody works: a holiday, a closure, or all who could are away.
    lost: tuple[Bar, ...] = ()

    @cached_property
    def opens(self) -> datetime:
        """The instant the day begins."""
        return self.grid.opens(self.day)

    @cached_property
    def steps(self) -> int:
        """How many steps it has."""
        return self.grid.steps(self.day)

    def at(self, step: int) -> datetime:
        """The instant a step begins."""
        return self.opens + step * self.grid.step

    @cached_property
    def allowed(self) -> int:
        """Starts that notice, horizon and limits allow."""
        found = self.grid.since(self.day, max(self.now, self.earliest)) if self.near else 0
        return found & ~either(bar.mask for bar in self.bars)

    @cached_property
    def mask(self) -> int:
        """The starts on offer: one resource of every role is free, and the rules allow it."""
        found = self.allowed
        for role in self.roles:
            found &= either(role.free)
        return found

    @cached_property
    def open(self) -> int:
        """The starts at which the office itself works, free or not."""
        found = self.grid.whole(self.day)
        for role in self.roles:
            if not role.guest:
                found &= either(role.work)
        return found

    @cached_property
    def usual(self) -> int:
        """The starts at which the office works, or would on any other day."""
        return self.open | either(bar.mask for bar in self.lost)

    def places(self, step: int) -> int:
        """How many such visits could begin at a step: as many as the scarcest role allows."""
        if not self.mask >> step & 1:
            return 0
        return min((sum(mask >> step & 1 for mask in role.free) for role in self.roles), default=0)

    def why(self, step: int) -> Reason | None:
        """The rule that removes a start, or None if it is offered."""
        begins = self.at(step)
        if begins < self.now:
            return Reason(why=Why.PAST)
        if not self.near:
            return Reason(why=Why.TOO_FAR)
        for role in self.roles:
            if not either(role.work) >> step & 1:
                lost = next((bar.reason for bar in self.lost if bar.mask >> step & 1), None)
                return lost or Reason(why=Why.HOLIDAY if self.holiday else Why.CLOSED, role=role.name)
        if begins < self.earliest:
            return Reason(why=Why.TOO_SOON)
        for role in self.roles:
            if role.fresh is not None and not either(role.fresh) >> step & 1:
                return Reason(why=Why.FATIGUE, role=role.name)
        for bar in self.bars:
            if bar.mask >> step & 1:
                return bar.reason
        for role in self.roles:
            if not either(role.free) >> step & 1:
                kept = next((bar.reason for bar in self.kept if bar.mask >> step & 1), None)
                if kept is not None and role.wide is not None and either(role.wide) >> step & 1:
                    return kept
                return Reason(why=Why.TAKEN, role=role.name, count=role.working(step))
        return None

    def slot(self, step: int) -> Slot:
        """The slot that begins at a step."""
        begins = self.at(step)
        return Slot(
            starts_at=begins,
            ends_at=begins + self.length * self.grid.step,
            places=self.places(step),
            reason=self.why(step),
        )

    def slots(self) -> Iterator[Slot]:
        """Every slot on offer, earliest first."""
        return (self.slot(step) for step in bits(self.mask))

    def shown(self, *, every: timedelta = timedelta(minutes=30), kept: Sequence[datetime] = ()) -> list[Slot]:
        """What a person chooses from: the office's starts on the half hour, free or not, lost ones among them.

        A free start between two of them is shown when neither neighbour is free, so that no free time is hidden by
        more than one step; `kept` starts (what the visit holds now) are always shown.
        """
        stride = max(1, every // self.grid.step)
        coarse = {step for step in range(0, self.steps, stride) if self.usual >> step & 1}
        chosen = set(coarse)
        for step in bits(self.mask):
            around = {near for near in range(step - stride + 1, step + stride) if near in coarse}
            if step not in coarse and not any(self.mask >> near & 1 for near in around):
                chosen.add(step)
        chosen |= {step for step in range(self.steps) if self.at(step) in kept}
        return [self.slot(step) for step in sorted(chosen)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A run of starts of one day that one rule removes."""

    day: date
    first: datetime
    last: datetime
    reason: Reason


def either(masks: Iterable[int]) -> int:
    """The union of masks."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def first(days: Iterable[Day]) -> Slot | None:
    """The earliest slot on offer."""
    return next((slot for day in days for slot in day.slots()), None)


def nearest(days: Iterable[Day], wanted: datetime) -> Slot | None:
    """The slot on offer nearest to a time that was lost; the same day goes before any other, then the earlier one."""
    offered = [(day, slot) for day in days for slot in day.slots()]
    if not offered:
        return None
    home = offered[0][0].grid.day_of(wanted)
    return min(
        offered,
        key=lambda each: (each[0].day != home, abs(each[1].starts_at - wanted), each[1].starts_at),
    )[1]


def before(days: Iterable[Day], until: datetime | None) -> list[Refused]:
    """Why nothing earlier than `until` is offered: runs of shown starts with one reason each, in order."""
    runs: list[Refused] = []
    for day in days:
        if until is not None and day.opens >= until:
            break
        for slot in day.shown():
            if slot.reason is None or (until is not None and slot.starts_at >= until):
                continue
            last = runs[-1] if runs else None
            if last is not None and (last.day, last.reason) == (day.day, slot.reason):
                runs[-1] = Refused(day=day.day, first=last.first, last=slot.starts_at, reason=slot.reason)
            else:
                runs.append(Refused(day=day.day, first=slot.starts_at, last=slot.starts_at, reason=slot.reason))
    return runs
