"""Where a visit that lost a resource could begin, and where a group of visits could that stays together.

A group is served by one and the same resource of a role, each visit as long after the first as now. All of its visits
find a place or none: on a copy of the board every one is judged beside those before it, by the rules of a single visit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scheduling.repair_board import Board, Lost, LostSeat
from scheduling.slots import bits

#: Another day is dearer than any time of the same day.
OTHER_DAY = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Visits of one day that stay together: one after the other, whoever plays the role plays it for all."""

    visits: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Place:
    """A start with its resources."""

    day: int
    step: int
    resources: Mapping[str, str]


def gap(each: Lost, day: int, step: int, minutes: int, steps: int) -> int:
    """Minutes between the present start and another; every day between weighs a whole one."""
    away = abs(day - each.day)
    return abs(step - each.step) * minutes + away * (OTHER_DAY + steps * minutes)


def seated(
    each: Lost, seats: Sequence[LostSeat], day: int, step: int, board: Board, given: Mapping[str, str] | None = None
) -> dict[str, str] | None:
    """One free resource a role at a start, the best of each, or the one given; None if a role finds none."""
    chosen: dict[str, str] = {}
    for seat in seats:
        able = [given[seat.role]] if given and seat.role in given else seat.able
        fits = (one for one in able if one not in chosen.values() and board.fits(each, seat, one, day, step))
        resource = next(fits, None)
        if resource is None:
            return None
        chosen[seat.role] = resource
    return chosen


def kept_together(visits: Sequence[Lost], role: str, board: Board) -> list[dict[str, str]] | None:
    """Resources for what fell away at the present times, so that one plays the role for all; None if nobody can."""
    for one in _able(visits, role):
        trial, found = board.copy(), list[dict[str, str]]()
        for each in visits:
            broken = [seat for seat in each.seats if seat.broken]
            stays = any(seat.role == role and not seat.broken and seat.held != one for seat in each.seats)
            chosen = None if stays else seated(each, broken, each.day, each.step, trial, {role: one})
            if chosen is None:
                break
            trial.seat(each, broken, each.day, each.step, chosen)
            found.append(chosen)
        if len(found) == len(visits):
            return found
    return None


def moved_together(visits: Sequence[Lost], role: str, board: Board, minutes: int, steps: int) -> list[Place] | None:
    """The starts nearest to the present ones at which one resource plays the role for all; None if there are none.
    What the visits still hold is free for them."""
    left = board.copy()
    for each in visits:
        left.leave(each)
    able = _able(visits, role)
    for day, first in _nearest_first(visits[0], left, minutes, steps):
        at = [first + each.step - visits[0].step for each in visits]
        for one in able:
            # Most starts fall here, before anything is copied.
            if all(left.fits(each, _seat(each, role), one, day, step) for each, step in zip(visits, at, strict=True)):
                found = _entered(visits, at, day, {role: one}, left.copy())
                if found is not None:
                    return found
    return None


def _entered(
    visits: Sequence[Lost], at: Sequence[int], day: int, given: Mapping[str, str], board: Board
) -> list[Place] | None:
    found = []
    for each, step in zip(visits, at, strict=True):
        allowed = board.starts(each, day) >> step & 1
        chosen = seated(each, each.seats, day, step, board, given) if allowed else None
        if chosen is None:
            return None
        board.enter(each, day, step, chosen)
        found.append(Place(day, step, chosen))
    return found


def _nearest_first(first: Lost, board: Board, minutes: int, steps: int) -> Iterator[tuple[int, int]]:
    starts = [(day, step) for day in first.starts for step in bits(board.starts(first, day))]
    return iter(sorted(starts, key=lambda at: (gap(first, at[0], at[1], minutes, steps), at)))


def _able(visits: Sequence[Lost], role: str) -> list[str]:
    """Who could play the role for every visit, in the first one's order."""
    others = [set(_seat(each, role).able) for each in visits[1:]]
    return [one for one in _seat(visits[0], role).able if all(one in able for able in others)]


def _seat(each: Lost, role: str) -> LostSeat:
    return next(seat for seat in each.seats if seat.role == role)
