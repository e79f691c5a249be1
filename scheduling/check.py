"""A second opinion on a plan: every hard rule proved minute by minute, with none of the planner's own reasoning.

It reads the values of `plan.py` and nothing else. What it finds is a fault of the planner, never of the office.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scheduling.abilities import LANGUAGES
from scheduling.plan import OfficeDay, Plan, PlanVisit, Seat, Stop


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A rule a plan breaks, where and with which visit."""

    rule: str
    seat: str = ""
    visit: str = ""


def faults(day: OfficeDay, plan: Plan) -> list[Fault]:
    """Everything a plan does wrong; empty for a plan that may be published."""
    found = set(_whole(day, plan))
    seats = {seat.id: seat for seat in day.seats}
    for route in plan.routes:
        if route.seat not in seats:
            found.add(Fault("unknown_seat", route.seat))
            continue
        found |= set(_route(day, seats[route.seat], list(route.stops)))
    for name, times in Counter(route.seat for route in plan.routes).items():
        if times > 1:
            found.add(Fault("two_routes", name))
    return sorted(found)


def _whole(day: OfficeDay, plan: Plan) -> Iterator[Fault]:
    """Every visit once with all its roles at one time it was promised, or blocked; what is settled stays."""
    blocked = [each.visit for each in plan.blocked]
    at: dict[str, list[tuple[str, Stop]]] = {visit.id: [] for visit in day.visits}
    for route in plan.routes:
        for stop in route.stops:
            at.setdefault(stop.visit.id, []).append((route.seat, stop))
    for visit in day.visits:
        there = at[visit.id]
        if visit.id in blocked:
            if there:
                yield Fault("blocked_and_served", visit=visit.id)
            continue
        if sorted(stop.need.role for _, stop in there) != sorted(need.role for need in visit.needs):
            yield Fault("roles", visit=visit.id)
        if len({seat for seat, _ in there}) != len(there):
            yield Fault("one_seat_two_roles", visit=visit.id)
        if len({stop.start for _, stop in there}) > 1:
            yield Fault("not_together", visit=visit.id)
        if any(not visit.earliest <= stop.start <= visit.latest for _, stop in there):
            yield Fault("promise", visit=visit.id)
    routes = {route.seat: route.stops for route in plan.routes}
    for route in day.settled:
        for stop in route.stops:
            if stop not in routes.get(route.seat, ()):
                yield Fault("settled", route.seat, stop.visit.id)


def _route(day: OfficeDay, seat: Seat, stops: list[Stop]) -> Iterator[Fault]:
    works = {minute for first, last in seat.shift for minute in range(first, last)}
    busy: Counter[int] = Counter()
    for stop in stops:
        minutes = _minutes(stop)
        busy.update(minutes)
        if not set(minutes) <= works:
            yield Fault("off_duty", seat.id, stop.visit.id)
        yield from _fitness(seat, stop)
    if any(count > 1 for count in busy.values()):
        yield Fault("overlap", seat.id)
    driving = _driving(day, stops)
    for visit, road in driving:
        if road is None:
            yield Fault("on_the_road", seat.id, visit)
    yield from _rest(seat, works, set(busy).union(*(road for _, road in driving if road)))
    if seat.most is not None and sum(stop.visit.minutes for stop in stops) > seat.most:
        yield Fault("full_day", seat.id)
    for group, limit in seat.limits.items():
        if sum(stop.visit.group == group for stop in stops) > limit:
            yield Fault("limit", seat.id)


def _minutes(stop: Stop) -> range:
    return range(stop.start - stop.need.before, stop.start + stop.visit.minutes + stop.need.after)


def _fitness(seat: Seat, stop: Stop) -> Iterator[Fault]:
    visit: PlanVisit = stop.visit
    if seat.kind != stop.need.kind or seat.agency != stop.need.agency:
        yield Fault("kind", seat.id, visit.id)
    for rule, kind in (("skills", ~LANGUAGES), ("language", LANGUAGES)):
        if (seat.skills | stop.need.skills & kind) != seat.skills:
            yield Fault(rule, seat.id, visit.id)
    if seat.site != visit.site and seat.site and visit.site:
        yield Fault("elsewhere", seat.id, visit.id)
    if visit.id in seat.refuses:
        yield Fault("refused", seat.id, visit.id)
    if visit.demanding and seat.tired_at is not None and stop.start + visit.minutes > seat.tired_at:
        yield Fault("fatigue", seat.id, visit.id)


def _driving(day: OfficeDay, stops: list[Stop]) -> list[tuple[str, range | None]]:
    """For each visit at a site the minutes driven right before it; None where they are not there."""
    placed = sorted((stop for stop in stops if stop.visit.site), key=lambda stop: _minutes(stop).start)
    found: list[tuple[str, range | None]] = []
    for one, other in pairwise(placed):
        if one.visit.site == other.visit.site:
            continue
        road = day.roads.get(frozenset({one.visit.site, other.visit.site}), 0)
        arrives = _minutes(other).start
        found.append((other.visit.id, range(arrives - road, arrives) if _minutes(one).stop + road <= arrives else None))
    return found


def _rest(seat: Seat, works: set[int], taken: set[int]) -> Iterator[Fault]:
    if seat.rest is None:
        return
    run = longest = 0
    for minute in range(seat.rest.earliest, seat.rest.latest):
        run = run + 1 if minute in works and minute not in taken else 0
        longest = max(longest, run)
    if longest < seat.rest.minutes:
        yield Fault("rest", seat.id)
