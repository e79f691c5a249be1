"""Room for an urgent visit on a day that is full: which visits give way, the least harm first.

Whoever gives way keeps the time with another seat wherever anybody can keep it (`mending.py`); else it begins as soon
after as it fits. Nobody is left: a way that leaves a visit without a seat on this day is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice, product

from scheduling.mending import Fate, Mended, Seated, Torn, seated, settle
from scheduling.plan import Need, OfficeDay, PlanVisit, Stop
from scheduling.repair import NAME, Outcome
from scheduling.timeline import Timeline, Timelines

#: Seats looked at for a role, and ways tried, at one start.
MOST_SEATS, MOST_TRIED = 12, 36
#: Stops that leave one seat for one visit, at most.
MOST_OUT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What may give way on a day."""

    #: By visit that has not begun: what a minute of its time weighs.
    weights: Mapping[str, int]
    #: Those of them that keep their time whatever comes, though perhaps with another seat.
    firm: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A start of the urgent visit, and the day as it would be then."""

    start: int
    #: Σ weight × minutes waited, and each officer that changes.
    harm: int
    mended: Mended


@dataclass(frozen=True, slots=True)
class _Take:
    """A seat for one role, and what has to leave it."""

    seat: str
    stop: Stop
    out: tuple[Stop, ...]


def ways(day: OfficeDay, urgent: PlanVisit, giving: Giving, *, soonest: int, most: int = 4) -> list[Way]:
    """The starts within the visit's window that can be had, the least harm first: each harms less than any earlier."""
    found: list[Way] = []
    first = -(-max(urgent.earliest, soonest) // day.step) * day.step
    for start in range(first, urgent.latest + 1, day.step):
        below = found[-1].harm if found else None
        way = displace(day, urgent, giving, start, soonest=soonest, below=below)
        if way is not None:
            found.append(way)
    return found[::-1][:most]


def displace(
    day: OfficeDay, urgent: PlanVisit, giving: Giving, start: int, *, soonest: int, below: int | None = None
) -> Way | None:
    """The least harm that gives the visit this start; None if it cannot be had, or not with less than `below`."""
    visit = replace(urgent, earliest=start, latest=start)
    best: Way | None = None
    for takes in _takes(day, visit, giving):
        if below is not None and _least(takes, giving, day.step) >= below:
            continue
        way = _tried(day, visit, takes, giving, soonest)
        if way is not None and (below is None or way.harm < below):
            best, below = way, way.harm
    return best


def _least(takes: Sequence[_Take], giving: Giving, step: int) -> int:
    """What is known of the harm before it is tried: whoever leaves an officer gets another one, or waits."""
    out = {each.visit.id for take in takes if take.stop.need.kind == "officer" for each in take.out}
    return sum(min(NAME, giving.weights[each] * step) for each in out)


def _takes(day: OfficeDay, visit: PlanVisit, giving: Giving) -> Iterator[Sequence[_Take]]:
    """A seat for every role each, those from which the least has to leave first."""
    days = Timelines(day, day.known)
    able: list[list[_Take]] = []
    for need in visit.needs:
        stop = Stop(visit, need, visit.earliest)
        takes = [take for each in days.takers(visit, need) if (take := _take(each, stop, giving)) is not None]
        able.append(sorted(takes, key=lambda take: _weight(take, giving))[:MOST_SEATS])
    every = (takes for takes in product(*able) if len({each.seat for each in takes}) == len(takes))
    yield from islice(every, MOST_TRIED)


def _weight(take: _Take, giving: Giving) -> tuple[int, int, str]:
    return (
        sum(stop.visit.id in giving.firm for stop in take.out),
        sum(giving.weights[stop.visit.id] for stop in take.out),
        take.seat,
    )


def _take(timeline: Timeline, stop: Stop, giving: Giving) -> _Take | None:
    """The fewest stops that must leave a seat for this one; None if what may not give way is in its way."""
    out = [each for each in timeline.stops if each.begin < stop.end and stop.begin < each.end]
    if len(out) > MOST_OUT or any(each.visit.id not in giving.weights for each in out):
        return None
    for each in out:
        timeline.remove(each)
    more = [] if timeline.why(stop) is None else _one_more(timeline, stop, giving)
    for each in out:
        timeline.add(each)
    if more is None or len(out) + len(more) > MOST_OUT:
        return None
    return _Take(timeline.seat.id, stop, (*out, *more))


def _one_more(timeline: Timeline, stop: Stop, giving: Giving) -> list[Stop] | None:
    """A road, a rest or a full day: one more visit of this seat may be too much."""
    may = [each for each in timeline.stops if each.visit.id in giving.weights]
    for each in sorted(may, key=lambda one: (giving.weights[one.visit.id], one.visit.minutes, one.start)):
        timeline.remove(each)
        fits = timeline.why(stop) is None
        timeline.add(each)
        if fits:
            return [each]
    return None


def _tried(day: OfficeDay, visit: PlanVisit, takes: Sequence[_Take], giving: Giving, soonest: int) -> Way | None:
    days = Timelines(day, day.known)
    before = seated(days)
    lost: dict[str, list[str]] = {}
    for take in takes:
        for stop in take.out:
            days.of[take.seat].remove(stop)
            lost.setdefault(stop.visit.id, []).append(stop.need.role)
    for take in takes:
        if days.of[take.seat].why(take.stop) is not None:
            return None
        days.of[take.seat].add(take.stop)
    torn = [Torn(visit=_whole(before, each), lost=tuple(roles)) for each, roles in lost.items()]
    own = Fate(visit=visit.id, outcome=Outcome.MOVES, start=visit.earliest)
    mended = settle(
        days, before, sorted(torn, key=lambda each: _turn(each, giving)), soonest=soonest, fates={visit.id: own}
    )
    others = [each for each in mended.fates if each.visit != visit.id]
    if any(
        each.outcome is Outcome.LEFT or (each.outcome is Outcome.MOVES and each.visit in giving.firm) for each in others
    ):
        return None
    harm = sum(giving.weights.get(each.visit, 1) * each.waits + NAME * _renamed(each, days) for each in others)
    return Way(start=visit.earliest, harm=harm, mended=mended)


def _turn(torn: Torn, giving: Giving) -> tuple[bool, int, int, str]:
    """Who must keep the time looks first, then the heaviest."""
    visit = torn.visit
    return visit.id not in giving.firm, -giving.weights[visit.id], visit.earliest, visit.id


def _whole(before: Seated, visit: str) -> PlanVisit:
    stops = [stop for (of, _), (_, stop) in before.items() if of == visit]
    needs: tuple[Need, ...] = tuple(stop.need for stop in stops)
    return replace(stops[0].visit, needs=needs)


def _renamed(fate: Fate, days: Timelines) -> int:
    return any(days.of[seat].seat.kind == "officer" for seat in fate.seats.values())
