"""Office-days that are planned and named at once, through the real use cases."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from visits.assignment.publish import publish
from visits.assignment.tables import Assignment, Draw, Publication
from visits.booking.tables import Appointment, BookingPart
from visits.journey.tables import Visit


async def booked_at(stage: Stage, *starts: datetime) -> list[Visit]:
    """Visits with appointments at these times."""
    return [await booked(stage, await to_book(stage), start) for start in starts]


async def published(stage: Stage, day: date | None = None) -> Publication | None:
    """The next day as the service publishes it."""
    return await stage.run("system", publish, stage.tools, stage.office.id, day or next_day(stage))


async def a_published_day(stage: Stage, *starts: datetime) -> list[Visit]:
    """Visits of the next day, planned and named."""
    await calendars(stage)
    visits = await booked_at(stage, *(starts or (tomorrow(stage, 9), tomorrow(stage, 10), tomorrow(stage, 10))))
    assert await published(stage) is not None
    return [await stage.visit(each.id) for each in visits]


def next_day(stage: Stage) -> date:
    """The stage's next day (its office keeps UTC)."""
    return (stage.clock.now() + timedelta(days=1)).date()


async def whose(stage: Stage, visit: Visit) -> str:
    """The name in the stage of whoever has a visit; empty for nobody."""
    inspector = (await stage.visit(visit.id)).inspector_id
    return next((name for name, resource in stage.resources.items() if resource.id == inspector), "")


async def officer_part(stage: Stage, visit: Visit) -> BookingPart | None:
    """The live part of the officer of a visit."""
    async with stage.work() as work:
        return await work.session.scalar(
            select(BookingPart)
            .join(Appointment, col(Appointment.id) == col(BookingPart.appointment_id))
            .where(
                col(Appointment.visit_id) == visit.id,
                col(Appointment.status) == "confirmed",
                col(BookingPart.role) == "officer",
                col(BookingPart.live),
            )
        )


async def draws_of_the_day(stage: Stage) -> list[Draw]:
    """Every draw of the next day, in order."""
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(Draw)
            .where(col(Draw.office_id) == stage.office.id, col(Draw.day) == next_day(stage))
            .order_by(col(Draw.position))
        )
        return list(rows)


async def assignments(stage: Stage) -> list[Assignment]:
    """Whoever has anything."""
    async with stage.work() as work:
        rows = await work.session.scalars(select(Assignment).where(col(Assignment.ended_at).is_(None)))
        return list(rows)
