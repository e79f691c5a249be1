"""The engine that ships: earliest-feasible insertion, and chains of exchanges where a promised time finds no seat."""

from collections.abc import Iterable
from dataclasses import dataclass

from scheduling.exchange import squeeze
from scheduling.plan import Blocked, OfficeDay, Plan, PlanVisit
from scheduling.timeline import Timelines


@dataclass(frozen=True, slots=True)
class Insertion:
    """Visits in the order of their starts, each where it costs least; promised ones first."""

    name: str = "insertion-1"

    def plan(self, day: OfficeDay) -> Plan:
        """Begin with nothing; if a promise cannot be kept so, begin with the routes that are known to keep it."""
        days, blocked = _fill(Timelines(day), day.visits)
        if blocked and day.known:
            other, left = _fill(_known(day), day.visits)
            if (len(left), other.cost) < (len(blocked), days.cost):
                days, blocked = other, left
        return Plan(routes=days.routes(), blocked=tuple(blocked))


def _known(day: OfficeDay) -> Timelines:
    """The known routes, without whatever breaks a rule; a visit is there with all its roles or not at all."""
    days = Timelines(day)
    bad: set[str] = set()
    for route in day.known:
        timeline = days.of[route.seat]
        for stop in route.stops:
            if timeline.never(stop.visit, stop.need) is None and timeline.why(stop) is None:
                timeline.add(stop)
            else:
                bad.add(stop.visit.id)
    for visit in bad:
        days.take_out(visit)
    return days


def _fill(days: Timelines, visits: Iterable[PlanVisit]) -> tuple[Timelines, list[Blocked]]:
    """Insert every visit that is not there yet: promised ones by start, the rest by how soon their window closes."""
    there = {stop.visit.id for each in days.of.values() for stop in each.stops}
    wanted = [visit for visit in visits if visit.id not in there]
    blocked = []
    for visit in sorted(wanted, key=lambda each: _urgency(days, each)):
        found = days.insert(visit)
        if isinstance(found, Blocked) and not (visit.promised and squeeze(days, visit)):
            blocked.append(found)
    return days, blocked


def _urgency(days: Timelines, visit: PlanVisit) -> tuple[bool, int, int, str]:
    able = min((len(days.takers(visit, need)) for need in visit.needs), default=0)
    return not visit.promised, visit.earliest if visit.promised else visit.latest, able, visit.id
