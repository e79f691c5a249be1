"""Several visits of one firm in one act: all or none, in turn or side by side, changed together or alone."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import another, calendars, held, only, to_book, tomorrow
from tests.support.steps_landing import at_sea, package_accepted, reserved
from tests.support.steps_policies import a_quota, ruled
from visits.booking import groups, queries, rules
from visits.booking.change import cancel, move
from visits.booking.groups import Pattern
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.declarations.queries import case_of
from visits.errors import NotFound
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.work import Work


async def some(stage: Stage, count: int) -> list[UUID]:
    return [(await to_book(stage)).id for _ in range(count)]


async def times(stage: Stage, visits: list[UUID]) -> list[Any]:
    """When each visit is booked, and nothing if it is not."""
    async with stage.work() as work:
        live = [(await queries.live_of(work, each)).get("confirmed") for each in visits]
    return [each.during.lower if each else None for each in live]


async def sound(stage: Stage) -> bool:
    async with stage.work() as work:
        return await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def book(stage: Stage, visits: list[UUID], hour: int = 10, pattern: Pattern = Pattern.IN_TURN) -> Any:
    return await stage.run("declarant", groups.book, visits, tomorrow(stage, hour), pattern=pattern)


async def offered(stage: Stage, visits: list[UUID], pattern: Pattern = Pattern.IN_TURN) -> list[datetime]:
    """The starts a group is offered."""

    async def use_case(work: Work) -> list[datetime]:
        found = await groups.together(work, [await case_of(work, each) for each in visits], pattern)
        return [slot.starts_at for day in found.offer.days for slot in day.slots()]

    return await stage.run("declarant", use_case)


async def test_three_in_turn_begin_one_after_the_other(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 3)

    await book(stage, visits, 8)

    first = tomorrow(stage, 8)
    assert await times(stage, visits) == [first, first + timedelta(hours=1), first + timedelta(hours=2)]
    assert {(await stage.visit(each)).state for each in visits} == {State.BOOKED}
    assert await sound(stage)


async def test_three_at_once_take_three_bays(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 3)

    await book(stage, visits, pattern=Pattern.AT_ONCE)

    async with stage.work() as work:
        live = [(await queries.live_of(work, each))["confirmed"].id for each in visits]
        parts = await queries.parts_of(work, live)
    assert await times(stage, visits) == [tomorrow(stage, 10)] * 3
    assert len({part.resource_id for part in parts}) == 6
    assert await sound(stage)


async def test_four_do_not_fit_into_three_bays_and_nobody_is_booked(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 4)

    with pytest.raises(rules.SlotTaken):
        await book(stage, visits, pattern=Pattern.AT_ONCE)

    assert await times(stage, visits) == [None] * 4
    assert await sound(stage)


async def test_in_turn_they_do_not_run_over_the_lunch_of_the_officers(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 3)

    with pytest.raises(rules.SlotClosed):
        await book(stage, visits, 17)
    with pytest.raises(rules.SlotTaken):
        await book(stage, visits, 10)

    assert await times(stage, visits) == [None] * 3


async def test_what_is_offered_to_a_group_is_what_it_gets(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await held(stage, None, tomorrow(stage, 9))
    visits = await some(stage, 2)

    async def masks(work: Work) -> list[bool]:
        found = await groups.together(work, [await case_of(work, each) for each in visits], Pattern.AT_ONCE)
        day = found.offer.day(tomorrow(stage, 9).date())
        assert day is not None
        return [bool(day.mask >> step & 1) for step in (8, 11, 12, 16, 20, 21)]

    assert await stage.run("declarant", masks) == [True, False, False, True, True, False]


async def test_who_alone_can_open_the_crate_is_left_to_who_needs_it(stage: Stage) -> None:
    await only(stage, "bay A", "bay B")
    await another(stage, "skilled", "officer", skills=1)
    await another(stage, "plain", "officer", skills=2)
    await calendars(stage)
    visits = await some(stage, 2)
    async with stage.work() as work:
        row = await work.session.get_one(Visit, visits[1])
        row.order = row.order | {"skills": 1}

    await book(stage, visits, pattern=Pattern.AT_ONCE)

    assert await times(stage, visits) == [tomorrow(stage, 10)] * 2


async def test_sent_twice_it_is_booked_once(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 2)

    first, again = await book(stage, visits), await book(stage, visits)

    assert first.id == again.id


async def test_asked_again_after_one_lost_its_time_nobody_is_told_that_all_are_booked(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 2)
    await book(stage, visits)
    async with stage.work() as work:
        second = (await queries.live_of(work, visits[1]))["confirmed"]
    await stage.run("declarant", cancel, second.id)

    with pytest.raises(groups.HasTime):
        await book(stage, visits)


async def test_moved_together_all_or_none(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    visits = await some(stage, 2)
    group = await book(stage, visits, pattern=Pattern.AT_ONCE)
    await held(stage, await to_book(stage), tomorrow(stage, 14))

    with pytest.raises(rules.SlotTaken):
        await stage.run("declarant", groups.move, group.id, tomorrow(stage, 14))
    before = await times(stage, visits)
    await stage.run("declarant", groups.move, group.id, tomorrow(stage, 10, 30))

    assert before == [tomorrow(stage, 10)] * 2
    assert await times(stage, visits) == [tomorrow(stage, 10, 30)] * 2
    assert await sound(stage)


async def test_one_is_cancelled_alone_and_the_rest_moves_on_together(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 3)
    group = await book(stage, visits, 8)
    async with stage.work() as work:
        middle = (await queries.live_of(work, visits[1]))["confirmed"]

    await stage.run("declarant", cancel, middle.id)
    await stage.run("declarant", groups.move, group.id, tomorrow(stage, 13))

    assert await times(stage, visits) == [tomorrow(stage, 13), None, tomorrow(stage, 14)]


async def test_a_group_that_came_apart_is_put_together_again_at_the_same_first_hour(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 2)
    group = await book(stage, visits, 9)
    async with stage.work() as work:
        second = (await queries.live_of(work, visits[1]))["confirmed"]
    await stage.run("declarant", move, second.id, tomorrow(stage, 14))

    await stage.run("declarant", groups.move, group.id, tomorrow(stage, 9))

    assert await times(stage, visits) == [tomorrow(stage, 9), tomorrow(stage, 10)]
    assert await sound(stage)


async def test_cancelled_together_twice_is_once(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 3)
    group = await book(stage, visits, 8)

    await stage.run("declarant", groups.cancel_all, group.id)
    await stage.run("declarant", groups.cancel_all, group.id)

    assert await times(stage, visits) == [None] * 3
    assert {(await stage.visit(each)).state for each in visits} == {State.TO_BOOK}
    assert await sound(stage)
    with pytest.raises(groups.GroupChanged):
        await stage.run("declarant", groups.move, group.id, tomorrow(stage, 13))


async def test_a_group_takes_the_place_of_its_own_hold_and_of_one_that_ran_out(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    visits = await some(stage, 2)
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    stage.clock.move(minutes=5, seconds=1)
    await held(stage, await stage.visit(visits[0]), tomorrow(stage, 10))

    await book(stage, visits, pattern=Pattern.AT_ONCE)

    assert await times(stage, visits) == [tomorrow(stage, 10)] * 2
    assert await sound(stage)


@pytest.mark.parametrize("count", [1, 13], ids=["one is no group", "thirteen are too many"])
async def test_a_group_has_two_to_twelve_visits(stage: Stage, count: int) -> None:
    visits = await some(stage, 1) if count == 1 else [stage.office.id] * 1 + [stage.firm.id] * 12

    with pytest.raises((groups.NotOneGroup, NotFound)):
        await book(stage, visits)


async def test_a_visit_that_has_a_time_is_not_booked_again(stage: Stage) -> None:
    await calendars(stage)
    visits = await some(stage, 3)
    await book(stage, visits[:2])

    with pytest.raises(groups.HasTime):
        await book(stage, visits, 14)


async def test_a_visit_whose_package_is_still_made_ready_is_refused_before_any_hour_is_shown(stage: Stage) -> None:
    provisional = await at_sea(stage)
    await reserved(stage, provisional)
    other = await to_book(stage)

    async def asking(work: Work) -> object:
        return await groups.cases_of(work, [other.id, provisional.id])

    with pytest.raises(groups.NotReady) as refusal:
        await stage.run("declarant", asking)
    assert refusal.value.facts == {"reference": provisional.reference}
    with pytest.raises(groups.NotReady):
        await book(stage, [other.id, provisional.id], 14)
    assert await times(stage, [other.id]) == [None]


async def test_goods_at_sea_are_offered_with_others_from_when_they_are_there(stage: Stage) -> None:
    late = await package_accepted(stage, await at_sea(stage))
    visits = [late.id, (await to_book(stage)).id]

    assert min(await offered(stage, visits)) == tomorrow(stage, 10)


async def test_another_firms_group_is_not_there(stage: Stage) -> None:
    await calendars(stage)
    group = await book(stage, await some(stage, 2))

    with pytest.raises(NotFound):
        await stage.run("other_declarant", groups.cancel_all, group.id)


async def test_the_limit_of_a_day_counts_every_one_of_them(stage: Stage) -> None:
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = {"bookings_per_firm": 2}
    await calendars(stage)
    visits = await some(stage, 3)

    with pytest.raises(rules.FirmDayFull):
        await book(stage, visits, 8)

    assert await times(stage, visits) == [None] * 3


@pytest.mark.slow
async def test_a_group_is_offered_only_hours_whose_limit_holds_all_of_them(stage: Stage) -> None:
    # Two of the public an hour; one begins at nine already: side by side two fit at eight and ten, in turn at any.
    limit = a_quota(kind="most", whom=["public"], places=2, hourly=True, release=None)
    await ruled(stage, quotas=(limit,))
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 9))
    visits = await some(stage, 2)

    side_by_side, in_turn = await offered(stage, visits, Pattern.AT_ONCE), await offered(stage, visits)

    assert (tomorrow(stage, 8) in side_by_side, tomorrow(stage, 9) in side_by_side) == (True, False)
    assert tomorrow(stage, 9) in in_turn
    with pytest.raises(rules.QuotaReached):
        await book(stage, visits, 9, Pattern.AT_ONCE)
    assert await times(stage, visits) == [None, None]
    await book(stage, visits, 8, Pattern.AT_ONCE)


async def test_three_in_turn_do_not_begin_where_the_third_meets_a_limit(stage: Stage) -> None:
    # Two of the public from eight to noon, nobody yet: three in turn do not begin before ten, when one begins at noon.
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=2, release=None, end=600),))
    await calendars(stage)
    visits = await some(stage, 3)

    found = await offered(stage, visits)

    assert tomorrow(stage, 8) in found
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=2, release=None, end=720),))
    found = await offered(stage, visits)
    assert not {tomorrow(stage, hour) for hour in (8, 9)} & set(found)


async def test_a_group_that_moves_does_not_count_against_itself(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=2, release=None),), bookings_per_firm=2)
    await calendars(stage)
    visits = await some(stage, 2)
    group = await book(stage, visits, 8, Pattern.AT_ONCE)

    await stage.run("declarant", groups.move, group.id, tomorrow(stage, 9))

    assert await times(stage, visits) == [tomorrow(stage, 9)] * 2


async def test_a_group_larger_than_what_its_firm_may_have_that_day_is_offered_another(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=2)
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 9))

    found = await offered(stage, await some(stage, 2))

    assert tomorrow(stage, 0).date() not in {each.date() for each in found}
    assert found


async def test_two_groups_that_want_the_same_places_in_opposite_order_do_not_lock_each_other_out(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    there, back = await some(stage, 2), await some(stage, 2)
    rounds = []

    for number in range(10):
        hour = 8 + number % 4
        answers = await asyncio.gather(
            stage.run("declarant", groups.book, there, tomorrow(stage, hour), pattern=Pattern.AT_ONCE),
            stage.run("declarant", groups.book, back[::-1], tomorrow(stage, hour), pattern=Pattern.AT_ONCE),
            return_exceptions=True,
        )
        won = [each for each in answers if not isinstance(each, BaseException)]
        rounds.append((len(won), [type(each) for each in answers if isinstance(each, BaseException)]))
        await stage.run("declarant", groups.cancel_all, won[0].id)

    assert rounds == [(1, [rules.SlotTaken])] * 10
    assert await sound(stage)


@pytest.mark.slow
async def test_a_group_and_single_visits_share_a_day_without_a_deadlock(stage: Stage) -> None:
    await calendars(stage)
    group, singles = await some(stage, 3), [await to_book(stage) for _ in range(6)]

    answers = await asyncio.gather(
        stage.run("declarant", groups.book, group, tomorrow(stage, 10), pattern=Pattern.AT_ONCE),
        *(held(stage, each, tomorrow(stage, 10)) for each in singles),
        return_exceptions=True,
    )

    assert {type(each) for each in answers} <= {groups.VisitGroup, Appointment, rules.SlotTaken, rules.TooManyHolds}
    assert sum(isinstance(each, Appointment) for each in answers) == (0 if await booked_all(stage, group) else 3)
    assert await sound(stage)


async def booked_all(stage: Stage, visits: list[UUID]) -> bool:
    return None not in await times(stage, visits)
