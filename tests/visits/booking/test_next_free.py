"""The earliest time in one tap, and the first place of today for somebody at the counter."""

import asyncio

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from visits.booking import queries, rules
from visits.booking.change import cancel
from visits.booking.next_free import NothingFree, NothingToday, book_next, walk_in
from visits.booking.reconcile import reconcile
from visits.errors import NotFound
from visits.journey.states import NotYours, State, WrongState
from visits.sites.queries import office_by_id
from visits.store.work import Work


async def sound(stage: Stage) -> bool:
    async def use_case(work: Work) -> bool:
        return await reconcile(work, await office_by_id(work, stage.office.id)) == []

    return await stage.run("system", use_case)


async def test_one_tap_books_the_earliest_and_another_undoes_it(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    made = await stage.run("declarant", book_next, visit.id)
    again = await stage.run("declarant", book_next, visit.id)
    await stage.run("declarant", cancel, made.id)

    assert (made.id, made.status, made.during.lower) == (again.id, "confirmed", stage.clock.now().replace(hour=10))
    assert (await stage.visit(visit.id)).state == State.TO_BOOK
    assert await sound(stage)


async def test_many_taps_at_once_each_get_a_place_of_their_own(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(6)]

    made = await asyncio.gather(*(stage.run("declarant", book_next, each.id) for each in visits))

    hours = sorted(each.during.lower.hour for each in made)
    assert hours[:2] == [10, 10]
    assert len({each.id for each in made}) == 6
    assert await sound(stage)


async def test_without_any_free_time_it_is_said(stage: Stage) -> None:
    await only(stage, "bay A")
    await calendars(stage)
    visit = await to_book(stage)

    with pytest.raises(NothingFree):
        await stage.run("declarant", book_next, visit.id)


async def test_at_the_counter_the_first_free_place_is_now(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    made = await stage.run("chief", walk_in, visit.id, reason="Conducteur au guichet")

    assert made.during.lower == stage.clock.now()
    assert await sound(stage)


async def test_at_the_counter_no_appointment_gives_way(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    kept = [await held(stage, await to_book(stage), tomorrow(stage, hour).replace(day=23)) for hour in (10, 13)]
    visit = await to_book(stage)

    made = await stage.run("chief", walk_in, visit.id, reason="Conducteur au guichet")

    async with stage.work() as work:
        assert [(await queries.appointment_by_id(work, each.id)).status for each in kept] == ["held", "held"]
    assert all(made.during.upper <= each.during.lower or made.during.lower >= each.during.upper for each in kept)
    assert await sound(stage)


async def test_at_the_counter_a_full_day_is_refused_clearly(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    for hour in (8, 9, 10, 11, 13, 14, 15):
        await stage.run("chief", walk_in, (await to_book(stage)).id, reason=f"Guichet {hour}")

    with pytest.raises(NothingToday):
        await stage.run("chief", walk_in, (await to_book(stage)).id, reason="Guichet")

    assert await sound(stage)


async def test_two_chiefs_and_the_last_place_of_the_day(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    stage.clock.move(hours=8)
    pair = [await to_book(stage) for _ in range(2)]

    answers = await asyncio.gather(
        stage.run("chief", walk_in, pair[0].id, reason="Guichet"),
        stage.run("chief2", walk_in, pair[1].id, reason="Guichet"),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["Appointment", "NothingToday"]


async def test_a_visit_that_has_a_time_keeps_it(stage: Stage) -> None:
    visit = await booked(stage)

    made = await stage.run("chief", walk_in, visit.id, reason="Guichet")

    assert made.during.lower == tomorrow(stage, 10)


async def test_who_may_not(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    with pytest.raises(NotYours):
        await stage.run("declarant", walk_in, visit.id, reason="Moi")
    with pytest.raises(rules.WhyNeeded):
        await stage.run("chief", walk_in, visit.id, reason=" ")
    with pytest.raises(NotFound):
        await stage.run("other_declarant", book_next, visit.id)
    with pytest.raises(WrongState):
        await stage.run("declarant", book_next, (await stage.opened()).id)
