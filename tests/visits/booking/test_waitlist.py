"""A freed time goes to one visit of the waitlist at a time, in the order of the list, and never to two."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import to_book, tomorrow
from tests.support.steps_waitlist import ANY, NINE, entry, full_day, gives_back, live, offers, sound
from visits.background.deliver import deliver, moments
from visits.booking import waitlist_rows
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.waitlist import accept, decline, join, leave
from visits.booking.waitlist_offers import tick
from visits.booking.waitlist_rules import DISPLACED, NothingEarlier, NotWaiting, OfferOver, Wish
from visits.errors import NotFound
from visits.fieldwork import branches
from visits.ids import new_id
from visits.journey.states import State, WrongState
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent


async def test_a_freed_time_is_kept_for_the_first_who_waits(stage: Stage) -> None:
    early, second, third = await full_day(stage, 9, 14, 15)
    await stage.run("declarant", join, third.id, NINE)
    stage.clock.move(seconds=1)
    await stage.run("declarant", join, second.id, NINE)

    await gives_back(stage, early)

    kept = await live(stage, third, "held")
    assert kept is not None
    assert (kept.during.lower, kept.expires_at) == (tomorrow(stage, 9), stage.clock.now() + timedelta(minutes=15))
    assert await live(stage, second, "held") is None
    assert await offers(stage) == [(tomorrow(stage, 9), "open")]
    assert (await entry(stage, third)).state == "offered"


async def test_whoever_the_office_displaced_goes_first(stage: Stage) -> None:
    early, second, third = await full_day(stage, 9, 14, 15)
    await stage.run("declarant", join, second.id, NINE)
    stage.clock.move(seconds=1)
    async with stage.work("chief") as work:
        await join(work, third.id, NINE, rank=DISPLACED)

    await gives_back(stage, early)

    assert await live(stage, third, "held") is not None


async def test_accepting_moves_the_appointment_in_one_step_and_ends_the_wait(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)
    kept = await live(stage, late, "held")
    assert kept is not None

    first = await stage.run("declarant", accept, late.id, kept.id)
    again = await stage.run("declarant", accept, late.id, kept.id)

    assert (first.id, again.id, first.during.lower) == (kept.id, kept.id, tomorrow(stage, 9))
    assert (await entry(stage, late)).state == "satisfied"
    assert [state for _, state in await offers(stage)] == ["accepted"]
    assert (await stage.visit(late.id)).state == State.BOOKED
    assert await sound(stage)


async def test_confirming_the_kept_time_like_any_other_ends_the_wait_too(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)
    kept = await live(stage, late, "held")
    assert kept is not None

    await stage.run("declarant", confirm, kept.id)
    await deliver(stage.tools, stage.tenant, late.id)

    assert (await entry(stage, late)).state == "satisfied"
    assert [state for _, state in await offers(stage)] == ["accepted"]


async def test_a_declined_time_goes_to_the_next_and_does_not_come_back(stage: Stage) -> None:
    early, second, third = await full_day(stage, 9, 14, 15)
    await stage.run("declarant", join, second.id, NINE)
    stage.clock.move(seconds=1)
    await stage.run("declarant", join, third.id, NINE)
    await gives_back(stage, early)
    kept = await live(stage, second, "held")
    assert kept is not None

    await stage.run("declarant", decline, second.id, kept.id)
    await stage.run("declarant", decline, second.id, kept.id)
    await deliver(stage.tools, stage.tenant, second.id)

    given = await live(stage, third, "held")
    assert given is not None
    assert given.during.lower == tomorrow(stage, 9)
    assert (await entry(stage, second)).state == "waiting"
    await stage.run("declarant", decline, third.id, given.id)
    await deliver(stage.tools, stage.tenant, third.id)
    await tick(stage.tools, stage.tenant)
    assert [state for _, state in await offers(stage)] == ["declined", "declined"]


async def test_an_unanswered_time_goes_to_the_next_after_fifteen_minutes(stage: Stage) -> None:
    early, second, third = await full_day(stage, 9, 14, 15)
    await stage.run("declarant", join, second.id, NINE)
    stage.clock.move(seconds=1)
    await stage.run("declarant", join, third.id, NINE)
    await gives_back(stage, early)
    kept = await live(stage, second, "held")
    assert kept is not None

    stage.clock.move(minutes=15, seconds=1)
    await moments(stage.tools, stage.tenant)
    await deliver(stage.tools, stage.tenant, second.id)

    assert await live(stage, second, "held") is None
    assert await live(stage, third, "held") is not None
    with pytest.raises(OfferOver):
        await stage.run("declarant", accept, second.id, kept.id)


async def test_the_last_instant_of_an_offer_still_counts(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)
    kept = await live(stage, late, "held")
    assert kept is not None

    stage.clock.move(minutes=15)

    assert (await stage.run("declarant", accept, late.id, kept.id)).status == "confirmed"


async def test_whoever_never_answers_is_taken_off_the_list(stage: Stage) -> None:
    *early, late = await full_day(stage, 9, 10, 11, 16)
    await stage.run("declarant", join, late.id, ANY)

    for each in early:
        await gives_back(stage, each)
        stage.clock.move(minutes=15, seconds=1)
        await moments(stage.tools, stage.tenant)
        await deliver(stage.tools, stage.tenant, late.id)

    ended = await entry(stage, late)
    assert (ended.state, ended.reason) == ("over", "silent")


async def test_an_event_delivered_twice_offers_once(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)
    async with stage.work() as work:
        for each in await work.session.scalars(
            select(DomainEvent).where(col(DomainEvent.kind) == "appointment_cancelled")
        ):
            each.delivered_at = None

    await deliver(stage.tools, stage.tenant, early.id)

    assert len(await offers(stage)) == 1


async def test_a_moved_appointment_frees_its_old_time_for_the_list(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    kept = await live(stage, early)
    assert kept is not None

    await stage.run("declarant", move, kept.id, tomorrow(stage, 16))
    await deliver(stage.tools, stage.tenant, early.id)

    assert (await live(stage, late, "held")) is not None
    assert await live(stage, early, "held") is None


async def test_only_wanted_hours_are_offered(stage: Stage) -> None:
    at_nine, at_eleven, late = await full_day(stage, 9, 11, 16)
    day = tomorrow(stage, 9).date()
    await stage.run("declarant", join, late.id, Wish(days=(day,), begin=11 * 60, end=12 * 60))

    await gives_back(stage, at_nine)
    assert await offers(stage) == []
    await gives_back(stage, at_eleven)

    assert [at for at, _ in await offers(stage)] == [tomorrow(stage, 11)]


async def test_a_visit_without_any_time_may_wait_for_one(stage: Stage) -> None:
    (early,) = await full_day(stage, 9)
    waiting = await to_book(stage)
    await stage.run("declarant", join, waiting.id, Wish(days=(tomorrow(stage, 9).date(),), begin=540, end=600))

    await gives_back(stage, early)
    kept = await live(stage, waiting, "held")
    assert kept is not None
    await stage.run("declarant", accept, waiting.id, kept.id)

    assert (await stage.visit(waiting.id)).state == State.BOOKED


async def test_joining_again_keeps_the_place_and_changes_what_is_wanted(stage: Stage) -> None:
    (late,) = await full_day(stage, 14)

    first = await stage.run("declarant", join, late.id, NINE)
    stage.clock.move(minutes=5)
    again = await stage.run("declarant", join, late.id, Wish(begin=480, end=600))

    assert (again.id, again.at, again.options["begin"]) == (first.id, first.at, 480)


async def test_the_position_counts_only_those_who_could_get_the_same_time(stage: Stage) -> None:
    first, second, third = await full_day(stage, 11, 14, 15)
    await stage.run("declarant", join, first.id, Wish(begin=480, end=600))
    stage.clock.move(seconds=1)
    await stage.run("declarant", join, second.id, Wish(begin=780, end=840))
    stage.clock.move(seconds=1)
    mine = await stage.run("declarant", join, third.id, Wish(begin=480, end=600))

    async with stage.work("declarant") as work:
        assert await waitlist_rows.ahead(work, mine) == 1


async def test_whoever_leaves_gives_the_kept_time_back(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)

    await stage.run("declarant", leave, late.id)
    await stage.run("declarant", leave, late.id)
    await deliver(stage.tools, stage.tenant, late.id)

    ended = await entry(stage, late)
    assert (ended.state, ended.reason) == ("left", "asked")
    assert await live(stage, late, "held") is None
    assert await sound(stage)


async def test_an_earlier_time_found_otherwise_ends_the_wait(stage: Stage) -> None:
    (late,) = await full_day(stage, 14)
    await stage.run("declarant", join, late.id, NINE)
    kept = await live(stage, late)
    assert kept is not None
    stage.clock.move(seconds=1)

    await stage.run("declarant", move, kept.id, tomorrow(stage, 9))
    await deliver(stage.tools, stage.tenant, late.id)

    assert (await entry(stage, late)).state == "satisfied"


async def test_the_wait_ends_when_it_is_too_late_to_move(stage: Stage) -> None:
    (late,) = await full_day(stage, 14)
    await stage.run("declarant", join, late.id, NINE)

    stage.clock.set(tomorrow(stage, 12, 30))
    await tick(stage.tools, stage.tenant)

    ended = await entry(stage, late)
    assert (ended.state, ended.reason) == ("over", "too_late")


async def test_a_withdrawn_visit_waits_no_more(stage: Stage) -> None:
    (late,) = await full_day(stage, 14)
    await stage.run("declarant", join, late.id, NINE)

    await stage.run("chief", branches.cancel, late.id, id=new_id(), reason="erreur")
    await deliver(stage.tools, stage.tenant, late.id)
    await tick(stage.tools, stage.tenant)

    assert ((await entry(stage, late)).state, (await entry(stage, late)).reason) == ("over", "closed")


async def test_what_became_free_unseen_is_offered_by_the_tick(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    kept = await live(stage, early)
    assert kept is not None
    await stage.run("declarant", cancel, kept.id)  # and the event is lost with its worker

    assert await tick(stage.tools, stage.tenant) == 1
    assert await tick(stage.tools, stage.tenant) == 0

    assert await live(stage, late, "held") is not None


async def test_a_kept_time_does_not_use_up_what_the_firm_may_hold(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    async with stage.work() as work:
        office = await office_by_id(work, stage.office.id)
        office.policies = {"holds_per_firm": 1}
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)

    other = await to_book(stage)

    assert (await stage.run("declarant", hold, other.id, tomorrow(stage, 16))).status == "held"


async def test_nobody_waits_for_what_cannot_be(stage: Stage) -> None:
    (late,) = await full_day(stage, 14)
    fresh = await stage.opened()

    with pytest.raises(NothingEarlier):
        await stage.run("declarant", join, late.id, Wish(days=(tomorrow(stage, 9).date() + timedelta(days=3),)))
    with pytest.raises(WrongState):
        await stage.run("declarant", join, fresh.id, NINE)
    with pytest.raises(NotFound):
        await stage.run("other_declarant", join, late.id, NINE)
    stage.clock.set(tomorrow(stage, 12, 30))
    with pytest.raises(NotWaiting):
        await stage.run("declarant", join, late.id, NINE)


async def test_another_firm_cannot_take_an_offer(stage: Stage) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)
    kept = await live(stage, late, "held")
    assert kept is not None

    for use_case in (accept, decline):
        with pytest.raises(NotFound):
            await stage.run("other_declarant", use_case, late.id, kept.id)
    with pytest.raises(OfferOver):
        await stage.run("declarant", accept, early.id, kept.id)
