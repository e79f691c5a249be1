"""Reads and writes of the waitlist. A visit is locked before its entry, and passed over if somebody works on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, text, tuple_
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, TSTZRANGE, Range
from sqlalchemy.sql import cast
from sqlmodel import col

from scheduling import Interval
from visits.booking.tables import Appointment, Waitlist, WaitlistOffer
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.work import Work

LIVE = ("waiting", "offered")
#: An appointment this near may be settled already.
ONE_DAY = timedelta(days=1)
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('waitlist:' || :office, 0))")

#: Where an entry stands in the order of the list.
Standing = tuple[int, datetime, UUID]


async def one_at_a_time(work: Work, office_id: UUID) -> None:
    """One round of offers of an office at a time, so that a freed time goes to the first who wants it."""
    await work.session.execute(_LOCK, {"office": str(office_id)})


async def entry_of(work: Work, visit_id: UUID) -> Waitlist | None:
    """What the visit waits for now; the caller has asked whether the actor may see the visit."""
    return await work.session.scalar(
        select(Waitlist)
        .where(col(Waitlist.visit_id) == visit_id, col(Waitlist.state).in_(LIVE))
        .execution_options(populate_existing=True)
    )


async def last_entry_of(work: Work, visit_id: UUID) -> Waitlist | None:
    """The visit's newest entry, waiting or ended."""
    return await work.session.scalar(
        select(Waitlist).where(col(Waitlist.visit_id) == visit_id).order_by(col(Waitlist.at).desc()).limit(1)
    )


async def ahead(work: Work, entry: Waitlist) -> int:
    """How many of the list could be offered the same times first."""
    return int(
        await work.session.scalar(
            select(func.count())
            .select_from(Waitlist)
            .where(
                col(Waitlist.office_id) == entry.office_id,
                col(Waitlist.state).in_(LIVE),
                tuple_(col(Waitlist.rank), col(Waitlist.at), col(Waitlist.id)) < _standing(entry),
                col(Waitlist.wanted).op("&&")(cast(entry.wanted, TSTZMULTIRANGE)),
            )
        )
        or 0
    )


async def claim_next(
    work: Work,
    office_id: UUID,
    freed: Sequence[Interval] | None,
    after: Standing | None,
    *,
    but: UUID | None = None,
) -> tuple[Waitlist, Visit] | None:
    """The next who waits and wants some of these times, with its visit, both locked; busy ones are passed over."""
    query = (
        select(Waitlist, Visit)
        .join(Visit, col(Visit.id) == col(Waitlist.visit_id))
        .where(col(Waitlist.office_id) == office_id, col(Waitlist.state) == "waiting")
        .order_by(col(Waitlist.rank), col(Waitlist.at), col(Waitlist.id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if freed is not None:
        span = Range(min(each.start for each in freed), max(each.end for each in freed))
        query = query.where(col(Waitlist.wanted).op("&&")(cast(span, TSTZRANGE)))
    if but is not None:
        query = query.where(col(Waitlist.visit_id) != but)
    if after is not None:
        query = query.where(tuple_(col(Waitlist.rank), col(Waitlist.at), col(Waitlist.id)) > tuple_(*_bound(after)))
    row = (await work.session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


def standing(entry: Waitlist) -> Standing:
    """Its place in the order."""
    return entry.rank, entry.at, entry.id


async def offers_of(work: Work, entry_id: UUID) -> Sequence[WaitlistOffer]:
    """What was offered to an entry, oldest first."""
    rows = await work.session.scalars(
        select(WaitlistOffer)
        .where(col(WaitlistOffer.waitlist_id) == entry_id)
        .order_by(col(WaitlistOffer.at), col(WaitlistOffer.id))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def offer_by_hold(work: Work, appointment_id: UUID) -> tuple[WaitlistOffer, Waitlist] | None:
    """The open offer a hold keeps, with its entry."""
    row = (
        await work.session.execute(
            select(WaitlistOffer, Waitlist)
            .join(Waitlist, col(Waitlist.id) == col(WaitlistOffer.waitlist_id))
            .where(col(WaitlistOffer.appointment_id) == appointment_id, col(WaitlistOffer.state) == "open")
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def open_offer(work: Work, entry_id: UUID) -> tuple[WaitlistOffer, Appointment] | None:
    """The time kept for an entry now."""
    row = (
        await work.session.execute(
            select(WaitlistOffer, Appointment)
            .join(Appointment, col(Appointment.id) == col(WaitlistOffer.appointment_id))
            .where(col(WaitlistOffer.waitlist_id) == entry_id, col(WaitlistOffer.state) == "open")
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def offices_waiting(work: Work) -> Sequence[UUID]:
    """The offices with somebody on their list."""
    rows = await work.session.scalars(
        select(col(Waitlist.office_id)).where(col(Waitlist.state) == "waiting").distinct()
    )
    return sorted(rows)


async def done_waiting(work: Work, *, limit: int = 200) -> Sequence[tuple[Waitlist, Visit, Appointment | None]]:
    """Entries that wait, with the appointment their visit has; the visit is locked, busy ones are passed over."""
    rows = await work.session.execute(
        select(Waitlist, Visit, Appointment)
        .join(Visit, col(Visit.id) == col(Waitlist.visit_id))
        .outerjoin(Appointment, (col(Appointment.visit_id) == col(Visit.id)) & (col(Appointment.status) == "confirmed"))
        .where(
            col(Waitlist.state) == "waiting",
            (col(Visit.state).not_in((State.TO_BOOK, State.BOOKED)))
            | (func.upper(col(Waitlist.wanted)) <= work.now + func.make_interval(0, 0, 0, 0, 0, col(Waitlist.minutes)))
            | (func.lower(col(Appointment.during)) <= work.now + ONE_DAY),
        )
        .order_by(col(Visit.id))
        .limit(limit)
        .with_for_update(of=(Waitlist, Visit), skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def appointment_during(work: Work, appointment_id: UUID) -> tuple[UUID, Interval, UUID | None] | None:
    """Office, time and predecessor of an appointment, as stored."""
    found = await work.session.get(Appointment, appointment_id)
    if found is None:
        return None
    return found.office_id, Interval(found.during.lower, found.during.upper), found.supersedes


def stored(ranges: Sequence[Interval]) -> list[Range[datetime]]:
    """Intervals as a column of ranges keeps them."""
    return [Range(each.start, each.end) for each in ranges]


def _standing(entry: Waitlist) -> Any:
    return tuple_(*_bound(standing(entry)))


def _bound(at: Standing) -> tuple[Any, ...]:
    return tuple(literal(each) for each in at)
