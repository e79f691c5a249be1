"""Moving and cancelling: the old place stays if the new one fails; too late is too late."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from tests.visits.booking.test_confirm import draws
from visits.background.deliver import deliver
from visits.booking import queries, rules
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.events import Cancelled
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move as move_visit
from visits.journey.queries import visit_for_update
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent
from visits.store.work import Work


async def confirmed(stage: Stage, visit: Visit) -> Appointment:
    async with stage.work() as work:
        return (await queries.live_of(work, visit.id))["confirmed"]


async def clean(stage: Stage) -> bool:
    async with stage.work() as work:
        return await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_an_appointment_moves_a_quarter_of_an_hour_with_the_only_officer(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    visit = await booked(stage)

    moved = await stage.run("declarant", move, (await confirmed(stage, visit)).id, tomorrow(stage, 10, 15))

    assert (moved.status, moved.during.lower) == ("confirmed", tomorrow(stage, 10, 15))
    assert await clean(stage)


async def test_a_move_to_a_taken_time_changes_nothing(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    visit = await booked(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 14))

    with pytest.raises(rules.SlotTaken):
        await stage.run("declarant", move, (await confirmed(stage, visit)).id, tomorrow(stage, 14))

    assert (await confirmed(stage, visit)).during.lower == tomorrow(stage, 10)
    assert await clean(stage)


async def test_a_move_takes_a_time_whose_hold_ran_out_and_tells_who_kept_it(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    visit = await booked(stage)
    kept = await held(stage, await to_book(stage), tomorrow(stage, 14))
    stage.clock.move(minutes=5, seconds=1)

    await stage.run("declarant", move, (await confirmed(stage, visit)).id, tomorrow(stage, 14))

    async with stage.work() as work:
        assert (await queries.appointment_by_id(work, kept.id)).status == "expired"
        told = select(col(DomainEvent.visit_id)).where(col(DomainEvent.kind) == "hold_expired")
        assert list(await work.session.scalars(told)) == [kept.visit_id]
    assert await clean(stage)


async def test_moving_to_the_same_time_changes_nothing(stage: Stage) -> None:
    visit = await booked(stage)
    kept = await confirmed(stage, visit)

    assert (await stage.run("declarant", move, kept.id, kept.during.lower)).id == kept.id


async def test_there_and_back_again_is_drawn_at_the_first_moment(stage: Stage) -> None:
    visit = await booked(stage)
    await stage.run("declarant", move, (await confirmed(stage, visit)).id, tomorrow(stage, 14))

    await stage.run("declarant", move, (await confirmed(stage, visit)).id, tomorrow(stage, 10))

    assert await draws(stage, visit.id) == [tomorrow(stage, 8)]


async def test_a_declarant_moves_until_two_hours_before_and_staff_until_the_start(stage: Stage) -> None:
    visit = await booked(stage)
    kept = await confirmed(stage, visit)
    stage.clock.set(kept.during.lower - timedelta(hours=2) + timedelta(seconds=1))

    with pytest.raises(rules.TooLate):
        await stage.run("declarant", move, kept.id, kept.during.lower + timedelta(hours=4))
    moved = await stage.run("chief", move, kept.id, kept.during.lower + timedelta(hours=4), reason="pluie")

    assert moved.reason == "pluie"


async def test_a_cancelled_appointment_must_be_booked_again_and_is_not_drawn(stage: Stage) -> None:
    visit = await booked(stage)
    kept = await confirmed(stage, visit)

    await stage.run("declarant", cancel, kept.id)
    again = await stage.run("declarant", cancel, kept.id)

    assert again.status == "cancelled"
    assert (await stage.visit(visit.id)).state == State.TO_BOOK
    assert await draws(stage, visit.id) == []
    assert await clean(stage)


async def test_cancelling_gives_a_second_hold_back_too(stage: Stage) -> None:
    visit = await booked(stage)
    second = await stage.run("declarant", hold, visit.id, tomorrow(stage, 14))

    await stage.run("declarant", cancel, (await confirmed(stage, visit)).id)

    with pytest.raises(rules.NotLive):
        await stage.run("declarant", confirm, second.id)
    assert await clean(stage)


async def test_once_it_has_begun_it_is_not_cancelled(stage: Stage) -> None:
    visit = await booked(stage)
    kept = await confirmed(stage, visit)
    stage.clock.set(kept.during.lower)

    with pytest.raises(rules.TooLate):
        await stage.run("declarant", cancel, kept.id)


async def test_a_visit_withdrawn_by_customs_gives_its_place_back(stage: Stage) -> None:
    visit = await booked(stage)

    async def withdraw(work: Work) -> None:
        about = {"declaration": DeclarationId(visit.declaration_id), "visit": VisitId(visit.id)}
        await move_visit(work, await visit_for_update(work, visit.id), Cancelled(**about, reason="retrait"))

    await stage.run("chief", withdraw)
    await deliver(stage.tools, stage.tenant, visit.id)

    async with stage.work() as work:
        assert await queries.live_of(work, visit.id) == {}
    assert await clean(stage)


async def test_the_old_appointment_cannot_be_changed_after_the_move(stage: Stage) -> None:
    visit = await booked(stage)
    old = await confirmed(stage, visit)
    await stage.run("declarant", move, old.id, tomorrow(stage, 14))

    with pytest.raises(rules.NotLive):
        await stage.run("declarant", cancel, old.id)


async def test_a_held_time_is_not_moved(stage: Stage) -> None:
    kept = await held(stage)
    await calendars(stage)

    with pytest.raises(rules.NotLive):
        await stage.run("declarant", move, kept.id, tomorrow(stage, 14))
