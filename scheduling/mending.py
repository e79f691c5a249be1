"""The day in hand after an absence, an overrun or an urgent visit: who keeps the time, who moves least, who is left.

A time is kept wherever anybody can keep it, if need be by chains of others who change seats and keep theirs; what
cannot be kept begins as soon after as it fits; what fits nowhere is left, with the rule that blocks it. What is settled
never moves. Then the seats get names one after another (`Naming`), so that nobody drawn leaves another visit without.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from scheduling.exchange import make_room
from scheduling.plan import Blocked, Need, OfficeDay, Plan, PlanVisit, Route, Stop
from scheduling.repair import Outcome
from scheduling.timeline import Timeline, Timelines

#: Ways tried before somebody counts as needed elsewhere; the way that is known needs none.
MOST_TRIED = 3000
#: The rule told of whoever is needed for a visit still to be named.
NEEDED = "needed"
#: By visit and role the seat, and when it is needed there.
Seated = dict[tuple[str, str], tuple[str, Stop]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """A visit that does not hold any more: its promise with all its needs, and the roles nobody plays now."""

    visit: PlanVisit
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a visit."""

    visit: str
    outcome: Outcome
    start: int
    #: Minutes after its promise.
    waits: int = 0
    #: Role to seat, of the roles that change; an officer's is only one that could be.
    seats: Mapping[str, str] = field(default_factory=dict)
    #: Nothing was wrong with it: it changes seats so that another keeps its time.
    along: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """The day as it would be, and what becomes of each visit that changes, by its start."""

    days: Timelines
    fates: tuple[Fate, ...]

    @property
    def plan(self) -> Plan:
        """What is served; a visit that is left counts as blocked, whatever it still holds."""
        left = {each.visit: each.rule for each in self.fates if each.outcome is Outcome.LEFT}
        kept = (
            Route(seat=route.seat, stops=tuple(stop for stop in route.stops if stop.visit.id not in left))
            for route in self.days.routes()
        )
        blocked = tuple(Blocked(visit=visit, role="", rule=rule) for visit, rule in left.items())
        return Plan(routes=tuple(route for route in kept if route.stops), blocked=blocked)


def mend(day: OfficeDay, torn: Iterable[Torn], *, soonest: int) -> Mended:
    """Mend a day: `known` are its routes that may change seats, without the roles that are lost; `soonest` is the first
    minute at which anything can still begin."""
    days = Timelines(day, day.known)
    order = sorted(torn, key=lambda one: (one.visit.earliest, one.visit.id))
    return settle(days, seated(days), order, soonest=soonest)


def settle(
    days: Timelines, before: Seated, torn: Iterable[Torn], *, soonest: int, fates: Mapping[str, Fate] | None = None
) -> Mended:
    """Find a seat for whatever is torn, in the order given, and say what differs from `before`; what is in `fates` is
    decided already, and may only change seats."""
    fates = dict(fates or {})
    late: list[Torn] = []
    for each in torn:
        if each.visit.earliest < soonest or not _keep(days, each):
            late.append(each)
        else:
            start = each.visit.earliest
            fates[each.visit.id] = Fate(visit=each.visit.id, outcome=Outcome.KEEPS, start=start)
    for each in late:
        fates[each.visit.id] = _later(days, each, soonest)
    for (visit, role), (seat, stop) in seated(days).items():
        known = before.get((visit, role))
        fate = fates.get(visit)
        if known is not None and known[0] == seat and known[1].start == stop.start:
            continue
        if fate is None:
            fate = Fate(visit=visit, outcome=Outcome.KEEPS, start=stop.start, along=True)
        if fate.outcome is not Outcome.LEFT:
            fates[visit] = replace(fate, seats={**fate.seats, role: seat})
    return Mended(days=days, fates=tuple(sorted(fates.values(), key=lambda each: (each.start, each.visit))))


def seated(days: Timelines) -> Seated:
    """Who plays which role of which visit."""
    return {
        (stop.visit.id, stop.need.role): (name, stop) for name, timeline in days.of.items() for stop in timeline.stops
    }


def _keep(days: Timelines, torn: Torn) -> bool:
    """Seat every lost role at the promised time, or none."""
    done: list[Stop] = []
    for need in _needs(torn):
        stop = Stop(torn.visit, need, torn.visit.earliest)
        if make_room(days, stop) is None:
            for each in done:
                next(one for one in days.of.values() if each in one.stops).remove(each)
            return False
        done.append(stop)
    return True


def _needs(torn: Torn) -> list[Need]:
    return [need for need in torn.visit.needs if need.role in torn.lost]


def _later(days: Timelines, torn: Torn, soonest: int) -> Fate:
    """The next start with a seat for every role; what a visit still holds stays with it if there is none."""
    promised, visit = torn.visit.earliest, torn.visit
    held = [(one, stop) for one in days.of.values() for stop in one.stops if stop.visit.id == visit.id]
    days.take_out(visit.id)
    step = days.day.step
    first = -(-max(soonest, promised) // step) * step
    last = max((end for seat in days.day.seats for _, end in seat.shift), default=first)
    found = days.first(replace(visit, earliest=first, latest=max(first + 1, last)))
    if isinstance(found, Blocked):
        for one, stop in held:
            one.add(stop)
        return Fate(visit=visit.id, outcome=Outcome.LEFT, start=promised, rule=found.rule)
    days.put(replace(visit, earliest=found.start, latest=found.start), found)
    seats = dict(found.seats)
    return Fate(visit=visit.id, outcome=Outcome.MOVES, start=found.start, waits=found.start - promised, seats=seats)


class Naming:
    """Seats without names, taken one after another. Somebody is able only if all that is left still finds somebody."""

    def __init__(self, days: Timelines, loose: Sequence[Stop], barred: AbstractSet[tuple[str, str]] = frozenset()):
        """`loose` stops are taken out of the seats they are on, which are one way to name them all; `barred` are pairs
        of visit and seat that may not be."""
        self._days, self._barred = days, barred
        self._way: dict[Stop, Timeline] = {}
        for stop in loose:
            timeline = next(each for each in days.of.values() if stop in each.stops)
            timeline.remove(stop)
            self._way[stop] = timeline

    def judged(self, stop: Stop) -> dict[str, str | None]:
        """By seat of the stop's kind: the rule that keeps it away, or None. At least one may."""
        return {name: self._why(stop, each) for name, each in self._days.of.items() if each.seat.kind == stop.need.kind}

    def price(self, stop: Stop, seat: str) -> int:
        """What it costs there."""
        return self._days.of[seat].price(stop.visit, stop.need, stop.start)

    def give(self, stop: Stop, seat: str) -> None:
        """Name one; its seat is able."""
        timeline = self._days.of[seat]
        rest = self._rest(stop, timeline)
        assert rest is not None
        timeline.add(stop)
        self._way = rest

    def _why(self, stop: Stop, timeline: Timeline) -> str | None:
        rule = self._unfit(stop, timeline)
        if rule is None and self._rest(stop, timeline) is None:
            return NEEDED
        return rule

    def _unfit(self, stop: Stop, timeline: Timeline) -> str | None:
        if (stop.visit.id, timeline.seat.id) in self._barred:
            return "replaced"
        return timeline.never(stop.visit, stop.need) or timeline.why(stop)

    def _rest(self, stop: Stop, timeline: Timeline) -> dict[Stop, Timeline] | None:
        """A way to name everything else once this one is given; None if there is none."""
        rest = {other: known for other, known in self._way.items() if other != stop}
        if self._way[stop] is timeline:
            return rest
        timeline.add(stop)
        tried = [MOST_TRIED]
        found = self._complete(list(rest), tried)
        timeline.remove(stop)
        return found

    def _complete(self, stops: list[Stop], tried: list[int]) -> dict[Stop, Timeline] | None:
        """Somebody for each of these, the one with the fewest first."""
        if not stops:
            return {}
        options = {stop: [each for each in self._days.of.values() if self._unfit(stop, each) is None] for stop in stops}
        stop = min(stops, key=lambda each: (len(options[each]), each.start, each.visit.id))
        for timeline in options[stop]:
            tried[0] -= 1
            if tried[0] < 0:
                return None
            timeline.add(stop)
            found = self._complete([each for each in stops if each is not stop], tried)
            timeline.remove(stop)
            if found is not None:
                return {stop: timeline, **found}
        return None
