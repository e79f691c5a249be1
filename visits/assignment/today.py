"""Today as it stands: who has which visit, what has begun, what can still change, and what holds no more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from scheduling import OfficeDay, PlanVisit, Stop, Timeline
from visits.assignment import day_rows
from visits.assignment.day import OFFICER, Loaded, load
from visits.assignment.day_rows import Booked
from visits.assignment.draw import draws_at
from visits.assignment.vacant import not_come
from visits.declarations.queries import Case
from visits.journey.states import State
from visits.sites.hours import grid_of
from visits.sites.tables import Office
from visits.store.work import Work

#: What tears a visit from whoever had it: not at work then, or still at another one. Any other rule was settled when
#: the visit was given, and does not take it away again.
TEARS = frozenset({"off_duty", "busy"})
#: Whoever did not come to one visit is not waited for at the next ones.
NO_SHOW = "no_show"
#: Why somebody who had a visit is not there, as the draw records that he or she was replaced.
GONE = {"off_duty": "absent", NO_SHOW: NO_SHOW}
#: What nobody has noted anywhere: it shows only in what happens, and is laid before the chief.
UNNOTED = frozenset({"busy", NO_SHOW})


@dataclass(slots=True, kw_only=True)
class Now:
    """The day sorted out: what stays, what could change seats, what is torn."""

    settled: dict[str, list[Stop]]
    known: dict[str, list[Stop]]
    #: Visit to the roles that are lost and why.
    lost: dict[str, dict[str, str]]
    #: Visit to all its parts.
    parts: dict[str, list[Booked]]
    stops: dict[str, list[Stop]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The day as it stands: who has which visit, who did not come, and what of the day holds."""

    read: Loaded
    had: Mapping[UUID, UUID]
    missing: Collection[UUID]
    now: Now
    #: The first minute of the grid at which anything can still begin.
    soonest: int


async def look(work: Work, office: Office) -> Look:
    """Today as it stands now; nothing is locked."""
    read = await load(work, office, grid_of(office).day_of(work.now))
    had = await day_rows.inspectors_of(work, {each.visit.id for each in read.booked})
    missing = await not_come(work, office, read.day)
    soonest = -(-read.minute(work.now) // read.grid.minutes) * read.grid.minutes
    now = _sorted(work, read, had, missing, soonest)
    return Look(read=read, had=had, missing=missing, now=now, soonest=soonest)


def _sorted(work: Work, read: Loaded, had: Mapping[UUID, UUID], missing: Collection[UUID], soonest: int) -> Now:
    now = Now(settled={}, known={}, lost={}, parts={}, stops={})
    seats = {cell.id: read.seat(cell, str(cell.id)) for cell in read.cells}
    cells = {cell.id: cell for cell in read.cells}
    coming: list[tuple[Booked, Stop]] = []
    for each in read.booked:
        cell = cells.get(each.part.resource_id)
        if cell is None:
            continue
        stop = read.stop(each, cell, settled=not _may_change(each))
        if _may_change(each):
            coming.append((each, stop))
            now.parts.setdefault(stop.visit.id, []).append(each)
            now.stops.setdefault(stop.visit.id, []).append(stop)
        else:
            now.settled.setdefault(str(cell.id), []).append(_lasting(work, read, each, stop, soonest))
    still_there = {str(each.part.resource_id) for each in read.booked if State(each.visit.state) is State.RUNNING}
    day = OfficeDay(seats=tuple(seats.values()), roads=read.roads, step=read.grid.minutes)
    begun = {name: Timeline(day, seats[UUID(name)], stops) for name, stops in now.settled.items()}
    hands = {str(each): Timeline(day, seat, now.settled.get(str(each), ())) for each, seat in seats.items()}
    for each, stop in sorted(coming, key=lambda one: (one[1].start, one[1].visit.id)):
        name = str(each.part.resource_id)
        settled = replace(stop, visit=replace(stop.visit, demanding=False))
        cause = _torn_by(hands[name], begun.get(name), settled, soonest)
        if each.part.role == OFFICER and cause != "off_duty" and had.get(each.visit.id) in missing:
            cause = NO_SHOW
        if each.part.role == OFFICER and cause is None and name in still_there and _overdue(work, read, each):
            cause = "busy"
        if each.part.role == OFFICER and cause is None and _without(work, read, each, had):
            cause = "nobody"
        if cause is not None:
            now.lost.setdefault(stop.visit.id, {})[each.part.role] = cause
            continue
        hands[name].add(stop)
        (now.known if cells[each.part.resource_id].kind == OFFICER else now.settled).setdefault(name, []).append(stop)
    return now


def _may_change(each: Booked) -> bool:
    return each.appointment.status == "confirmed" and State(each.visit.state) is State.BOOKED


def _lasting(work: Work, read: Loaded, each: Booked, stop: Stop, soonest: int) -> Stop:
    """A visit that runs lasts as long as it was booked for, counted from its true beginning, and not less than now."""
    if State(each.visit.state) is not State.RUNNING:
        return stop
    expected = read.minute(each.visit.state_since) + stop.visit.minutes
    until = max(stop.start + stop.visit.minutes, expected, soonest)
    whole = replace(stop.visit, minutes=until - stop.start)
    return replace(stop, visit=whole)


def _torn_by(hand: Timeline, begun: Timeline | None, stop: Stop, soonest: int) -> str | None:
    """The rule that takes a visit away from its seat; one that is late already would begin now."""
    if stop.start >= soonest:
        rule = hand.why(stop)
        return rule if rule in TEARS else None
    there = begun or Timeline(hand.day, hand.seat)
    rule = there.why(replace(stop, start=soonest))
    return rule if rule in TEARS else None


def _overdue(work: Work, read: Loaded, each: Booked) -> bool:
    """Has whoever should have begun it been awaited for as long as customs may be late?"""
    grace = timedelta(minutes=read.limits.grace_customs_minutes)
    return bool(work.now >= each.appointment.during.lower + grace)


def _without(work: Work, read: Loaded, each: Booked, had: Mapping[UUID, UUID]) -> bool:
    """Nobody has it, though the moment of its draw is past."""
    case = Case(visit=each.visit, declaration=each.declaration, office=read.office)
    return each.visit.id not in had and work.now >= draws_at(case, each.appointment.during.lower)


def narrow(now: Now, first: int, last: int) -> None:
    """Only who is busy between these minutes can change seats; all others stay."""
    for name, stops in list(now.known.items()):
        stays = [stop for stop in stops if stop.end <= first or stop.begin >= last]
        if stays:
            now.settled.setdefault(name, []).extend(stays)
        now.known[name] = [stop for stop in stops if stop not in stays]


def whole(now: Now, visit: str) -> PlanVisit:
    """A visit with everything it needs at the time it has."""
    stops = now.stops[visit]
    return replace(stops[0].visit, needs=tuple(stop.need for stop in stops))


async def unnoted(work: Work, office: Office) -> list[Case]:
    """Today's visits that cannot be kept as they are because of what nobody has noted: an overrun, a no-show."""
    now = (await look(work, office)).now
    found = [now.parts[visit][0] for visit, causes in now.lost.items() if UNNOTED & set(causes.values())]
    return [Case(visit=each.visit, declaration=each.declaration, office=office) for each in found]
