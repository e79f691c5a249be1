"""Reads and writes of a whole office-day: who works, what is booked, and the record of its publication."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, select, text, true, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import load_only
from sqlmodel import col

from visits.assignment.tables import Assignment, Publication
from visits.booking.buffers import Part
from visits.booking.queries import ONE_MINUTE
from visits.booking.tables import Appointment, BookingPart, DayBits
from visits.declarations.tables import Declaration
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.tables import Resource
from visits.store.tables import DomainEvent
from visits.store.work import Work

_RECOUNT = text(
    "update day_bits b set free = b.work & ~coalesce(taken.mask, 0), version = b.version + 1"
    " from unnest(cast(:resources as uuid[]), cast(:masks as bigint[])) as taken(resource_id, mask)"
    " where b.office_id = :office and b.day = :day and b.resource_id = taken.resource_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One resource on the day."""

    id: UUID
    kind: str
    agency_id: UUID | None
    site_id: UUID | None
    skills: int
    #: The steps it works; none for somebody who is not on duty any more.
    work: int


@dataclass(frozen=True, slots=True)
class Booked:
    """One part of an appointment, with the visit it is for."""

    part: BookingPart
    appointment: Appointment
    visit: Visit
    declaration: Declaration


async def cells(work: Work, office_id: UUID, day: date, kind: str | None = None) -> list[Cell]:
    """Everybody and everything of an office on a day, by id."""
    rows = await work.session.execute(
        select(DayBits, Resource, col(Person.state))
        .join(Resource, col(Resource.id) == col(DayBits.resource_id))
        .outerjoin(Person, col(Person.id) == col(Resource.person_id))
        .where(col(DayBits.office_id) == office_id, col(DayBits.day) == day, _of_kind(kind))
        .order_by(col(Resource.id))
        .execution_options(populate_existing=True)
    )
    return [
        Cell(
            id=resource.id,
            kind=resource.kind,
            agency_id=resource.agency_id,
            site_id=resource.site_id,
            skills=resource.skills,
            work=bits.work if resource.kind != "officer" or state == "active" else 0,
        )
        for bits, resource, state in rows
    ]


#: All the plan asks of a visit that stays where it is.
_BRIEFLY = (
    load_only(inspect(Visit).attrs.order.class_attribute),
    load_only(*(inspect(Declaration).attrs[name].class_attribute for name in ("firm_id", "declarant_code"))),
)


async def booked(
    work: Work, office_id: UUID, day: date, kind: str | None = None, *, briefly: bool = False
) -> list[Booked]:
    """Every live part of a day, by the resource and the time; `briefly` of each visit only what the plan asks."""
    rows = await work.session.execute(
        select(BookingPart, Appointment, Visit, Declaration)
        .join(Appointment, col(Appointment.id) == col(BookingPart.appointment_id))
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Resource, col(Resource.id) == col(BookingPart.resource_id))
        .where(
            col(BookingPart.live), col(BookingPart.day) == day, col(Appointment.office_id) == office_id, _of_kind(kind)
        )
        .order_by(col(BookingPart.resource_id), col(BookingPart.during))
        .options(*(_BRIEFLY if briefly else ()))
        .execution_options(populate_existing=not briefly)
    )
    return [Booked(part=row[0], appointment=row[1], visit=row[2], declaration=row[3]) for row in rows]


def _of_kind(kind: str | None) -> ColumnElement[bool]:
    return true() if kind is None else col(Resource.kind) == kind


async def inspectors_of(work: Work, visit_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who has each of these visits now, of those that somebody has."""
    rows = await work.session.execute(
        select(col(Assignment.visit_id), col(Assignment.resource_id)).where(
            col(Assignment.visit_id).in_(visit_ids), col(Assignment.ended_at).is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


async def told_blocked(work: Work, visit_ids: Collection[UUID]) -> set[UUID]:
    """Which of these visits were laid before the chief since they have the time they have."""
    rows = await work.session.scalars(
        select(col(DomainEvent.stream_id))
        .join(Appointment, col(Appointment.visit_id) == col(DomainEvent.stream_id))
        .where(
            col(DomainEvent.stream_id).in_(visit_ids),
            col(DomainEvent.kind) == "draw_blocked",
            col(Appointment.status) == "confirmed",
            col(DomainEvent.at) >= col(Appointment.made_at),
        )
    )
    return set(rows)


async def lock_visits(work: Work, visit_ids: Collection[UUID]) -> None:
    """Hold visits until the commit, in the order of the house."""
    await work.session.execute(
        select(col(Visit.id)).where(col(Visit.id).in_(visit_ids)).order_by(col(Visit.id)).with_for_update()
    )


# -- publication ---------------------------------------------------------------------------------------------
async def publication_of(work: Work, office_id: UUID, day: date) -> Publication | None:
    """The publication of an office-day, if there was one."""
    return await work.session.scalar(
        select(Publication).where(col(Publication.office_id) == office_id, col(Publication.day) == day)
    )


async def asleep(work: Work, part_ids: Iterable[UUID]) -> None:
    """Parts that no longer count: the placeholders, before the drawn ones come."""
    await work.session.execute(
        update(BookingPart)
        .where(col(BookingPart.id).in_(list(part_ids)))
        .values(live=False)
        .execution_options(synchronize_session=False)
    )


async def add_parts(work: Work, parts: Sequence[tuple[UUID, Part, bool]]) -> int:
    """Parts with their appointments and whether they are placeholders; how many the exclusion constraint let in."""
    if not parts:
        return 0
    rows = [
        {
            "id": new_id(),
            "appointment_id": appointment,
            "resource_id": part.resource,
            "role": part.role,
            "day": part.day,
            "during": Range(part.begin, part.end),
            "travel_before": part.travel_before // ONE_MINUTE,
            "travel_after": part.travel_after // ONE_MINUTE,
            "live": True,
            "placeholder": placeholder,
        }
        for appointment, part, placeholder in parts
    ]
    statement = insert(BookingPart).values(rows).on_conflict_do_nothing().returning(col(BookingPart.id))
    return len((await work.session.execute(statement)).all())


async def recount(work: Work, office_id: UUID, day: date, taken: dict[UUID, int]) -> None:
    """What is free of a day after all its parts are known; the rows are locked."""
    bound = {"office": office_id, "day": day, "resources": list(taken), "masks": list(taken.values())}
    await work.session.execute(_RECOUNT, bound)


def signature(rows: Iterable[Booked]) -> tuple[tuple[UUID, str, str, datetime, datetime], ...]:
    """Changes when anything booked on a day does."""
    return tuple(
        (each.part.id, each.appointment.status, each.visit.state, each.part.during.lower, each.part.during.upper)
        for each in rows
    )
