"""Reads and writes of postings: who serves at which terminal, where everybody was, who may be posted."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import col

from visits.assignment.tables import Draw, Posting
from visits.people.tables import Person
from visits.sites.tables import Resource, Site
from visits.store.work import Work

#: Where visits are made: by their number a terminal counts as large or small.
STANDS = ("bay", "scanner")


async def holding(work: Work, office_id: UUID, day: date) -> dict[UUID, UUID]:
    """By officer: the terminal he or she is posted to on a day, by the newest period that has it."""
    newest = (
        select(func.max(col(Posting.first_day)))
        .where(col(Posting.office_id) == office_id, col(Posting.first_day) <= day, col(Posting.last_day) >= day)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(col(Posting.resource_id), col(Posting.site_id)).where(
            col(Posting.office_id) == office_id, col(Posting.first_day) == newest
        )
    )
    return {row[0]: row[1] for row in rows}


async def are_drawn(work: Work, office_id: UUID, first: date) -> bool:
    """Is anybody posted for the period that begins on this day?"""
    return (
        await work.session.scalar(
            select(col(Posting.id)).where(col(Posting.office_id) == office_id, col(Posting.first_day) == first).limit(1)
        )
        is not None
    )


async def postings_of_day(work: Work, office_id: UUID, first: date) -> Sequence[Posting]:
    """The postings drawn with the seed of a day, in order."""
    rows = await work.session.scalars(
        select(Posting)
        .where(col(Posting.office_id) == office_id, col(Posting.first_day) == first)
        .order_by(col(Posting.position))
    )
    return rows.all()


async def sizes(work: Work, office_id: UUID, day: date) -> dict[str, tuple[UUID, int]]:
    """The terminals that have any place for a visit on a day, by code: which, and how many."""
    rows = await work.session.execute(
        select(col(Site.code), col(Site.id), func.count())
        .join(Resource, col(Resource.site_id) == col(Site.id))
        .where(
            col(Site.office_id) == office_id,
            col(Resource.office_id) == office_id,
            col(Resource.kind).in_(STANDS),
            col(Resource.active_from) <= day,
            or_(col(Resource.active_to).is_(None), col(Resource.active_to) >= day),
        )
        .group_by(col(Site.code), col(Site.id))
        .order_by(col(Site.code))
    )
    return {code: (site, count) for code, site, count in rows.all()}


async def officers(work: Work, office_id: UUID, day: date) -> dict[UUID, str | None]:
    """Whoever may be posted on a day, with the code of the terminal he or she was posted to last: officers in service
    who are bound to no terminal."""
    last = (
        select(col(Posting.chosen))
        .where(col(Posting.resource_id) == col(Resource.id), col(Posting.first_day) < day)
        .order_by(col(Posting.first_day).desc())
        .limit(1)
        .correlate(Resource)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(col(Resource.id), last)
        .join(Person, col(Person.id) == col(Resource.person_id))
        .where(
            col(Resource.office_id) == office_id,
            col(Resource.kind) == "officer",
            col(Resource.site_id).is_(None),
            col(Resource.agency_id).is_(None),
            col(Person.state) == "active",
            col(Resource.active_from) <= day,
            or_(col(Resource.active_to).is_(None), col(Resource.active_to) >= day),
        )
    )
    return {row[0]: row[1] for row in rows}


# -- for people ----------------------------------------------------------------------------------------------
async def history(work: Work, office_id: UUID, since: date) -> Sequence[tuple[Posting, str, str]]:
    """Every posting of the periods that ended on a day or later, with the officer's name and the terminal's, by name
    and day."""
    name = func.coalesce(col(Person.name), col(Resource.name))
    rows = await work.session.execute(
        select(Posting, name, col(Site.name))
        .join(Resource, col(Resource.id) == col(Posting.resource_id))
        .outerjoin(Person, col(Person.id) == col(Resource.person_id))
        .join(Site, col(Site.id) == col(Posting.site_id))
        .where(col(Posting.office_id) == office_id, col(Posting.last_day) >= since)
        .order_by(name, col(Posting.resource_id), col(Posting.first_day))
    )
    return [(posting, officer, terminal) for posting, officer, terminal in rows.all()]


async def of_person(work: Work, office_id: UUID, person_id: UUID, day: date) -> Sequence[tuple[Posting, str]]:
    """Where a person is posted on a day and in the periods drawn after it, the nearest first."""
    rows = await work.session.execute(
        select(Posting, col(Site.name))
        .join(Resource, col(Resource.id) == col(Posting.resource_id))
        .join(Site, col(Site.id) == col(Posting.site_id))
        .where(col(Posting.office_id) == office_id, col(Resource.person_id) == person_id, col(Posting.last_day) >= day)
        .order_by(col(Posting.first_day))
    )
    return [(posting, terminal) for posting, terminal in rows.all()]


async def waived(work: Work, office_id: UUID, first: date) -> dict[date, int]:
    """By day since the first: for how many visits it did not count where officers are posted."""
    many = func.sum(func.jsonb_array_length(col(Draw.waived)))
    rows = await work.session.execute(
        select(col(Draw.day), many)
        .where(col(Draw.office_id) == office_id, col(Draw.day) >= first)
        .group_by(col(Draw.day))
        .having(many > 0)
    )
    return {row[0]: int(row[1]) for row in rows}
