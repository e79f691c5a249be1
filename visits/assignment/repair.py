"""What becomes of today after an absence, an overrun, a no-show or a draw that found nobody: looked at first, nothing
is changed.

The plan is made by scheduling/mending.py; who comes instead is drawn when it is applied, and nobody knows it before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from scheduling import (
    Fate,
    Mended,
    Naming,
    OfficeDay,
    Outcome,
    Plan,
    PlanVisit,
    Route,
    Seat,
    Stop,
    Timeline,
    Torn,
    mend,
)
from visits.assignment import day_rows
from visits.assignment.day import FIXED, OFFICER, Loaded, group_of, load
from visits.assignment.day_rows import Booked
from visits.assignment.draw import draws_at
from visits.assignment.plan import CODES, asked, barred, standing
from visits.assignment.rules import Officer
from visits.assignment.vacant import not_come
from visits.booking.tables import Appointment
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What becomes of one visit."""

    case: Case
    was: Appointment
    fate: Fate
    starts_at: datetime
    #: Why: « off_duty », « busy », « no_show », « nobody » for one that never had anybody, « along » for one that makes
    #: room.
    cause: str
    #: Who had it, if anybody did.
    had: UUID | None
    #: How many could be drawn, each taken by itself.
    able: int = 0

    @property
    def seen(self) -> str:
        """The line as a form sends it back: whether anything changed since is asked by comparing these."""
        fate = self.fate
        return f"{self.was.id}|{self.was.version}|{fate.outcome}|{self.starts_at.isoformat()}|{fate.rule}|{self.had}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Today as it would be if it were mended now."""

    read: Loaded
    #: The day as it was mended; None where it holds.
    day: OfficeDay | None
    mended: Mended | None
    lines: tuple[Line, ...]
    #: The stops to draw somebody for, in the order of the draws, and who may not have which again.
    loose: tuple[Stop, ...] = ()
    spent: frozenset[tuple[str, str]] = frozenset()
    #: By visit and role: when each is needed.
    stops: Mapping[tuple[str, str], Stop]
    #: By visit: how every officer stands for it.
    officers: Mapping[str, Mapping[UUID, Officer]]

    @property
    def seen(self) -> frozenset[str]:
        """Every line as a form sends it back."""
        return frozenset(each.seen for each in self.lines)

    @property
    def plan(self) -> Plan:
        """What is served, under the names given so far."""
        assert self.mended is not None
        return self.mended.plan

    def naming(self) -> Naming:
        """The seats to give names to; once, for it takes the day apart."""
        assert self.mended is not None
        return Naming(self.mended.days, self.loose, self.spent)


@dataclass(slots=True, kw_only=True)
class _Now:
    """The day sorted out: what stays, what could change seats, what is torn."""

    settled: dict[str, list[Stop]]
    known: dict[str, list[Stop]]
    #: Visit to the roles that are lost and why.
    lost: dict[str, dict[str, str]]
    #: Visit to all its parts.
    parts: dict[str, list[Booked]]
    stops: dict[str, list[Stop]]


async def draft_of(work: Work, office: Office) -> Draft:
    """Today as it would be mended now. Visits that have begun, held times and whatever still holds stay."""
    read, had, missing, now = await _looked(work, office)
    soonest = _soonest(work, read)
    if not now.lost:
        return Draft(read=read, day=None, mended=None, lines=(), stops={}, officers={})
    _narrow(now)
    cells = [cell for cell in read.cells if cell.site_id is not None or cell.kind not in FIXED]
    ask = {visit: _officers_part(now.parts[visit]) for visit in _concerned(now)}
    officers = {visit: await standing(work, read, each) for visit, each in ask.items() if each is not None}
    refuses, limits = await _bound(work, read, now, ask, officers, had)
    for gone in missing:
        refuses[gone] = dict.fromkeys(ask, "away") | refuses.get(gone, {})
    seats = tuple(
        read.seat(
            cell,
            str(cell.id),
            **(
                {"refuses": refuses.get(cell.id, {}), "limits": limits.get(cell.id, {})} if cell.kind == OFFICER else {}
            ),
        )
        for cell in cells
    )
    day = OfficeDay(
        seats=seats,
        roads=read.roads,
        step=read.grid.minutes,
        settled=_routes(now.settled, seats),
        known=_routes(now.known, seats),
    )
    torn = [_torn(now, visit) for visit in now.lost]
    mended = mend(day, torn, soonest=soonest)
    told = await day_rows.told_blocked(work, [UUID(each) for each in now.lost])
    lines = tuple(
        _line(read, now, fate, had)
        for fate in mended.fates
        # What is laid before the chief already, and still fits nowhere, is no change.
        if not (fate.outcome is Outcome.LEFT and UUID(fate.visit) not in had and UUID(fate.visit) in told)
    )
    loose, spent = _loose(mended, lines, had)
    stops = {(stop.visit.id, stop.need.role): stop for one in mended.days.of.values() for stop in one.stops}
    draft = Draft(
        read=read, day=day, mended=mended, lines=lines, loose=loose, spent=spent, stops=stops, officers=officers
    )
    return replace(draft, lines=_counted(draft), mended=mend(day, torn, soonest=soonest))


async def unnoted(work: Work, office: Office) -> list[Case]:
    """Today's visits that cannot be kept as they are because of what nobody has noted: an overrun, a no-show."""
    _, _, _, now = await _looked(work, office)
    found = [now.parts[visit][0] for visit, causes in now.lost.items() if UNNOTED & set(causes.values())]
    return [Case(visit=each.visit, declaration=each.declaration, office=office) for each in found]


async def _looked(work: Work, office: Office) -> tuple[Loaded, dict[UUID, UUID], set[UUID], _Now]:
    """The day, who has which visit, who did not come, and what of the day holds."""
    read = await load(work, office, grid_of(office).day_of(work.now))
    had = await day_rows.inspectors_of(work, {each.visit.id for each in read.booked})
    missing = await not_come(work, office, read.day)
    return read, had, missing, _sorted(work, read, had, missing, _soonest(work, read))


def _soonest(work: Work, read: Loaded) -> int:
    """The first minute of the grid at which anything can still begin."""
    return -(-read.minute(work.now) // read.grid.minutes) * read.grid.minutes


def _sorted(work: Work, read: Loaded, had: Mapping[UUID, UUID], missing: Collection[UUID], soonest: int) -> _Now:
    now = _Now(settled={}, known={}, lost={}, parts={}, stops={})
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
    day = OfficeDay(seats=tuple(seats.values()), roads=read.roads, step=read.grid.minutes)
    begun = {name: Timeline(day, seats[UUID(name)], stops) for name, stops in now.settled.items()}
    hands = {str(each): Timeline(day, seat, now.settled.get(str(each), ())) for each, seat in seats.items()}
    for each, stop in sorted(coming, key=lambda one: (one[1].start, one[1].visit.id)):
        name = str(each.part.resource_id)
        settled = replace(stop, visit=replace(stop.visit, demanding=False))
        cause = _torn_by(hands[name], begun.get(name), settled, soonest)
        if each.part.role == OFFICER and cause != "off_duty" and had.get(each.visit.id) in missing:
            cause = NO_SHOW
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


def _without(work: Work, read: Loaded, each: Booked, had: Mapping[UUID, UUID]) -> bool:
    """Nobody has it, though the moment of its draw is past."""
    case = Case(visit=each.visit, declaration=each.declaration, office=read.office)
    return each.visit.id not in had and work.now >= draws_at(case, each.appointment.during.lower)


def _narrow(now: _Now) -> None:
    """Only who is busy while a torn visit should be made can change seats for it; all others stay."""
    torn = [stop for visit in now.lost for stop in now.stops[visit]]
    first, last = min(stop.begin for stop in torn), max(stop.end for stop in torn)
    for name, stops in list(now.known.items()):
        stays = [stop for stop in stops if stop.end <= first or stop.begin >= last]
        if stays:
            now.settled.setdefault(name, []).extend(stays)
        now.known[name] = [stop for stop in stops if stop not in stays]


def _concerned(now: _Now) -> list[str]:
    return sorted({*now.lost, *(stop.visit.id for stops in now.known.values() for stop in stops)})


def _officers_part(parts: Sequence[Booked]) -> Booked | None:
    return next((each for each in parts if each.part.role == OFFICER), None)


async def _bound(
    work: Work,
    read: Loaded,
    now: _Now,
    ask: Mapping[str, Booked | None],
    officers: Mapping[str, Mapping[UUID, Officer]],
    had: Mapping[UUID, UUID],
) -> tuple[dict[UUID, dict[str, str]], dict[UUID, dict[str, int]]]:
    """What keeps each officer from each visit, and how many of one declarant he or she may have on this day in all."""
    refuses: dict[UUID, dict[str, str]] = {}
    limits: dict[UUID, dict[str, int]] = {}
    of_the_day = {
        (had[each.visit.id], group_of(each.declaration), each.visit.id) for each in read.booked if each.visit.id in had
    }
    back = {cell.id for cell in read.cells if cell.work >> _soonest(work, read) // read.grid.minutes}
    for visit, each in ask.items():
        if each is None:
            continue
        wants, group = await asked(work, read, each), group_of(each.declaration)
        for officer in officers[visit].values():
            if officer.id in back:
                # Not there at the promised time is no rule against another: the shift knows when somebody is.
                officer = replace(officer, away=False, work=officer.work | wants.mask)
            rule = barred(officer, wants)
            if rule is not None:
                refuses.setdefault(officer.id, {})[visit] = rule
            # Those of today stand in the day itself; counted by `met`, they would count twice.
            today = sum(who == officer.id and its == group and of != each.visit.id for who, its, of in of_the_day)
            limits.setdefault(officer.id, {})[group] = max(0, read.limits.cool_off_most - (officer.met - today))
    return refuses, limits


def _routes(stops: Mapping[str, Sequence[Stop]], seats: Sequence[Seat]) -> tuple[Route, ...]:
    known = {seat.id for seat in seats}
    return tuple(Route(seat=name, stops=tuple(each)) for name, each in stops.items() if each and name in known)


def _torn(now: _Now, visit: str) -> Torn:
    stops = now.stops[visit]
    whole: PlanVisit = replace(stops[0].visit, needs=tuple(stop.need for stop in stops))
    return Torn(visit=whole, lost=tuple(now.lost[visit]))


def _line(read: Loaded, now: _Now, fate: Fate, had: Mapping[UUID, UUID]) -> Line:
    each = now.parts[fate.visit][0]
    causes = now.lost.get(fate.visit, {})
    return Line(
        case=Case(visit=each.visit, declaration=each.declaration, office=read.office),
        was=each.appointment,
        fate=replace(fate, rule=CODES.get(fate.rule, fate.rule)),
        starts_at=read.at(fate.start),
        cause=causes.get(OFFICER) or next(iter(causes.values()), "along"),
        had=had.get(each.visit.id),
    )


def _loose(
    mended: Mended, lines: Sequence[Line], had: Mapping[UUID, UUID]
) -> tuple[tuple[Stop, ...], frozenset[tuple[str, str]]]:
    drawn = {
        line.fate.visit: line for line in lines if line.fate.outcome is not Outcome.LEFT and OFFICER in line.fate.seats
    }
    stops = [
        stop
        for timeline in mended.days.of.values()
        for stop in timeline.stops
        if stop.need.role == OFFICER and stop.visit.id in drawn
    ]
    spent = {
        (visit, str(line.had))
        for visit, line in drawn.items()
        if line.had is not None and (line.fate.outcome is Outcome.KEEPS or line.cause in GONE)
    }
    return tuple(sorted(stops, key=lambda stop: (stop.start, stop.visit.id))), frozenset(spent)


def _counted(draft: Draft) -> tuple[Line, ...]:
    if not draft.loose:
        return draft.lines
    naming = draft.naming()
    able = {stop.visit.id: sum(rule is None for rule in naming.judged(stop).values()) for stop in draft.loose}
    return tuple(replace(line, able=able.get(line.fate.visit, 0)) for line in draft.lines)
