"""Calendars become bits; edits keep appointments and name those that no longer fit."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from scheduling import bits
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, tomorrow
from visits.booking import queries
from visits.booking.materialise import keep_calendars
from visits.booking.reconcile import reconcile
from visits.booking.tables import DayBits
from visits.sites.queries import office_by_id
from visits.sites.tables import Absence, Holiday, Resource
from visits.store.work import Work


async def row(stage: Stage, name: str, day: date) -> DayBits:
    async with stage.work() as work:
        query = select(DayBits).where(col(DayBits.resource_id) == stage.resources[name].id, col(DayBits.day) == day)
        found = await work.session.scalar(query)
        assert found is not None
        return found


async def test_a_shift_is_eight_to_noon_and_one_to_five_in_quarters_from_six(stage: Stage) -> None:
    await calendars(stage)

    monday = await row(stage, "inspector1", date(2026, 11, 23))
    saturday = await row(stage, "inspector1", date(2026, 11, 28))

    assert list(bits(monday.work)) == [*range(8, 24), *range(28, 44)]
    assert (monday.free, saturday.work) == (monday.work, 0)


async def test_twice_changes_nothing(stage: Stage) -> None:
    await calendars(stage)
    await booked(stage, starts_at=tomorrow(stage, 10))

    assert (await calendars(stage)).changed == 0
    assert (await row(stage, "inspector1", date(2026, 11, 26))).version == 0


async def test_an_absence_takes_its_hours_and_names_who_is_stranded(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.work() as work:
        kept = (await queries.live_of(work, visit.id))["confirmed"]
        officer = next(part for part in await queries.parts_of(work, [kept.id]) if part.role == "officer")
        away = Range(tomorrow(stage, 9), tomorrow(stage, 12))
        work.session.add(Absence(resource_id=officer.resource_id, during=away, reason="maladie", at=work.now))

    edited = await calendars(stage)

    assert edited.stranded == (kept.id,)
    async with stage.work() as work:
        found = await work.session.get_one(DayBits, (stage.office.id, officer.day, officer.resource_id))
        assert list(bits(found.work)) == [*range(8, 12), *range(28, 44)]
        assert found.free == found.work
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_an_office_may_work_on_a_national_holiday(stage: Stage) -> None:
    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)
    async with stage.work() as work:
        work.session.add(Holiday(day=tuesday, name="Fête"))
        work.session.add(Holiday(day=wednesday, name="Fête"))
        await work.session.flush()
        work.session.add(Holiday(day=wednesday, office_id=stage.office.id, name="Fête", works=True))

    await calendars(stage)

    assert (await row(stage, "bay A", tuesday)).work == 0
    assert (await row(stage, "bay A", wednesday)).work != 0


async def test_a_resource_that_ended_has_no_hours_left(stage: Stage) -> None:
    await calendars(stage)
    async with stage.work() as work:
        gone = await work.session.get_one(Resource, stage.resources["bay B"].id)
        gone.active_to = date(2026, 11, 24)

    await calendars(stage)

    assert (await row(stage, "bay B", date(2026, 11, 24))).work != 0
    assert (await row(stage, "bay B", date(2026, 11, 25))).work == 0


@pytest.mark.slow  # writes out sixty days for every administration of the run, twice
async def test_the_calendars_are_kept_ahead_and_alarmed_days_left_as_they_are(stage: Stage) -> None:
    await booked(stage)

    async def spoil(work: Work) -> None:
        await work.session.execute(
            text("update day_bits set free = work where office_id = :id"), {"id": stage.office.id}
        )

    await stage.run("system", spoil)

    assert await keep_calendars(stage.tools, stage.tenant) == 2
    assert await keep_calendars(stage.tools, stage.tenant) == 2

    async with stage.work() as work:
        assert len(await reconcile(work, await office_by_id(work, stage.office.id))) == 2
        last = await work.session.scalar(select(col(DayBits.day)).order_by(col(DayBits.day).desc()).limit(1))
    assert last == stage.clock.now().date() + timedelta(days=59)
