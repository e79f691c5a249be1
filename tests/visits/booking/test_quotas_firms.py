"""A chief puts a visit first with a reason; a firm has so many appointments a day."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Quota, QuotaKind, Reason, Why
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_policies import (
    a_quota,
    again,
    free,
    reason,
    ruled,
)
from visits.booking import rules
from visits.booking.change import move
from visits.booking.hold import hold
from visits.booking.quotas import CLASSES, KEPT_FOR, Pool
from visits.booking.quotas_change import set_urgent
from visits.booking.tables import Appointment
from visits.declarations.lane import Colour
from visits.journey.states import NotYours, WrongState
from visits.store.tables import Audit


# -- urgency -------------------------------------------------------------------------------------------------
async def test_a_chief_puts_a_visit_first_with_a_reason_and_back(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(whom=["urgent"], places=3),))
    await calendars(stage)
    visit = await to_book(stage)
    await stage.run("chief", set_urgent, visit.id, True, reason="médicaments")
    assert tomorrow(stage, 10) in await free(stage, visit)
    await stage.run("chief", set_urgent, visit.id, True, reason="médicaments")

    await stage.run("chief", set_urgent, visit.id, False, reason="erreur")

    assert tomorrow(stage, 10) not in await free(stage, visit)
    async with stage.work() as work:
        acts = await work.session.scalars(select(Audit).where(col(Audit.action) == "visit_urgency_set"))
        assert sorted(each.body["reason"] for each in acts) == ["erreur", "médicaments"]


@pytest.mark.parametrize(
    ("who", "why", "refusal"),
    [
        pytest.param("chief", "  ", rules.WhyNeeded, id="without a reason"),
        pytest.param("declarant", "pressé", NotYours, id="not by the declarant"),
    ],
)
async def test_urgency_is_refused(stage: Stage, who: str, why: str, refusal: type[Exception]) -> None:
    visit = await to_book(stage)

    with pytest.raises(refusal):
        await stage.run(who, set_urgent, visit.id, True, reason=why)


async def test_a_check_of_documents_has_no_hour_to_win(stage: Stage) -> None:
    visit = await stage.opened(Colour.YELLOW)

    with pytest.raises(WrongState):
        await stage.run("chief", set_urgent, visit.id, True, reason="urgent")


# -- firms ---------------------------------------------------------------------------------------------------
async def test_a_firm_has_so_many_appointments_a_day(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=2)
    await calendars(stage)
    for each in (8, 9):
        await booked(stage, await to_book(stage), tomorrow(stage, each))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 14))

    assert told == Reason(why=Why.FIRM, count=2)
    with pytest.raises(rules.FirmDayFull):
        await stage.run("declarant", hold, late.id, tomorrow(stage, 14))
    assert (await stage.run("declarant", hold, late.id, tomorrow(stage, 14) + timedelta(days=1))).status == "held"


async def test_a_firm_that_asks_for_a_day_at_once_gets_no_more_than_it_may(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=2, holds_per_firm=50)
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(6)]
    hours = [tomorrow(stage, each) for each in (8, 9, 10, 13, 14, 15)]

    answers = await asyncio.gather(
        *(again(stage, visit, at) for visit, at in zip(visits, hours, strict=True)), return_exceptions=True
    )

    assert [type(each) for each in answers].count(Appointment) == 2
    assert {type(each) for each in answers} == {Appointment, rules.FirmDayFull}


async def test_a_full_day_cannot_be_moved_into_but_within(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=1)
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 8))
    other = await booked(stage, await to_book(stage), tomorrow(stage, 8) + timedelta(days=1))
    async with stage.work() as work:
        was = (await work.session.scalars(select(Appointment).where(col(Appointment.visit_id) == other.id))).one()

    with pytest.raises(rules.FirmDayFull):
        await stage.run("declarant", move, was.id, tomorrow(stage, 14))

    moved = await stage.run("declarant", move, was.id, tomorrow(stage, 14) + timedelta(days=1))
    assert moved.status == "confirmed"


async def test_the_office_books_for_a_firm_without_its_limit(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=1)
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 8))
    late = await to_book(stage)

    kept = await stage.run("chief", hold, late.id, tomorrow(stage, 14), reason="contre-visite")

    assert kept.status == "held"


async def test_a_firm_without_a_limit_has_none(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=0)
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 8))

    assert tomorrow(stage, 14) in await free(stage, await to_book(stage))


def test_what_may_be_kept_is_what_may_go_first() -> None:
    found = Pool.of(a_quota()).quota

    assert found == Quota(
        kind=QuotaKind.KEPT, whom=("perishable",), places=1, begin=480, end=720, release=timedelta(hours=2)
    )
    assert set(CLASSES) == {*KEPT_FOR, "waiting"} - {"staff"}
