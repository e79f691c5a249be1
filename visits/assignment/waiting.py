"""Reads of the chief's screens: visits without inspector or time, replacements to decide, who has what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, false, func, or_, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from visits.assignment.tables import Assignment, Reassignment
from visits.booking.tables import Appointment, VisitUrgency
from visits.declarations.queries import Case, visible_visits
from visits.declarations.tables import Declaration
from visits.events import DrawBlocked
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.tables import Office, Resource
from visits.store.tables import DomainEvent
from visits.store.work import Work

#: Most rows of one list.
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One visit of a list."""

    case: Case
    starts_at: datetime | None
    inspector: str = ""
    #: Did a chief say that it goes first?
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A replacement that waits for a second chief."""

    case: Case
    reassignment: Reassignment
    asked_by: str


def _starts() -> Any:
    return func.lower(Appointment.during).label("starts_at")


def _cases(*more: Any) -> Select[Any]:
    return (
        select(Visit, Declaration, Office, _starts(), *more)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Office, col(Office.id) == col(Visit.office_id))
        .outerjoin(
            Appointment,
            and_(col(Appointment.visit_id) == col(Visit.id), col(Appointment.status) == "confirmed"),
        )
    )


def _case(row: Any) -> Case:
    return Case(visit=row[0], declaration=row[1], office=row[2])


def _at_desk(*states: State) -> Any:
    return and_(col(Visit.level) == Level.DOCUMENTS, col(Visit.state).in_(states))


async def without_inspector(work: Work, freeze: timedelta) -> list[Seen]:
    """Visits whose moment of the draw has passed and that nobody has, the next to begin first."""
    live = select(col(Assignment.visit_id)).where(col(Assignment.ended_at).is_(None))
    rows = await work.session.execute(
        _cases()
        .where(
            visible_visits(work.actor),
            or_(
                and_(col(Visit.state) == State.BOOKED, func.lower(Appointment.during) <= work.now + freeze),
                _at_desk(State.CHECKING, State.AT_DESK),
            ),
            or_(col(Visit.inspector_id).is_(None), col(Visit.id).not_in(live)),
        )
        .order_by(_starts().asc().nulls_last(), col(Visit.state_since), col(Visit.id))
        .limit(MOST)
    )
    return [Seen(case=_case(row), starts_at=row.starts_at) for row in rows]


async def late(work: Work) -> list[Seen]:
    """Visits whose inspector is late and that nobody else may be drawn for, the next to begin first."""
    told = exists().where(
        col(DomainEvent.stream_id) == col(Visit.id),
        col(DomainEvent.kind) == DrawBlocked.code,
        col(DomainEvent.at) >= col(Assignment.since),
    )
    rows = await work.session.execute(
        _cases(func.coalesce(col(Person.name), col(Resource.name)).label("inspector"))
        .join(Assignment, and_(col(Assignment.visit_id) == col(Visit.id), col(Assignment.ended_at).is_(None)))
        .join(Resource, col(Resource.id) == col(Assignment.resource_id))
        .outerjoin(Person, col(Person.id) == col(Resource.person_id))
        .where(
            visible_visits(work.actor),
            or_(col(Visit.state) == State.BOOKED, _at_desk(State.CHECKING, State.AT_DESK)),
            told,
        )
        .order_by(_starts().asc().nulls_last(), col(Visit.id))
        .limit(MOST)
    )
    return [Seen(case=_case(row), starts_at=row.starts_at, inspector=row.inspector) for row in rows]


async def with_inspector(work: Work) -> list[Seen]:
    """Visits not begun yet that have their inspector, the next to begin first."""
    rows = await work.session.execute(
        _cases(func.coalesce(col(Person.name), col(Resource.name)).label("inspector"))
        .join(Assignment, and_(col(Assignment.visit_id) == col(Visit.id), col(Assignment.ended_at).is_(None)))
        .join(Resource, col(Resource.id) == col(Assignment.resource_id))
        .outerjoin(Person, col(Person.id) == col(Resource.person_id))
        .where(
            visible_visits(work.actor),
            or_(col(Visit.state) == State.BOOKED, _at_desk(State.CHECKING, State.AT_DESK)),
            col(Visit.inspector_id).is_not(None),
        )
        .order_by(_starts().asc().nulls_last(), col(Assignment.since), col(Visit.id))
        .limit(MOST)
    )
    return [Seen(case=_case(row), starts_at=row.starts_at, inspector=row.inspector) for row in rows]


async def asked(work: Work) -> list[Request]:
    """Replacements that wait for a second chief, the oldest first; one's own too, to be seen and not decided."""
    chief = aliased(Person)
    rows = await work.session.execute(
        _cases(Reassignment, col(chief.name))
        .join(Reassignment, col(Reassignment.visit_id) == col(Visit.id))
        .join(chief, col(chief.id) == col(Reassignment.asked_by))
        .where(visible_visits(work.actor), col(Reassignment.state) == "open")
        .order_by(col(Reassignment.asked_at), col(Reassignment.id))
        .limit(MOST)
    )
    return [Request(case=_case(row), reassignment=row[4], asked_by=row[5]) for row in rows]


async def without_time(work: Work) -> list[Seen]:
    """Visits whose package is accepted and that have no time yet: those a chief called urgent first, then the oldest.

    A check of documents needs no time.
    """
    newest = (
        select(col(VisitUrgency.urgent))
        .where(col(VisitUrgency.visit_id) == col(Visit.id))
        .order_by(col(VisitUrgency.at).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        _cases(func.coalesce(newest, false()).label("urgent"))
        .where(visible_visits(work.actor), col(Visit.state) == State.TO_BOOK, col(Visit.level) != Level.DOCUMENTS)
        .order_by(text("urgent desc"), col(Visit.state_since), col(Visit.id))
        .limit(MOST)
    )
    return [Seen(case=_case(row), starts_at=None, urgent=row.urgent) for row in rows]
