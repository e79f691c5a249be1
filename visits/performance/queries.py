"""Reads of what happened: the story of a case, its changes of hands, the office's hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select, text
from sqlmodel import col

from scheduling import Interval, shift, subtract
from visits.journey.tables import Transition, Visit
from visits.journey.timeline import Happening
from visits.people.tables import Person
from visits.performance.tables import Rating
from visits.performance.turns import Change, change_to
from visits.sites.queries import closures_between, holidays_of
from visits.sites.tables import Office, Resource, WorkTemplate
from visits.store.tables import DomainEvent
from visits.store.work import Work

ONE_DAY = timedelta(days=1)
_FORGET_RATERS = text("select forget_raters(cast(:ratings as uuid[]))")


async def story(work: Work, declaration_id: UUID, visits: Sequence[UUID] | None = None) -> list[Happening]:
    """The events of a declaration and of its visits (or only of these); the caller has checked who reads."""
    query = (
        select(DomainEvent, col(Person.name))
        .outerjoin(Person, col(Person.id) == col(DomainEvent.person_id))
        .where(col(DomainEvent.declaration_id) == declaration_id)
        .order_by(col(DomainEvent.at), col(DomainEvent.seq))
    )
    if visits is not None:
        query = query.where(or_(col(DomainEvent.visit_id).is_(None), col(DomainEvent.visit_id).in_(visits)))
    return [
        Happening(
            kind=event.kind,
            server_at=event.at,
            device_at=event.device_at,
            seq=event.seq,
            visit=event.visit_id,
            body=event.body,
            who=name or "",
            role=event.role,
        )
        for event, name in await work.session.execute(query)
    ]


async def changes(work: Work, declaration_id: UUID) -> list[Change]:
    """Whose turn it became, transition by transition, over all visits of a declaration."""
    rows = await work.session.scalars(
        select(Transition)
        .join(Visit, col(Visit.id) == col(Transition.visit_id))
        .where(col(Visit.declaration_id) == declaration_id)
        .order_by(col(Transition.at), col(Transition.id))
    )
    return [change_to(row.device_at or row.at, row.visit_id, row.target, row.clock) for row in rows]


async def office_hours(work: Work, office: Office, start: datetime, end: datetime) -> list[Interval]:
    """When the office works: when at least one of its officers does, but not on its holidays nor while it is closed."""
    zone = ZoneInfo(office.tz)
    templates = (
        await work.session.execute(
            select(col(WorkTemplate.isodow), col(WorkTemplate.work), col(WorkTemplate.valid))
            .join(Resource, col(Resource.id) == col(WorkTemplate.resource_id))
            .where(col(Resource.office_id) == office.id, col(Resource.kind) == "officer")
            .distinct()
        )
    ).all()
    day, last = start.astimezone(zone).date() - ONE_DAY, end.astimezone(zone).date()
    closed = await holidays_of(work, office.id, day, last)
    shifts = []
    while day <= last:
        if day not in closed:
            for isodow, pairs, valid in templates:
                if isodow == day.isoweekday() and day in valid:
                    shifts += [made for begin, stop in pairs if (made := shift(zone, day, begin, stop))]
        day += ONE_DAY
    shut = [each.during for each in await closures_between(work, office.id, start, end) if each.site_id is None]
    return subtract(shifts, [Interval(each.lower, each.upper) for each in shut])


def old_ratings(office_id: UUID, before: datetime) -> Select[UUID]:
    """Ratings of an office from before an instant that still say who gave them, or hold words."""
    return (
        select(col(Rating.id))
        .join(Visit, col(Visit.id) == col(Rating.visit_id))
        .where(
            col(Visit.office_id) == office_id,
            col(Rating.at) < before,
            or_(col(Rating.firm_id).is_not(None), col(Rating.remark) != ""),
        )
    )


async def forget_raters(work: Work, ratings: Sequence[UUID]) -> None:
    """Take the firm and the words from these ratings (alembic 0004)."""
    await work.session.execute(_FORGET_RATERS, {"ratings": ratings})


async def rating_of(work: Work, visit_id: UUID) -> Rating | None:
    """The rating of a visit, if it was given."""
    return await work.session.scalar(select(Rating).where(col(Rating.visit_id) == visit_id))
