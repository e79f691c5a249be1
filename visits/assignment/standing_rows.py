"""Reads of how everybody in an office stands for one visit: the facts the rules judge."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from visits.assignment import posting_rows
from visits.assignment.rules import Officer, Policy
from visits.assignment.tables import Assignment, Interest
from visits.booking.tables import DayBits
from visits.declarations.tables import Declaration
from visits.journey.tables import Visit
from visits.people.tables import Firm, Person
from visits.sites.tables import Absence, Resource
from visits.store.work import Work

_EARLIER = text(
    "with recursive line(id, parent_id) as ("
    " select id, parent_id from visit where id = :visit"
    " union all select v.id, v.parent_id from visit v join line on v.id = line.parent_id)"
    " select distinct a.resource_id from assignment a join line on a.visit_id = line.id"
    " where line.id <> :visit and a.ended_at is null"
)


async def officers(
    work: Work,
    visit: Visit,
    declaration: Declaration,
    *,
    day: date,
    during: tuple[datetime, datetime] | None,
    limits: Policy,
    lately: timedelta,
    mine: tuple[UUID, int] | None,
) -> list[Officer]:
    """Every officer of the visit's office as he or she stands for the visit, by id.

    `mine` is who keeps the place of this visit, and its steps: they are free for it.
    """
    cool_off = timedelta(days=limits.cool_off_days)
    postings = await posting_rows.holding(work, visit.office_id, day) if limits.rotation_days else {}
    bits = and_(
        col(DayBits.office_id) == visit.office_id,
        col(DayBits.day) == day,
        col(DayBits.resource_id) == col(Resource.id),
    )
    has = col(Assignment.ended_at).is_(None)
    # Counted once for all officers: a count for each of them would read all assignments again and again.
    met = (
        select(col(Assignment.resource_id), func.count().label("many"))
        .join(Visit, col(Visit.id) == col(Assignment.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(has, col(Assignment.since) > work.now - cool_off, col(Visit.id) != visit.id, _declarant(declaration))
        .group_by(col(Assignment.resource_id))
        .subquery()
    )
    lately_drawn = (
        select(col(Assignment.resource_id), func.count().label("many"))
        .where(has, col(Assignment.since) > work.now - lately, col(Assignment.visit_id) != visit.id)
        .group_by(col(Assignment.resource_id))
        .subquery()
    )
    away = _away(during) if during else false()
    rows = await work.session.execute(
        select(
            Resource,
            col(Person.state),
            DayBits,
            func.coalesce(met.c.many, 0),
            func.coalesce(lately_drawn.c.many, 0),
            away,
            _tied(declaration),
        )
        .outerjoin(Person, col(Person.id) == col(Resource.person_id))
        .outerjoin(DayBits, bits)
        .outerjoin(met, met.c.resource_id == col(Resource.id))
        .outerjoin(lately_drawn, lately_drawn.c.resource_id == col(Resource.id))
        .where(col(Resource.office_id) == visit.office_id, col(Resource.kind) == "officer")
        .order_by(col(Resource.id))
        .execution_options(populate_existing=True)
    )
    return [
        Officer(
            id=resource.id,
            active=state == "active" and resource.active_from <= day <= (resource.active_to or day),
            agency_id=resource.agency_id,
            site_id=resource.site_id,
            skills=resource.skills,
            grade=resource.grade,
            away=gone,
            work=its.work if its else 0,
            free=_free(its, mine) if its else 0,
            tied=tied,
            posted=postings.get(resource.id),
            met=seen,
            visits=drawn,
        )
        for resource, state, its, seen, drawn, gone, tied in rows.all()
    ]


def _free(bits: DayBits, mine: tuple[UUID, int] | None) -> int:
    """The free steps of a day, with those kept for this very visit."""
    kept = mine[1] if mine and mine[0] == bits.resource_id else 0
    return (bits.free | kept) & bits.work


def _declarant(declaration: Declaration) -> ColumnElement[bool]:
    """Declarations of the same declarant: the firm, or its code where the firm is not registered here."""
    if declaration.firm_id is not None:
        return col(Declaration.firm_id) == declaration.firm_id
    return col(Declaration.declarant_code) == declaration.declarant_code


def _away(during: tuple[datetime, datetime]) -> ColumnElement[bool]:
    return exists().where(
        col(Absence.resource_id) == col(Resource.id),
        col(Absence.withdrawn_at).is_(None),
        col(Absence.during).op("&&")(Range(*during)),
    )


def _tied(declaration: Declaration) -> ColumnElement[bool]:
    """Does the register know of a tie with the declarant or the importer?"""
    codes = {each.strip().upper() for each in (declaration.declarant_code, declaration.consignee_code) if each}
    firms = select(func.upper(col(Firm.code))).where(col(Firm.id).in_([declaration.firm_id, declaration.importer_id]))
    return exists().where(
        col(Interest.person_id) == col(Resource.person_id),
        col(Interest.ended_at).is_(None),
        or_(col(Interest.party).in_(codes), col(Interest.party).in_(firms)),
    )


async def drawn_before(work: Work, visit_id: UUID) -> set[UUID]:
    """Who had an earlier visit of the same goods: the visits this one follows, back to the first."""
    rows = await work.session.execute(_EARLIER, {"visit": visit_id})
    return set(rows.scalars())
