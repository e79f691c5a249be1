"""Reads that several screens share: cases with what their next step depends on, one query a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from visits.actor import Actor
from visits.booking.tables import Appointment
from visits.declarations.queries import folded, title_of, visible_declarations, visible_visits
from visits.declarations.tables import Declaration, Lane
from visits.journey.states import OVER, Clock, Level, State
from visits.journey.tables import Transition, Visit
from visits.people.tables import Person
from visits.performance.tables import Rating
from visits.portals.steps import Standing
from visits.roles import DECLARANTS
from visits.sites.tables import Office, Resource, Site
from visits.store.tables import DomainEvent
from visits.store.work import Work

#: Rows on one page of a list.
PAGE = 50
ANSWERS = ("declarant_signed", "reservation_made", "declarant_refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One case of a list."""

    visit: Visit
    declaration: Declaration
    office: Office
    standing: Standing
    #: The customs lane, if one was chosen.
    lane: str | None

    @property
    def title(self) -> str:
        """How people call the declaration."""
        return title_of(self.declaration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """One page of cases, and how many there are in all."""

    rows: list[Listed]
    total: int = 0
    #: Of them, those that wait for the firm.
    firms_turn: int = 0
    page: int = 1

    @property
    def more(self) -> bool:
        """Is there another page?"""
        return self.page * PAGE < self.total


def _answered() -> ColumnElement[bool]:
    return exists().where(
        col(Transition.visit_id) == col(Visit.id),
        col(Transition.event).in_(ANSWERS),
        col(Transition.at) >= col(Visit.state_since),
    )


def _returned() -> ColumnElement[bool]:
    return exists().where(col(Transition.visit_id) == col(Visit.id), col(Transition.event) == "package_returned")


def firms_turn(actor: Actor) -> ColumnElement[bool]:
    """The cases in which the reader's firm must act; package and booking are the broker's, not the importer's."""
    waiting = col(Visit.clock) == Clock.DECLARANT
    if not actor.is_a(*DECLARANTS):
        waiting = and_(waiting, col(Visit.state) == State.SUSPENDED)
    return or_(waiting, and_(col(Visit.state) == State.SIGNED, ~_answered()))


def _starts_at() -> Any:
    return (
        select(func.lower(Appointment.during))
        .where(col(Appointment.visit_id) == col(Visit.id), col(Appointment.status) == "confirmed")
        .limit(1)
        .scalar_subquery()
    )


def _cause() -> Any:
    return (
        select(col(DomainEvent.body)["reason"].astext)
        .where(col(DomainEvent.visit_id) == col(Visit.id), col(DomainEvent.kind) == "visit_suspended")
        .order_by(col(DomainEvent.seq).desc())
        .limit(1)
        .scalar_subquery()
    )


def _lane() -> Any:
    lane = aliased(Lane)
    return (
        select(lane.colour)  # type: ignore[call-overload]
        .where(lane.declaration_id == col(Visit.declaration_id), lane.agency_id.is_(None))  # type: ignore[union-attr]
        .order_by(lane.at.desc(), lane.id.desc())  # type: ignore[attr-defined]
        .limit(1)
        .scalar_subquery()
    )


def select_cases() -> Select[Any]:
    """Cases with what their next step depends on; give it conditions, an order and a limit."""
    rated = exists().where(col(Rating.visit_id) == col(Visit.id))
    return (
        select(
            Visit,
            Declaration,
            Office,
            _starts_at().label("starts_at"),
            _returned().label("returned"),
            _answered().label("answered"),
            rated.label("rated"),
            _cause().label("cause"),
            _lane().label("lane"),
            col(Resource.person_id).label("inspector"),
        )
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Office, col(Office.id) == col(Visit.office_id))
        .outerjoin(Resource, col(Resource.id) == col(Visit.inspector_id))
    )


def listed(row: Any) -> Listed:
    """One row of `select_cases`."""
    visit: Visit = row[0]
    return Listed(
        visit=visit,
        declaration=row[1],
        office=row[2],
        lane=row.lane,
        standing=Standing(
            visit=visit.id,
            declaration=visit.declaration_id,
            state=State(visit.state),
            level=Level(visit.level),
            clock=Clock(visit.clock),
            starts_at=row.starts_at,
            returned=row.returned,
            answered=row.answered,
            assigned=visit.inspector_id is not None,
            inspector=row.inspector,
            rated=row.rated,
            cause=row.cause or "",
        ),
    )


async def open_cases(work: Work, page: int = 1) -> Cases:
    """The cases of the reader that go on: those that wait for the firm first, each kind oldest first."""
    mine = firms_turn(work.actor)
    rows = (
        await work.session.execute(
            select_cases()
            .add_columns(
                func.count().over().label("total"),
                func.sum(case((mine, 1), else_=0)).over().label("mine"),
            )
            .where(visible_visits(work.actor), col(Visit.state).not_in(OVER))
            .order_by(mine.desc(), col(Visit.state_since), col(Visit.id))
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
    ).all()
    return Cases(
        rows=[listed(row) for row in rows],
        total=rows[0].total if rows else 0,
        firms_turn=int(rows[0].mine) if rows else 0,
        page=page,
    )


async def closed_cases(work: Work, *, since: datetime | None = None, limit: int = PAGE, page: int = 1) -> Cases:
    """The cases of the reader that are over, newest first; `since` leaves older ones out."""
    query = (
        select_cases()
        .add_columns(func.count().over().label("total"))
        .where(visible_visits(work.actor), col(Visit.state).in_(OVER))
        .order_by(col(Visit.state_since).desc(), col(Visit.id))
        .limit(limit)
        .offset((page - 1) * limit)
    )
    if since is not None:
        query = query.where(col(Visit.state_since) >= since)
    rows = (await work.session.execute(query)).all()
    return Cases(rows=[listed(row) for row in rows], total=rows[0].total if rows else 0, page=page)


async def cases_of(work: Work, declaration_id: UUID) -> list[Listed]:
    """The visits of one declaration the reader may open, newest first."""
    rows = await work.session.execute(
        select_cases()
        .where(visible_visits(work.actor), col(Visit.declaration_id) == declaration_id)
        .order_by(col(Visit.opened_at).desc(), col(Visit.id).desc())
    )
    return [listed(row) for row in rows]


async def oldest_in(work: Work, states: Collection[State]) -> Listed | None:
    """The reader's case that has been longest in one of these states."""
    rows = await work.session.execute(
        select_cases()
        .where(visible_visits(work.actor), col(Visit.state).in_(states))
        .order_by(col(Visit.state_since), col(Visit.id))
        .limit(1)
    )
    row = rows.first()
    return None if row is None else listed(row)


async def site_names(work: Work, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of some sites."""
    rows = await work.session.execute(select(col(Site.id), col(Site.name)).where(col(Site.id).in_(ids)))
    return {row[0]: row[1] for row in rows}


async def resource_name(work: Work, resource_id: UUID) -> str:
    """The name of a bay or a scanner; of an officer, the person's own."""
    name = func.coalesce(col(Person.name), col(Resource.name))
    of_a_person = col(Person.id) == col(Resource.person_id)
    return (
        await work.session.scalar(
            select(name).select_from(Resource).outerjoin(Person, of_a_person).where(col(Resource.id) == resource_id)
        )
        or ""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One declaration found, with the visit that answers for it, if the reader may open one."""

    declaration: Declaration
    visit: Visit | None

    @property
    def title(self) -> str:
        """How people call the declaration."""
        return title_of(self.declaration)


async def search(work: Work, typed: str, report: UUID | None = None, page: int = 1) -> list[Hit]:
    """Declarations the reader may see in which every word typed occurs, newest first; one more than a page shows.

    A word is part of a number, a name, a box or a vessel; or a whole office, year, voucher or visit reference.
    `report` is the visit of a report whose number was typed.
    """
    newest = (
        select(col(Visit.id))
        .where(col(Visit.declaration_id) == col(Declaration.id), visible_visits(work.actor))
        .order_by(col(Visit.state).in_(OVER), col(Visit.opened_at).desc())
        .limit(1)
        .correlate(Declaration)
        .scalar_subquery()
    )
    other = aliased(Visit)
    found = (
        col(Declaration.id).in_(select(col(other.declaration_id)).where(col(other.id) == report))
        if report
        else and_(*(_word(word) for word in folded(typed).split()))
    )
    rows = await work.session.execute(
        select(Declaration, Visit)
        .outerjoin(Visit, col(Visit.id) == newest)
        .where(visible_declarations(work.actor), found)
        .order_by(col(Declaration.received_at).desc(), col(Declaration.id))
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    return [Hit(declaration=row[0], visit=row[1]) for row in rows]


def _word(word: str) -> ColumnElement[bool]:
    other = aliased(Visit)
    reference = exists().where(
        col(other.declaration_id) == col(Declaration.id), func.lower(col(other.reference)) == word
    )
    return or_(
        col(Declaration.words).contains(word, autoescape=True),
        func.lower(col(Declaration.office_code)) == word,
        cast(col(Declaration.year), Text) == word,
        func.lower(col(Declaration.voucher)).contains(word, autoescape=True),
        reference,
    )
