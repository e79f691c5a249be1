"""The day in hand: what every seat does from hour to hour, what still fits, and what it would cost.

Costs are minutes-equivalents: a minute on the road is one, an uneven load weighs by its square.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduling.abilities import lacking
from scheduling.plan import Blocked, Need, OfficeDay, PlanVisit, Route, Seat, Stop, nearest

#: Hundredths of a minute-equivalent for load² ÷ shift.
FAIRNESS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A start of a visit with a seat for every role, and what it costs."""

    start: int
    #: Role to seat.
    seats: Mapping[str, str]
    cost: int


class Timeline:
    """One seat's day: its stops in order."""

    __slots__ = ("_begins", "day", "load", "seat", "stops")

    def __init__(self, day: OfficeDay, seat: Seat, stops: Iterable[Stop] = ()) -> None:
        self.day, self.seat = day, seat
        self.stops = sorted(stops, key=lambda stop: stop.begin)
        self._begins = [stop.begin for stop in self.stops]
        self.load = sum(stop.visit.minutes for stop in self.stops)

    def add(self, stop: Stop) -> None:
        """Put a stop that fits in its place."""
        place = bisect_left(self._begins, stop.begin)
        self.stops.insert(place, stop)
        self._begins.insert(place, stop.begin)
        self.load += stop.visit.minutes

    def remove(self, stop: Stop) -> None:
        """Take a stop out."""
        place = self.stops.index(stop)
        del self.stops[place], self._begins[place]
        self.load -= stop.visit.minutes

    # -- what fits ---------------------------------------------------------------------------------------
    def never(self, visit: PlanVisit, need: Need) -> str | None:
        """The rule that keeps a visit from this seat at any time."""
        return self.unable(visit, need) or self.seat.refuses.get(visit.id)

    def unable(self, visit: PlanVisit, need: Need) -> str | None:
        """The rule that keeps every visit like this one from this seat."""
        seat = self.seat
        if (seat.kind, seat.agency) != (need.kind, need.agency):
            return "kind"
        if unable := lacking(seat.skills, need.skills):
            return unable
        if seat.site and visit.site and seat.site != visit.site:
            return "elsewhere"
        return None

    def why(self, stop: Stop) -> str | None:
        """The rule that keeps a stop out of this day, or None if it fits; the seat serves such visits at all."""
        seat, visit, begin, end = self.seat, stop.visit, stop.begin, stop.end
        if not any(first <= begin and end <= last for first, last in seat.shift):
            return "off_duty"
        if visit.demanding and seat.tired_at is not None and stop.start + visit.minutes > seat.tired_at:
            return "fatigue"
        place = bisect_left(self._begins, begin)
        if place and self.stops[place - 1].end > begin:
            return "busy"
        if place < len(self.stops) and self._begins[place] < end:
            return "busy"
        if self.day.roads and visit.site and not self._reached(stop, place):
            return "on_the_road"
        if seat.rest is not None and not self._rested(stop, place):
            return "rest"
        if seat.most is not None and self.load + visit.minutes > seat.most:
            return "full_day"
        limit = seat.limits.get(visit.group)
        if limit is not None and sum(each.visit.group == visit.group for each in self.stops) >= limit:
            return "limit"
        return None

    def _around(self, place: int) -> tuple[Stop | None, Stop | None]:
        """The nearest stops at a site before and after a place in the day."""
        before = next((each for each in reversed(self.stops[:place]) if each.visit.site), None)
        after = next((each for each in self.stops[place:] if each.visit.site), None)
        return before, after

    def _reached(self, stop: Stop, place: int) -> bool:
        before, after = self._around(place)
        site = stop.visit.site
        return not (
            (before is not None and before.end + self.day.road(before.visit.site, site) > stop.begin)
            or (after is not None and stop.end + self.day.road(site, after.visit.site) > after.begin)
        )

    def _rested(self, stop: Stop, place: int) -> bool:
        assert self.seat.rest is not None
        return rested(self.day, self.seat, [*self.stops[:place], stop, *self.stops[place:]])

    # -- when ----------------------------------------------------------------------------------------------
    def starts(self, visit: PlanVisit, need: Need) -> Iterator[int]:
        """Starts in the visit's window before which this seat would not become free; the earliest that fits is one."""
        if visit.promised:
            yield visit.earliest
            return
        rest = self.seat.rest
        edges = [*(begin for begin, _ in self.seat.shift), *(stop.end for stop in self.stops)]
        if visit.site:
            placed = (stop for stop in self.stops if stop.visit.site)
            edges += [stop.end + self.day.road(stop.visit.site, visit.site) for stop in placed]
        if rest is not None:
            free = [max(edge, rest.earliest) + rest.minutes for edge in edges]
            edges += [edge + road for road in {0, *self.day.roads.values()} for edge in free]
        for edge in {visit.earliest, *(edge + need.before for edge in edges)}:
            start = max(visit.earliest, -(-edge // self.day.step) * self.day.step)
            if start <= visit.latest:
                yield start

    # -- what it costs -------------------------------------------------------------------------------------
    def price(self, visit: PlanVisit, need: Need, start: int) -> int:
        """What a visit that fits would add: its roads, and a load that grows uneven."""
        return self._detour(visit, start - need.before) + self._burden(visit.minutes)

    def _detour(self, visit: PlanVisit, begin: int) -> int:
        if not visit.site or not self.day.roads:
            return 0
        before, after = self._around(bisect_left(self._begins, begin))
        road, site = self.day.road, visit.site
        there = road(before.visit.site, site) if before else 0
        on = road(site, after.visit.site) if after else 0
        straight = road(before.visit.site, after.visit.site) if before and after else 0
        return there + on - straight

    def _burden(self, minutes: int) -> int:
        length = max(1, self.seat.length)
        return FAIRNESS * ((self.load + minutes) ** 2 - self.load**2) // (100 * length)


def rested(day: OfficeDay, seat: Seat, stops: Sequence[Stop]) -> bool:
    """Is the seat's rest left among its stops? A road is driven right before the visit it leads to."""
    rest = seat.rest
    if rest is None:
        return True
    taken: list[tuple[int, int]] = []
    site = ""
    for stop in stops:
        road = day.road(site, stop.visit.site) if site and stop.visit.site else 0
        taken.append((stop.begin - road, stop.end))
        site = stop.visit.site or site
    for first, last in seat.shift:
        free = max(first, rest.earliest)
        until = min(last, rest.latest)
        for begin, end in sorted(taken):
            if min(begin, until) - free >= rest.minutes:
                return True
            free = max(free, end)
        if until - free >= rest.minutes:
            return True
    return False


class Timelines:
    """Every seat's day. Insertion puts a visit where it fits and moves nothing else."""

    def __init__(self, day: OfficeDay, routes: Iterable[Route] = ()) -> None:
        self.day = day
        stops: dict[str, list[Stop]] = {seat.id: [] for seat in day.seats}
        for route in (*day.settled, *routes):
            stops[route.seat] += route.stops
        self.of = {seat.id: Timeline(day, seat, stops[seat.id]) for seat in day.seats}
        self._settled = {(route.seat, stop) for route in day.settled for stop in route.stops}
        self._takers: dict[tuple[object, ...], list[Timeline]] = {}

    def is_settled(self, seat: str, stop: Stop) -> bool:
        """Must a stop stay on its seat?"""
        return (seat, stop) in self._settled

    def routes(self) -> tuple[Route, ...]:
        """The routes as they stand, by seat; who has nothing to do has no route."""
        return tuple(Route(seat=name, stops=tuple(each.stops)) for name, each in self.of.items() if each.stops)

    def insert(self, visit: PlanVisit) -> Option | Blocked:
        """Put a visit at its earliest start, on the seats where it costs least; or say what keeps it out."""
        found = self.first(visit)
        if isinstance(found, Option):
            self.put(visit, found)
        return found

    def put(self, visit: PlanVisit, option: Option) -> None:
        """Take an option."""
        for need in visit.needs:
            self.of[option.seats[need.role]].add(Stop(visit, need, option.start))

    def take_out(self, visit: str) -> None:
        """Free every seat a visit takes."""
        for each in self.of.values():
            for stop in [stop for stop in each.stops if stop.visit.id == visit]:
                each.remove(stop)

    def first(self, visit: PlanVisit) -> Option | Blocked:
        """The earliest start that fits, without taking it."""
        able = {need: self.takers(visit, need) for need in visit.needs}
        for need, timelines in able.items():
            if not timelines:
                rules = (each.never(visit, need) or "nobody" for each in self.of.values())
                return Blocked(visit=visit.id, role=need.role, rule=nearest(rules))
        scarce = sorted(able, key=lambda need: len(able[need]))
        # A start fits all roles only where it fits the scarcest one, so all others need be asked only then.
        starts = {start for need in scarce for each in able[need] for start in each.starts(visit, need)}
        missed: list[tuple[str, str]] = []
        for start in sorted(starts):
            found = self._at(visit, start, [(need, able[need]) for need in scarce], missed)
            if found is not None:
                return found
        rule = nearest(rule for _, rule in missed)
        return Blocked(visit=visit.id, role=next((role for role, each in missed if each == rule), ""), rule=rule)

    def _at(
        self,
        visit: PlanVisit,
        start: int,
        able: Sequence[tuple[Need, Sequence[Timeline]]],
        missed: list[tuple[str, str]],
    ) -> Option | None:
        """A seat for every role at one start: the cheapest each, no seat for two roles."""
        fitting: list[tuple[Need, list[tuple[int, int, str]]]] = []
        for need, timelines in able:
            stop = Stop(visit, need, start)
            free: list[tuple[int, int, str]] = []
            rules: set[str] = set()
            for each in timelines:
                rule = each.why(stop)
                if rule is None:
                    spare = (each.seat.skills & ~need.skills).bit_count()
                    free.append((each.price(visit, need, start), spare, each.seat.id))
                else:
                    rules.add(rule)
            if not free:
                missed += [(need.role, rule) for rule in rules]
                return None
            fitting.append((need, sorted(free)))
        chosen = _distinct(fitting, frozenset())
        if chosen is None:
            missed.append((able[0][0].role, "busy"))
            return None
        return Option(
            start=start,
            seats={need.role: seat for need, (_, _, seat) in zip((each for each, _ in fitting), chosen, strict=True)},
            cost=sum(cost for cost, _, _ in chosen),
        )

    def takers(self, visit: PlanVisit, need: Need) -> list[Timeline]:
        """The seats that serve such a visit at all."""
        key = (visit.site, need.kind, need.agency, need.skills)
        found = self._takers.get(key)
        if found is None:
            found = [each for each in self.of.values() if each.unable(visit, need) is None]
            self._takers[key] = found
        return [each for each in found if visit.id not in each.seat.refuses]

    def prices(self, visit: PlanVisit, need: Need, start: int) -> dict[str, int]:
        """By seat that could take a visit at a start: what it would cost there."""
        stop = Stop(visit, need, start)
        return {
            each.seat.id: each.price(visit, need, start) for each in self.takers(visit, need) if each.why(stop) is None
        }

    @property
    def cost(self) -> int:
        """What the whole day costs."""
        total = 0
        for each in self.of.values():
            placed = [stop.visit.site for stop in each.stops if stop.visit.site]
            total += sum(self.day.road(here, there) for here, there in pairwise(placed))
            total += FAIRNESS * each.load**2 // (100 * max(1, each.seat.length))
        return total


def _distinct(
    fitting: Sequence[tuple[Need, Sequence[tuple[int, int, str]]]], taken: frozenset[str]
) -> list[tuple[int, int, str]] | None:
    """One seat a role, none twice, the cheapest first."""
    if not fitting:
        return []
    (_, offered), *others = fitting
    for each in offered:
        if each[2] not in taken:
            rest = _distinct(others, taken | {each[2]})
            if rest is not None:
                return [each, *rest]
    return None
