"""After an absence or a closure: seen first, applied as seen or not at all, undone for a while, answered."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Outcome
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_fieldwork import ready, started
from tests.support.steps_replan import applied, away, look, officer_of, who_serves
from tests.support.steps_waitlist import entry, live, sound
from visits.background.deliver import deliver
from visits.booking import replan_rows
from visits.booking.change import cancel, move
from visits.booking.edit import edit_calendar
from visits.booking.replan_answer import answer
from visits.booking.replan_apply import PlanChanged, apply
from visits.booking.replan_tables import ReplanRun
from visits.booking.replan_undo import UndoTooLate, undo
from visits.booking.rules import WhyNeeded
from visits.booking.waitlist_rules import DISPLACED
from visits.errors import NotFound
from visits.ids import new_id
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.admin import add_absence
from visits.sites.tables import Absence, Resource
from visits.store.tables import DomainEvent
from visits.store.work import Work


async def three(stage: Stage) -> list[Visit]:
    """Two officers and three bays; visits at nine, ten and eleven, all kept for the same officer."""
    await only(stage, "bay A", "bay B", "bay C", "inspector1", "inspector2")
    await calendars(stage)
    return [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in (9, 10, 11)]


async def test_times_are_kept_with_another_officer(stage: Stage) -> None:
    visits = await three(stage)
    gone = await officer_of(stage, visits[0])
    await away(stage, gone)

    draft = await look(stage)
    assert (draft.count(Outcome.KEEPS), draft.count(Outcome.MOVES), draft.minutes) == (3, 0, 0)
    await applied(stage)

    assert [(await live(stage, each)).during.lower.hour for each in visits] == [9, 10, 11]  # type: ignore[union-attr]
    assert gone not in {await officer_of(stage, each) for each in visits}
    assert (await look(stage)).lines == ()
    assert await sound(stage)


async def test_looking_changes_nothing(stage: Stage) -> None:
    visits = await three(stage)
    await away(stage, await officer_of(stage, visits[0]))
    before = [await who_serves(stage, each) for each in visits]

    assert (await look(stage)) == (await look(stage))
    assert [await who_serves(stage, each) for each in visits] == before


async def test_who_finds_nobody_moves_to_the_nearest_time_of_the_day(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "inspector1", first=9, last=12)

    draft = await look(stage)
    run = await applied(stage)

    assert [(each.outcome, each.starts_at) for each in draft.lines] == [(Outcome.MOVES, tomorrow(stage, 8))]
    kept = await live(stage, visit)
    assert kept is not None
    assert (kept.during.lower, kept.reason) == (tomorrow(stage, 8), "agent malade")
    async with stage.work() as work:
        told = await work.session.scalar(select(DomainEvent).where(col(DomainEvent.kind) == "appointment_moved"))
        [(step, _)] = await replan_rows.steps_of(work, run.id)
    assert told is not None
    assert (told.body["reason"], step.outcome, step.state) == ("agent malade", "moves", "applied")
    assert await sound(stage)


async def test_the_next_day_when_the_day_has_nothing(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "inspector1")

    [line] = (await look(stage)).lines

    assert line.starts_at == tomorrow(stage, 10) + timedelta(days=1)


async def test_who_finds_nothing_gives_up_the_time_and_goes_first_on_the_list(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "inspector1", days=20)

    [line] = (await look(stage)).lines
    await applied(stage)

    assert (line.outcome, line.answer.rule) == (Outcome.LEFT, "officer")
    assert await live(stage, visit) is None
    assert (await stage.visit(visit.id)).state == State.TO_BOOK
    assert (await entry(stage, visit)).rank == DISPLACED
    assert (await look(stage)).lines == ()
    assert await sound(stage)


async def test_a_plan_that_changed_since_it_was_seen_is_not_applied(stage: Stage) -> None:
    visits = await three(stage)
    await away(stage, await officer_of(stage, visits[0]))
    seen = (await look(stage)).seen
    kept = await live(stage, visits[2])
    assert kept is not None
    await stage.run("declarant", cancel, kept.id)

    with pytest.raises(PlanChanged) as refusal:
        await stage.run("chief", apply, new_id(), seen, "agent malade")

    assert refusal.value.facts["count"] == 1
    assert (await look(stage)).count(Outcome.KEEPS) == 2
    assert await sound(stage)


async def test_the_same_plan_pressed_twice_is_applied_once_and_both_hear_so(stage: Stage) -> None:
    visits = await three(stage)
    await away(stage, await officer_of(stage, visits[0]))
    seen, run_id = (await look(stage)).seen, new_id()

    answers = await asyncio.gather(*(stage.run("chief", apply, run_id, seen, "agent malade") for _ in range(3)))

    assert {each.id for each in answers} == {run_id}
    assert await sound(stage)


async def test_two_chiefs_who_apply_the_same_plan_apply_it_once(stage: Stage) -> None:
    visits = await three(stage)
    await away(stage, await officer_of(stage, visits[0]))
    seen = (await look(stage)).seen

    answers = await asyncio.gather(
        *(stage.run(who, apply, new_id(), seen, "agent malade") for who in ("chief", "chief2", "chief")),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["PlanChanged", "PlanChanged", "ReplanRun"]
    assert await sound(stage)


async def test_a_reason_is_given_and_only_the_own_office_is_placed_anew(stage: Stage) -> None:
    visits = await three(stage)
    await away(stage, await officer_of(stage, visits[0]))
    run = await applied(stage)

    with pytest.raises(WhyNeeded):
        await stage.run("chief", apply, new_id(), (await look(stage)).seen, " ")
    async with stage.work() as work:
        kept = await work.session.get_one(ReplanRun, run.id)
        assert kept.office_id == stage.office.id
    with pytest.raises(NotFound):
        await stage.run("declarant", undo, run.id)


async def test_a_visit_that_began_never_moves(stage: Stage) -> None:
    await started(stage)
    today = stage.clock.now().date()

    async def change(work: Work) -> object:
        at = datetime.combine(today, datetime.min.time())
        return await add_absence(work, stage.resources["inspector1"].id, at, at + timedelta(days=1), "maladie")

    await stage.run("chief2", edit_calendar, stage.office.id, change, confirmed=True)

    assert (await look(stage)).lines == ()


async def test_a_drawn_name_is_drawn_anew_and_the_time_stays(stage: Stage) -> None:
    visit = await ready(stage)
    stage.clock.set(stage.clock.now() - timedelta(minutes=60))
    async with stage.work() as work:
        (await work.session.get_one(Resource, stage.resources["inspector2"].id)).active_to = None
    await calendars(stage)
    today = stage.clock.now().date()

    async def change(work: Work) -> object:
        at = datetime.combine(today, datetime.min.time())
        return await add_absence(work, stage.resources["inspector1"].id, at, at + timedelta(days=1), "maladie")

    await stage.run("chief2", edit_calendar, stage.office.id, change, confirmed=True)
    draft = await look(stage)
    assert (draft.count(Outcome.KEEPS), draft.cost > 0) == (1, True)

    await applied(stage)
    await deliver(stage.tools, stage.tenant, visit.id)

    assert (await stage.visit(visit.id)).inspector_id is None
    assert await officer_of(stage, visit) == "inspector2"


# ---------- undo ----------


async def test_undone_in_time_everything_is_as_before(stage: Stage) -> None:
    visits = await three(stage)
    before = [await who_serves(stage, each) for each in visits]
    await away(stage, await officer_of(stage, visits[0]))
    run = await applied(stage)
    stage.clock.move(minutes=60)

    first = await stage.run("chief", undo, run.id)
    again = await stage.run("chief", undo, run.id)

    assert (first, again) == ((3, 0), (3, 0))
    assert [await who_serves(stage, each) for each in visits] == before
    assert (await look(stage)).count(Outcome.KEEPS) == 3
    assert await sound(stage)


async def test_a_moved_appointment_comes_back_to_its_time(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "inspector1", first=9, last=12)
    run = await applied(stage)

    assert await stage.run("chief", undo, run.id) == (1, 0)

    kept = await live(stage, visit)
    assert kept is not None
    assert kept.during.lower == tomorrow(stage, 10)
    assert await sound(stage)


async def test_what_somebody_changed_since_stays(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "inspector1", first=9, last=12)
    run = await applied(stage)
    kept = await live(stage, visit)
    assert kept is not None
    await stage.run("declarant", move, kept.id, tomorrow(stage, 15))

    assert await stage.run("chief", undo, run.id) == (0, 1)

    assert (await live(stage, visit)).during.lower == tomorrow(stage, 15)  # type: ignore[union-attr]


async def test_a_former_place_somebody_took_is_not_taken_back(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1", "inspector2")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "bay A", first=9, last=12)
    run = await applied(stage)

    async def change(work: Work) -> object:
        for each in await work.session.scalars(select(Absence)):
            each.withdrawn_at = work.now
        await work.session.flush()
        return None

    await stage.run("chief2", edit_calendar, stage.office.id, change, confirmed=True)
    await booked(stage, await to_book(stage), tomorrow(stage, 10))

    assert await stage.run("chief", undo, run.id) == (0, 1)
    assert (await live(stage, visit)).during.lower != tomorrow(stage, 10)  # type: ignore[union-attr]
    assert await sound(stage)


async def test_after_the_time_to_undo_nothing_is_undone(stage: Stage) -> None:
    visits = await three(stage)
    await away(stage, await officer_of(stage, visits[0]))
    run = await applied(stage)
    stage.clock.move(minutes=60, seconds=1)

    with pytest.raises(UndoTooLate):
        await stage.run("chief", undo, run.id)


# ---------- the declarant ----------


async def moved(stage: Stage) -> Visit:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "inspector1")
    await applied(stage)
    return visit


async def test_who_refuses_keeps_the_time_and_goes_first_on_the_list(stage: Stage) -> None:
    visit = await moved(stage)

    await stage.run("declarant", answer, visit.id, refuse=True)
    await stage.run("declarant", answer, visit.id, refuse=False)

    assert (await entry(stage, visit)).rank == 0
    assert await live(stage, visit) is not None
    async with stage.work() as work:
        kept = await live(stage, visit)
        assert kept is not None
        step = await replan_rows.to_answer(work, visit.id, kept.id)
    assert step is not None
    assert step.answer == "refused"


async def test_only_the_own_moved_appointment_is_answered(stage: Stage) -> None:
    visit = await moved(stage)

    for who in ("other_declarant", "chief", "importer"):
        with pytest.raises(NotFound):
            await stage.run(who, answer, visit.id, refuse=True)
    kept = await live(stage, visit)
    assert kept is not None
    await stage.run("declarant", move, kept.id, kept.during.lower + timedelta(hours=3))
    with pytest.raises(NotFound):
        await stage.run("declarant", answer, visit.id, refuse=True)
