"""Reads and writes of the register of interests."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col

from visits.assignment.tables import Assignment, Interest
from visits.declarations.queries import Case
from visits.declarations.tables import Declaration
from visits.errors import NotFound
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.people.tables import Firm, Person
from visits.roles import Role
from visits.sites.tables import Office, Resource
from visits.store.work import Work

#: A visit that was drawn and not begun.
WAITING = (State.BOOKED, State.CHECKING, State.AT_DESK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One line of the register with the names in it."""

    interest: Interest
    person: str
    made_by: str
    ended_by: str


def _kept(work: Work) -> ColumnElement[bool]:
    """Whose ties the actor may read: an administrator everybody's, others those of officers of the office."""
    if work.actor.is_a(Role.ADMIN, Role.SYSTEM):
        return true()
    here = select(col(Resource.person_id)).where(
        col(Resource.office_id) == work.actor.office, col(Resource.kind) == "officer"
    )
    return col(Interest.person_id).in_(here)


def _of(person_id: UUID | None) -> ColumnElement[bool]:
    return col(Interest.person_id) == person_id


async def register(work: Work) -> list[Tie]:
    """The whole register the actor may read: what counts first, by officer, then what ended, newest first."""
    return await _ties(work, _kept(work))


async def own(work: Work) -> list[Tie]:
    """The actor's own lines."""
    return await _ties(work, _of(work.actor.person))


async def _ties(work: Work, which: ColumnElement[bool]) -> list[Tie]:
    whose, maker, ender = aliased(Person), aliased(Person), aliased(Person)
    rows = await work.session.execute(
        select(Interest, col(whose.name), col(maker.name), col(ender.name))
        .join(whose, col(whose.id) == col(Interest.person_id))
        .join(maker, col(maker.id) == col(Interest.made_by))
        .outerjoin(ender, col(ender.id) == col(Interest.ended_by))
        .where(which)
        .order_by(col(Interest.ended_at).desc().nulls_first(), col(whose.name), col(Interest.party), col(Interest.id))
    )
    return [Tie(interest=row[0], person=row[1], made_by=row[2], ended_by=row[3] or "") for row in rows]


async def officers(work: Work) -> list[tuple[UUID, str]]:
    """Whose ties the actor may enter: officers, by name."""
    here = true() if work.actor.is_a(Role.ADMIN) else col(Resource.office_id) == work.actor.office
    rows = await work.session.execute(
        select(col(Person.id), col(Person.name))
        .join(Resource, col(Resource.person_id) == col(Person.id))
        .where(col(Resource.kind) == "officer", col(Person.state) != "ended", here)
        .distinct()
        .order_by(col(Person.name), col(Person.id))
    )
    return [(row[0], row[1]) for row in rows]


async def office_of(work: Work, person_id: UUID) -> UUID | None:
    """The office whose journal tells of an officer."""
    return await work.session.scalar(
        select(col(Resource.office_id))
        .where(col(Resource.person_id) == person_id, col(Resource.kind) == "officer")
        .order_by(col(Resource.id).desc())
        .limit(1)
    )


async def interest_for_update(work: Work, interest_id: UUID) -> Interest:
    """A line of the register, locked; NotFound where the actor may not read it."""
    found = await work.session.scalar(
        select(Interest).where(col(Interest.id) == interest_id, _kept(work)).with_for_update()
    )
    if found is None:
        raise NotFound()
    return found


async def add(work: Work, made: Interest) -> bool:
    """Write a line; False if the officer has one with the same party that still counts."""
    rows = await work.session.execute(
        insert(Interest)
        .values(made.model_dump(exclude={"tenant_id"}))
        .on_conflict_do_nothing()
        .returning(col(Interest.id))
    )
    return rows.scalar_one_or_none() is not None


async def running(work: Work, person_id: UUID, party: str) -> Interest | None:
    """The line of an officer and a party that counts."""
    return await work.session.scalar(
        select(Interest).where(_of(person_id), col(Interest.party) == party, col(Interest.ended_at).is_(None))
    )


async def name_of_party(work: Work, party: str) -> str:
    """What the firm with a code is called; empty if there is none here."""
    return await work.session.scalar(select(col(Firm.name)).where(func.upper(col(Firm.code)) == party)) or ""


async def drawn_to(work: Work, person_id: UUID, party: str) -> Sequence[Case]:
    """The visits of a party that an officer has and has not begun."""
    firms = select(col(Firm.id)).where(func.upper(col(Firm.code)) == party)
    rows = await work.session.execute(
        select(Visit, Declaration, Office)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Office, col(Office.id) == col(Visit.office_id))
        .join(Assignment, col(Assignment.visit_id) == col(Visit.id))
        .join(Resource, col(Resource.id) == col(Assignment.resource_id))
        .where(
            col(Resource.person_id) == person_id,
            col(Assignment.ended_at).is_(None),
            col(Visit.state).in_(WAITING),
            or_(
                func.upper(col(Declaration.declarant_code)) == party,
                func.upper(col(Declaration.consignee_code)) == party,
                col(Declaration.firm_id).in_(firms),
                col(Declaration.importer_id).in_(firms),
            ),
        )
        .order_by(col(Visit.id))
    )
    return [Case(visit=row[0], declaration=row[1], office=row[2]) for row in rows]
