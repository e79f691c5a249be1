"""Reads and writes of placing appointments anew. The caller locks the visits, in the order of their ids."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, true, update
from sqlmodel import col

from visits.booking.prearrival import KEPT
from visits.booking.replan_tables import ReplanPlace, ReplanRun, ReplanStep
from visits.booking.tables import Appointment, BookingPart, DayBits
from visits.errors import NotFound
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.work import Work


async def stranded(
    work: Work, office_id: UUID, only: Sequence[UUID] | None
) -> list[tuple[Appointment, list[BookingPart]]]:
    """Confirmed appointments still to come, provisional ones among them, with a part that no longer fits, each with
    all its parts, by their start."""
    broken = (
        select(col(BookingPart.appointment_id))
        .where(col(BookingPart.live), col(BookingPart.stranded_since).is_not(None))
        .distinct()
    )
    rows = await work.session.execute(
        select(Appointment, BookingPart)
        .join(BookingPart, col(BookingPart.appointment_id) == col(Appointment.id))
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .where(
            col(Appointment.office_id) == office_id,
            col(Appointment.status) == "confirmed",
            col(Appointment.id).in_(broken),
            col(Appointment.id).in_(only) if only is not None else true(),
            col(Visit.state).in_((State.BOOKED, *KEPT)),
            col(BookingPart.live),
            func.lower(Appointment.during) > work.now,
        )
        .order_by(func.lower(Appointment.during), col(Appointment.id), col(BookingPart.role))
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, tuple[Appointment, list[BookingPart]]] = {}
    for appointment, part in rows:
        found.setdefault(appointment.id, (appointment, []))[1].append(part)
    return list(found.values())


async def bits(work: Work, office_id: UUID, first: date, last: date) -> Sequence[DayBits]:
    """The written days of an office's resources."""
    rows = await work.session.scalars(
        select(DayBits)
        .where(col(DayBits.office_id) == office_id, col(DayBits.day).between(first, last))
        .order_by(col(DayBits.day), col(DayBits.resource_id))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def work_of(work: Work, office_id: UUID, rows: Iterable[tuple[date, UUID]]) -> dict[tuple[date, UUID], int]:
    """When resources work on days."""
    wanted = list(rows)
    found = await work.session.scalars(
        select(DayBits).where(
            col(DayBits.office_id) == office_id,
            col(DayBits.day).in_([day for day, _ in wanted]),
            col(DayBits.resource_id).in_([each for _, each in wanted]),
        )
    )
    return {(row.day, row.resource_id): row.work for row in found if (row.day, row.resource_id) in wanted}


async def sleep(work: Work, part_ids: Iterable[UUID]) -> None:
    """These parts are given back; their bits by the caller."""
    await work.session.execute(
        update(BookingPart)
        .where(col(BookingPart.id).in_(list(part_ids)))
        .values(live=False)
        .execution_options(synchronize_session=False)
    )


async def strand(work: Work, appointment_id: UUID, resource_ids: Iterable[UUID]) -> None:
    """These resources of an appointment do not work at its time."""
    await work.session.execute(
        update(BookingPart)
        .where(
            col(BookingPart.appointment_id) == appointment_id,
            col(BookingPart.resource_id).in_(list(resource_ids)),
            col(BookingPart.live),
        )
        .values(stranded_since=work.now)
        .execution_options(synchronize_session=False)
    )


async def known_run(work: Work, run_id: UUID) -> ReplanRun | None:
    """The run of this id, if it was applied already; another office's is not there."""
    found = await work.session.get(ReplanRun, run_id, populate_existing=True)
    if found is not None and found.office_id != work.actor.office:
        raise NotFound()
    return found


async def run_for_update(work: Work, run_id: UUID) -> ReplanRun:
    """A run of the actor's office, locked."""
    found = await work.session.get(ReplanRun, run_id, with_for_update=True, populate_existing=True)
    if found is None or found.office_id != work.actor.office:
        raise NotFound()
    return found


async def steps_of(work: Work, run_id: UUID) -> Sequence[tuple[ReplanStep, Visit]]:
    """What a run did, in the order of the visits."""
    rows = await work.session.execute(
        select(ReplanStep, Visit)
        .join(Visit, col(Visit.id) == col(ReplanStep.visit_id))
        .where(col(ReplanStep.run_id) == run_id)
        .order_by(col(Visit.id))
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


async def places_of(work: Work, run_id: UUID) -> Sequence[ReplanPlace]:
    """What a run did to places kept for firms, in the order of their days."""
    rows = await work.session.scalars(
        select(ReplanPlace).where(col(ReplanPlace.run_id) == run_id).order_by(col(ReplanPlace.day_id))
    )
    return rows.all()


async def runs_of(work: Work, office_id: UUID, *, limit: int = 5) -> Sequence[ReplanRun]:
    """The newest runs of an office."""
    rows = await work.session.scalars(
        select(ReplanRun).where(col(ReplanRun.office_id) == office_id).order_by(col(ReplanRun.at).desc()).limit(limit)
    )
    return rows.all()


async def to_answer(work: Work, visit_id: UUID, appointment_id: UUID) -> ReplanStep | None:
    """The other time the office gave a visit, if its appointment still is that one."""
    return await work.session.scalar(
        select(ReplanStep)
        .where(
            col(ReplanStep.visit_id) == visit_id,
            col(ReplanStep.made_id) == appointment_id,
            col(ReplanStep.outcome) == "moves",
            col(ReplanStep.state) == "applied",
        )
        .execution_options(populate_existing=True)
    )
