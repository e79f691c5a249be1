"""Why a start is not offered: for every resource that was looked at, the rule that removed it.

It reads the same masks as the search, steps one by one instead of shifted as a whole, so that either checks the other:
a start is offered exactly when no general rule removes it and every role has a candidate left.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from scheduling.hours import span, starts
from scheduling.slots import Day, Reason, Why

R = TypeVar("R", bound=Hashable)


class Removal(StrEnum):
    """The rule that removes a resource from a start; the first that applies is the one told."""

    SKILL = "skill"
    LANGUAGE = "language"
    ELSEWHERE = "elsewhere"
    HOLIDAY = "holiday"
    SHUT = "shut"
    AWAY = "away"
    OFF = "off"
    FATIGUE = "fatigue"
    BUSY = "busy"
    FAR = "far"
    KEPT = "kept"
    REST = "rest"
    FULL_DAY = "full_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Generic[R]):
    """A resource of the kind a role asks for, with its day as it stands for this visit."""

    key: R
    #: It lacks a skill, or stands at another site: no hour changes that.
    unfit: Removal | None = None
    work: int = 0
    #: Free once the visit's own places are given back.
    free: int = 0
    #: Steps at which it is on the way from or to another site, and those kept for others.
    far: int = 0
    kept: int = 0
    #: Steps of its usual hours it does not work: on a holiday, while its place is closed, while it is away.
    holiday: int = 0
    shut: int = 0
    away: int = 0
    #: Steps it is not yet too tired for; None where that is asked of nobody.
    fresh: int | None = None
    #: The minutes of visits it has, and the most it may have already; None where nothing limits them.
    had: int = 0
    room: int | None = None
    #: Steps among which a rest of so many must be left; None where it needs none.
    pause: int | None = None
    rest: int = 0

    def removed(self, mask: int, after: int = 0) -> Removal | None:
        """The rule that removes it where these steps are needed, the last of them `after` the visit; None if it can
        serve."""
        if self.unfit is not None:
            return self.unfit
        idle = mask & ~self.work
        for rule, missing in (
            (Removal.OFF, idle & ~(self.holiday | self.shut | self.away)),
            (Removal.HOLIDAY, idle & self.holiday),
            (Removal.SHUT, idle & self.shut),
            (Removal.AWAY, idle & self.away),
            (Removal.FATIGUE, self.fresh is not None and mask.bit_length() - after > self.fresh.bit_length()),
            (Removal.BUSY, mask & ~self.free),
            (Removal.FAR, mask & self.far),
            (Removal.KEPT, mask & self.kept),
            (Removal.REST, self.pause is not None and not starts(self.free & ~mask & self.pause, self.rest)),
            (Removal.FULL_DAY, self.room is not None and self.had > self.room),
        ):
            if missing:
                return rule
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Generic[R]):
    """A role with its candidates, and the steps it is busy before and after the visit."""

    role: str
    candidates: Sequence[Candidate[R]]
    before: int = 0
    after: int = 0

    def judged(self, step: int, length: int) -> "Judged[R]":
        """Who can serve a visit from this step on, and which rule removes each of the others."""
        left, removed = [], []
        for each in self.candidates:
            early = step < self.before
            mask = 0 if early else span(step - self.before, self.before + length + self.after)
            rule = each.unfit or Removal.OFF if early else each.removed(mask, self.after)
            if rule is None:
                left.append(each.key)
            else:
                removed.append((each.key, rule))
        return Judged(role=self.role, left=tuple(left), removed=tuple(removed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Generic[R]):
    """One role at one start."""

    role: str
    left: tuple[R, ...]
    removed: tuple[tuple[R, Removal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained(Generic[R]):
    """One start: the general rules that remove it, and every role with its candidates."""

    step: int
    starts_at: datetime
    rules: tuple[Reason, ...]
    roles: tuple[Judged[R], ...]

    @property
    def offered(self) -> bool:
        """No rule removes the start, and no rule removes every candidate of a role."""
        return not self.rules and all(role.left for role in self.roles)

    @property
    def stopped(self) -> tuple[Judged[R], ...]:
        """The roles nobody is left for."""
        return tuple(role for role in self.roles if not role.left)


def explain(day: Day, casts: Iterable[Cast[R]], step: int) -> Explained[R]:
    """One start of a day."""
    return Explained(
        step=step,
        starts_at=day.grid.at(day.day, step),
        rules=tuple(_rules(day, step)),
        roles=tuple(cast.judged(step, day.length) for cast in casts),
    )


def explain_day(day: Day, casts: Sequence[Cast[R]]) -> list[Explained[R]]:
    """Every start of a day, offered or not."""
    return [explain(day, casts, step) for step in range(day.grid.steps(day.day))]


def _rules(day: Day, step: int) -> Iterator[Reason]:
    begins = day.grid.at(day.day, step)
    if begins < day.now:
        yield Reason(why=Why.PAST)
    elif begins < day.earliest:
        yield Reason(why=Why.TOO_SOON)
    if not day.near:
        yield Reason(why=Why.TOO_FAR)
    for bar in day.lost:
        if bar.mask >> step & 1 and bar.reason.why is not Why.AWAY:
            yield bar.reason
    for bar in day.bars:
        if bar.mask >> step & 1:
            yield bar.reason
