"""Offices with time around visits and roads between sites: what is free, what is booked, and whether both agree."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling import Grid
from tests.support.stage import Stage
from tests.support.steps_booking import calendars, tomorrow
from visits.booking import queries
from visits.booking.materialise import Edited
from visits.booking.offer import offer
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment, BookingPart
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id

GRID = Grid(zone=ZoneInfo("Africa/Abidjan"))
EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)
#: A bay is made ready in a quarter and cleared in half an hour; an officer writes for a quarter.
BUFFERS = (
    {"kind": "bay", "before": 15, "after": 30, "level": "", "site": ""},
    {"kind": "officer", "before": 0, "after": 15, "level": "", "site": ""},
)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


async def parts(stage: Stage, appointment: Appointment) -> dict[str, BookingPart]:
    async with stage.work() as work:
        return {part.role: part for part in await queries.parts_of(work, [appointment.id])}


async def free(stage: Stage, visit: Visit) -> list[datetime]:
    """The starts on offer tomorrow."""
    async with stage.work("declarant") as work:
        found = await offer(work, await case_of(work, visit.id))
        day = found.day(tomorrow(stage, 10).date())
        assert day is not None
        return [slot.starts_at for slot in day.slots()]


async def in_order(stage: Stage) -> bool:
    """Are the bits what the parts say, and would writing the calendars again change nothing?"""
    return await agree(stage) and await calendars(stage) == Edited(changed=0, stranded=())


async def agree(stage: Stage) -> bool:
    async with stage.work() as work:
        return await reconcile(work, await office_by_id(work, stage.office.id)) == []
