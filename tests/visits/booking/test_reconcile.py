"""Bits that differ from the appointments: an alarm until a person has seen it, a repair that says what it changed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, to_book, tomorrow
from visits.booking import alarms
from visits.booking.materialise import keep_calendars
from visits.booking.reconcile import raise_alarms, reconcile, repair, runs
from visits.booking.tables import CalendarAlarm, DayBits
from visits.sites.queries import office_by_id
from visits.store.tables import Audit
from visits.store.work import Work


async def spoil(stage: Stage, name: str, bits: str, *, days: int = 1) -> None:
    """Somebody changes bits behind the service's back: `free = work` or `free = 0`."""
    day = (stage.clock.now() + timedelta(days=days)).date()
    async with stage.work() as work:
        await work.session.execute(
            text(f"update day_bits set free = {bits} where resource_id = :id and day = :day"),
            {"id": stage.resources[name].id, "day": day},
        )


async def compare(stage: Stage) -> int:
    async def use_case(work: Work) -> int:
        return await raise_alarms(work, await office_by_id(work, stage.office.id))

    return await stage.run("system", use_case)


async def opened(stage: Stage) -> list[CalendarAlarm]:
    async with stage.work() as work:
        return [alarm for alarm, _, _ in await alarms.open_everywhere(work, stage.office.id)]


async def mend(stage: Stage, who: str = "chief") -> int:
    ids = {each.id for each in await opened(stage)}

    async def use_case(work: Work) -> int:
        return await repair(work, await office_by_id(work, stage.office.id), ids)

    return await stage.run(who, use_case)


async def actions(stage: Stage, action: str) -> list[Audit]:
    async with stage.work() as work:
        return list(await work.session.scalars(select(Audit).where(col(Audit.action) == action)))


async def test_appointments_made_moved_and_given_back_raise_nothing(stage: Stage) -> None:
    await booked(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 14))

    assert await compare(stage) == 0
    assert await opened(stage) == []


async def test_a_difference_is_one_alarm_however_often_it_is_found(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await booked(stage)
    await spoil(stage, "bay A", "work")
    found = [await compare(stage) for _ in range(3)]

    [alarm] = await opened(stage)
    assert found == [1, 1, 1]
    assert (alarm.free & ~alarm.should).bit_count() >= 3
    assert len([each for each in caplog.records if "bits and appointments differ" in each.message]) == 1
    assert len(await actions(stage, "calendar_alarm")) == 1


async def test_a_repair_sets_what_the_appointments_leave_and_is_written_down(stage: Stage) -> None:
    await booked(stage)
    await spoil(stage, "bay A", "work")
    await spoil(stage, "bay B", "0")
    await compare(stage)

    assert await mend(stage) == 2
    assert await mend(stage) == 0
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []
        settled = list(await work.session.scalars(select(CalendarAlarm)))
    assert {(each.outcome, each.settled_by) for each in settled} == {("repaired", stage.actors["chief"].person)}
    written = await actions(stage, "calendar_repaired")
    assert len(written) == 2
    assert all(each.body["free"] != each.body["should"] for each in written)


async def test_a_repair_counts_anew_what_was_booked_since_the_alarm(stage: Stage) -> None:
    await calendars(stage)
    await spoil(stage, "bay B", "0")
    await compare(stage)
    await booked(stage, await to_book(stage))
    await mend(stage)

    assert await compare(stage) == 0


async def test_only_what_was_seen_is_repaired(stage: Stage) -> None:
    await calendars(stage)
    await spoil(stage, "bay A", "0")
    await compare(stage)
    seen = {each.id for each in await opened(stage)}
    await spoil(stage, "bay B", "0")
    await compare(stage)

    async def use_case(work: Work) -> int:
        return await repair(work, await office_by_id(work, stage.office.id), seen)

    assert await stage.run("chief", use_case) == 1
    assert [each.resource_id for each in await opened(stage)] == [stage.resources["bay B"].id]


async def test_what_is_right_again_or_over_closes_its_alarm(stage: Stage) -> None:
    await calendars(stage)
    await spoil(stage, "bay A", "0")
    await spoil(stage, "bay B", "0", days=2)
    await compare(stage)
    await spoil(stage, "bay A", "work")
    assert await compare(stage) == 1

    stage.clock.move(days=3)
    assert await compare(stage) == 0
    async with stage.work() as work:
        assert {each.outcome for each in await work.session.scalars(select(CalendarAlarm))} == {"vanished"}


async def test_the_periodic_write_out_leaves_an_alarmed_day_to_a_person(stage: Stage) -> None:
    await booked(stage)
    await spoil(stage, "bay A", "0")

    assert await keep_calendars(stage.tools, stage.tenant) == 1
    assert await keep_calendars(stage.tools, stage.tenant) == 1
    await mend(stage)
    assert await keep_calendars(stage.tools, stage.tenant) == 0


async def test_an_edit_of_the_calendar_writes_the_day_anew(stage: Stage) -> None:
    await calendars(stage)
    await spoil(stage, "bay A", "0")
    await compare(stage)
    await calendars(stage)

    assert await compare(stage) == 0
    assert await opened(stage) == []


async def test_a_difference_is_told_in_hours(stage: Stage) -> None:
    await booked(stage)
    await spoil(stage, "bay A", "work")
    await compare(stage)

    [alarm] = await opened(stage)
    [only] = runs(stage.office, alarm.day, alarm.free & ~alarm.should)
    assert only.start == tomorrow(stage, 10)
    async with stage.work() as work:
        row = await work.session.get_one(DayBits, (stage.office.id, alarm.day, alarm.resource_id))
        assert runs(stage.office, alarm.day, row.work)[0].start == tomorrow(stage, 7)
