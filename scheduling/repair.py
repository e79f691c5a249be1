"""Promised visits whose officer or place fell away: who keeps the time, who moves least, who is left and by which rule.

In this order: the same time with another resource, the same day nearest in time, another day. The cost of a plan is
the sum of weight × minutes moved, plus each name that changes. A time is kept wherever it can be; among equals the
matching is of least cost (Hungarian method). No chance is used: the same input gives the same plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.hours import span
from scheduling.matching import assign
from scheduling.slots import bits

#: What a changed name costs, in minutes of an ordinary visit.
NAME = 15
#: Another day is dearer than any time of the same day.
OTHER_DAY = 1440
#: Dearer than any plan.
_NEVER = 10**9


class Outcome(StrEnum):
    """What becomes of a visit."""

    KEEPS = "keeps"
    MOVES = "moves"
    LEFT = "left"


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
    #: How much a minute of it weighs.
    weight: int = 1
    #: A name was drawn already, which changes with the officer.
    named: bool = False
    #: Starts that may be chosen instead, by day; a day that is not there may not.
    starts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What becomes of one visit: its start, who plays each role, or the role that blocks it."""

    visit: str
    outcome: Outcome
    day: int
    step: int
    #: Resources by role.
    resources: Mapping[str, str] = field(default_factory=dict)
    minutes: int = 0
    cost: int = 0
    #: The role nobody can play at any start; empty when each could, but never together.
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """The plan: one answer a visit, in the order of their present times."""

    answers: tuple[Answer, ...]

    @property
    def cost(self) -> int:
        """Σ weight × minutes moved, and the names that change."""
        return sum(each.cost for each in self.answers)

    def of(self, outcome: Outcome) -> list[Answer]:
        """The visits with this outcome."""
        return [each for each in self.answers if each.outcome is outcome]


#: Free steps by day and resource.
Free = dict[tuple[int, str], int]


def replan(lost: Iterable[Lost], free: Mapping[tuple[int, str], int], *, minutes: int, steps: int) -> Replan:
    """Plan anew. `free` is what is free beside what the visits themselves hold; `minutes` is the length of a step and
    `steps` their number in a day."""
    left = dict(free)
    order = sorted(lost, key=lambda each: (each.day, each.step, -each.weight, each.visit))
    kept = _keep(order, left)
    for each in order:
        if each.visit not in kept:
            _give_back(each, left)
    rest = [each for each in order if each.visit not in kept]
    moved = _move(rest, left, minutes, steps)
    return Replan(answers=tuple(kept.get(each.visit) or moved[each.visit] for each in order))


# ---------- the same time ----------


def _keep(order: Sequence[Lost], free: Free) -> dict[str, Answer]:
    """Another resource at the same time: visits of one start are matched at once, starts one after the other."""
    found: dict[str, Answer] = {}
    for key in sorted({(each.day, each.step) for each in order}):
        batch = [each for each in order if (each.day, each.step) == key]
        for each, chosen in zip(batch, _matched(batch, free), strict=True):
            if chosen is None:
                continue
            for seat in each.seats:
                if seat.broken:
                    free[each.day, chosen[seat.role]] &= ~seat.mask(each.step, each.length)
            found[each.visit] = Answer(
                visit=each.visit,
                outcome=Outcome.KEEPS,
                day=each.day,
                step=each.step,
                resources={seat.role: chosen.get(seat.role, seat.held) for seat in each.seats},
                cost=_names(each),
            )
    return found


def _matched(batch: Sequence[Lost], free: Free) -> list[dict[str, str] | None]:
    """For each visit of a start a resource for every role it lost, or None. Roles are matched one after the other;
    who finds nobody for a later role frees what it got for an earlier one."""
    alive = list(range(len(batch)))
    while True:
        chosen: list[dict[str, str]] = [{} for _ in batch]
        failed: int | None = None
        roles = sorted({seat.role.partition(":")[0] for at in alive for seat in batch[at].seats if seat.broken})
        taken: set[tuple[int, str]] = set()
        for kind in roles:
            asks = [(at, seat) for at in alive for seat in batch[at].seats if seat.broken and _kind(seat) == kind]
            columns = sorted({each for _, seat in asks for each in seat.able})
            costs = [[_fit(batch[at], seat, each, free, taken) for each in columns] for at, seat in asks]
            found = assign(costs, len(columns)) if columns else [None] * len(asks)
            for (at, seat), column, row in zip(asks, found, costs, strict=True):
                if column is None or row[column] >= _NEVER:
                    failed = at if failed is None else failed
                else:
                    chosen[at][seat.role] = columns[column]
                    taken.add((batch[at].day, columns[column]))
        if failed is None:
            return [chosen[at] if at in alive else None for at in range(len(batch))]
        alive.remove(failed)


def _kind(seat: LostSeat) -> str:
    return seat.role.partition(":")[0]


def _fit(each: Lost, seat: LostSeat, resource: str, free: Free, taken: set[tuple[int, str]]) -> int:
    """What it costs to seat a resource: its place in the order of preference; never if it is busy."""
    mask = seat.mask(each.step, each.length)
    if resource not in seat.able or (each.day, resource) in taken or not mask:
        return _NEVER
    return seat.able.index(resource) if free.get((each.day, resource), 0) & mask == mask else _NEVER


def _give_back(each: Lost, free: Free) -> None:
    """What a visit that moves still holds is free for others."""
    for seat in each.seats:
        if not seat.broken:
            key = (each.day, seat.held)
            free[key] = free.get(key, 0) | seat.mask(each.step, each.length)


# ---------- another time ----------


@dataclass(frozen=True, slots=True)
class _Place:
    """A start with its resources."""

    day: int
    step: int
    resources: Mapping[str, str]


def _move(rest: Sequence[Lost], free: Free, minutes: int, steps: int) -> dict[str, Answer]:
    """The heaviest first takes the time nearest to its own; then the times taken are matched anew at least cost."""
    places: dict[str, _Place] = {}
    for each in sorted(rest, key=lambda one: (-one.weight, one.day, one.step, one.visit)):
        found = _nearest(each, free, minutes, steps)
        if found is not None:
            places[each.visit] = found
            _take(each, found, free)
    placed = [each for each in rest if each.visit in places]
    _exchange(placed, places, minutes, steps)
    answers = {}
    for each in rest:
        place = places.get(each.visit)
        if place is None:
            answers[each.visit] = Answer(
                visit=each.visit, outcome=Outcome.LEFT, day=each.day, step=each.step, rule=_blocking(each, free)
            )
            continue
        gap = _gap(each, place.day, place.step, minutes, steps)
        answers[each.visit] = Answer(
            visit=each.visit,
            outcome=Outcome.MOVES,
            day=place.day,
            step=place.step,
            resources=place.resources,
            minutes=gap,
            cost=each.weight * gap + _names(each),
        )
    return answers


def _nearest(each: Lost, free: Free, minutes: int, steps: int) -> _Place | None:
    best: tuple[int, int, int] | None = None
    for day in sorted(each.starts):
        for step in bits(each.starts[day]):
            key = (_gap(each, day, step, minutes, steps), day, step)
            if (best is None or key < best) and _seated(each, day, step, free) is not None:
                best = key
    if best is None:
        return None
    _, day, step = best
    return _Place(day, step, _seated(each, day, step, free) or {})


def _seated(each: Lost, day: int, step: int, free: Free) -> dict[str, str] | None:
    """One free resource a role at a start, the best of each; None if a role finds none."""
    chosen: dict[str, str] = {}
    for seat in each.seats:
        mask = seat.mask(step, each.length)
        fits = (
            one for one in seat.able if mask and one not in chosen.values() and free.get((day, one), 0) & mask == mask
        )
        resource = next(fits, None)
        if resource is None:
            return None
        chosen[seat.role] = resource
    return chosen


def _take(each: Lost, place: _Place, free: Free) -> None:
    for seat in each.seats:
        free[place.day, place.resources[seat.role]] &= ~seat.mask(place.step, each.length)


def _exchange(placed: Sequence[Lost], places: dict[str, _Place], minutes: int, steps: int) -> None:
    """Visits of one shape give each other their times where that costs less in all."""
    shapes: dict[object, list[Lost]] = {}
    for each in placed:
        shape = (each.length, tuple((seat.role, seat.able, seat.before, seat.after) for seat in each.seats))
        shapes.setdefault(shape, []).append(each)
    for alike in shapes.values():
        taken = [places[each.visit] for each in alike]
        costs = [
            [
                each.weight * _gap(each, place.day, place.step, minutes, steps)
                if each.starts.get(place.day, 0) >> place.step & 1
                else _NEVER
                for place in taken
            ]
            for each in alike
        ]
        for each, column in zip(alike, assign(costs, len(taken)), strict=True):
            assert column is not None
            places[each.visit] = taken[column]


def _gap(each: Lost, day: int, step: int, minutes: int, steps: int) -> int:
    """Minutes between the present start and another; every day between weighs a whole one."""
    away = abs(day - each.day)
    return abs(step - each.step) * minutes + away * (OTHER_DAY + steps * minutes)


def _names(each: Lost) -> int:
    return each.weight * NAME if each.named else 0


def _blocking(each: Lost, free: Free) -> str:
    """The first role nobody can play at any start; empty when it is only that they are never free together."""
    for seat in each.seats:
        if not any(
            free.get((day, one), 0) & (mask := seat.mask(step, each.length)) == mask and mask
            for day, starts in each.starts.items()
            for step in bits(starts)
            for one in seat.able
        ):
            return seat.role
    return ""
