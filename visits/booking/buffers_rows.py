"""Where officers are booked on a day, for the journeys between sites."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from scheduling import Grid
from visits.booking.buffers import Roads, Stay
from visits.booking.tables import Appointment, BookingDay, BookingPart, DayBits
from visits.ids import new_id
from visits.store.work import Work

Stays = dict[tuple[date, UUID], list[Stay]]


async def one_at_a_time(work: Work, office_id: UUID, day: date) -> None:
    """Wait until nobody else books a day of an office: for rules that look at more than the rows they take."""
    row = {"id": new_id(), "office_id": office_id, "day": day}
    await work.session.execute(insert(BookingDay).values(row).on_conflict_do_nothing())
    await work.session.execute(
        select(col(BookingDay.id))
        .where(col(BookingDay.office_id) == office_id, col(BookingDay.day) == day)
        .with_for_update()
    )


async def stays(work: Work, office_id: UUID, first: date, last: date, *, but: Collection[UUID]) -> Stays:
    """Where officers are booked on the days of a period, without the visits that ask; a visit by video has no site."""
    rows = await work.session.execute(
        select(BookingPart, col(Appointment.site_id))
        .join(Appointment, col(Appointment.id) == col(BookingPart.appointment_id))
        .where(
            col(BookingPart.live),
            col(BookingPart.role) == "officer",
            col(BookingPart.day).between(first, last),
            col(Appointment.office_id) == office_id,
            # A place kept for a firm has no visit yet, and its officer is there all the same.
            or_(col(Appointment.visit_id).is_(None), col(Appointment.visit_id).not_in(but)),
        )
        .execution_options(populate_existing=True)
    )
    found: Stays = {}
    for part, site_id in rows:
        before, after = timedelta(minutes=part.travel_before), timedelta(minutes=part.travel_after)
        found.setdefault((part.day, part.resource_id), []).append(
            Stay(
                site=str(site_id or ""),
                begin=part.during.lower + before,
                end=part.during.upper - after,
                travel_before=before,
                travel_after=after,
            )
        )
    return found


def too_far(roads: Roads, known: Stays, site: str) -> dict[tuple[date, UUID], int]:
    """By day and officer the steps at which he or she cannot be at a site: on the way from or to another."""
    grid: Grid = roads.grid
    found = {}
    for (day, resource), there in known.items():
        gone = [each for stay in there if (each := roads.beyond(stay, site)) is not None]
        if gone:
            found[day, resource] = grid.touched(day, gone)
    return found


async def work_of(work: Work, keys: Iterable[tuple[date, UUID]]) -> dict[tuple[date, UUID], int]:
    """The working steps of days of resources."""
    wanted = list(keys)
    rows = await work.session.execute(
        select(col(DayBits.day), col(DayBits.resource_id), col(DayBits.work)).where(
            col(DayBits.resource_id).in_({resource for _, resource in wanted}),
            col(DayBits.day).in_({day for day, _ in wanted}),
        )
    )
    return {(day, resource): bits for day, resource, bits in rows}
