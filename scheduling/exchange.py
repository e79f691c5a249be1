"""Visits change seats: to make room for a promised one, and so that the routes can be given to people at all.

A chain moves one visit into the place of another, that one into the place of a third, and so on until one finds free
room; the fewest moves win, then the fewest minutes-equivalents. No start ever changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from scheduling.matching import assign
from scheduling.plan import Blocked, OfficeDay, Plan, PlanVisit, Route, Seat, Stop, nearest
from scheduling.timeline import Timeline, Timelines

#: A longer chain is not looked for, nor is more than so much tried for one visit.
MOST_MOVES = 6
MOST_TRIED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Routes that can be given to people, and one way to give them: the proof that there is one."""

    plan: Plan
    #: Seat of a route to whom it could be given.
    witness: dict[str, str]
    #: Visits that had to change routes.
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Move:
    """A stop comes to a timeline, and another one leaves it."""

    stop: Stop
    to: Timeline
    out: Stop | None


def make_room(days: Timelines, stop: Stop) -> tuple[str, ...] | None:
    """Give a promised stop a seat and others new seats if need be: the ids of those moved; None, and nothing changed,
    if no chain ends."""
    number = count()
    waiting: list[tuple[int, int, int, tuple[_Move, ...]]] = []
    seen: set[tuple[str, str, str]] = set()

    def grow(way: tuple[_Move, ...], cost: int, loose: Stop) -> None:
        for move, more in _moves(days, loose, {each.to.seat.id for each in way}):
            if move.out is not None:
                key = (move.to.seat.id, loose.visit.id, move.out.visit.id)
                if key in seen or len(way) + 1 > MOST_MOVES:
                    continue
                seen.add(key)
            heappush(waiting, (len(way) + (move.out is not None), cost + more, next(number), (*way, move)))

    grow((), 0, stop)
    for _ in range(MOST_TRIED):
        if not waiting:
            return None
        _, cost, _, way = heappop(waiting)
        last = way[-1].out
        if last is None:
            _take(way)
            return tuple(move.out.visit.id for move in way if move.out is not None)
        grow(way, cost, last)
    return None


def squeeze(days: Timelines, visit: PlanVisit) -> bool:
    """Make room for every role of a promised visit, or for none."""
    done: list[Stop] = []
    for need in sorted(visit.needs, key=lambda each: len(days.takers(visit, each))):
        stop = Stop(visit, need, visit.earliest)
        if make_room(days, stop) is None:
            for each in done:
                next(one for one in days.of.values() if each in one.stops).remove(each)
            return False
        done.append(stop)
    return True


def _moves(days: Timelines, loose: Stop, touched: set[str]) -> Iterator[tuple[_Move, int]]:
    """Where a stop can go, straight or in the place of another; a seat is on a way only once."""
    for each in days.takers(loose.visit, loose.need):
        if each.seat.id in touched:
            continue
        if each.why(loose) is None:
            yield _Move(loose, each, None), each.price(loose.visit, loose.need, loose.start)
            continue
        for out in _in_the_way(days, each, loose):
            each.remove(out)
            if each.why(loose) is None:
                more = each.price(loose.visit, loose.need, loose.start)
                each.add(out)
                yield _Move(loose, each, out), more - each.price(out.visit, out.need, out.start)
            else:
                each.add(out)


def _in_the_way(days: Timelines, timeline: Timeline, loose: Stop) -> list[Stop]:
    """The stops that may leave: the one that overlaps, or any if none does; never a settled one."""
    overlapping = [stop for stop in timeline.stops if stop.begin < loose.end and loose.begin < stop.end]
    if len(overlapping) > 1:
        return []
    return [stop for stop in overlapping or timeline.stops if not days.is_settled(timeline.seat.id, stop)]


def _take(way: Sequence[_Move]) -> None:
    for move in way:
        if move.out is not None:
            move.to.remove(move.out)
    for move in way:
        move.to.add(move.stop)


# -- people --------------------------------------------------------------------------------------------------
def match(day: OfficeDay, plan: Plan, people: Sequence[Seat], settled: Sequence[Route] = ()) -> Matched:
    """See that every route can be given to somebody else than every other; if it cannot, change as little as will do.

    `people` are seats with the rules that bind each person, `settled` what they have to do already. A visit that
    nobody may serve, whatever is exchanged, is blocked with its rule.
    """
    named = OfficeDay(seats=tuple(people), roads=day.roads, step=day.step, settled=tuple(settled))
    days = Timelines(named)
    routes = sorted(plan.routes, key=lambda route: route.seat)
    given = assign([[_misfits(days.of[person.id], route) for person in people] for route in routes], len(people))
    witness: dict[str, str] = {}
    loose: list[Stop] = []
    for route, place in zip(routes, given, strict=True):
        if place is None:
            loose += route.stops
            continue
        timeline = days.of[people[place].id]
        witness[route.seat] = timeline.seat.id
        for stop in route.stops:
            if timeline.never(stop.visit, stop.need) is None and timeline.why(stop) is None:
                timeline.add(stop)
            else:
                loose.append(stop)
    if not loose:
        return Matched(plan=plan, witness=witness)
    return _rearranged(days, day, plan, witness, loose)


def _misfits(timeline: Timeline, route: Route) -> int:
    """How many stops of a route a person could not take, in the order of the route."""
    missing = 0
    added: list[Stop] = []
    for stop in route.stops:
        if timeline.never(stop.visit, stop.need) is None and timeline.why(stop) is None:
            timeline.add(stop)
            added.append(stop)
        else:
            missing += 1
    for stop in added:
        timeline.remove(stop)
    return missing


def _rearranged(days: Timelines, day: OfficeDay, plan: Plan, witness: dict[str, str], loose: Sequence[Stop]) -> Matched:
    """Give every loose stop to somebody, by chains among people; routes follow whom they were matched to."""
    moved: set[str] = set()
    blocked: dict[str, Blocked] = {}
    for stop in sorted(loose, key=lambda stop: (len(days.takers(stop.visit, stop.need)), stop.start, stop.visit.id)):
        others = make_room(days, stop)
        if others is None:
            rule = why_nobody(days, stop)
            blocked.setdefault(stop.visit.id, Blocked(visit=stop.visit.id, role=stop.need.role, rule=rule))
        else:
            moved |= {stop.visit.id, *others}
    for out in blocked:
        days.take_out(out)
    # What found no seat before may take the room of what nobody may serve.
    again = {each.visit for each in plan.blocked}
    served = {visit.id for visit in day.visits if visit.id in again and visit.promised and squeeze(days, visit)}
    seat_of = {person: seat for seat, person in witness.items()}
    unused = (seat.id for seat in day.seats if seat.id not in witness)
    routes, proof = [], {}
    for person, timeline in days.of.items():
        stops = tuple(stop for stop in timeline.stops if not days.is_settled(person, stop))
        if stops:
            seat = seat_of.get(person) or next(unused)
            routes.append(Route(seat=seat, stops=stops))
            proof[seat] = person
    return Matched(
        plan=Plan(
            routes=tuple(sorted(routes, key=lambda route: route.seat)),
            blocked=(*(each for each in plan.blocked if each.visit not in served), *blocked.values()),
        ),
        witness=proof,
        moved=tuple(sorted((moved | served) - blocked.keys())),
    )


def judge(day: OfficeDay, plan: Plan) -> dict[str, dict[str, str | None]]:
    """For every route and every seat of a named day the rule that keeps the one from the other, or None."""
    days = Timelines(day)
    return {
        route.seat: {name: _first_misfit(timeline, route) for name, timeline in days.of.items()}
        for route in plan.routes
    }


def _first_misfit(timeline: Timeline, route: Route) -> str | None:
    added: list[Stop] = []
    found = None
    for stop in route.stops:
        found = timeline.never(stop.visit, stop.need) or timeline.why(stop)
        if found is not None:
            break
        timeline.add(stop)
        added.append(stop)
    for stop in added:
        timeline.remove(stop)
    return found


def why_nobody(days: Timelines, stop: Stop) -> str:
    """The rule that came nearest to letting somebody take a stop."""
    return nearest(each.never(stop.visit, stop.need) or each.why(stop) or "nobody" for each in days.of.values())
