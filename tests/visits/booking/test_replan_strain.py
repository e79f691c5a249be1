"""A plan after an absence asks of nobody's day more than booking would, and so more than the draw allows."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from scheduling import Outcome
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, somebody_waits, to_book, tomorrow
from tests.support.steps_policies import ruled
from tests.support.steps_replan import applied, away, back, look, officer_of
from tests.support.steps_waitlist import live, sound
from tests.visits.booking.test_strain import long_shift
from visits.booking.hold import hold
from visits.booking.replan_apply import PlanChanged, apply
from visits.booking.replan_undo import undo
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.sites.tables import WorkTemplate


async def two_visits(stage: Stage, *hours: int) -> list[Visit]:
    """Visits of one officer; another one is there as well."""
    await only(stage, "inspector1", "bay A", "bay B")
    await calendars(stage)
    visits = [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in hours]
    await only(stage, "inspector1", "inspector2", "bay A", "bay B")
    await calendars(stage)
    return visits


async def test_nobody_takes_over_more_minutes_than_a_day_may_have(stage: Stage) -> None:
    await two_visits(stage, 9, 13)
    await ruled(stage, most_minutes=60)
    await away(stage, "inspector1")

    outcomes = Counter(each.outcome for each in (await look(stage)).lines)
    await applied(stage)

    assert outcomes == {Outcome.KEEPS: 1, Outcome.MOVES: 1}
    assert (await look(stage)).lines == ()
    assert await sound(stage)


async def test_who_is_tired_then_takes_over_no_visit_of_high_risk(stage: Stage) -> None:
    await only(stage, "bay A")
    late = await another(stage, "late", "officer")
    async with stage.work() as work:
        await work.session.execute(
            update(WorkTemplate).where(col(WorkTemplate.resource_id) == late.id).values(work=[[600, 1080]])
        )
    await only(stage, "bay A", "late")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage, extent="FULL"), tomorrow(stage, 15))
    await only(stage, "bay A", "late", "inspector1")
    await calendars(stage)
    await away(stage, "late")

    [line] = (await look(stage)).lines

    assert (line.was.visit_id, line.outcome) == (visit.id, Outcome.MOVES)
    assert line.starts_at == tomorrow(stage, 14, 15)


async def test_the_last_rest_of_a_long_shift_is_left(stage: Stage) -> None:
    """From seven to three a rest lies between nine and half past one."""
    await only(stage, "inspector2", "bay A", "bay B")
    await long_shift(stage, "inspector1", "inspector2")
    await calendars(stage)
    await ruled(stage, most_minutes=480, bookings_per_firm=0, holds_per_firm=50)
    gone = await booked(stage, await to_book(stage), tomorrow(stage, 13))
    await only(stage, "inspector1", "bay A", "bay B")
    await calendars(stage)
    for hour in (9, 10, 11, 12):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    await calendars(stage)

    [line] = (await look(stage)).lines

    assert (line.was.visit_id, line.starts_at) == (gone.id, tomorrow(stage, 13, 30))


async def test_an_hour_booked_meanwhile_that_fills_the_day_stops_the_plan(stage: Stage) -> None:
    await two_visits(stage, 9)
    await ruled(stage, most_minutes=60)
    await away(stage, "inspector1")
    seen = (await look(stage)).seen
    rival = await to_book(stage)

    async with stage.work("declarant") as work:
        await hold(work, rival.id, tomorrow(stage, 14))
        applying = asyncio.create_task(stage.run("chief", apply, new_id(), seen, "agent malade"))
        while not await somebody_waits(stage):
            pass
    with pytest.raises(PlanChanged):
        await applying

    assert await sound(stage)


async def test_an_undone_plan_fills_no_day_either(stage: Stage) -> None:
    [visit] = await two_visits(stage, 9)
    await away(stage, "inspector1")
    run = await applied(stage)
    await back(stage)
    await ruled(stage, most_minutes=60)
    await held(stage, await to_book(stage), tomorrow(stage, 14))

    assert await stage.run("chief", undo, run.id) == (0, 1)
    assert await officer_of(stage, visit) == "inspector2"
    kept = await live(stage, visit)
    assert kept is not None
    assert kept.during.upper - kept.during.lower == timedelta(hours=1)
