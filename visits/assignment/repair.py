"""What becomes of today after an absence, an overrun, a no-show or a draw that found nobody: looked at first, nothing
is changed.

The plan is made by scheduling/mending.py; who comes instead is drawn when it is applied, and nobody knows it before.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    Torn,
    mend,
)
from visits.assignment import day_rows
from visits.assignment.day import FIXED, OFFICER, Loaded, group_of
from visits.assignment.day_rows import Booked
from visits.assignment.plan import CODES, asked, barred, beyond_postings, standing
from visits.assignment.rules import TERMINAL, Officer, Wanted
from visits.assignment.today import GONE, Look, Now, look, narrow, whole
from visits.booking.tables import Appointment
from visits.declarations.queries import Case
from visits.declarations.tables import Declaration
from visits.sites.tables import Office
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What becomes of one visit."""

    case: Case
    #: The time it had; None for an urgent visit that comes in.
    was: Appointment | None
    fate: Fate
    starts_at: datetime
    #: Why: « off_duty », « busy », « no_show », « nobody » for one that never had anybody, « along » for one that makes
    #: room, « urgent » for one that comes in and « displaced » for one that gives way to it.
    cause: str
    #: Who had it, if anybody did.
    had: UUID | None
    #: How many could be drawn, each taken by itself.
    able: int = 0

    @property
    def seen(self) -> str:
        """The line as a form sends it back: whether anything changed since is asked by comparing these."""
        fate = self.fate
        was = f"{self.was.id}|{self.was.version}" if self.was else f"{self.case.visit.id}|{self.case.visit.version}"
        return f"{was}|{fate.outcome}|{self.starts_at.isoformat()}|{fate.rule}|{self.had}"


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
    #: Visits for which it does not count where officers are posted.
    waived: frozenset[str] = frozenset()
    #: By visit and role: when each is needed.
    stops: Mapping[tuple[str, str], Stop]
    #: By visit: how every officer stands for it.
    officers: Mapping[str, Mapping[UUID, Officer]]
    #: By visit that changes: what it needs at its new start, for the checker.
    wholes: Mapping[str, PlanVisit] = field(default_factory=dict)

    @property
    def seen(self) -> frozenset[str]:
        """Every line as a form sends it back."""
        return frozenset(each.seen for each in self.lines)

    @property
    def urgent(self) -> Line | None:
        """The visit that comes in, if one does."""
        return next((each for each in self.lines if each.was is None), None)

    @property
    def others(self) -> tuple[Line, ...]:
        """The visits that were there before, and change."""
        return tuple(each for each in self.lines if each.was is not None)

    @property
    def plan(self) -> Plan:
        """What is served, under the names given so far."""
        assert self.mended is not None
        return self.mended.plan

    def naming(self) -> Naming:
        """The seats to give names to; once, for it takes the day apart."""
        assert self.mended is not None
        return Naming(self.mended.days, self.loose, self.spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """A visit without a time that is put into the day: how the officers stand for it, and what it asks of hers."""

    case: Case
    visit: PlanVisit
    officers: Mapping[UUID, Officer]
    wants: Wanted


#: How a day is planned anew; made more than once, it gives the same.
Planned = Callable[[OfficeDay], Mended]


async def draft_of(work: Work, office: Office) -> Draft:
    """Today as it would be mended now. Visits that have begun, held times and whatever still holds stay."""
    seen = await look(work, office)
    read, now = seen.read, seen.now
    if not now.lost:
        return Draft(read=read, day=None, mended=None, lines=(), stops={}, officers={})
    torn = [stop for visit in now.lost for stop in now.stops[visit]]
    narrow(now, min(stop.begin for stop in torn), max(stop.end for stop in torn))
    day, officers = await bound_day(work, seen)

    def planned(day: OfficeDay) -> Mended:
        return mend(day, [_torn(now, visit) for visit in now.lost], soonest=seen.soonest)

    told = await day_rows.told_blocked(work, [UUID(each) for each in now.lost])
    return drafted(seen, day, officers, planned, told=told)


async def bound_day(
    work: Work, seen: Look, urgent: Urgent | None = None
) -> tuple[OfficeDay, Mapping[str, Mapping[UUID, Officer]]]:
    """The day under names, with the rules that bind each officer for every visit that may change hands."""
    read, now = seen.read, seen.now
    cells = [cell for cell in read.cells if cell.site_id is not None or cell.kind not in FIXED]
    parts = {visit: _officers_part(now.parts[visit]) for visit in _concerned(now)}
    ask: dict[str, Ask] = {}
    for visit, each in parts.items():
        if each is not None:
            standing_for = await standing(work, read, each)
            ask[visit] = Ask(each.declaration, standing_for, await asked(work, read, each))
    if urgent is not None:
        ask[urgent.visit.id] = Ask(urgent.case.declaration, urgent.officers, urgent.wants)
    refuses, limits = _bound(read, ask, seen.had, seen.soonest)
    for gone in seen.missing:
        refuses[gone] = dict.fromkeys([*parts, *ask], "away") | refuses.get(gone, {})
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
    return day, {visit: each.officers for visit, each in ask.items()}


def drafted(
    seen: Look,
    day: OfficeDay,
    officers: Mapping[str, Mapping[UUID, Officer]],
    planned: Planned,
    *,
    told: Collection[UUID] = (),
    urgent: Urgent | None = None,
) -> Draft:
    """What becomes of each visit that changes; who could come is counted."""
    if urgent is None:
        day, waived = _beyond(day, planned)
    else:
        elsewhere = any(each.posted is not None for each in urgent.officers.values())
        waived = frozenset({urgent.visit.id}) if elsewhere else frozenset()
    mended = planned(day)
    lines = tuple(
        _line(seen, fate, urgent)
        for fate in mended.fates
        # What is laid before the chief already, and still fits nowhere, is no change.
        if not (fate.outcome is Outcome.LEFT and UUID(fate.visit) not in seen.had and UUID(fate.visit) in told)
    )
    loose, spent = _loose(mended, lines)
    stops = {(stop.visit.id, stop.need.role): stop for one in mended.days.of.values() for stop in one.stops}
    draft = Draft(
        read=seen.read,
        day=day,
        mended=mended,
        lines=lines,
        loose=loose,
        spent=spent,
        waived=waived,
        stops=stops,
        officers=officers,
        wholes=_wholes(seen.now, mended, urgent),
    )
    return replace(draft, lines=_counted(draft), mended=planned(day))


def _beyond(day: OfficeDay, planned: Planned) -> tuple[OfficeDay, frozenset[str]]:
    """The day without the postings that would cost a visit its time, and those visits: a promise comes first (pure)."""
    waived: frozenset[str] = frozenset()
    while True:
        late = [fate.visit for fate in planned(day).fates if fate.outcome is not Outcome.KEEPS]
        more = beyond_postings(late, (seat.refuses for seat in day.seats))
        if not more:
            return day, waived
        waived |= more
        day = replace(day, seats=tuple(_without(seat, more) for seat in day.seats))


def _without(seat: Seat, waived: Collection[str]) -> Seat:
    kept = {visit: rule for visit, rule in seat.refuses.items() if visit not in waived or rule != TERMINAL}
    return replace(seat, refuses=kept)


def _wholes(now: Now, mended: Mended, urgent: Urgent | None) -> dict[str, PlanVisit]:
    """What each visit that is served needs, at the start it is to have: of its own, nothing the plan says."""
    found = {}
    for fate in mended.fates:
        if fate.outcome is not Outcome.LEFT:
            known = urgent.visit if urgent and urgent.visit.id == fate.visit else whole(now, fate.visit)
            found[fate.visit] = replace(known, earliest=fate.start, latest=fate.start)
    return found


def _concerned(now: Now) -> list[str]:
    return sorted({*now.lost, *(stop.visit.id for stops in now.known.values() for stop in stops)})


def _officers_part(parts: Sequence[Booked]) -> Booked | None:
    return next((each for each in parts if each.part.role == OFFICER), None)


@dataclass(frozen=True, slots=True)
class Ask:
    """A visit that may change hands: whose it is, how the officers stand for it, what it asks."""

    declaration: Declaration
    officers: Mapping[UUID, Officer]
    wants: Wanted


def _bound(
    read: Loaded, ask: Mapping[str, Ask], had: Mapping[UUID, UUID], soonest: int
) -> tuple[dict[UUID, dict[str, str]], dict[UUID, dict[str, int]]]:
    """What keeps each officer from each visit, and how many of one declarant he or she may have on this day in all."""
    refuses: dict[UUID, dict[str, str]] = {}
    limits: dict[UUID, dict[str, int]] = {}
    of_the_day = {
        (had[each.visit.id], group_of(each.declaration), str(each.visit.id))
        for each in read.booked
        if each.visit.id in had
    }
    back = {cell.id for cell in read.cells if cell.work >> soonest // read.grid.minutes}
    for visit, each in ask.items():
        group = group_of(each.declaration)
        for officer in each.officers.values():
            if officer.id in back:
                # Not there at the promised time is no rule against another: the shift knows when somebody is.
                officer = replace(officer, away=False, work=officer.work | each.wants.mask)
            rule = barred(officer, each.wants)
            if rule is not None:
                refuses.setdefault(officer.id, {})[visit] = rule
            # Those of today stand in the day itself; counted by `met`, they would count twice.
            today = sum(who == officer.id and its == group and of != visit for who, its, of in of_the_day)
            limits.setdefault(officer.id, {})[group] = max(0, read.limits.cool_off_most - (officer.met - today))
    return refuses, limits


def _routes(stops: Mapping[str, Sequence[Stop]], seats: Sequence[Seat]) -> tuple[Route, ...]:
    known = {seat.id for seat in seats}
    return tuple(Route(seat=name, stops=tuple(each)) for name, each in stops.items() if each and name in known)


def _torn(now: Now, visit: str) -> Torn:
    return Torn(visit=whole(now, visit), lost=tuple(now.lost[visit]))


def _line(seen: Look, fate: Fate, urgent: Urgent | None) -> Line:
    fate = replace(fate, rule=CODES.get(fate.rule, fate.rule))
    starts_at = seen.read.at(fate.start)
    if urgent is not None and urgent.visit.id == fate.visit:
        return Line(case=urgent.case, was=None, fate=fate, starts_at=starts_at, cause="urgent", had=None)
    each = seen.now.parts[fate.visit][0]
    causes = seen.now.lost.get(fate.visit, {})
    gives_way = "displaced" if urgent is not None and not fate.along else "along"
    return Line(
        case=Case(visit=each.visit, declaration=each.declaration, office=seen.read.office),
        was=each.appointment,
        fate=fate,
        starts_at=starts_at,
        cause=causes.get(OFFICER) or next(iter(causes.values()), gives_way),
        had=seen.had.get(each.visit.id),
    )


def _loose(mended: Mended, lines: Sequence[Line]) -> tuple[tuple[Stop, ...], frozenset[tuple[str, str]]]:
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
