"""Reads of visits that wait for their inspector, and of what says whether he or she comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from visits.assignment.tables import Assignment, Draw, Reassignment
from visits.booking.tables import Appointment, DayBits
from visits.events import DrawBlocked
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.tables import Absence, Resource
from visits.store.tables import DomainEvent
from visits.store.work import Work

HALF_A_DAY = timedelta(hours=12)
#: Drawn and not begun.
WAITING = (State.BOOKED, State.CHECKING, State.AT_DESK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One such visit."""

    visit: UUID
    level: str
    state: str
    state_since: datetime
    officer: UUID
    assigned_at: datetime
    starts_at: datetime | None
    away: bool
    party_came: bool
    inspector_came: bool
    #: Still in another visit, which has begun.
    elsewhere: bool


def came(*parties: str) -> ColumnElement[bool]:
    """Did one of these come, since the visit is in the state it is in?"""
    return exists().where(
        col(DomainEvent.stream_id) == col(Visit.id),
        col(DomainEvent.kind) == "party_checked_in",
        col(DomainEvent.body)["party"].astext.in_(parties),
        col(DomainEvent.at) >= col(Visit.state_since),
    )


def _elsewhere() -> ColumnElement[bool]:
    """Is whoever has the visit in another one that has begun and is not over? One that somebody forgot to end the day
    before keeps nobody."""
    other, begun = aliased(Assignment), aliased(Visit)
    return exists().where(
        col(other.resource_id) == col(Assignment.resource_id),
        col(other.ended_at).is_(None),
        col(begun.id) == col(other.visit_id),
        col(begun.state) == State.RUNNING,
        col(begun.state_since) > func.lower(Appointment.during) - HALF_A_DAY,
        col(begun.id) != col(Visit.id),
    )


def _away(work: Work) -> ColumnElement[bool]:
    """Away at the time of the visit (at a desk: now), or not in service any more."""
    times = func.coalesce(col(Appointment.during), func.tstzrange(work.now, work.now, "[]"))
    absent = exists().where(
        col(Absence.resource_id) == col(Resource.id),
        col(Absence.withdrawn_at).is_(None),
        col(Absence.during).op("&&")(times),
    )
    ended = col(Resource.active_to) < func.coalesce(col(Appointment.day), work.now.date())
    return or_(absent, func.coalesce(ended, False), func.coalesce(col(Person.state) != "active", False))


def _rows(work: Work, *which: ColumnElement[bool]) -> Select[Any]:
    confirmed = and_(col(Appointment.visit_id) == col(Visit.id), col(Appointment.status) == "confirmed")
    return (
        select(
            col(Visit.id),
            col(Visit.level),
            col(Visit.state),
            col(Visit.state_since),
            col(Resource.id),
            col(Assignment.since),
            func.lower(Appointment.during),
            _away(work),
            came("declarant", "importer"),
            came("inspector"),
            _elsewhere(),
        )
        .join(Assignment, and_(col(Assignment.visit_id) == col(Visit.id), col(Assignment.ended_at).is_(None)))
        .join(Resource, col(Resource.id) == col(Assignment.resource_id))
        .outerjoin(Person, col(Person.id) == col(Resource.person_id))
        .outerjoin(Appointment, confirmed)
        .where(col(Visit.state).in_(WAITING), *which)
        .order_by(func.lower(Appointment.during).asc().nulls_last(), col(Visit.id))
    )


async def waiting(work: Work, visit_id: UUID) -> Row | None:
    """A visit, if somebody has it and has not begun."""
    row = (await work.session.execute(_rows(work, col(Visit.id) == visit_id))).one_or_none()
    return None if row is None else _row(row)


def _row(row: Any) -> Row:
    return Row(
        visit=row[0],
        level=row[1],
        state=row[2],
        state_since=row[3],
        officer=row[4],
        assigned_at=row[5],
        starts_at=row[6],
        away=row[7],
        party_came=row[8],
        inspector_came=row[9],
        elsewhere=row[10],
    )


async def suspects(work: Work) -> Sequence[UUID]:
    """Visits worth a closer look: whose inspector is away, whose start has passed, or that lie at a desk."""
    rows = await work.session.execute(
        _rows(work, or_(_away(work), func.lower(Appointment.during) <= work.now, col(Visit.state) == State.AT_DESK))
    )
    return [row[0] for row in rows.all()]


async def late_today(work: Work, office_id: UUID, day: date) -> list[Row]:
    """The visits of an office whose start has passed and whose inspector has not begun them."""
    rows = await work.session.execute(
        _rows(
            work,
            col(Visit.office_id) == office_id,
            col(Appointment.day) == day,
            func.lower(Appointment.during) <= work.now,
        )
    )
    return [_row(row) for row in rows]


async def replaced_today(work: Work, office_id: UUID, day: date) -> dict[UUID, datetime]:
    """Who was replaced today for not having come, and when last."""
    rows = await work.session.execute(
        select(col(Assignment.resource_id), func.max(col(Assignment.ended_at)))
        .join(Draw, and_(col(Draw.visit_id) == col(Assignment.visit_id), col(Draw.at) == col(Assignment.ended_at)))
        .where(
            col(Assignment.replaced),
            col(Draw.office_id) == office_id,
            col(Draw.day) == day,
            col(Draw.reason) == "no_show",
        )
        .group_by(col(Assignment.resource_id))
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


async def heard_of(work: Work, officer: UUID, since: datetime) -> bool:
    """Is an officer at a visit, or did he or she do anything about one since?"""
    found = await work.session.scalar(
        select(col(Visit.id))
        .join(Assignment, col(Assignment.visit_id) == col(Visit.id))
        .join(Resource, col(Resource.id) == col(Assignment.resource_id))
        .where(
            col(Assignment.resource_id) == officer,
            or_(
                and_(col(Visit.state) == State.RUNNING, col(Assignment.ended_at).is_(None)),
                exists().where(
                    col(DomainEvent.stream_id) == col(Visit.id),
                    col(DomainEvent.person_id) == col(Resource.person_id),
                    col(DomainEvent.at) > since,
                ),
            ),
        )
        .limit(1)
    )
    return found is not None


async def worked(work: Work, officer: UUID, first: date, last: date) -> list[tuple[date, int]]:
    """The steps an officer works on the days from one to another."""
    rows = await work.session.execute(
        select(col(DayBits.day), col(DayBits.work))
        .where(col(DayBits.resource_id) == officer, col(DayBits.day).between(first, last))
        .order_by(col(DayBits.day))
    )
    return [(day, int(bits)) for day, bits in rows.all()]


async def told(work: Work, visit_id: UUID) -> bool:
    """Was the chief told already that nobody else may be drawn in the place of whoever has the visit now?"""
    found = await work.session.scalar(
        select(col(DomainEvent.id))
        .join(Assignment, and_(col(Assignment.visit_id) == visit_id, col(Assignment.ended_at).is_(None)))
        .where(
            col(DomainEvent.stream_id) == visit_id,
            col(DomainEvent.kind) == DrawBlocked.code,
            col(DomainEvent.at) >= col(Assignment.since),
        )
        .limit(1)
    )
    return found is not None


async def lapse(work: Work) -> None:
    """Requests about visits that have begun or ended have nothing left to decide."""
    begun = select(col(Visit.id)).where(col(Visit.state).not_in(WAITING))
    await work.session.execute(
        update(Reassignment)
        .where(col(Reassignment.state) == "open", col(Reassignment.visit_id).in_(begun))
        .values(state="lapsed", decided_at=work.now)
        .execution_options(synchronize_session=False)
    )
