"""A hold takes real places for a few minutes; its limits are refused one by one."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from visits.booking import queries, rules
from visits.booking.change import cancel
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.place import Drift
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment, DayBits
from visits.booking.wishes import book_first
from visits.errors import NotFound
from visits.journey.states import NotYours, State, WrongState
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent, Due


async def test_a_hold_takes_an_officer_and_a_bay_for_five_minutes(stage: Stage) -> None:
    kept = await held(stage)

    assert kept.expires_at == stage.clock.now() + timedelta(minutes=5)
    async with stage.work() as work:
        parts = await queries.parts_of(work, [kept.id])
        due = await work.session.scalar(select(Due).where(col(Due.subject_id) == kept.id))
    assert {(part.role, part.placeholder) for part in parts} == {("officer", True), ("bay", False)}
    assert due is not None
    assert due.due_at > kept.expires_at


async def test_the_same_start_again_is_the_same_hold_and_not_a_longer_one(stage: Stage) -> None:
    first = await held(stage)
    stage.clock.move(minutes=4)

    again = await stage.run("declarant", hold, first.visit_id, first.during.lower)

    assert (again.id, again.expires_at) == (first.id, first.expires_at)


async def test_another_start_gives_the_first_one_back(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    first = await held(stage, starts_at=None)

    second = await stage.run("declarant", hold, first.visit_id, first.during.lower + timedelta(minutes=15))

    async with stage.work() as work:
        assert (await queries.appointment_by_id(work, first.id)).status == "cancelled"
        assert [part.appointment_id for part in await queries.parts_of(work, [first.id, second.id])] == [second.id] * 2
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_a_taken_start_is_refused_with_the_times_that_are_left(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await held(stage)
    late = await to_book(stage)

    with pytest.raises(rules.SlotTaken) as refused:
        await stage.run("declarant", hold, late.id, tomorrow(stage, 10, 30))

    assert refused.value.facts["offer"][1]["day"] == tomorrow(stage, 10).date()


async def test_a_hold_that_ran_out_gives_way_before_anybody_swept_it(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    first = await held(stage)
    late = await to_book(stage)
    stage.clock.move(minutes=5, seconds=1)

    second = await stage.run("declarant", hold, late.id, first.during.lower)

    async with stage.work() as work:
        assert (await queries.appointment_by_id(work, first.id)).status == "expired"
        told = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "hold_expired"))
        assert [each.visit_id for each in told] == [first.visit_id]
    assert second.status == "held"


async def test_at_its_last_instant_a_hold_still_stands(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    first = await held(stage)
    late = await to_book(stage)
    stage.clock.move(minutes=5)

    with pytest.raises(rules.SlotTaken):
        await stage.run("declarant", hold, late.id, first.during.lower)

    assert (await stage.run("declarant", confirm, first.id)).status == "confirmed"


async def test_the_officer_with_the_fewest_other_skills_waits_for_the_draw(stage: Stage) -> None:
    await only(stage, "bay A")
    await another(stage, "many", "officer", skills=7)
    plain = await another(stage, "plain", "officer", skills=0)
    await calendars(stage)
    visit = await to_book(stage)

    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))

    async with stage.work() as work:
        parts = {part.role: part.resource_id for part in await queries.parts_of(work, [kept.id])}
    assert parts["officer"] == plain.id


@pytest.mark.parametrize(
    ("moved", "refusal"),
    [
        pytest.param({"hours": -3}, rules.SlotPast, id="past"),
        pytest.param({"hours": 1, "minutes": 45}, rules.TooSoon, id="too soon"),
        pytest.param({"days": 14}, rules.TooFar, id="beyond the horizon"),
        pytest.param({"hours": 4}, rules.SlotClosed, id="at lunch"),
        pytest.param({"days": 5}, rules.SlotClosed, id="on Saturday"),
        pytest.param({"hours": 3, "minutes": 7}, rules.SlotClosed, id="between two steps"),
    ],
)
async def test_each_limit_has_its_own_refusal(stage: Stage, moved: dict[str, float], refusal: type[Exception]) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    with pytest.raises(refusal):
        await stage.run("declarant", hold, visit.id, stage.clock.now() + timedelta(**moved))


async def test_the_first_start_that_leaves_two_hours_can_be_held(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    kept = await stage.run("declarant", hold, visit.id, stage.clock.now() + timedelta(hours=2))

    assert kept.status == "held"


async def test_staff_book_within_the_notice_and_say_why(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    soon = stage.clock.now() + timedelta(minutes=30)

    with pytest.raises(rules.WhyNeeded):
        await stage.run("chief", hold, visit.id, soon)
    kept = await stage.run("chief", hold, visit.id, soon, reason="denrées périssables")

    assert (kept.status, kept.reason) == ("held", "denrées périssables")


async def test_a_firm_keeps_only_five_unconfirmed_times(stage: Stage) -> None:
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(6)]
    for number, visit in enumerate(visits[:5]):
        await stage.run("declarant", hold, visit.id, tomorrow(stage, 8) + timedelta(days=number // 3))

    with pytest.raises(rules.TooManyHolds):
        await stage.run("declarant", hold, visits[5].id, tomorrow(stage, 14))


async def test_a_firm_that_asks_for_many_at_once_gets_no_more_than_it_may(stage: Stage) -> None:
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(8)]
    hours = [tomorrow(stage, hour) + timedelta(days=day) for day in (0, 1) for hour in (8, 9, 13, 14)]

    answers = await asyncio.gather(
        *(stage.run("declarant", hold, visit.id, at) for visit, at in zip(visits, hours, strict=True)),
        return_exceptions=True,
    )

    assert [type(each) for each in answers].count(Appointment) == 5
    assert [type(each) for each in answers].count(rules.TooManyHolds) == 3


async def test_another_firms_visit_is_not_there(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    with pytest.raises(NotFound):
        await stage.run("other_declarant", hold, visit.id, tomorrow(stage, 10))


async def test_the_importer_looks_on(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    with pytest.raises(NotYours):
        await stage.run("importer", hold, visit.id, tomorrow(stage, 10))


async def test_a_visit_without_its_package_has_no_time_to_choose(stage: Stage) -> None:
    await calendars(stage)
    visit = await stage.opened()

    with pytest.raises(WrongState):
        await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))


async def test_a_hold_given_back_frees_its_place_and_leaves_the_visit_to_book(stage: Stage) -> None:
    kept = await held(stage)

    await stage.run("declarant", cancel, kept.id)
    again = await stage.run("declarant", cancel, kept.id)

    assert again.status == "cancelled"
    assert (await stage.visit(kept.visit_id)).state == State.TO_BOOK
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_a_booked_visit_keeps_its_place_while_another_is_held(stage: Stage) -> None:
    visit = await booked(stage)

    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 14))

    async with stage.work() as work:
        live = await queries.live_of(work, visit.id)
    assert live["confirmed"].during.lower == tomorrow(stage, 10)
    assert kept.supersedes == live["confirmed"].id


async def test_where_bits_and_parts_differ_nothing_is_stored_and_no_other_wish_is_tried(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 10))
    visit = await to_book(stage)
    async with stage.work() as work:
        await work.session.execute(update(DayBits).values(free=DayBits.work))

    with pytest.raises(Drift):
        await stage.run("declarant", book_first, visit.id, [tomorrow(stage, 10), tomorrow(stage, 14)])

    async with stage.work() as work:
        assert await queries.live_of(work, visit.id) == {}
        assert {row.free == row.work for row in await work.session.scalars(select(DayBits))} == {True}
