"""What nobody notes tears a day too: an inspector who did not come, a visit that lasts. And two chiefs at once."""

import asyncio
from dataclasses import replace as replace_with
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Outcome, Plan, Route
from tests.support.stage import Stage
from tests.support.steps_assignment import draws
from tests.support.steps_booking import calendars, only
from tests.support.steps_fieldwork import started
from tests.support.steps_publication import whose
from tests.support.steps_repair import away_today, look, mended
from tests.visits.assignment.test_repair import BAYS, OFFICERS, begins, sound, today, told
from visits.assignment.repair_apply import RuleBroken, apply, prove
from visits.assignment.today import unnoted
from visits.assignment.vacant import keep_filled
from visits.booking.replan_tables import ReplanRun
from visits.fieldwork.checkin import arrive, check_in
from visits.fieldwork.words import Party
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id


# -- who did not come ------------------------------------------------------------------------------------------
async def without_word(stage: Stage, *hours: int, officers: tuple[str, ...] = OFFICERS) -> tuple[list[Visit], str]:
    """A published day whose first visit's inspector did not come: the declarant was there, half an hour is over."""
    visits = await today(stage, *hours, officers=officers)
    gone = await whose(stage, visits[0])
    stage.clock.set(await begins(stage, visits[0]))
    await stage.run("declarant", arrive, visits[0].id, id=new_id())
    stage.clock.move(minutes=30)
    return visits, gone


async def troubled(stage: Stage) -> list[UUID]:
    """The visits laid before the chief for what nobody noted."""
    async with stage.work("chief") as work:
        return [each.visit.id for each in await unnoted(work, await office_by_id(work, stage.office.id))]


async def test_whoever_did_not_come_to_one_visit_is_not_waited_for_at_the_next(stage: Stage) -> None:
    """Nobody has noted an absence. The first visit is drawn anew by itself; the rest of the day is laid before the
    chief, and keeps its times under other names."""
    visits, gone = await without_word(stage, 8, 10, 11, officers=("inspector1",))
    await only(stage, *BAYS, "inspector1", "inspector2")
    await calendars(stage)
    await keep_filled(stage.tools, stage.tenant)
    assert await whose(stage, visits[0]) == "inspector2"
    before = [await begins(stage, each) for each in visits[1:]]

    assert await troubled(stage) == [each.id for each in visits[1:]]
    lines = (await look(stage)).lines
    await mended(stage)

    assert [(line.cause, line.fate.outcome) for line in lines] == [("no_show", Outcome.KEEPS)] * 2
    assert [await whose(stage, each) for each in visits[1:]] == ["inspector2"] * 2
    assert gone == "inspector1"
    assert [await begins(stage, each) for each in visits[1:]] == before
    assert await troubled(stage) == []
    assert [(await draws(stage, each))[-1].reason for each in visits[1:]] == ["no_show"] * 2
    assert await sound(stage)


async def test_a_visit_whose_inspector_did_not_come_waits_for_the_next_who_can(stage: Stage) -> None:
    """One colleague is busy just then: the visit begins when that one is done, and nobody is left without an answer."""
    visits, _ = await without_word(stage, 8, 9, officers=("inspector1",))
    await only(stage, *BAYS, "inspector1", "inspector2")
    await calendars(stage)
    await away_today(stage, "inspector2", first=0, last=10)
    await keep_filled(stage.tools, stage.tenant)

    lines = (await look(stage)).lines
    await mended(stage)

    assert [line.cause for line in lines] == ["no_show", "no_show"]
    assert {line.fate.outcome for line in lines} == {Outcome.MOVES}
    assert [await whose(stage, each) for each in visits] == ["inspector2"] * 2
    assert (await look(stage)).lines == ()
    assert await sound(stage)


async def test_whoever_is_heard_of_again_keeps_the_rest_of_the_day(stage: Stage) -> None:
    visits, _ = await without_word(stage, 8, 10, officers=("inspector1",))
    await only(stage, *BAYS, "inspector1", "inspector2")
    await calendars(stage)
    await keep_filled(stage.tools, stage.tenant)
    stage.clock.move(minutes=15)
    await stage.run("inspector1", check_in, visits[1].id, id=new_id(), party=Party.INSPECTOR, called="")

    assert (await look(stage)).lines == ()
    assert await troubled(stage) == []


async def test_an_overrun_is_laid_before_the_chief_by_itself(stage: Stage) -> None:
    first, second = await today(stage, 8, 9, officers=("inspector1",))
    stage.clock.move(minutes=40)
    assert await troubled(stage) == []
    await started(stage, first)

    assert await troubled(stage) == [second.id]
    async with stage.browser("chief") as browser:
        text = (await browser.get("/chief")).text
    assert "Ne tient plus à l’heure promise" in text
    assert 'href="/chief/repair"' in text
    await mended(stage)
    assert await troubled(stage) == []


# -- two at once -----------------------------------------------------------------------------------------------
async def test_of_two_chiefs_one_mends_the_day_and_the_other_reads_that_it_changed(stage: Stage) -> None:
    visits = await today(stage, 9, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))
    seen = (await look(stage)).seen

    answers = await asyncio.gather(
        stage.run("chief", apply, stage.tools, new_id(), seen, "agent malade"),
        stage.run("chief2", apply, stage.tools, new_id(), seen, "agent malade"),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["PlanChanged", "ReplanRun"]
    async with stage.work() as work:
        runs = (await work.session.scalars(select(ReplanRun).where(col(ReplanRun.office_id) == stage.office.id))).all()
    assert len(runs) == 1
    assert await sound(stage)


async def test_the_same_press_twice_at_once_is_one_repair(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))
    seen, run_id = (await look(stage)).seen, new_id()

    first, again = await asyncio.gather(
        *(stage.run("chief", apply, stage.tools, run_id, seen, "agent malade") for _ in range(2))
    )

    assert first.id == again.id == run_id
    assert len(await draws(stage, visits[0])) <= 2


# -- the checker -----------------------------------------------------------------------------------------------
async def test_a_plan_that_breaks_a_rule_is_refused(stage: Stage) -> None:
    visits = await today(stage, 9, 9)
    await away_today(stage, await whose(stage, visits[0]))
    draft = await look(stage)
    prove(draft, draft.plan)
    [route, *others] = draft.plan.routes
    [stop, *_] = route.stops
    twice = Route(seat=route.seat, stops=(*route.stops, replace_with(stop, start=stop.start + 15)))

    with pytest.raises(RuleBroken):
        prove(draft, Plan(routes=(twice, *others)))


async def test_whoever_is_still_in_a_visit_is_no_no_show_at_the_next_one(stage: Stage) -> None:
    """The declarant of the second visit is there and half an hour has passed: it is late, and goes to the repair."""
    first, second = await today(stage, 8, 9, officers=("inspector1",))
    stage.clock.move(minutes=5)
    await started(stage, first)
    stage.clock.move(minutes=60)
    await stage.run("declarant", arrive, second.id, id=new_id())
    stage.clock.move(minutes=40)

    assert await keep_filled(stage.tools, stage.tenant) == 0

    [line] = (await look(stage)).lines
    assert (line.case.visit.id, line.cause) == (second.id, "busy")
    assert [each.reason for each in await draws(stage, second)] == [""]
    assert await told(stage, second, "draw_blocked") == 0
