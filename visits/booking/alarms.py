"""Reads and writes of calendar alarms. Bits are locked in the order of the house, after the alarms of one office."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from scheduling import Interval
from visits.booking.tables import BookingPart, CalendarAlarm, DayBits
from visits.ids import new_id
from visits.sites.tables import Office, Resource
from visits.store.work import Work

Key = tuple[date, UUID]


async def open_for_update(work: Work, office_id: UUID) -> Sequence[CalendarAlarm]:
    """The open alarms of an office, locked."""
    rows = await work.session.scalars(
        select(CalendarAlarm)
        .where(col(CalendarAlarm.office_id) == office_id, col(CalendarAlarm.settled_at).is_(None))
        .order_by(col(CalendarAlarm.day), col(CalendarAlarm.resource_id))
        .with_for_update()
    )
    return rows.all()


async def open_one(work: Work, office_id: UUID, day: date, resource_id: UUID, *, free: int, should: int) -> bool:
    """Open an alarm; False if another comparison did so just before."""
    made = await work.session.scalar(
        insert(CalendarAlarm)
        .values(
            id=new_id(),
            office_id=office_id,
            resource_id=resource_id,
            day=day,
            free=free,
            should=should,
            raised_at=work.now,
            outcome="open",
        )
        .on_conflict_do_nothing()
        .returning(col(CalendarAlarm.id))
    )
    return made is not None


async def open_days(work: Work, office_id: UUID) -> frozenset[Key]:
    """Days of resources that stay as they are until somebody has seen them."""
    rows = await work.session.execute(
        select(col(CalendarAlarm.day), col(CalendarAlarm.resource_id)).where(
            col(CalendarAlarm.office_id) == office_id, col(CalendarAlarm.settled_at).is_(None)
        )
    )
    return frozenset((row[0], row[1]) for row in rows)


async def open_everywhere(work: Work, office_id: UUID | None = None) -> list[tuple[CalendarAlarm, Office, str]]:
    """Open alarms with their office and the resource's name; of one office if it is named."""
    query = (
        select(CalendarAlarm, Office, col(Resource.name))
        .join(Office, col(Office.id) == col(CalendarAlarm.office_id))
        .join(Resource, col(Resource.id) == col(CalendarAlarm.resource_id))
        .where(col(CalendarAlarm.settled_at).is_(None))
        .order_by(col(Office.code), col(CalendarAlarm.day), col(Resource.name))
    )
    if office_id is not None:
        query = query.where(col(CalendarAlarm.office_id) == office_id)
    return [(row[0], row[1], row[2]) for row in await work.session.execute(query)]


async def counts(work: Work) -> Mapping[str, int]:
    """How many alarms are open, by office; an office without any counts none."""
    rows = await work.session.execute(
        select(col(Office.code), func.count(col(CalendarAlarm.id)))
        .outerjoin(
            CalendarAlarm,
            (col(CalendarAlarm.office_id) == col(Office.id)) & col(CalendarAlarm.settled_at).is_(None),
        )
        .group_by(col(Office.code))
        .order_by(col(Office.code))
    )
    return {row[0]: row[1] for row in rows}


async def bits_for_update(work: Work, office_id: UUID, due: Sequence[CalendarAlarm]) -> Sequence[DayBits]:
    """The alarmed days as written out, locked."""
    if not due:
        return []
    rows = await work.session.scalars(
        select(DayBits)
        .where(
            col(DayBits.office_id) == office_id,
            tuple_(col(DayBits.day), col(DayBits.resource_id)).in_([(each.day, each.resource_id) for each in due]),
        )
        .order_by(col(DayBits.day), col(DayBits.resource_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def busy_of(work: Work, due: Sequence[CalendarAlarm]) -> dict[Key, list[Interval]]:
    """What is live on alarmed days; read after their bits are locked."""
    if not due:
        return {}
    rows = await work.session.scalars(
        select(BookingPart)
        .where(
            tuple_(col(BookingPart.day), col(BookingPart.resource_id)).in_(
                [(each.day, each.resource_id) for each in due]
            ),
            col(BookingPart.live),
        )
        .execution_options(populate_existing=True)
    )
    found: dict[Key, list[Interval]] = {}
    for part in rows:
        found.setdefault((part.day, part.resource_id), []).append(Interval(part.during.lower, part.during.upper))
    return found
