"""The office's declarations with their newest visit and customs lane, one query a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from visits.clearance.tables import Inbound
from visits.declarations.queries import folded, title_of, visible_declarations, visible_visits
from visits.declarations.tables import Declaration, KeyConflict, Lane
from visits.journey.queries import visits_of
from visits.journey.states import OVER
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.portals.queries import PAGE
from visits.store.work import Work

#: What may stand in the filter of states besides a state: nothing to control, or not registered yet.
NO_VISIT, DRAFT = "none", "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One row of the register."""

    declaration: Declaration
    visit: Visit | None
    lane: str | None

    @property
    def title(self) -> str:
        """How people call the declaration."""
        return title_of(self.declaration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of the register, and how many rows there are in all."""

    rows: list[Registered]
    total: int


async def declarations(work: Work, *, typed: str = "", lane: str = "", state: str = "", page: int = 1) -> Found:
    """The declarations of the office, newest first; every word typed occurs in them."""
    newest = (
        select(col(Visit.id))
        .where(col(Visit.declaration_id) == col(Declaration.id), visible_visits(work.actor))
        .order_by(col(Visit.state).in_(OVER), col(Visit.opened_at).desc())
        .limit(1)
        .correlate(Declaration)
        .scalar_subquery()
    )
    colour = (
        select(col(Lane.colour))
        .where(col(Lane.declaration_id) == col(Declaration.id), col(Lane.agency_id).is_(None))
        .order_by(col(Lane.at).desc(), col(Lane.id).desc())
        .limit(1)
        .correlate(Declaration)
        .scalar_subquery()
    )
    wanted: list[ColumnElement[bool]] = [visible_declarations(work.actor)]
    wanted += [col(Declaration.words).contains(word, autoescape=True) for word in folded(typed).split()]
    if lane:
        wanted.append(colour == lane if lane != NO_VISIT else colour.is_(None))
    if state == DRAFT:
        wanted.append(col(Declaration.status) == "draft")
    elif state == NO_VISIT:
        wanted.append(or_(col(Visit.id).is_(None)))
    elif state:
        wanted.append(col(Visit.state) == state)
    rows = (
        await work.session.execute(
            select(Declaration, Visit, colour.label("lane"), func.count().over().label("total"))
            .outerjoin(Visit, col(Visit.id) == newest)
            .where(*wanted)
            .order_by(col(Declaration.received_at).desc(), col(Declaration.id).desc())
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
    ).all()
    return Found(
        rows=[Registered(declaration=row[0], visit=row[1], lane=row.lane) for row in rows],
        total=rows[0].total if rows else 0,
    )


async def visits(work: Work, declaration_id: UUID) -> Sequence[Visit]:
    """The visits of a declaration, newest first."""
    return list(reversed(await visits_of(work, declaration_id)))


async def conflicts(work: Work, declaration_id: UUID) -> Sequence[KeyConflict]:
    """The conflicts of a declaration nobody decided yet."""
    rows = await work.session.scalars(
        select(KeyConflict)
        .where(col(KeyConflict.declaration_id) == declaration_id, col(KeyConflict.state) == "open")
        .order_by(col(KeyConflict.at))
    )
    return rows.all()


async def sender_of(work: Work, inbound_id: UUID | None) -> str:
    """Who sent a message."""
    if inbound_id is None:
        return ""
    return await work.session.scalar(select(col(Inbound.sender)).where(col(Inbound.id) == inbound_id)) or ""


async def name_of(work: Work, person_id: UUID | None) -> str:
    """The name of whoever decided."""
    if person_id is None:
        return ""
    return await work.session.scalar(select(col(Person.name)).where(col(Person.id) == person_id)) or ""
