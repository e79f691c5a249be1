"""Parts of days that are over leave the table that is judged, once, and whoever reads appointments still finds them."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from visits.booking import history, queries
from visits.booking.change import cancel
from visits.booking.history import FORGOTTEN, PARTS, retire, retire_all
from visits.booking.tables import Appointment, BookingPart, BookingPartHist
from visits.journey.tables import Visit
from visits.store.work import Work


async def sizes(stage: Stage) -> tuple[int, int, int]:
    """Parts that are judged, parts that are over, and both."""
    async with stage.work() as work:
        counts = [
            int(await work.session.scalar(select(func.count()).select_from(each)) or 0)
            for each in (BookingPart, BookingPartHist, PARTS)
        ]
    return counts[0], counts[1], counts[2]


async def ended(stage: Stage, visit: Visit, status: str = "done") -> Appointment:
    """The appointment of a visit that was made, as the end of the visit leaves it."""
    async with stage.work() as work:
        made = (await queries.live_of(work, visit.id))["confirmed"]
        await work.session.execute(update(Appointment).where(col(Appointment.id) == made.id).values(status=status))
    return made


async def ever(work: Work, appointment_id: UUID) -> list[tuple[UUID, str]]:
    parts = select(PARTS.c.resource_id, PARTS.c.role).where(PARTS.c.appointment_id == appointment_id)
    return [(row[0], row[1]) for row in await work.session.execute(parts.order_by(PARTS.c.role))]


async def test_parts_of_days_that_are_over_move_once(stage: Stage) -> None:
    made = await ended(stage, await booked(stage))
    async with stage.work() as work:
        before = await ever(work, made.id)
    stage.clock.move(days=4)

    assert await retire_all(stage.tools, stage.tenant) == 2
    assert await retire_all(stage.tools, stage.tenant) == 0
    assert await sizes(stage) == (0, 2, 2)
    async with stage.work() as work:
        assert await ever(work, made.id) == before
        assert await queries.parts_of(work, [made.id]) == []


async def test_days_to_come_and_the_last_two_stay(stage: Stage) -> None:
    await ended(stage, await booked(stage))
    for days in (0, 1, 2):
        assert await stage.run("system", retire) == 0, days
        stage.clock.move(days=1)


async def test_an_appointment_nobody_ended_stays_for_a_month(stage: Stage) -> None:
    await booked(stage)
    stage.clock.move(days=FORGOTTEN.days)
    assert await retire_all(stage.tools, stage.tenant) == 0
    stage.clock.move(days=2)

    assert await retire_all(stage.tools, stage.tenant) == 2


async def test_parts_that_were_given_back_go_too(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.work() as work:
        made = (await queries.live_of(work, visit.id))["confirmed"]
    await stage.run("declarant", cancel, made.id)
    stage.clock.move(days=4)

    assert await retire_all(stage.tools, stage.tenant) == 2


async def test_many_move_in_batches_and_two_workers_move_each_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "BATCH", 2)
    await calendars(stage)
    for hour in (9, 10, 11):
        await ended(stage, await booked(stage, await to_book(stage), tomorrow(stage, hour)))
    stage.clock.move(days=4)

    moved = await asyncio.gather(*(retire_all(stage.tools, stage.tenant) for _ in range(2)))

    assert sum(moved) == 6
    assert await sizes(stage) == (0, 6, 6)


async def test_another_administration_keeps_its_own(stage: Stage) -> None:
    await ended(stage, await booked(stage))
    stage.clock.move(days=4)
    abroad = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()

    assert await retire_all(abroad.tools, abroad.tenant) == 0
    assert await sizes(stage) == (2, 0, 2)


async def test_the_page_of_a_visit_that_was_made_still_names_its_bay(stage: Stage) -> None:
    visit = await booked(stage)
    await ended(stage, visit)

    async def over(work: Work) -> None:
        await work.session.execute(update(Visit).where(col(Visit.id) == visit.id).values(state="ended"))

    await stage.run("system", over)
    stage.clock.move(days=4)
    await retire_all(stage.tools, stage.tenant)
    async with stage.browser("declarant") as client:
        page = await client.get(f"/declarant/visits/{visit.id}/appointment")

    assert "Terminal 1 – bay A" in page.text
