"""What the administrator's lists read: people with their roles, firms with their people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from visits.booking.tables import Appointment
from visits.journey.tables import Visit
from visits.people.queries import running
from visits.people.tables import Firm, Membership, Person
from visits.sites.tables import Site
from visits.store.work import Work
from visits.texts import N_

PAGE = 50

#: Filters of the list of people: state to what it is called.
STATES = {
    "": N_("Tous"),
    "active": N_("En service"),
    "invited": N_("Invités"),
    "locked": N_("Fermés"),
    "ended": N_("Partis"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A person of the list with the roles in force."""

    person: Person
    held: list[Membership] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ListedFirm:
    """A firm of the list with how many people it has."""

    firm: Firm
    people: int


@dataclass(frozen=True, slots=True)
class Stranded:
    """An appointment that would fall outside the calendars: no word of its goods or firm."""

    starts_at: datetime
    #: Empty for a place kept for a firm every week.
    visit: str
    site: str


async def people_matching(work: Work, words: str, state: str, page: int) -> tuple[list[Listed], int]:
    """One page of the people whose name or login holds the words, by name; and how many there are."""
    fits: list[ColumnElement[bool]] = []
    if words:
        fits.append(or_(_holds(col(Person.name), words), _holds(col(Person.login), words)))
    if state:
        fits.append(col(Person.state) == state)
    total = int(await work.session.scalar(select(func.count()).select_from(Person).where(*fits)) or 0)
    rows = await work.session.scalars(
        select(Person)
        .where(*fits)
        .order_by(func.lower(col(Person.name)), col(Person.id))
        .limit(PAGE)
        .offset(PAGE * (page - 1))
    )
    found = {person.id: Listed(person) for person in rows}
    held = await work.session.scalars(
        select(Membership)
        .where(col(Membership.person_id).in_(found), running(work.now))
        .order_by(col(Membership.since), col(Membership.id))
    )
    for each in held:
        found[each.person_id].held.append(each)
    return list(found.values()), total


async def firms_matching(work: Work, words: str, page: int) -> tuple[Sequence[ListedFirm], int]:
    """One page of the firms whose name or code holds the words, by name; and how many there are."""
    fits = [or_(_holds(col(Firm.name), words), _holds(col(Firm.code), words))] if words else []
    total = int(await work.session.scalar(select(func.count()).select_from(Firm).where(*fits)) or 0)
    people = (
        select(func.count(col(Membership.person_id).distinct()))
        .where(col(Membership.firm_id) == col(Firm.id), running(work.now))
        .correlate(Firm)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(Firm, people)
        .where(*fits)
        .order_by(func.lower(col(Firm.name)), col(Firm.id))
        .limit(PAGE)
        .offset(PAGE * (page - 1))
    )
    return [ListedFirm(firm, count) for firm, count in rows], total


async def stranded_of(work: Work, appointment_ids: Sequence[UUID]) -> list[Stranded]:
    """Appointments an edit would leave outside, as an administrator may know them: when, which visit, where."""
    rows = await work.session.execute(
        select(col(Appointment.during), col(Visit.reference), col(Site.name))
        .outerjoin(Visit, col(Visit.id) == col(Appointment.visit_id))
        .outerjoin(Site, col(Site.id) == col(Appointment.site_id))
        .where(col(Appointment.id).in_(appointment_ids))
        .order_by(func.lower(col(Appointment.during)), col(Visit.reference))
    )
    return [Stranded(starts_at=row.during.lower, visit=row.reference or "", site=row.name or "") for row in rows]


def _holds(column: Mapped[str], words: str) -> ColumnElement[bool]:
    return func.strpos(func.lower(func.unaccent(column)), func.lower(func.unaccent(words))) > 0
