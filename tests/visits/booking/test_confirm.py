"""A hold becomes an appointment, or the new time of one, exactly once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, to_book, tomorrow
from visits.booking import queries, rules
from visits.booking.change import cancel
from visits.booking.confirm import DRAW, confirm
from visits.booking.hold import hold
from visits.booking.tables import Appointment
from visits.errors import NotFound
from visits.journey.states import State
from visits.store.tables import DomainEvent, Due


async def kinds(stage: Stage, visit_id: object) -> list[str]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(DomainEvent.kind)).where(col(DomainEvent.visit_id) == visit_id).order_by(col(DomainEvent.seq))
        )
        return list(rows)


async def draws(stage: Stage, visit_id: object) -> list[object]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(Due.due_at)).where(
                col(Due.kind) == DRAW, col(Due.subject_id) == visit_id, col(Due.done_at).is_(None)
            )
        )
        return list(rows)


async def test_confirming_twice_gives_the_same_appointment(stage: Stage) -> None:
    kept = await held(stage)

    first = await stage.run("declarant", confirm, kept.id)
    again = await stage.run("declarant", confirm, kept.id)

    assert (first.id, first.status) == (again.id, again.status) == (kept.id, "confirmed")
    assert (await stage.visit(kept.visit_id)).state == State.BOOKED
    assert (await kinds(stage, kept.visit_id)).count("appointment_confirmed") == 1


async def test_the_draw_is_two_hours_before_the_start(stage: Stage) -> None:
    visit = await booked(stage)

    assert await draws(stage, visit.id) == [tomorrow(stage, 8)]


async def test_a_near_appointment_is_drawn_at_once(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    kept = await stage.run("chief", hold, visit.id, stage.clock.now() + timedelta(minutes=30), reason="urgence")

    await stage.run("chief", confirm, kept.id)

    assert await draws(stage, visit.id) == [stage.clock.now()]


async def test_after_its_last_instant_a_hold_cannot_be_confirmed(stage: Stage) -> None:
    kept = await held(stage)
    stage.clock.move(minutes=5, microseconds=1)

    with pytest.raises(rules.HoldExpired):
        await stage.run("declarant", confirm, kept.id)


async def test_another_firm_cannot_confirm(stage: Stage) -> None:
    kept = await held(stage)

    with pytest.raises(NotFound):
        await stage.run("other_declarant", confirm, kept.id)


async def test_a_hold_that_was_given_back_says_so(stage: Stage) -> None:
    kept = await held(stage)
    await stage.run("declarant", cancel, kept.id)

    with pytest.raises(rules.NotLive):
        await stage.run("declarant", confirm, kept.id)


async def test_confirming_a_second_hold_moves_the_appointment_and_its_draw(stage: Stage) -> None:
    visit = await booked(stage)
    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 14))

    await stage.run("declarant", confirm, kept.id)

    async with stage.work() as work:
        rows = await work.session.scalars(select(Appointment).where(col(Appointment.visit_id) == visit.id))
        statuses = {each.during.lower: each.status for each in rows}
        live = await queries.parts_of(work, [kept.id])
    assert statuses == {tomorrow(stage, 10): "moved", tomorrow(stage, 14): "confirmed"}
    assert len(live) == 2
    assert (await kinds(stage, visit.id))[-1] == "appointment_moved"
    assert await draws(stage, visit.id) == [tomorrow(stage, 12)]


async def test_the_old_time_is_free_for_others_once_the_move_is_confirmed(stage: Stage) -> None:
    visit = await booked(stage)
    others = [await booked(stage, await to_book(stage)) for _ in range(2)]
    late = await to_book(stage)
    with pytest.raises(rules.SlotTaken):
        await stage.run("declarant", hold, late.id, tomorrow(stage, 10))

    await stage.run("declarant", confirm, (await stage.run("declarant", hold, visit.id, tomorrow(stage, 14))).id)

    assert (await stage.run("declarant", hold, late.id, tomorrow(stage, 10))).status == "held"
    assert {each.state for each in others} == {State.BOOKED}


async def test_confirming_fifty_times_at_once_books_once(stage: Stage) -> None:
    kept = await held(stage)

    answers = await asyncio.gather(*(stage.run("declarant", confirm, kept.id) for _ in range(50)))

    assert {(each.id, each.status) for each in answers} == {(kept.id, "confirmed")}
    assert (await kinds(stage, kept.visit_id)).count("appointment_confirmed") == 1
