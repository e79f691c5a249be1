"""Reads and writes of whole calendars: the queries of writing day bits out and of comparing them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, true
from sqlmodel import col

from scheduling import Interval
from visits.booking.tables import Appointment, BookingPart, DayBits
from visits.sites.tables import Office
from visits.store.work import Work

#: What of a day is written out, in the order of the key first.
_WRITTEN = ("day", "resource_id", "kind", "site_id", "agency_id", "skills", "work", "free")
_WRITE = text(
    "insert into day_bits (office_id, day, resource_id, kind, site_id, agency_id, skills, work, free)"
    " select :office, * from unnest(cast(:days as date[]), cast(:resource_ids as uuid[]), cast(:kinds as text[]),"
    " cast(:site_ids as uuid[]), cast(:agency_ids as uuid[]), cast(:skillss as bigint[]), cast(:works as bigint[]),"
    " cast(:frees as bigint[]))"
    " on conflict (office_id, day, resource_id) do update set kind = excluded.kind, site_id = excluded.site_id,"
    " agency_id = excluded.agency_id, skills = excluded.skills, work = excluded.work, free = excluded.free,"
    " version = day_bits.version + 1"
)


async def one_at_a_time(work: Work, office_id: UUID) -> None:
    """Wait until nobody else edits the calendars of this office. Whoever books there is not kept waiting."""
    await work.session.execute(
        select(col(Office.id)).where(col(Office.id) == office_id).with_for_update(key_share=True)
    )


async def bits_for_update(
    work: Work, office_id: UUID, first: date, last: date, resource_id: UUID | None = None
) -> dict[tuple[date, UUID], dict[str, Any]]:
    """The days of an office's resources (or of one) as written out, locked in the order of the house."""
    rows = await work.session.execute(
        select(*(col(getattr(DayBits, name)) for name in _WRITTEN))
        .where(col(DayBits.office_id) == office_id, col(DayBits.day).between(first, last))
        .where(col(DayBits.resource_id) == resource_id if resource_id else true())
        .order_by(col(DayBits.day), col(DayBits.resource_id))
        .with_for_update()
    )
    return {(row.day, row.resource_id): dict(row._mapping) for row in rows}


async def write_bits(work: Work, office_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write days of resources; the caller has locked those that exist."""
    if rows:
        bound = {f"{name}s": [row[name] for row in rows] for name in _WRITTEN}
        await work.session.execute(_WRITE, bound | {"office": office_id})


async def parts_between(
    work: Work, office_id: UUID, first: date, last: date, resource_id: UUID | None = None
) -> Sequence[BookingPart]:
    """The live parts of an office's appointments on the days of a period, of one resource if it is named."""
    rows = await work.session.scalars(
        select(BookingPart)
        .join(Appointment, col(Appointment.id) == col(BookingPart.appointment_id))
        .where(
            col(BookingPart.live),
            col(BookingPart.day).between(first, last),
            col(Appointment.office_id) == office_id,
            col(BookingPart.resource_id) == resource_id if resource_id else true(),
        )
    )
    return rows.all()


async def bits_with_parts(work: Work, office_id: UUID, first: date) -> list[tuple[DayBits, list[Interval]]]:
    """Each written day from `first` on with what is live on it, in one statement: one moment, no false alarm."""
    busy = (
        select(func.array_agg(col(BookingPart.during)))
        .where(
            col(BookingPart.resource_id) == col(DayBits.resource_id),
            col(BookingPart.day) == col(DayBits.day),
            col(BookingPart.live),
        )
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(DayBits, busy)
        .where(col(DayBits.office_id) == office_id, col(DayBits.day) >= first)
        .order_by(col(DayBits.day), col(DayBits.resource_id))
        .execution_options(populate_existing=True)
    )
    return [(row[0], [Interval(each.lower, each.upper) for each in row[1] or ()]) for row in rows]
