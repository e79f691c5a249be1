"""Two who book different hours of one person's day at once do not ask too much of it together."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import another, calendars, held, only, somebody_waits, to_book, tomorrow
from tests.support.steps_policies import ruled
from tests.support.steps_waitlist import sound
from tests.visits.booking.test_strain import long_shift, officer_of
from visits.booking.hold import hold
from visits.booking.rules import SlotTaken
from visits.booking.tables import Appointment


async def at_once(stage: Stage, first: datetime, second: datetime) -> list[Any]:
    """Two visits hold their hours at once: the second has chosen, and waits until the first is certain."""
    one, two = [await to_book(stage) for _ in range(2)]
    async with stage.work("declarant") as work:
        kept = await hold(work, one.id, first)
        other = asyncio.create_task(stage.run("declarant", hold, two.id, second))
        while not await somebody_waits(stage):
            pass
    return [kept, *await asyncio.gather(other, return_exceptions=True)]


async def test_the_second_gets_the_next_officer_where_minutes_a_day_are_short(stage: Stage) -> None:
    await only(stage, "inspector1", "inspector2", "bay A")
    await calendars(stage)
    await ruled(stage, most_minutes=60)

    answers = await at_once(stage, tomorrow(stage, 9), tomorrow(stage, 14))

    assert len({await officer_of(stage, each.id) for each in answers}) == 2
    assert await sound(stage)


async def test_where_there_is_no_next_one_the_second_is_told_as_anybody(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A", "bay B")
    await calendars(stage)
    await ruled(stage, most_minutes=60)

    answers = await at_once(stage, tomorrow(stage, 9), tomorrow(stage, 14))

    assert [type(each) for each in answers] == [Appointment, SlotTaken]
    assert await sound(stage)


async def test_the_last_rest_of_a_day_goes_to_one_of_two(stage: Stage) -> None:
    """From seven to three a rest lies between nine and half past one, of which three hours are taken."""
    await only(stage, "inspector1", "bay A", "bay B")
    await long_shift(stage, "inspector1")
    await calendars(stage)
    await ruled(stage, most_minutes=480, bookings_per_firm=0, holds_per_firm=50)
    for hour, minute in ((9, 30), (10, 30), (11, 30)):
        await held(stage, await to_book(stage), tomorrow(stage, hour, minute))

    answers = await at_once(stage, tomorrow(stage, 8, 30), tomorrow(stage, 12, 30))

    assert [type(each) for each in answers] == [Appointment, SlotTaken]
    assert await sound(stage)


@pytest.mark.parametrize("most", [120, None])
async def test_who_has_room_for_both_gets_both(stage: Stage, most: int | None) -> None:
    await only(stage, "inspector1", "bay A")
    await calendars(stage)
    await ruled(stage, most_minutes=most)

    answers = await at_once(stage, tomorrow(stage, 9), tomorrow(stage, 14))

    assert len({await officer_of(stage, each.id) for each in answers}) == 1
    assert await sound(stage)


async def test_the_first_that_is_given_up_leaves_its_minutes(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A")
    await another(stage, "bay D", "bay", site_id=stage.site.id)
    await calendars(stage)
    await ruled(stage, most_minutes=60)
    visit = await to_book(stage)
    await held(stage, visit, tomorrow(stage, 9))

    assert (await held(stage, visit, tomorrow(stage, 14))).during.lower == tomorrow(stage, 14)
