"""Places kept, limits, firms and waiting: what is refused is told, what is told is refused, and nothing is oversold."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Reason, Why
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_policies import (
    a_quota,
    again,
    fish,
    free,
    reason,
    ruled,
    second_site,
    to_book_at,
)
from visits.booking import rules
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.sites.queries import office_by_id


# -- places kept ---------------------------------------------------------------------------------------------
async def test_the_last_place_is_kept_and_the_reason_told(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)

    told = await reason(stage, visit, tomorrow(stage, 10))

    assert told == Reason(why=Why.KEPT, whom=("perishable",), until=tomorrow(stage, 6))
    assert min(await free(stage, visit)) == tomorrow(stage, 13)
    with pytest.raises(rules.SlotKept):
        await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))


async def test_those_it_is_kept_for_take_it_and_the_reason_stays_with_the_appointment(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await fish(stage)

    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))

    assert (kept.audience, kept.priority) == ("public", ["perishable"])


async def test_a_visit_that_reaches_into_the_window_is_refused_too(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(begin=600),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)

    assert tomorrow(stage, 9) in await free(stage, visit)
    told = await reason(stage, visit, tomorrow(stage, 9, 15))
    assert told is not None
    assert told.why is Why.KEPT


async def test_a_kept_place_that_was_used_is_not_kept_again(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await held(stage, await fish(stage), tomorrow(stage, 8))
    visit = await to_book(stage)

    assert tomorrow(stage, 9) in await free(stage, visit)


async def test_what_was_not_used_is_released_for_everybody(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),), notice_minutes=0)
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)
    ten = tomorrow(stage, 10)
    stage.clock.set(tomorrow(stage, 5, 59))
    with pytest.raises(rules.SlotKept):
        await stage.run("declarant", hold, visit.id, ten)
    stage.clock.move(minutes=1)

    kept = await stage.run("declarant", hold, visit.id, ten)

    assert kept.status == "held"


async def test_with_two_places_one_is_kept_and_one_is_open(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)

    await held(stage, await to_book(stage), tomorrow(stage, 9))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 9))
    assert told is not None
    assert told.why is Why.KEPT
    assert tomorrow(stage, 9) in await free(stage, await fish(stage))
    assert tomorrow(stage, 10) in await free(stage, late)


async def test_a_place_that_is_taken_is_told_as_taken(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await held(stage, await fish(stage), tomorrow(stage, 10))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 10))

    assert told is not None
    assert told.why is Why.TAKEN


async def test_places_may_be_kept_for_the_office_itself(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(whom=["staff"]),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)

    assert tomorrow(stage, 10) not in await free(stage, visit)
    kept = await stage.run("chief", hold, visit.id, tomorrow(stage, 10), reason="sans rendez-vous")
    assert kept.audience == "staff"


async def test_a_place_kept_at_one_site_leaves_the_bays_of_another(stage: Stage) -> None:
    far = await second_site(stage)
    await ruled(stage, quotas=(a_quota(site=str(far.id)),))
    await only(stage, "bay A", "far bay 0", "inspector1", "inspector2")
    await calendars(stage)
    here, there = await to_book_at(stage, stage.site.id), await to_book_at(stage, far.id)

    assert tomorrow(stage, 10) in await free(stage, here)
    assert tomorrow(stage, 10) not in await free(stage, there)


async def test_a_scanner_is_kept_where_scans_are_meant(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(levels=["scan"]),))
    await another(stage, "gate", "scanner", site_id=stage.site.id)
    await only(stage, "gate", "bay A", "inspector1", "inspector2")
    await calendars(stage)
    physical, scan = await to_book(stage), await to_book(stage, level="scan")

    assert tomorrow(stage, 10) in await free(stage, physical)
    told = await reason(stage, scan, tomorrow(stage, 10))
    assert told is not None
    assert told.why is Why.KEPT


async def test_every_start_on_offer_can_be_held_and_no_other(stage: Stage) -> None:
    """The same code lists and judges, with a kept place, a limit and buffers at once."""
    await ruled(
        stage,
        quotas=(a_quota(end=600), a_quota(kind="most", whom=["public"], places=1, begin=780, end=1020, hourly=True)),
        buffers=({"kind": "bay", "before": 15, "after": 15, "level": "", "site": ""},),
    )
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 8, 15))
    await held(stage, await to_book(stage), tomorrow(stage, 14))
    late = await to_book(stage)
    starts = await free(stage, late)
    kept: Appointment | None = None

    for step in range(4 * 24):
        at = tomorrow(stage, 0) + step * timedelta(minutes=15)
        try:
            kept = await stage.run("declarant", hold, late.id, at)
        except (rules.SlotTaken, rules.SlotClosed, rules.SlotKept, rules.QuotaReached):
            assert at not in starts
        else:
            assert at in starts
    assert kept is not None
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


# -- races ---------------------------------------------------------------------------------------------------
async def test_a_rush_of_ordinary_visits_leaves_the_kept_places_free(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(places=2, begin=480, end=540),), holds_per_firm=50)
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(8)]
    hours = [tomorrow(stage, 8), tomorrow(stage, 8, 15), tomorrow(stage, 8, 30), tomorrow(stage, 8, 45)]

    answers = await asyncio.gather(
        *(again(stage, visit, hours[number % 4]) for number, visit in enumerate(visits)), return_exceptions=True
    )

    # Three bays, two of them kept: one visit gets in, whoever was first.
    assert [type(each) for each in answers].count(Appointment) == 1
    for _ in range(2):
        kept = await stage.run("declarant", hold, (await fish(stage)).id, tomorrow(stage, 8))
        assert kept.priority == ["perishable"]


async def test_a_rush_never_oversells_a_limit(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=3, end=1020),), holds_per_firm=50)
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(9)]
    hours = [tomorrow(stage, each) for each in (8, 9, 10, 11, 13, 14, 15, 8, 9)]

    answers = await asyncio.gather(
        *(again(stage, visit, at) for visit, at in zip(visits, hours, strict=True)), return_exceptions=True
    )

    assert [type(each) for each in answers].count(Appointment) == 3
    assert {type(each) for each in answers} == {Appointment, rules.QuotaReached}


# -- limits --------------------------------------------------------------------------------------------------
async def test_a_limit_is_told_counted_and_does_not_bind_the_office(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020, release=60),))
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 9))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 14))

    assert told == Reason(why=Why.QUOTA, count=1, whom=("public",), until=tomorrow(stage, 7))
    with pytest.raises(rules.QuotaReached):
        await stage.run("declarant", hold, late.id, tomorrow(stage, 14))
    assert (await stage.run("chief", hold, late.id, tomorrow(stage, 14), reason="urgence")).status == "held"


async def test_a_visit_that_goes_first_uses_up_no_place_of_the_others(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020),))
    await calendars(stage)
    await held(stage, await fish(stage), tomorrow(stage, 9))

    assert tomorrow(stage, 14) in await free(stage, await to_book(stage))


async def test_moving_within_a_full_window_counts_oneself_once(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020),))
    await calendars(stage)
    kept = await held(stage, await to_book(stage), tomorrow(stage, 9))
    done = await stage.run("declarant", confirm, kept.id)

    moved = await stage.run("declarant", move, done.id, tomorrow(stage, 14))

    assert moved.during.lower == tomorrow(stage, 14)


async def test_a_hold_that_ran_out_gives_its_share_back(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020),))
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 9))
    stage.clock.move(minutes=6)

    assert tomorrow(stage, 14) in await free(stage, await to_book(stage))


# -- nobody waits for ever -----------------------------------------------------------------------------------
async def test_who_waited_too_long_takes_what_is_kept_for_others(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(release=None, places=3),), wait_days=3)
    await calendars(stage, days=30)
    visit = await to_book(stage)
    stage.clock.move(days=3, minutes=-1)
    assert tomorrow(stage, 10) not in await free(stage, visit)
    stage.clock.move(minutes=1)

    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))

    assert kept.priority == ["waiting"]


async def test_a_place_lost_does_not_send_a_visit_back_to_the_end(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(release=None, places=3),), wait_days=3)
    await calendars(stage, days=30)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 14))
    async with stage.work() as work:
        found = (await work.session.scalars(select(Appointment).where(col(Appointment.visit_id) == visit.id))).one()
    await stage.run("declarant", cancel, found.id)
    stage.clock.move(days=3)

    assert tomorrow(stage, 10) in await free(stage, await stage.visit(visit.id))
