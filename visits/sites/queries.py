"""Reads of offices, sites and resources."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import aliased
from sqlmodel import col

from scheduling import FIRST_LANGUAGE
from visits.errors import NotFound
from visits.roles import Role
from visits.sites.rules import Said, closed
from visits.sites.tables import Absence, Closure, Holiday, Office, PolicyChange, Resource, Site, WorkTemplate
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


async def office_kept(work: Work, office_id: UUID | None) -> Office:
    """The office whose calendars the actor keeps: any for administrators and the service, else only the own one."""
    if not work.actor.is_a(Role.ADMIN, Role.SYSTEM) and office_id != work.actor.office:
        raise NotFound()
    return await office_by_id(work, office_id)


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


async def speakers_of(work: Work, office_id: UUID, day: date) -> Sequence[int]:
    """What every officer on duty that day who speaks another language than the office's is able to do, as bits."""
    rows = await work.session.scalars(
        select(col(Resource.skills)).where(
            col(Resource.office_id) == office_id,
            col(Resource.kind) == "officer",
            col(Resource.skills) >= 1 << FIRST_LANGUAGE,
            col(Resource.active_from) <= day,
            func.coalesce(col(Resource.active_to), day) >= day,
        )
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
    """The days of a period on which an office is closed, with their names."""
    rows = await work.session.execute(_closing_days(), {"office": office_id, "first": first, "last": last})
    said: dict[date, list[Said]] = {}
    for row in rows:
        rank = 2 if row.office_id else 0 if row.source_day else 1
        said.setdefault(row.day, []).append(Said(rank=rank, name=row.name, works=row.works))
    return {day: name for day, each in said.items() if (name := closed(each))}


@cache
def _closing_days() -> Select[UUID | None, date | None, date, str, bool]:
    """Built once: every search for free times asks it."""
    return (
        select(col(Holiday.office_id), col(Holiday.source_day), col(Holiday.day), col(Holiday.name), col(Holiday.works))
        .join(Office, col(Office.id) == bindparam("office"))
        .where(
            col(Holiday.withdrawn_at).is_(None),
            col(Holiday.day).between(bindparam("first"), bindparam("last")),
            _concerns_office(),
            ~(col(Holiday.stands_for).is_not(None) & col(Holiday.works)),
            ~_stood_for(),
        )
        .order_by(col(Holiday.day), col(Holiday.name))
    )


def _concerns_office() -> ColumnElement[bool]:
    """Rows of the joined office, and those of every office, of its country and of its region."""
    return or_(
        col(Holiday.office_id) == col(Office.id),
        col(Holiday.office_id).is_(None)
        & col(Holiday.country).in_(("", col(Office.country)))
        & col(Holiday.region).in_(("", col(Office.region))),
    )


def _stood_for() -> ColumnElement[bool]:
    """Has the joined office an answer of its own to this holiday?"""
    own = aliased(Holiday)
    return exists().where(
        col(own.stands_for) == col(Holiday.id),
        col(own.office_id) == col(Office.id),
        col(own.withdrawn_at).is_(None),
    )


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


async def cut_templates(work: Work, resource_id: UUID, first: date, last: date | None = None) -> None:
    """Leave the days from `first` to `last` (to the end of time, without one) empty of weekly hours.

    The exclusion constraint judges each statement, so hours are cut before any are added.
    """
    after = last + timedelta(days=1) if last else None
    tails = []
    for each in await templates_of_resource(work, resource_id, first):
        lower, upper = each.valid.lower, each.valid.upper
        if after and lower and lower >= after:
            continue
        if after and (upper is None or upper > after):
            tails.append((each.isodow, each.work, Range(after, upper)))
        if lower is not None and lower >= first:
            await work.session.delete(each)
        else:
            each.valid = Range(lower, first)
    await work.session.flush()
    for isodow, hours, valid in tails:
        work.session.add(WorkTemplate(resource_id=resource_id, isodow=isodow, work=hours, valid=valid))
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
    """What somebody said about a day for one office, or for all; not what a country published."""
    same = col(Holiday.office_id) == office_id if office_id else col(Holiday.office_id).is_(None)
    return await work.session.scalar(
        select(Holiday)
        .where(same, col(Holiday.day) == day, col(Holiday.source_day).is_(None), col(Holiday.stands_for).is_(None))
        .order_by(col(Holiday.withdrawn_at).desc().nulls_first(), col(Holiday.id))
        .limit(1)
    )


async def holiday_by_id(work: Work, holiday_id: UUID) -> Holiday:
    """The holiday, locked, or NotFound."""
    found = await work.session.get(Holiday, holiday_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


async def holidays_from(work: Work, office_id: UUID, first: date) -> Sequence[Holiday]:
    """What is said about the days to come for an office, its own and the country's, withdrawn rows too; what the
    office answered itself stands in the place of the country's."""
    rows = await work.session.scalars(
        select(Holiday)
        .join(Office, col(Office.id) == office_id)
        .where(
            _concerns_office(),
            col(Holiday.day) >= first,
            ~(col(Holiday.stands_for).is_not(None) & col(Holiday.withdrawn_at).is_not(None)),
            ~_stood_for(),
        )
        .order_by(col(Holiday.day), col(Holiday.name), col(Holiday.id))
    )
    return rows.all()


async def has_published(work: Work, country: str, region: str, year: int) -> bool:
    """Were the published holidays of a year written already?"""
    found = await work.session.scalar(
        select(col(Holiday.id))
        .where(
            col(Holiday.country) == country,
            col(Holiday.region) == region,
            col(Holiday.source_day).between(date(year, 1, 1), date(year, 12, 31)),
        )
        .limit(1)
    )
    return found is not None


async def add_published(work: Work, rows: Sequence[dict[str, Any]]) -> int:
    """Add published holidays that are not there yet; says how many were new. Two writers at once add them once."""
    if not rows:
        return 0
    added = await work.session.execute(
        insert(Holiday).values(list(rows)).on_conflict_do_nothing().returning(col(Holiday.id))
    )
    return len(added.all())


async def answer_to(work: Work, office_id: UUID, holiday_id: UUID) -> Holiday | None:
    """What an office said itself about a holiday of the country."""
    return await work.session.scalar(
        select(Holiday).where(
            col(Holiday.stands_for) == holiday_id,
            col(Holiday.office_id) == office_id,
            col(Holiday.withdrawn_at).is_(None),
        )
    )


async def closures_between(work: Work, office_id: UUID, start: datetime, end: datetime) -> Sequence[Closure]:
    """Closures of an office and its sites that touch a period and hold."""
    rows = await work.session.scalars(
        select(Closure)
        .where(
            col(Closure.office_id) == office_id,
            col(Closure.withdrawn_at).is_(None),
            col(Closure.during).op("&&")(Range(start, end)),
        )
        .order_by(col(Closure.during), col(Closure.id))
    )
    return rows.all()


async def closures_from(work: Work, office_id: UUID, since: datetime) -> Sequence[Closure]:
    """Closures of an office that are not over, withdrawn ones too, in order."""
    rows = await work.session.scalars(
        select(Closure)
        .where(col(Closure.office_id) == office_id, col(Closure.during).op("&&")(Range(since, None)))
        .order_by(col(Closure.during), col(Closure.id))
    )
    return rows.all()


async def closure_by_id(work: Work, closure_id: UUID) -> Closure:
    """The closure, locked, or NotFound."""
    found = await work.session.get(Closure, closure_id, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


async def policy_changes(work: Work, office_id: UUID, limit: int = 20) -> Sequence[PolicyChange]:
    """What was changed last, newest first."""
    rows = await work.session.scalars(
        select(PolicyChange)
        .where(col(PolicyChange.office_id) == office_id)
        .order_by(col(PolicyChange.at).desc(), col(PolicyChange.id).desc())
        .limit(limit)
    )
    return rows.all()
