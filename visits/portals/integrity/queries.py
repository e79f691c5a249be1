"""Reads of the journal of one office, newest first, and what its entries are about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import col

from visits.declarations.queries import title_of, visible_declarations, visible_visits
from visits.declarations.tables import Declaration
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.tables import Office
from visits.store.tables import Audit
from visits.store.work import Work

PAGE = 50
#: Entries of one exported file.
MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries of the journal are asked for; empty leaves a filter out."""

    action: str = ""
    person: str = ""
    #: From the first instant of a day to that of the next.
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry with who it was."""

    audit: Audit
    #: A person's name, a key's or a folder's; empty for the service itself.
    who: str


async def journal(work: Work, wanted: Wanted, *, limit: int = PAGE, offset: int = 0) -> list[Entry]:
    """Entries of the actor's office, newest first."""
    rows = await work.session.execute(
        _select(wanted, work.actor.office)
        .order_by(col(Audit.at).desc(), col(Audit.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [Entry(audit=row[0], who=row[1] or _link(row[0].source)) for row in rows]


async def count(work: Work, wanted: Wanted) -> int:
    """How many entries there are."""
    entries = _select(wanted, work.actor.office).subquery()
    return int(await work.session.scalar(select(func.count()).select_from(entries)) or 0)


async def actions(work: Work) -> Sequence[str]:
    """Every kind of entry the office's journal has."""
    rows = await work.session.scalars(
        select(col(Audit.action)).where(col(Audit.office_id) == work.actor.office).distinct()
    )
    return rows.all()


async def about(work: Work, subjects: Collection[str]) -> dict[str, tuple[str, str]]:
    """What some entries are about: a name, and an address where the reader may look; unknown ones are left out."""
    ids = {found for each in subjects if (found := _id(each))}
    visits = await work.session.execute(
        select(Visit, Declaration)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Visit.id).in_(ids), visible_visits(work.actor))
    )
    named = {
        str(visit.id): (f"{title_of(declaration)} · {visit.reference}", f"/office/visits/{visit.id}")
        for visit, declaration in visits.all()
    }
    declarations = await work.session.scalars(
        select(Declaration).where(col(Declaration.id).in_(ids), visible_declarations(work.actor))
    )
    named |= {str(each.id): (title_of(each), "") for each in declarations}
    people = await work.session.scalars(select(Person).where(col(Person.id).in_(ids)))
    return named | {str(each.id): (each.name, "") for each in people}


async def chain_names(work: Work) -> dict[UUID, str]:
    """The offices whose chains there are; the administration's own chain has its own name."""
    rows = await work.session.scalars(select(Office))
    return {each.id: f"{each.code} {each.name}" for each in rows}


def _select(wanted: Wanted, office: UUID | None) -> Select[Audit, str]:
    fits: list[ColumnElement[bool]] = [col(Audit.office_id) == office]
    if wanted.action:
        fits.append(col(Audit.action) == wanted.action)
    if wanted.person:
        fits.append(or_(*(_holds(each, wanted.person) for each in (Person.name, Person.login, Audit.source))))
    if wanted.since and wanted.until:
        fits.append(and_(col(Audit.at) >= wanted.since, col(Audit.at) < wanted.until))
    return select(Audit, col(Person.name)).outerjoin(Person, col(Person.id) == col(Audit.person_id)).where(*fits)


def _holds(column: Any, words: str) -> ColumnElement[bool]:
    return func.strpos(func.lower(func.unaccent(column)), func.lower(func.unaccent(words))) > 0


def _link(source: str) -> str:
    return "" if source == "system" else source


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
