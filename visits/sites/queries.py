"""Reads of offices, sites and resources."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from visits.errors import NotFound
from visits.sites.tables import Office, Resource, Site
from visits.store.work import Work


async def office_by_code(work: Work, code: str | None) -> Office | None:
    """The office with this code, or None if it is not ours."""
    return await work.session.scalar(select(Office).where(col(Office.code) == code)) if code else None


async def office_by_id(work: Work, office_id: UUID | None) -> Office:
    """The office, or NotFound."""
    found = await work.session.get(Office, office_id) if office_id else None
    if found is None:
        raise NotFound()
    return found


async def offices(work: Work) -> Sequence[Office]:
    """Every office of the administration, by code."""
    return (await work.session.scalars(select(Office).order_by(col(Office.code)))).all()


async def sites_of(work: Work, office_id: UUID) -> Sequence[Site]:
    """The sites of an office, by code."""
    rows = await work.session.scalars(select(Site).where(col(Site.office_id) == office_id).order_by(col(Site.code)))
    return rows.all()


async def site_for(work: Work, office_id: UUID, location: str | None) -> Site | None:
    """The site a location code of the declaration means; the office's only site if there is just one."""
    sites = await sites_of(work, office_id)
    named = next((site for site in sites if location and location in [site.code, *site.locations]), None)
    return named or (sites[0] if len(sites) == 1 else None)


async def resources_of(work: Work, office_id: UUID) -> Sequence[Resource]:
    """Everything that can be busy in an office, by kind and name."""
    rows = await work.session.scalars(
        select(Resource)
        .where(col(Resource.office_id) == office_id)
        .order_by(col(Resource.kind), col(Resource.name), col(Resource.id))
    )
    return rows.all()


async def resource_of_person(work: Work, person_id: UUID) -> Resource | None:
    """The officer a person is in the calendars."""
    return await work.session.scalar(select(Resource).where(col(Resource.person_id) == person_id).limit(1))
