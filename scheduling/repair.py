"""Promised visits whose officer or place fell away: who keeps the time, who moves least, who is left and by which rule.

In this order: the same time with another resource, the same day nearest in time, another day. The cost of a plan is
the sum of weight × minutes moved, plus each name that changes. A time is kept wherever it can be, by the heaviest
first; among equals the matching is of least cost (Hungarian method). No chance is used: the same input gives the same
plan. Limits and places kept for others hold as for any booking (scheduling/repair_board.py).

Visits that were booked together stay so (scheduling/repair_places.py): with one resource at their times, or else at the
nearest where one can take them all. Their times go before that: where several can keep all of them, several do. Only
where nobody can take all is each placed by itself. They go before visits of their weight, and leave heavier ones what
these would have without them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scheduling.matching import assign
from scheduling.repair_board import Board, Days, Free, Limit, Lost, LostSeat, Roads, Rooms, Works
from scheduling.repair_places import Party, Place, gap, kept_together, moved_together, seated
from scheduling.slots import bits

#: What a changed name costs, in minutes of an ordinary visit.
NAME = 15
#: To leave a visit of weight one without its time is dearer than any seating, to seat who cannot serve than any plan.
_DROPPED, _NEVER = 10**5, 10**9
#: The rule of a visit that found resources, but none a limit leaves it.
LIMITED = "limited"


class Outcome(StrEnum):
    """What becomes of a visit."""

    KEEPS = "keeps"
    MOVES = "moves"
    LEFT = "left"


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
    #: The role nobody can play at any start, or « limited »; empty when each could, but never together.
    rule: str = ""
    #: Of visits booked together: do they stay so? None for a visit by itself.
    whole: bool | None = None


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


def replan(
    lost: Iterable[Lost],
    free: Free,
    *,
    minutes: int,
    steps: int,
    limits: Iterable[Limit] = (),
    rooms: Rooms | None = None,
    roads: Roads | None = None,
    works: Works | None = None,
    had: Works | None = None,
    parties: Iterable[Party] = (),
) -> Replan:
    """Plan anew. `free` is what is free beside what the visits themselves hold; `minutes` is the length of a step and
    `steps` their number in a day. `rooms` are the resources of which places may be kept. `works` and `had` are
    the steps people work and the minutes of visits they have, what falls away no longer among them. `parties` are
    visits that stay together wherever somebody can take them all."""
    days = Days(minutes=minutes, works=works or {}, had=had or {})
    board = Board(free, limits, rooms or {}, roads or {}, days)
    order = sorted(lost, key=lambda each: (each.day, each.step, -each.weight, each.visit))
    for each in order:
        board.stands(each)
    together = _together(order, list(parties), board, minutes, steps)
    apart = {visit for visit, answer in together.items() if answer is None}
    alone = [each for each in order if together.get(each.visit) is None]
    answers = {visit: answer for visit, answer in together.items() if answer is not None}
    answers |= {
        visit: replace(answer, whole=False) if visit in apart else answer
        for visit, answer in _by_themselves(alone, board, minutes, steps).items()
    }
    return Replan(answers=tuple(answers[each.visit] for each in order))


def _by_themselves(order: Sequence[Lost], board: Board, minutes: int, steps: int) -> dict[str, Answer]:
    kept = _keep(order, board)
    return kept | _move([each for each in order if each.visit not in kept], board, minutes, steps)


# ---------- visits booked together ----------


def _together(
    order: Sequence[Lost], parties: Sequence[Party], board: Board, minutes: int, steps: int
) -> dict[str, Answer | None]:
    """The answers of visits that stay together, the heaviest first; None for each of those nobody can take all."""
    known = {each.visit: each for each in order}
    groups = [([known[visit] for visit in party.visits], party.role) for party in parties]
    groups.sort(
        key=lambda group: (-_heaviest(group[0])[0].weight, group[0][0].day, group[0][0].step, group[0][0].visit)
    )
    members = {visit for party in parties for visit in party.visits}
    found: dict[str, Answer | None] = {}
    for visits, role in groups:
        weight = _heaviest(visits)[0].weight
        # Heavier ones that stay together have their places already; who came apart looks again by itself.
        heavier = [
            each
            for each in order
            if each.weight > weight and (each.visit not in members or found.get(each.visit, each) is None)
        ]
        left = _without(heavier, board, minutes, steps)
        kept = kept_together(visits, role, left)
        if kept is not None:
            for each, seats in zip(visits, kept, strict=True):
                board.seat(each, _broken(each), each.day, each.step, seats)
                found[each.visit] = replace(_kept(each, seats), whole=True)
            continue
        by_several = _keep(visits, left.copy())
        if len(by_several) == len(visits):
            for each in visits:
                board.seat(each, _broken(each), each.day, each.step, by_several[each.visit].resources)
                found[each.visit] = replace(by_several[each.visit], whole=False)
            continue
        places = moved_together(visits, role, left, minutes, steps)
        if places is None:
            found |= dict.fromkeys((each.visit for each in visits), None)
            continue
        for each in visits:
            board.leave(each)
        for each, place in zip(visits, places, strict=True):
            board.enter(each, place.day, place.step, place.resources)
            found[each.visit] = replace(_answer(each, place, {}, minutes, steps), whole=True)
    return found


def _without(heavier: Sequence[Lost], board: Board, minutes: int, steps: int) -> Board:
    """What heavier visits leave of a board."""
    left = board.copy()
    answers = _by_themselves(heavier, left, minutes, steps)
    for each in heavier:
        answer = answers[each.visit]
        if answer.outcome is Outcome.MOVES:
            left.leave(each)
            left.enter(each, answer.day, answer.step, answer.resources)
    return left


# ---------- the same time ----------


def _keep(order: Sequence[Lost], board: Board) -> dict[str, Answer]:
    """Another resource at the same time, for the heaviest first. Visits of one start are matched at once, with those
    that were heavier: they may give each other their resources, but none loses its time to a lighter one."""
    found: dict[str, dict[str, str]] = {}
    for weight, day, step in sorted({(-each.weight, each.day, each.step) for each in order}):
        batch = [each for each in order if (each.day, each.step) == (day, step) and each.weight >= -weight]
        before = {each.visit: found.pop(each.visit) for each in batch if each.visit in found}
        for each in batch:
            if each.visit in before:
                board.unseat(each, _broken(each), before[each.visit])
        chosen = dict(zip((each.visit for each in batch), _matched(batch, board), strict=True))
        if any(chosen[visit] is None for visit in before):
            chosen = dict.fromkeys(chosen) | before
        for each in batch:
            seats = chosen[each.visit]
            if seats is not None:
                board.seat(each, _broken(each), each.day, each.step, seats)
                found[each.visit] = seats
    return {each.visit: _kept(each, found[each.visit]) for each in order if each.visit in found}


def _kept(each: Lost, seats: Mapping[str, str]) -> Answer:
    return Answer(
        visit=each.visit,
        outcome=Outcome.KEEPS,
        day=each.day,
        step=each.step,
        resources={seat.role: seats.get(seat.role, seat.held) for seat in each.seats},
        cost=_names(each),
    )


def _broken(each: Lost) -> list[LostSeat]:
    return [seat for seat in each.seats if seat.broken]


def _matched(batch: Sequence[Lost], board: Board) -> list[dict[str, str] | None]:
    """For each visit of a start a resource for every role it lost, or None. Roles are matched one after the other;
    who finds nobody for a later role frees what it got for an earlier one."""
    alive = list(range(len(batch)))
    while True:
        chosen: list[dict[str, str]] = [{} for _ in batch]
        dropped: set[int] = set()
        trial = board.copy()
        for kind in sorted({_kind(seat) for at in alive for seat in _broken(batch[at])}):
            asks = [(at, seat) for at in alive for seat in _broken(batch[at]) if _kind(seat) == kind]
            columns = sorted({each for _, seat in asks for each in seat.able})
            costs = [
                [
                    *(_fit(batch[at], seat, each, trial) for each in columns),
                    *(_DROPPED * batch[at].weight if row == own else _NEVER for own in range(len(asks))),
                ]
                for row, (at, seat) in enumerate(asks)
            ]
            for (at, seat), column in zip(asks, assign(costs, len(columns) + len(asks)), strict=True):
                assert column is not None
                if column >= len(columns):
                    dropped.add(at)
                    continue
                chosen[at][seat.role] = columns[column]
                trial.seat(batch[at], [seat], batch[at].day, batch[at].step, chosen[at])
            if dropped:
                break
        if not dropped:
            return [chosen[at] if at in alive else None for at in range(len(batch))]
        alive = [at for at in alive if at not in dropped]


def _kind(seat: LostSeat) -> str:
    return seat.role.partition(":")[0]


def _fit(each: Lost, seat: LostSeat, resource: str, board: Board) -> int:
    """What it costs to seat a resource: its place in the order of preference; never if it is busy."""
    fits = resource in seat.able and board.fits(each, seat, resource, each.day, each.step)
    return seat.able.index(resource) if fits else _NEVER


# ---------- another time ----------


def _move(rest: Sequence[Lost], board: Board, minutes: int, steps: int) -> dict[str, Answer]:
    """The heaviest first takes the time nearest to its own; then the times taken are matched anew at least cost.

    Who finds nothing keeps what it still holds: then the others look again without it."""
    rules: dict[str, str] = {}
    while True:
        trial, places = board.copy(), dict[str, Place]()
        moving = [each for each in rest if each.visit not in rules]
        for each in moving:
            trial.leave(each)
        for each in _heaviest(moving):
            _place(each, trial, places, minutes, steps)
        stuck = {each.visit: _blocking(each, trial, minutes, steps) for each in moving if each.visit not in places}
        if not stuck:
            break
        rules |= stuck
    for each in _heaviest(each for each in rest if each.visit in rules):
        trial.leave(each)
        if not _place(each, trial, places, minutes, steps):
            trial.stay(each)
    _exchange([each for each in rest if each.visit in places], places, minutes, steps)
    return {each.visit: _answer(each, places.get(each.visit), rules, minutes, steps) for each in rest}


def _heaviest(visits: Iterable[Lost]) -> list[Lost]:
    return sorted(visits, key=lambda each: (-each.weight, each.day, each.step, each.visit))


def _place(each: Lost, board: Board, places: dict[str, Place], minutes: int, steps: int) -> bool:
    found = _nearest(each, board, minutes, steps)
    if found is None:
        return False
    places[each.visit] = found
    board.enter(each, found.day, found.step, found.resources)
    return True


def _answer(each: Lost, place: Place | None, rules: Mapping[str, str], minutes: int, steps: int) -> Answer:
    if place is None:
        return Answer(visit=each.visit, outcome=Outcome.LEFT, day=each.day, step=each.step, rule=rules[each.visit])
    away = gap(each, place.day, place.step, minutes, steps)
    return Answer(
        visit=each.visit,
        outcome=Outcome.MOVES,
        day=place.day,
        step=place.step,
        resources=place.resources,
        minutes=away,
        cost=each.weight * away + _names(each),
    )


def _nearest(each: Lost, board: Board, minutes: int, steps: int) -> Place | None:
    best: tuple[int, int, int] | None = None
    for day in sorted(each.starts):
        for step in bits(board.starts(each, day)):
            key = (gap(each, day, step, minutes, steps), day, step)
            if (best is None or key < best) and seated(each, each.seats, day, step, board) is not None:
                best = key
    if best is None:
        return None
    _, day, step = best
    return Place(day, step, seated(each, each.seats, day, step, board) or {})


def _exchange(placed: Sequence[Lost], places: dict[str, Place], minutes: int, steps: int) -> None:
    """Visits of one shape give each other their times where that costs less in all."""
    shapes: dict[object, list[Lost]] = {}
    for each in placed:
        seats = tuple((seat.role, seat.able, seat.before, seat.after) for seat in each.seats)
        shape = (each.length, seats, each.site, frozenset(each.far.items()), each.binds, each.counts, each.rules)
        shapes.setdefault(shape, []).append(each)
    for alike in shapes.values():
        taken = [places[each.visit] for each in alike]
        costs = [
            [
                each.weight * gap(each, place.day, place.step, minutes, steps)
                if each.starts.get(place.day, 0) >> place.step & 1
                else _NEVER
                for place in taken
            ]
            for each in alike
        ]
        for each, column in zip(alike, assign(costs, len(taken)), strict=True):
            assert column is not None
            places[each.visit] = taken[column]


def _names(each: Lost) -> int:
    return each.weight * NAME if each.named else 0


def _blocking(each: Lost, board: Board, minutes: int, steps: int) -> str:
    """The first role nobody can play at any start; else a limit, if without it there were a time; empty when it is
    only that they are never free together."""
    free = board.unlimited()
    for seat in each.seats:
        if not any(
            free.fits(each, seat, one, day, step)
            for day, starts in each.starts.items()
            for step in bits(starts)
            for one in seat.able
        ):
            return seat.role
    return LIMITED if _nearest(each, free, minutes, steps) is not None else ""
