"""Reads of offices, sites and resources."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from visits.errors import NotFound
from visits.sites.tables import Absence, Holiday, Office, PolicyChange, Resource, Site, WorkTemplate
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


async def office_for_update(work: Work, office_id: UUID) -> Office | None:
    """The office, locked until the commit and read anew."""
    return await work.session.get(Office, office_id, with_for_update=True, populate_existing=True)


async def site_by_id(work: Work, site_id: UUID) -> Site:
    """The site, or NotFound."""
    found = await work.session.get(Site, site_id)
    if found is None:
        raise NotFound()
    return found


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


async def officers_of_person(work: Work, person_id: UUID) -> Sequence[Resource]:
    """Every calendar a person has as an officer, the newest first."""
    rows = await work.session.scalars(
        select(Resource).where(col(Resource.person_id) == person_id).order_by(col(Resource.id).desc())
    )
    return rows.all()


async def resource_by_id(work: Work, resource_id: UUID) -> Resource:
    """The resource, or NotFound."""
    found = await work.session.get(Resource, resource_id)
    if found is None:
        raise NotFound()
    return found


async def active_resources(work: Work, office_id: UUID, first: date, last: date) -> Sequence[Resource]:
    """Resources of an office that are active on some day of a period, by id."""
    rows = await work.session.scalars(
        select(Resource)
        .where(
            col(Resource.office_id) == office_id,
            col(Resource.active_from) <= last,
            or_(col(Resource.active_to).is_(None), col(Resource.active_to) >= first),
        )
        .order_by(col(Resource.id))
    )
    return rows.all()


async def templates_of(work: Work, office_id: UUID, first: date, last: date) -> Sequence[WorkTemplate]:
    """The weekly hours of an office's resources that are valid on some day of a period."""
    rows = await work.session.scalars(
        select(WorkTemplate)
        .join(Resource, col(Resource.id) == col(WorkTemplate.resource_id))
        .where(
            col(Resource.office_id) == office_id,
            col(WorkTemplate.valid).op("&&")(Range(first, last, bounds="[]")),
        )
    )
    return rows.all()


async def absences_between(work: Work, office_id: UUID, start: datetime, end: datetime) -> Sequence[Absence]:
    """Absences of an office's resources that touch a period and were not withdrawn."""
    rows = await work.session.scalars(
        select(Absence)
        .join(Resource, col(Resource.id) == col(Absence.resource_id))
        .where(
            col(Resource.office_id) == office_id,
            col(Absence.withdrawn_at).is_(None),
            col(Absence.during).op("&&")(Range(start, end)),
        )
    )
    return rows.all()


async def holidays_of(work: Work, office_id: UUID, first: date, last: date) -> dict[date, str]:
    """The days of a period on which an office is closed, with their names; the office's own row goes before the
    country's, so that an office may work on a national holiday."""
    rows = await work.session.scalars(
        select(Holiday)
        .where(
            or_(col(Holiday.office_id).is_(None), col(Holiday.office_id) == office_id),
            col(Holiday.day).between(first, last),
        )
        .order_by(col(Holiday.day), col(Holiday.office_id).asc().nulls_first(), col(Holiday.id))
    )
    newest = {each.day: each for each in rows}
    return {day: each.name for day, each in newest.items() if not each.works}


async def templates_of_resource(work: Work, resource_id: UUID, first: date) -> Sequence[WorkTemplate]:
    """The weekly hours of a resource on a day and later, in order."""
    rows = await work.session.scalars(
        select(WorkTemplate)
        .where(
            col(WorkTemplate.resource_id) == resource_id,
            col(WorkTemplate.valid).op("&&")(Range(first, None)),
        )
        .order_by(col(WorkTemplate.valid), col(WorkTemplate.isodow))
    )
    return rows.all()


async def cut_templates(work: Work, resource_id: UUID, first: date) -> None:
    """End the weekly hours of a resource before a day; those that begin later go."""
    for each in await templates_of_resource(work, resource_id, first):
        if each.valid.lower is not None and each.valid.lower >= first:
            await work.session.delete(each)
        else:
            each.valid = Range(each.valid.lower, first)
    await work.session.flush()


async def absence_by_id(work: Work, absence_id: UUID) -> tuple[Absence, Resource]:
    """An absence with the resource that is away, locked, or NotFound."""
    row = (
        await work.session.execute(
            select(Absence, Resource)
            .join(Resource, col(Resource.id) == col(Absence.resource_id))
            .where(col(Absence.id) == absence_id)
            .with_for_update(of=Absence)
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1]


async def absences_of(work: Work, resource_id: UUID, since: datetime) -> Sequence[Absence]:
    """The absences of a resource that are not over, withdrawn ones too, in order."""
    rows = await work.session.scalars(
        select(Absence)
        .where(col(Absence.resource_id) == resource_id, col(Absence.during).op("&&")(Range(since, None)))
        .order_by(col(Absence.during), col(Absence.id))
    )
    return rows.all()


async def holiday_on(work: Work, office_id: UUID | None, day: date) -> Holiday | None:
    """What is said about a day for one office, or for all."""
    same = col(Holiday.office_id) == office_id if office_id else col(Holiday.office_id).is_(None)
    return await work.session.scalar(select(Holiday).where(same, col(Holiday.day) == day).limit(1))


async def holiday_by_id(work: Work, holiday_id: UUID) -> Holiday:
    """The holiday, or NotFound."""
    found = await work.session.get(Holiday, holiday_id)
    if found is None:
        raise NotFound()
    return found


async def holidays_from(work: Work, office_id: UUID, first: date) -> Sequence[Holiday]:
    """What is said about the days to come for an office, its own and the country's."""
    rows = await work.session.scalars(
        select(Holiday)
        .where(or_(col(Holiday.office_id).is_(None), col(Holiday.office_id) == office_id), col(Holiday.day) >= first)
        .order_by(col(Holiday.day), col(Holiday.id))
    )
    return rows.all()


async def policy_changes(work: Work, office_id: UUID, limit: int = 20) -> Sequence[PolicyChange]:
    """What was changed last, newest first."""
    rows = await work.session.scalars(
        select(PolicyChange)
        .where(col(PolicyChange.office_id) == office_id)
        .order_by(col(PolicyChange.at).desc(), col(PolicyChange.id).desc())
        .limit(limit)
    )
    return rows.all()
