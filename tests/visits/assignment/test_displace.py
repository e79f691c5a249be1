"""Where nobody is free today, others make room for an urgent visit: seen first, the least harm, nobody forgotten."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from scheduling import Outcome
from tests.support.stage import Stage
from tests.support.steps_assignment import draws, promised
from tests.support.steps_booking import calendars, only, to_book
from tests.support.steps_fieldwork import started
from tests.support.steps_publication import whose
from tests.support.steps_repair import away_today
from tests.visits.assignment.test_repair import BAYS, begins, sound, today, told
from visits.assignment import record, seeds
from visits.assignment.displace import MendFirst, NobodyGivesWay, NotUrgent, StillFree, asks, make_room
from visits.assignment.repair import Draft
from visits.assignment.repair_apply import RuleBroken, prove
from visits.booking.quotas_change import set_urgent
from visits.booking.replan_answer import answer
from visits.booking.replan_apply import PlanChanged
from visits.booking.replan_tables import ReplanRun, ReplanStep
from visits.booking.rules import WhyNeeded
from visits.booking.tables import Appointment, Waitlist
from visits.errors import Refusal
from visits.ids import new_id
from visits.journey.states import NotYours, State
from visits.journey.tables import Visit
from visits.sites.tables import Resource
from visits.store.tables import Audit
from visits.store.work import Work

ONE = ("inspector1",)


async def called_urgent(stage: Stage) -> Visit:
    """A visit without a time that a chief called urgent."""
    visit = await to_book(stage)
    await stage.run("chief", set_urgent, visit.id, True, reason="denrées périssables")
    return visit


async def seen(stage: Stage, visit: Visit, at: int = 0) -> Draft:
    """What would become of today with one of the starts, the least harmful unless another is chosen."""
    async with stage.work("chief") as work:
        found = await asks(work, visit.id)
        starts = found.starts()
        if not starts:
            raise NobodyGivesWay()
        return found.draft(starts[at].start)


async def room_made(
    stage: Stage, visit: Visit, draft: Draft, *, who: str = "chief", run_id: UUID | None = None
) -> ReplanRun:
    assert draft.urgent is not None
    at = draft.urgent.starts_at
    return await stage.run(
        who, make_room, stage.tools, run_id or new_id(), visit.id, at, draft.seen, "animaux sans eau"
    )


async def appointment(stage: Stage, visit: Visit) -> Appointment | None:
    async with stage.work() as work:
        return await work.session.scalar(
            select(Appointment).where(col(Appointment.visit_id) == visit.id, col(Appointment.status) == "confirmed")
        )


async def full(stage: Stage, officers: tuple[str, ...] = ONE, hours: tuple[int, ...] = (8, 9, 10)) -> list[Visit]:
    """It is five to eight; so many visits an hour, and nobody is free before eleven."""
    return await today(stage, *(hour for hour in hours for _ in officers), officers=officers)


async def test_it_has_its_time_and_who_gave_way_the_nearest_after_it(stage: Stage) -> None:
    """At ten the last visit waits an hour; at nine two would wait. The one of eight is on its way."""
    first, second, last = await full(stage)
    before = [await begins(stage, each) for each in (first, second)]
    at = await begins(stage, last)
    visit = await called_urgent(stage)

    draft = await seen(stage, visit)
    await room_made(stage, visit, draft)

    assert [(each.case.visit.id, each.fate.outcome) for each in draft.others] == [(last.id, Outcome.MOVES)]
    made = await appointment(stage, visit)
    assert made is not None
    assert made.during.lower == at
    assert await begins(stage, last) == draft.others[0].starts_at > at
    assert [await begins(stage, each) for each in (first, second)] == before
    assert [await whose(stage, each) for each in (visit, last)] == ["inspector1", "inspector1"]
    assert (await stage.visit(visit.id)).state == State.BOOKED
    assert await sound(stage)


async def test_who_waits_is_told_may_refuse_and_then_goes_first(stage: Stage) -> None:
    *_, last = await full(stage)
    visit = await called_urgent(stage)
    await room_made(stage, visit, await seen(stage, visit))

    assert await told(stage, last, "appointment_moved") == 1
    await stage.run("declarant", answer, last.id, refuse=True)

    async with stage.work() as work:
        steps = await work.session.scalars(select(ReplanStep).where(col(ReplanStep.visit_id) == last.id))
        waits = await work.session.scalars(select(Waitlist).where(col(Waitlist.visit_id) == last.id))
        assert [each.answer for each in steps] == ["refused"]
        assert [each.rank for each in waits] == [0]


async def test_another_officer_keeps_the_time_where_there_is_one(stage: Stage) -> None:
    """Only one of two may serve the urgent visit at nine, and has another one then, which the free one takes."""
    visits = await full(stage, ("inspector1", "inspector2"), hours=(9,))
    await only(stage, *BAYS, "inspector1", "inspector2", "inspector3")
    await calendars(stage)
    at = {each.id: await begins(stage, each) for each in visits}
    async with stage.work() as work:
        for name in ("inspector1", "inspector2"):
            (await work.session.get_one(Resource, stage.resources[name].id)).skills = 8
    await away_today(stage, "inspector1", "inspector2", first=8, last=9)
    await away_today(stage, "inspector1", "inspector2", first=10, last=24)
    visit = await called_urgent(stage)
    async with stage.work() as work:
        row = await work.session.get_one(Visit, visit.id)
        row.order = row.order | {"skills": 8}

    draft = await seen(stage, visit)
    await room_made(stage, visit, draft)

    assert [each.fate.outcome for each in draft.others] == [Outcome.KEEPS]
    assert {each.id: await begins(stage, each) for each in visits} == at
    assert sorted([await whose(stage, each) for each in visits])[-1] == "inspector3"
    assert await whose(stage, visit) in ("inspector1", "inspector2")
    assert [await told(stage, each, "appointment_moved") for each in visits] == [0, 0]
    assert await sound(stage)


# -- who gives way -------------------------------------------------------------------------------------------
async def test_what_is_not_urgent_displaces_nobody(stage: Stage) -> None:
    await full(stage)
    visit = await to_book(stage)

    with pytest.raises(NotUrgent):
        await seen(stage, visit)


async def test_what_goes_as_far_ahead_keeps_its_time(stage: Stage) -> None:
    """Whatever of the day is urgent too gives no way to another urgent one."""
    _, second, last = await full(stage)
    await stage.run("chief", set_urgent, last.id, True, reason="médicaments")
    visit = await called_urgent(stage)

    draft = await seen(stage, visit)
    await room_made(stage, visit, draft)

    assert [each.case.visit.id for each in draft.others] == [second.id]
    assert [each.case.visit.id for each in draft.others if each.case.visit.id == last.id] == []


async def test_nobody_waits_twice_for_others(stage: Stage) -> None:
    _, second, last = await full(stage)
    one, other = await called_urgent(stage), await called_urgent(stage)
    await room_made(stage, one, await seen(stage, one))
    at = await begins(stage, last)

    await room_made(stage, other, await seen(stage, other))

    assert await begins(stage, last) == at
    assert await told(stage, second, "appointment_moved") == 1


async def test_a_visit_that_has_begun_never_gives_way(stage: Stage) -> None:
    *_, last = await full(stage)
    visit = await called_urgent(stage)
    draft = await seen(stage, visit)
    await started(stage, last)

    with pytest.raises(Refusal):
        await room_made(stage, visit, draft)

    assert await appointment(stage, visit) is None
    assert (await stage.visit(last.id)).state == State.RUNNING


async def test_nobody_is_left_without_a_time(stage: Stage) -> None:
    """After eleven the only inspector is away: whoever gave way would have no time."""
    await full(stage)
    await away_today(stage, *ONE, first=11)
    visit = await called_urgent(stage)

    with pytest.raises(NobodyGivesWay):
        await seen(stage, visit)


async def test_where_the_first_start_is_free_nobody_gives_way(stage: Stage) -> None:
    await today(stage, 10, officers=ONE)
    visit = await called_urgent(stage)

    with pytest.raises(StillFree):
        await seen(stage, visit)


async def test_a_day_that_does_not_hold_is_mended_first(stage: Stage) -> None:
    await full(stage)
    await away_today(stage, *ONE, first=9, last=10)
    visit = await called_urgent(stage)

    with pytest.raises(MendFirst):
        await seen(stage, visit)


# -- faults --------------------------------------------------------------------------------------------------
async def test_pressed_twice_it_is_done_once(stage: Stage) -> None:
    visits = await full(stage)
    visit, run_id = await called_urgent(stage), new_id()
    draft = await seen(stage, visit)

    both = await asyncio.gather(*(room_made(stage, visit, draft, run_id=run_id) for _ in range(2)))
    again = await room_made(stage, visit, draft, run_id=run_id)

    assert {each.id for each in (*both, again)} == {run_id}
    assert len(await draws(stage, visit)) == 1
    assert sum([await told(stage, each, "appointment_moved") for each in visits]) == 1


async def test_of_two_chiefs_one_makes_room_and_the_other_reads_that_the_plan_has_changed(stage: Stage) -> None:
    visits = await full(stage)
    visit = await called_urgent(stage)
    draft = await seen(stage, visit)

    found = await asyncio.gather(
        room_made(stage, visit, draft),
        room_made(stage, visit, draft, who="chief2"),
        return_exceptions=True,
    )

    assert sorted(type(each) is PlanChanged for each in found) == [False, True]
    assert len(await draws(stage, visit)) == 1
    assert sum([await told(stage, each, "appointment_moved") for each in visits]) == 1
    assert await sound(stage)


async def test_killed_before_the_commit_nothing_is_stored_and_seen_again_it_is_done(stage: Stage) -> None:
    *_, last = await full(stage)
    at = await begins(stage, last)
    visit = await called_urgent(stage)
    draft = await seen(stage, visit)

    async def killed(work: Work) -> None:
        assert draft.urgent is not None
        at = draft.urgent.starts_at
        await make_room(work, stage.tools, new_id(), visit.id, at, draft.seen, "animaux sans eau")
        await work.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DBAPIError):
        await stage.run("chief", killed)

    assert (await appointment(stage, visit), await begins(stage, last)) == (None, at)
    assert await sound(stage)
    await room_made(stage, visit, await seen(stage, visit))
    assert await appointment(stage, visit) is not None


async def test_only_a_chief_makes_room_and_says_why(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)
    draft = await seen(stage, visit)
    assert draft.urgent is not None

    with pytest.raises(WhyNeeded):
        await stage.run("chief", make_room, stage.tools, new_id(), visit.id, draft.urgent.starts_at, draft.seen, " ")
    with pytest.raises(NotYours):
        await room_made(stage, visit, draft, who="supervisor")


# -- proof ---------------------------------------------------------------------------------------------------
async def test_the_checker_refuses_a_plan_in_which_a_role_is_missing(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)
    draft = await seen(stage, visit)
    routes = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.visit.id != str(visit.id)))
        if route.seat == str(stage.resources["inspector1"].id)
        else route
        for route in draft.plan.routes
    )

    prove(draft, draft.plan)
    with pytest.raises(RuleBroken):
        prove(draft, replace(draft.plan, routes=routes))


async def test_its_draws_are_in_the_record_that_anybody_replays(stage: Stage) -> None:
    await promised(stage)
    await stage.run("system", seeds.commit_seeds, stage.tools)
    await full(stage)
    day = stage.clock.now().date()
    visit = await called_urgent(stage)
    await room_made(stage, visit, await seen(stage, visit))
    stage.clock.move(days=1)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    assert await stage.run("system", record.findings, stage.office, day) == []


async def test_the_act_says_for_whom_when_and_who_waits(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)
    run = await room_made(stage, visit, await seen(stage, visit))

    async with stage.work() as work:
        act = await work.session.scalar(select(Audit).where(col(Audit.action) == "room_made"))
    assert act is not None
    assert (act.subject, act.body["run"], act.body["moves"]) == (str(visit.id), str(run.id), 1)
    assert act.body["reason"] == "animaux sans eau"
