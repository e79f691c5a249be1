"""Places kept for a firm every week whose officer or bay fell away: another one at the same hour, or given up.

No visit was promised such a place yet: it gives way to every visit that was promised one. It never moves, since the
firm chose the hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, true
from sqlmodel import col

from scheduling import Answer, Grid, Lost, Outcome
from visits.booking import queries, regular, regular_rows
from visits.booking.buffers import Part, Roads
from visits.booking.buffers_rows import Stays
from visits.booking.place import Drift
from visits.booking.regular_tables import RegularDay, RegularHours
from visits.booking.replan_limits import far_from
from visits.booking.replan_seats import seats_of
from visits.booking.rules import Need
from visits.booking.strain import Fit
from visits.booking.tables import Appointment, BookingPart, DayBits
from visits.sites.tables import Office
from visits.store import jobs
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place kept for a firm that fell away."""

    day: RegularDay
    hours: RegularHours
    was: Appointment
    parts: Sequence[BookingPart]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """What becomes of one."""

    place: Place
    answer: Answer

    @property
    def outcome(self) -> Outcome:
        """Keeps its hour with somebody else, or is left."""
        return self.answer.outcome

    @property
    def seen(self) -> str:
        """The line as a form sends it back."""
        was = self.place.was
        return f"{was.id}|{was.version}|{self.outcome}|{was.during.lower.isoformat()}|{self.answer.rule}"

    @property
    def given(self) -> list[BookingPart]:
        """What is given back: of a kept place only what fell away."""
        left = self.outcome is Outcome.LEFT
        return [part for part in self.place.parts if left or part.stranded_since is not None]

    async def taken(self, work: Work, office: Office, known: Stays) -> list[Part]:
        """What is booked instead of what fell away; `known` is where officers are then."""
        if self.outcome is Outcome.LEFT:
            return []
        given, place = {part.role for part in self.given}, self.place
        chosen = {role: UUID(each) for role, each in self.answer.resources.items()}
        parts = await regular.parts_of(work, office, place.hours, chosen, place.was.during, known=known)
        return [part for part in parts if part.role in given]


async def stranded(work: Work, office: Office, only: Sequence[UUID] | None) -> list[Place]:
    """Places kept for firms, still to come, with a part that no longer fits, by their start."""
    broken = select(col(BookingPart.appointment_id)).where(
        col(BookingPart.live), col(BookingPart.stranded_since).is_not(None)
    )
    rows = await work.session.execute(
        select(RegularDay, RegularHours, Appointment)
        .join(RegularHours, col(RegularHours.id) == col(RegularDay.regular_id))
        .join(Appointment, col(Appointment.id) == col(RegularDay.appointment_id))
        .where(
            col(RegularDay.office_id) == office.id,
            col(RegularDay.state) == "kept",
            col(Appointment.id).in_(broken),
            col(Appointment.id).in_(only) if only is not None else true(),
            func.lower(col(Appointment.during)) > work.now,
        )
        .order_by(func.lower(col(Appointment.during)), col(RegularDay.id))
        .execution_options(populate_existing=True)
    )
    return [
        Place(
            day=day,
            hours=hours,
            was=was,
            parts=await queries.parts_of(work, [was.id]),
            needs=regular.needs_for(office, hours),
        )
        for day, hours, was in rows.all()
    ]


def lost(
    place: Place,
    grid: Grid,
    rows: Sequence[DayBits],
    today: date,
    *,
    weight: int,
    roads: Roads,
    known: Stays,
    rules: Fit,
) -> Lost:
    """One place as the plan reads it."""
    site = str(place.hours.site_id)
    day, step = grid.step_of(place.was.during.lower)
    return Lost(
        visit=str(place.day.id),
        day=(day - today).days,
        step=step,
        length=grid.count(place.was.during.upper - place.was.during.lower),
        seats=seats_of(place.needs, place.parts, rows),
        weight=weight,
        far=far_from(roads, known, site, today),
        site=site,
        rules=rules,
    )


async def write(work: Work, office: Office, line: PlaceLine, parts: Sequence[Part]) -> Appointment:
    """Another resource keeps the place, or it is given up and the firm is told. What it gives back sleeps already."""
    place = line.place
    if line.outcome is Outcome.LEFT:
        return await _lose(work, office, place)
    await keep_on(work, place.was, parts)
    return place.was


async def keep_on(work: Work, kept: Appointment, parts: Sequence[Part]) -> None:
    """These resources keep the place from now on."""
    if await queries.add_parts(work, kept, parts) != len(parts):
        raise Drift(starts_at=kept.during.lower)
    await queries.flip(work, kept, status="kept")


async def _lose(work: Work, office: Office, place: Place) -> Appointment:
    day, hours = place.day, place.hours
    await queries.end(work, {place.was.id: "expired"})
    day.state = "missed"
    await jobs.forget(work, regular.REGULAR_END, day.id)
    await _told(work, office, hours, day, "lost", of=day.id)
    return await queries.appointment_by_id(work, place.was.id)


async def regain(work: Work, office: Office, hours: RegularHours, day: RegularDay, run_id: UUID) -> None:
    """A place that was given up is kept again, and the firm is told."""
    day.state = "kept"
    await jobs.at(work, regular.releases_at(office, day.during.lower), regular.REGULAR_END, day.id)
    await _told(work, office, hours, day, "again", of=run_id)


async def _told(work: Work, office: Office, hours: RegularHours, day: RegularDay, what: str, *, of: UUID) -> None:
    await work.session.flush()
    left = len(await regular_rows.kept_days(work, hours.id))
    await regular.tell(work, office, hours, what, when=day.during.lower, count=left, of=of)


async def lock(work: Work, office: Office) -> list[Place]:
    """The same, each day locked: no visit uses it, and it is not given back beside us."""
    found = await stranded(work, office, None)
    ids = sorted(each.day.id for each in found)
    await work.session.execute(
        select(col(RegularDay.id)).where(col(RegularDay.id).in_(ids)).order_by(col(RegularDay.id)).with_for_update()
    )
    return found
