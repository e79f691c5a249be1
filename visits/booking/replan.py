"""What becomes of appointments whose officer or place fell away: looked at first, nothing is changed here.

The plan itself is made in scheduling/repair.py; this gathers what it needs and tells what it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling import Answer, Grid, Lost, Outcome, Replan, replan
from visits.booking import buffers_rows, quotas_rows, replan_limits, replan_regular, replan_rows, strain_rows
from visits.booking.buffers import Around, Roads
from visits.booking.buffers_rows import Stays
from visits.booking.offer import Asked, asked, fit_of
from visits.booking.quotas import PUBLIC
from visits.booking.replan_groups import parties
from visits.booking.replan_regular import PlaceLine
from visits.booking.replan_seats import seats_of
from visits.booking.rules import PlaceFirst
from visits.booking.tables import Appointment, BookingPart, DayBits
from visits.booking.waitlist import as_public
from visits.declarations.queries import case_of
from visits.journey.states import Level
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.tables import Office
from visits.store.work import Work

#: Days in which another time is looked for, today among them.
DAYS = 10
#: How much a minute weighs: of a visit with a priority, of one with agencies, of any other. A place kept for a firm
#: gives way to each.
PREFERRED, JOINT, ORDINARY, KEPT = 6, 4, 2, 1
#: Roles whose resource is promised with the time.
PLACES = frozenset({"bay", "scanner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What becomes of one appointment."""

    asked: Asked
    was: Appointment
    parts: Sequence[BookingPart]
    answer: Answer
    #: Its start then; the present one where it is left.
    starts_at: datetime
    day: date

    @property
    def outcome(self) -> Outcome:
        """Keeps its time, moves, or is left."""
        return self.answer.outcome

    @property
    def told(self) -> bool:
        """Does the declarant read another time or place, or that there is none?"""
        place = any(part.stranded_since is not None and part.role in PLACES for part in self.parts)
        return self.outcome is not Outcome.KEEPS or place

    @property
    def seen(self) -> str:
        """The line as a form sends it back: whether anything changed since is asked by comparing these."""
        told = self.outcome, self.starts_at.isoformat(), self.answer.rule, self.answer.whole
        return "|".join(map(str, (self.was.id, self.was.version, *told)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The plan as it would be applied now."""

    lines: tuple[Line, ...]
    cost: int
    #: Places kept for firms every week.
    places: tuple[PlaceLine, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many appointments and places have this outcome."""
        found = [*(each.outcome for each in self.lines), *(each.outcome for each in self.places)]
        return found.count(outcome)

    @property
    def minutes(self) -> int:
        """By how much all times move together."""
        return sum(int(abs(each.starts_at - each.was.during.lower).total_seconds()) // 60 for each in self.lines)

    @property
    def seen(self) -> frozenset[str]:
        """Every line as a form sends it back."""
        return frozenset([*(each.seen for each in self.lines), *(each.seen for each in self.places)])


async def draft_of(work: Work, office: Office, only: Sequence[UUID] | None = None) -> Draft:
    """The plan for every stranded appointment of an office, or for those named; never for visits that have begun."""
    found = await replan_rows.stranded(work, office.id, only)
    places = {str(each.day.id): each for each in await replan_regular.stranded(work, office, only)}
    grid = grid_of(office)
    days = days_of(work, office, [*(each for each, _ in found), *(each.was for each in places.values())])
    today = days[0]
    rows = await replan_rows.bits(work, office.id, today, days[-1])
    about: dict[str, tuple[Asked, Appointment, Sequence[BookingPart]]] = {}
    for appointment, parts in found:
        try:
            wanted = await asked_again(work, appointment)
        except PlaceFirst:
            continue
        about[str(appointment.visit_id)] = (wanted, appointment, parts)
    limits = await replan_limits.limits_of(work, office, [wanted for wanted, _, _ in about.values()], rows, grid, days)
    roads = Roads.of(policy(office, Around), grid)
    but = [was.visit_id for _, was, _ in about.values() if was.visit_id is not None]
    known = await buffers_rows.stays(work, office.id, today, days[-1], but=but) if roads else {}
    held = [*(parts for _, _, parts in about.values()), *(each.parts for each in places.values())]
    away = [part.id for parts in held for part in parts if part.stranded_since is not None]
    had = await strain_rows.minutes_had(work, office.id, today, days[-1], but=away)
    plan: Replan = replan(
        [
            *[await _lost(work, *each, rows, days, roads, known) for each in about.values()],
            *(
                replan_regular.lost(
                    each, grid, rows, today, weight=KEPT, roads=roads, known=known, rules=fit_of(office, {})
                )
                for each in places.values()
            ),
        ],
        {(_index(row.day, today), str(row.resource_id)): row.free & row.work for row in rows},
        minutes=grid.minutes,
        steps=grid.steps(today),
        limits=limits,
        rooms=replan_limits.rooms_of(rows, today),
        roads={sites: road // grid.step for sites, road in roads.between.items()},
        works={(_index(row.day, today), str(row.resource_id)): row.work for row in rows},
        had={(_index(day, today), str(each)): minutes for (day, each), minutes in had.items()},
        parties=await parties(work, [was for _, was, _ in about.values()]),
    )
    told = [each for each in plan.answers if each.visit in about]
    return Draft(
        lines=tuple(_line(each, *about[each.visit], grid=grid, today=today) for each in told),
        cost=plan.cost,
        places=tuple(PlaceLine(place=places[each.visit], answer=each) for each in plan.answers if each.visit in places),
    )


def days_of(work: Work, office: Office, stranded: Iterable[Appointment]) -> list[date]:
    """The days on which a time is looked for: today and those after, as far as the last one that is stranded."""
    today = grid_of(office).day_of(work.now)
    count = max([DAYS, *((each.day - today).days + 1 for each in stranded)])
    return [today + timedelta(days=each) for each in range(count)]


async def asked_again(work: Work, appointment: Appointment) -> Asked:
    """What a visit asks under the rules of whoever booked it: the office places anew what a declarant booked, and
    that becomes no booking of the office."""
    case = await case_of(work, appointment.visit_id)
    wanted = await asked(as_public(work) if appointment.audience == PUBLIC else work, case)
    return replace(wanted, standing=replace(wanted.standing, audience=appointment.audience))


def _line(
    answer: Answer, wanted: Asked, was: Appointment, parts: Sequence[BookingPart], *, grid: Grid, today: date
) -> Line:
    day = today + timedelta(days=answer.day)
    moves = answer.outcome is Outcome.MOVES
    starts_at = grid.at(day, answer.step) if moves else was.during.lower
    return Line(asked=wanted, was=was, parts=parts, answer=answer, starts_at=starts_at, day=day if moves else was.day)


async def _lost(
    work: Work,
    wanted: Asked,
    appointment: Appointment,
    parts: Sequence[BookingPart],
    rows: Sequence[DayBits],
    days: Sequence[date],
    roads: Roads,
    known: Stays,
) -> Lost:
    """One stranded appointment as the plan reads it: which role fell away, who could play each, what limits it."""
    case, grid, today = wanted.case, wanted.grid, days[0]
    held = {part.role: part for part in parts}
    site = str(case.visit.site_id or "")
    day, step = grid.step_of(appointment.during.lower)
    notice = timedelta(minutes=policy(case.office, Policies).notice_minutes)
    earliest = max(work.now + notice, wanted.not_before or work.now)
    return Lost(
        visit=str(appointment.visit_id),
        day=_index(day, today),
        step=step,
        length=grid.count(appointment.during.upper - appointment.during.lower),
        seats=seats_of(wanted.needs, parts, rows),
        weight=await _weight(work, wanted),
        named=case.visit.inspector_id is not None and held["officer"].stranded_since is not None
        if "officer" in held
        else False,
        # Nobody is called a day earlier than promised.
        starts={_index(each, today): grid.since(each, earliest) & grid.whole(each) for each in days if each >= day},
        far=replan_limits.far_from(roads, known, site, today),
        site=site,
        binds=replan_limits.bound_by(wanted),
        counts=replan_limits.counted_by(wanted),
        rules=wanted.fit,
    )


async def _weight(work: Work, wanted: Asked) -> int:
    if wanted.standing.classes or await quotas_rows.is_urgent(work, wanted.case.visit.id):
        return PREFERRED
    return JOINT if Level(wanted.case.visit.level) is Level.JOINT else ORDINARY


def _index(day: date, today: date) -> int:
    return (day - today).days
