"""Reads and writes of seeds, draws and assignments. A draw locks: the visit, the office's draws, the day's bits."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import aliased
from sqlmodel import col

from visits.assignment.tables import Assignment, Draw, DrawSeed, Posting, Reassignment
from visits.booking.buffers import Part
from visits.booking.queries import ONE_MINUTE
from visits.booking.tables import Appointment, BookingPart, DayBits
from visits.errors import NotFound
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people.queries import running
from visits.people.tables import Membership, Person
from visits.roles import CHIEFS
from visits.sites.tables import Office, Resource
from visits.store.tables import Audit, DomainEvent
from visits.store.work import Work

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('draw:' || :office, 0))")


# -- seeds ---------------------------------------------------------------------------------------------------
async def seeds_between(work: Work, office_id: UUID, first: date, last: date) -> Sequence[DrawSeed]:
    """The seeds of an office's days, oldest first."""
    rows = await work.session.scalars(
        select(DrawSeed)
        .where(col(DrawSeed.office_id) == office_id, col(DrawSeed.day).between(first, last))
        .order_by(col(DrawSeed.day))
    )
    return rows.all()


async def seed_of_day(work: Work, office_id: UUID, day: date) -> DrawSeed | None:
    """The seed of a day, if it is committed."""
    return await work.session.scalar(
        select(DrawSeed)
        .where(col(DrawSeed.office_id) == office_id, col(DrawSeed.day) == day)
        .execution_options(populate_existing=True)
    )


async def add_seed(work: Work, *, office_id: UUID, day: date, commitment: bytes, sealed: bytes) -> bool:
    """Commit a seed; False if somebody else did in the meantime, whose seed then counts."""
    row = DrawSeed(office_id=office_id, day=day, commitment=commitment, sealed=sealed, committed_at=work.now)
    statement = insert(DrawSeed).values(row.model_dump(exclude={"tenant_id"}))
    made = await work.session.execute(
        statement.on_conflict_do_nothing(index_elements=["office_id", "day"]).returning(col(DrawSeed.id))
    )
    return made.scalar_one_or_none() is not None


async def first_booked(work: Work, office_id: UUID, day: date) -> datetime | None:
    """When the first visit took a time of a day, whatever became of it."""
    return await work.session.scalar(
        select(func.min(col(Appointment.made_at))).where(
            col(Appointment.office_id) == office_id, col(Appointment.day) == day, col(Appointment.visit_id).is_not(None)
        )
    )


async def first_drawn(work: Work, seed: DrawSeed) -> datetime | None:
    """When the first draw of a seed's day was made."""
    drawn = select(func.min(col(Draw.at))).where(col(Draw.office_id) == seed.office_id, col(Draw.day) == seed.day)
    posted = select(func.min(col(Posting.at))).where(
        col(Posting.office_id) == seed.office_id, col(Posting.first_day) == seed.day
    )
    return await work.session.scalar(select(func.least(drawn.scalar_subquery(), posted.scalar_subquery())))


async def seeds_to_reveal(work: Work, office_id: UUID, before: date) -> Sequence[DrawSeed]:
    """Seeds of days that are over and were not revealed yet, oldest first, locked; another worker passes over them."""
    rows = await work.session.scalars(
        select(DrawSeed)
        .where(
            col(DrawSeed.office_id) == office_id,
            col(DrawSeed.day) < before,
            col(DrawSeed.revealed_at).is_(None),
        )
        .order_by(col(DrawSeed.day))
        .with_for_update(skip_locked=True)
    )
    return rows.all()


# -- locks ---------------------------------------------------------------------------------------------------
async def lock_draws(work: Work, office_id: UUID) -> None:
    """One draw of an office at a time: shares, cool-off and position are counted on what was drawn before."""
    await work.session.execute(_LOCK, {"office": str(office_id)})


async def officer_ids(work: Work, office_id: UUID) -> Sequence[UUID]:
    """Every officer of an office, by id."""
    rows = await work.session.scalars(
        select(col(Resource.id))
        .where(col(Resource.office_id) == office_id, col(Resource.kind) == "officer")
        .order_by(col(Resource.id))
    )
    return rows.all()


# -- days ---------------------------------------------------------------------------------------------------
async def work_days(work: Work, office_id: UUID, first: date, last: date) -> Sequence[tuple[date, int]]:
    """On which days officers of an office work, with all their steps together."""
    rows = await work.session.execute(
        select(col(DayBits.day), func.bit_or(col(DayBits.work)))
        .where(
            col(DayBits.office_id) == office_id,
            col(DayBits.kind) == "officer",
            col(DayBits.day).between(first, last),
        )
        .group_by(col(DayBits.day))
        .order_by(col(DayBits.day))
    )
    return [(day, int(bits)) for day, bits in rows.all()]


# -- the place kept ------------------------------------------------------------------------------------------
async def seat_of(work: Work, visit_id: UUID) -> tuple[Appointment, BookingPart] | None:
    """The confirmed appointment of a visit and the officer's part in it, as stored now."""
    row = (
        await work.session.execute(
            select(Appointment, BookingPart)
            .join(BookingPart, col(BookingPart.appointment_id) == col(Appointment.id))
            .where(
                col(Appointment.visit_id) == visit_id,
                col(Appointment.status) == "confirmed",
                col(BookingPart.role) == "officer",
                col(BookingPart.live),
            )
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def reseat(work: Work, part: BookingPart, new: Part) -> bool:
    """The officer's part of an appointment goes to another officer, with that officer's roads: the old one sleeps, a
    new one is inserted, so that the exclusion constraint judges it. False if the constraint says no."""
    part.live = False
    await work.session.flush()
    statement = insert(BookingPart).values(
        id=new_id(),
        appointment_id=part.appointment_id,
        resource_id=new.resource,
        role=new.role,
        day=new.day,
        during=Range(new.begin, new.end),
        travel_before=new.travel_before // ONE_MINUTE,
        travel_after=new.travel_after // ONE_MINUTE,
        live=True,
        placeholder=False,
    )
    added = await work.session.execute(statement.on_conflict_do_nothing().returning(col(BookingPart.id)))
    return added.scalar_one_or_none() is not None


# -- draws and assignments -----------------------------------------------------------------------------------
async def next_position(work: Work, office_id: UUID, day: date) -> int:
    """The place of the next draw of a day; the office's draws are locked."""
    drawn = select(func.max(col(Draw.position))).where(col(Draw.office_id) == office_id, col(Draw.day) == day)
    posted = select(func.max(col(Posting.position))).where(
        col(Posting.office_id) == office_id, col(Posting.first_day) == day
    )
    last = await work.session.scalar(select(func.greatest(drawn.scalar_subquery(), posted.scalar_subquery())))
    return (last or 0) + 1


async def draws_of_visit(work: Work, visit_id: UUID) -> Sequence[Draw]:
    """Every draw of a visit, oldest first."""
    rows = await work.session.scalars(
        select(Draw)
        .where(
            col(Draw.id).in_(select(col(Assignment.draw_id)).where(col(Assignment.visit_id) == visit_id)),
        )
        .order_by(col(Draw.at), col(Draw.redraw), col(Draw.id))
    )
    return rows.all()


async def draws_of_day(work: Work, office_id: UUID, day: date) -> Sequence[Draw]:
    """Every draw of an office's day, in order."""
    rows = await work.session.scalars(
        select(Draw).where(col(Draw.office_id) == office_id, col(Draw.day) == day).order_by(col(Draw.position))
    )
    return rows.all()


async def digests_kept(work: Work, draw_ids: Collection[UUID]) -> dict[UUID, str]:
    """The digests of draws as the evidence chain binds them."""
    rows = await work.session.execute(
        select(col(Audit.subject), col(Audit.body)).where(
            col(Audit.action).in_(("inspector_drawn", "officer_posted")),
            col(Audit.subject).in_([str(each) for each in draw_ids]),
        )
    )
    return {UUID(subject): str(body.get("digest", "")) for subject, body in rows.all()}


async def days_drawn(work: Work, office_id: UUID, upto: date, limit: int) -> Sequence[tuple[DrawSeed, int]]:
    """The newest committed days of an office up to a day, with how many draws each has."""
    drawn = (
        select(func.count())
        .select_from(Draw)
        .where(col(Draw.office_id) == col(DrawSeed.office_id), col(Draw.day) == col(DrawSeed.day))
        .scalar_subquery()
    )
    posted = (
        select(func.count())
        .select_from(Posting)
        .where(col(Posting.office_id) == col(DrawSeed.office_id), col(Posting.first_day) == col(DrawSeed.day))
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(DrawSeed, drawn + posted)
        .where(col(DrawSeed.office_id) == office_id, col(DrawSeed.day) <= upto)
        .order_by(col(DrawSeed.day).desc())
        .limit(limit)
    )
    return [(seed, count) for seed, count in rows.all()]


async def draw_of_reference(work: Work, reference: str) -> tuple[Draw, Office] | None:
    """The newest draw of the visit with this reference."""
    row = (
        await work.session.execute(
            select(Draw, Office)
            .join(Assignment, col(Assignment.draw_id) == col(Draw.id))
            .join(Visit, col(Visit.id) == col(Assignment.visit_id))
            .join(Office, col(Office.id) == col(Draw.office_id))
            .where(col(Visit.reference) == reference)
            .order_by(col(Draw.at).desc(), col(Draw.redraw).desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def live_assignment(work: Work, visit_id: UUID) -> Assignment | None:
    """Who has the visit now; the visit is locked."""
    return await work.session.scalar(
        select(Assignment).where(col(Assignment.visit_id) == visit_id, col(Assignment.ended_at).is_(None))
    )


async def replaced_in(work: Work, visit_id: UUID) -> set[UUID]:
    """Who was drawn for a visit and then replaced."""
    rows = await work.session.scalars(
        select(col(Assignment.resource_id)).where(
            col(Assignment.visit_id) == visit_id,
            col(Assignment.ended_at).is_not(None),
            col(Assignment.replaced),
        )
    )
    return set(rows)


async def names_of(work: Work, resource_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of officers: the person's, or the resource's where nobody is behind it."""
    rows = await work.session.execute(
        select(col(Resource.id), func.coalesce(col(Person.name), col(Resource.name)))
        .outerjoin(Person, col(Person.id) == col(Resource.person_id))
        .where(col(Resource.id).in_(resource_ids))
    )
    return {row[0]: row[1] for row in rows}


async def declarant_came(work: Work, visit: Visit) -> bool:
    """Did the declarant, or the importer, check in since the visit came to its state?"""
    found = await work.session.scalar(
        select(col(DomainEvent.id))
        .where(
            col(DomainEvent.stream_id) == visit.id,
            col(DomainEvent.kind) == "party_checked_in",
            col(DomainEvent.body)["party"].astext.in_(("declarant", "importer")),
            col(DomainEvent.at) >= visit.state_since,
        )
        .limit(1)
    )
    return found is not None


# -- reassignments -------------------------------------------------------------------------------------------
async def reassignment_for_update(work: Work, reassignment_id: UUID) -> Reassignment:
    """An open request of the actor's office, locked; the visit is locked by the caller first."""
    found = await work.session.scalar(
        select(Reassignment)
        .join(Visit, col(Visit.id) == col(Reassignment.visit_id))
        .where(
            col(Reassignment.id) == reassignment_id,
            col(Visit.office_id) == work.actor.office,
        )
        .with_for_update(of=Reassignment)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


async def visit_of_reassignment(work: Work, reassignment_id: UUID) -> UUID:
    """The visit a request is about: it is locked before the request itself."""
    found = await work.session.scalar(select(col(Reassignment.visit_id)).where(col(Reassignment.id) == reassignment_id))
    if found is None:
        raise NotFound()
    return found


async def open_reassignment(work: Work, visit_id: UUID) -> Reassignment | None:
    """The request that waits for a second chief, if there is one."""
    return await work.session.scalar(
        select(Reassignment).where(col(Reassignment.visit_id) == visit_id, col(Reassignment.state) == "open")
    )


async def acts_for(work: Work, person_id: UUID, office_id: UUID, at: datetime) -> set[UUID]:
    """In whose name a person acted as a chief of an office: one's own, or of those one was the deputy of; somebody who
    was no chief stands for nobody else."""
    stood_for = aliased(Membership)
    rows = await work.session.scalars(
        select(func.coalesce(col(stood_for.person_id), col(Membership.person_id)))
        .select_from(Membership)
        .outerjoin(stood_for, col(stood_for.id) == col(Membership.deputy_of))
        .where(
            col(Membership.person_id) == person_id,
            col(Membership.office_id) == office_id,
            col(Membership.role).in_(CHIEFS),
            running(at),
        )
    )
    return set(rows) or {person_id}


async def person_behind(work: Work, assignment_id: UUID) -> UUID | None:
    """The person a visit was given to."""
    return await work.session.scalar(
        select(col(Resource.person_id))
        .join(Assignment, col(Assignment.resource_id) == col(Resource.id))
        .where(col(Assignment.id) == assignment_id)
    )
