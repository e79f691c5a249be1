"""Draft an office-day: routes by the engine, for seats without names, then what the rules of each officer change."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from uuid import UUID

from scheduling import Engine, Insertion, Interval, Matched, OfficeDay, Plan, Route, Seat, Stop, faults, match
from visits.assignment import day_rows
from visits.assignment.day import OFFICER, Loaded, group_of
from visits.assignment.day_rows import Booked, Cell
from visits.assignment.rules import TERMINAL, Officer, Wanted, blocked_by
from visits.assignment.standing import officers_for, wanted_for
from visits.declarations.queries import Case
from visits.journey.states import State
from visits.store.work import Work

#: Whoever makes better routes stands here, and nothing else changes.
ENGINE: Engine = Insertion()


#: The rules of the plan as the draw calls them.
CODES = {"kind": "agency", "limit": "cool_off"}
#: By visit: every officer as he or she stands for it.
Standing = Mapping[str, Mapping[UUID, Officer]]


class PlanBroken(Exception):
    """The checker found a fault in a plan: nothing of it is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Routes that can be named, and how every officer stands for every visit on them."""

    read: Loaded
    #: The day without names, as the engine had it.
    day: OfficeDay
    engine: str
    wanted: Mapping[str, Booked]
    officers: Standing
    #: The officers with the rules that bind each, and what they have to do already.
    people: tuple[Seat, ...]
    settled: tuple[Route, ...]
    matched: Matched
    #: Visits nobody posted at their terminal could take: everybody else may.
    waived: frozenset[str] = frozenset()

    def case(self, visit: str) -> Case:
        """One of the visits with its declaration."""
        each = self.wanted[visit]
        return Case(visit=each.visit, declaration=each.declaration, office=self.read.office)

    @property
    def named(self) -> OfficeDay:
        """The day with names."""
        return replace(self.day, seats=self.people, settled=self.settled, known=())

    def prove(self, names: Mapping[str, str]) -> None:
        """PlanBroken unless the routes under these names keep every hard rule, by a checker of its own."""
        stops = {route.seat: list(route.stops) for route in self.settled}
        for route in self.matched.plan.routes:
            stops.setdefault(names[route.seat], []).extend(route.stops)
        plan = Plan(
            routes=tuple(Route(seat=name, stops=tuple(each)) for name, each in stops.items()),
            blocked=self.matched.plan.blocked,
        )
        found = faults(self.named, plan)
        if found:
            raise PlanBroken(found)


async def draft(work: Work, read: Loaded, engine: Engine = ENGINE, *, only: AbstractSet[str] | None = None) -> Draft:
    """Plan the visits of a day that are booked and that nobody has yet; everything else stays where it is."""
    wanted = await _wanted(work, read, only)
    officers = {visit: await standing(work, read, each) for visit, each in wanted.items()}
    asks = {visit: await asked(work, read, each) for visit, each in wanted.items()}
    cells = [cell for cell in read.cells if cell.kind == OFFICER and cell.work]
    day = _anonymous(read, cells, wanted)
    plan = engine.plan(day)
    if found := faults(day, plan):
        raise PlanBroken(found)
    others = read.stops(
        (each for each in read.booked if each.part.role == OFFICER and str(each.visit.id) not in wanted), settled=True
    )
    known = {cell.id for cell in cells}
    settled = tuple(
        Route(seat=str(resource), stops=tuple(stops)) for resource, stops in others.items() if resource in known
    )
    waived: frozenset[str] = frozenset()
    while True:
        people = tuple(_person(read, cell, wanted, officers, asks, others.get(cell.id, ())) for cell in cells)
        matched = match(day, plan, people, settled)
        more = beyond_postings((each.visit for each in matched.plan.blocked), (each.refuses for each in people))
        if not more:
            break
        waived |= more
        asks |= {visit: replace(asks[visit], waived=True) for visit in more}
    return Draft(
        read=read,
        day=day,
        engine=engine.name,
        wanted=wanted,
        officers=officers,
        people=people,
        settled=settled,
        matched=matched,
        waived=waived,
    )


def beyond_postings(left: Iterable[str], refuses: Iterable[Mapping[str, str]]) -> frozenset[str]:
    """Of the visits nobody is left for, those somebody could take who is only posted elsewhere (pure)."""
    only = {visit for each in refuses for visit, rule in each.items() if rule == TERMINAL}
    return frozenset(left) & only


async def _wanted(work: Work, read: Loaded, only: AbstractSet[str] | None) -> dict[str, Booked]:
    found = {
        str(each.visit.id): each
        for each in read.booked
        if each.part.role == OFFICER
        and each.part.placeholder
        and each.appointment.status == "confirmed"
        and State(each.visit.state) is State.BOOKED
    }
    given = await day_rows.inspectors_of(work, [each.visit.id for each in found.values()])
    return {
        visit: each
        for visit, each in sorted(found.items())
        if each.visit.id not in given and (only is None or visit in only)
    }


def _anonymous(read: Loaded, cells: Sequence[Cell], wanted: Mapping[str, Booked]) -> OfficeDay:
    """The day as the engine may see it: seats by what they can do and when, nothing of who they are."""
    alike = sorted(cells, key=lambda cell: (cell.skills, cell.work, str(cell.site_id or ""), str(cell.agency_id or "")))
    name_of = {cell.id: f"s{place:03}" for place, cell in enumerate(alike, start=1)}
    stops = read.stops(wanted.values())
    return OfficeDay(
        seats=tuple(read.seat(cell, name_of[cell.id]) for cell in alike),
        visits=tuple(sorted((stop.visit for each in stops.values() for stop in each), key=lambda visit: visit.id)),
        roads=read.roads,
        step=read.grid.minutes,
        known=tuple(
            Route(seat=name_of[resource], stops=tuple(each)) for resource, each in stops.items() if resource in name_of
        ),
    )


async def standing(work: Work, read: Loaded, each: Booked) -> dict[UUID, Officer]:
    """How the officers stand for a visit; the hours they have left do not count, they are planned anew."""
    officers = await officers_for(
        work, each.visit, each.declaration, read.limits, day=read.day, during=read.during(each)
    )
    return {officer.id: officer for officer in officers}


async def asked(work: Work, read: Loaded, each: Booked) -> Wanted:
    """What a visit asks of its inspector."""
    mask = read.grid.touched(read.day, [Interval(*read.during(each))])
    return await wanted_for(work, each.visit, read.limits, mask=mask)


def _person(
    read: Loaded,
    cell: Cell,
    wanted: Mapping[str, Booked],
    officers: Standing,
    asks: Mapping[str, Wanted],
    settled: Sequence[Stop],
) -> Seat:
    """An officer as a seat: barred from the visits the rules keep away, few enough of one declarant and in all. What
    is settled already stays, even where it is more."""
    refuses, limits = {}, {}
    for visit, each in wanted.items():
        officer = officers[visit].get(cell.id)
        rule = "inactive" if officer is None else barred(officer, asks[visit])
        if rule is not None:
            refuses[visit] = rule
        if officer is not None:
            limits[group_of(each.declaration)] = max(0, read.limits.cool_off_most - officer.met)
    most = read.limits.most_minutes
    if most is not None:
        most = max(most, sum(stop.visit.minutes for stop in settled))
    return read.seat(cell, str(cell.id), refuses=refuses, limits=limits, most=most)


def barred(officer: Officer, wanted: Wanted) -> str | None:
    """The rule that keeps an officer from a visit whatever else he or she does that day."""
    return blocked_by(replace(officer, free=-1, far=0, unfit="", regret=0), wanted)
