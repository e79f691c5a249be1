"""After an absence or an overrun on the day: times are kept where they can be, names drawn, nobody forgotten."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from scheduling import Outcome
from tests.support.stage import Stage
from tests.support.steps_assignment import draws, live, policy, promised
from tests.support.steps_booking import calendars, only, tomorrow
from tests.support.steps_fieldwork import started
from tests.support.steps_notices import notices, reached
from tests.support.steps_publication import a_published_day, officer_part, whose
from tests.support.steps_repair import away_today, look, mended
from visits.assignment import record, seeds
from visits.assignment.queries import digests_kept
from visits.assignment.repair_apply import apply
from visits.assignment.replace import replace
from visits.background.deliver import deliver
from visits.booking.reconcile import reconcile
from visits.booking.replan_apply import PlanChanged
from visits.booking.replan_tables import ReplanRun, ReplanStep
from visits.booking.replan_undo import undo
from visits.booking.rules import WhyNeeded
from visits.ids import new_id
from visits.journey.states import NotYours
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent
from visits.store.work import Work

OFFICERS = ("inspector1", "inspector2", "inspector3")
BAYS = ("bay A", "bay B", "bay C")


async def today(stage: Stage, *hours: int, officers: tuple[str, ...] = OFFICERS) -> list[Visit]:
    """Visits at these hours of a published day; it is five to eight of that day."""
    await policy(stage, cool_off_most=50)
    await only(stage, *BAYS, *officers)
    early = tomorrow(stage, 7, 55)
    found = await a_published_day(stage, *(tomorrow(stage, hour) for hour in hours))
    stage.clock.set(early)
    return found


async def begins(stage: Stage, visit: Visit) -> datetime:
    part = await officer_part(stage, visit)
    assert part is not None
    at: datetime = part.during.lower
    return at


async def sound(stage: Stage) -> bool:
    """Bits and parts tell the same."""
    async with stage.work() as work:
        return await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def told(stage: Stage, visit: Visit, kind: str) -> int:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(DomainEvent).where(col(DomainEvent.visit_id) == visit.id, col(DomainEvent.kind) == kind)
        )
        return len(list(rows))


async def test_a_day_that_holds_needs_nothing(stage: Stage) -> None:
    await today(stage, 9, 10)

    assert (await look(stage)).lines == ()


async def test_after_an_absence_every_time_is_kept_under_another_name(stage: Stage) -> None:
    visits = await today(stage, 9, 9, 10)
    gone = await whose(stage, visits[0])
    theirs = [each for each in visits if await whose(stage, each) == gone]
    before = [await begins(stage, each) for each in visits]

    await away_today(stage, gone)
    await mended(stage)

    assert gone not in [await whose(stage, each) for each in visits]
    assert "" not in [await whose(stage, each) for each in visits]
    assert [await begins(stage, each) for each in visits] == before
    assert [len(await draws(stage, each)) for each in theirs] == [2] * len(theirs)
    assert await sound(stage)


async def test_what_keeps_its_officer_is_not_drawn_again(stage: Stage) -> None:
    visits = await today(stage, 9, 9, 10)
    gone = await whose(stage, visits[0])
    others = {each.id: await whose(stage, each) for each in visits if await whose(stage, each) != gone}

    await away_today(stage, gone)
    await mended(stage)

    assert {each: await whose(stage, await stage.visit(each)) for each in others} == others


async def test_a_visit_that_has_begun_never_moves(stage: Stage) -> None:
    [visit] = await today(stage, 8, officers=("inspector1",))
    stage.clock.move(minutes=10)
    await started(stage, visit)

    await away_today(stage, "inspector1")

    assert (await look(stage)).lines == ()
    assert await whose(stage, visit) == "inspector1"


async def test_after_an_overrun_the_next_visit_keeps_its_time_with_somebody_else(stage: Stage) -> None:
    first, second = await today(stage, 8, 9, officers=("inspector1",))
    stage.clock.move(minutes=40)
    await started(stage, first)
    await only(stage, *BAYS, "inspector1", "inspector2")
    await calendars(stage)

    [line] = (await look(stage)).lines
    await mended(stage)

    assert (line.fate.outcome, line.cause, line.able) == (Outcome.KEEPS, "busy", 1)
    assert await whose(stage, second) == "inspector2"
    assert await whose(stage, first) == "inspector1"


async def test_where_nobody_can_keep_the_time_it_begins_as_soon_as_it_can_and_the_declarant_is_told(
    stage: Stage,
) -> None:
    first, second = await today(stage, 8, 9, officers=("inspector1",))
    at = await begins(stage, second)
    stage.clock.move(minutes=40)
    await started(stage, first)

    [line] = (await look(stage)).lines
    run = await mended(stage)

    assert (line.fate.outcome, line.fate.waits) == (Outcome.MOVES, 45)
    assert await begins(stage, second) == at + timedelta(minutes=45)
    assert await whose(stage, second) == "inspector1"
    assert await told(stage, second, "appointment_moved") == 1
    assert run.cost == 45
    assert await sound(stage)


async def test_a_visit_nobody_can_make_goes_to_the_chief_with_the_rule_and_is_told_of_once(stage: Stage) -> None:
    [visit] = await today(stage, 9, officers=("inspector1",))
    await reached(stage)

    await away_today(stage, "inspector1")
    [line] = (await look(stage)).lines
    await mended(stage)

    assert (line.fate.outcome, line.fate.rule) == (Outcome.LEFT, "away")
    assert await live(stage, visit) is None
    await deliver(stage.tools, stage.tenant, visit.id)
    assert await told(stage, visit, "draw_blocked") == 1
    assert [each.channel for each in await notices(stage, "inspector_awaited")] == ["email", "sms"]
    assert (await look(stage)).lines == ()


async def test_a_visit_left_without_anybody_is_taken_up_once_somebody_can(stage: Stage) -> None:
    [visit] = await today(stage, 9, officers=("inspector1",))
    await away_today(stage, "inspector1")
    await mended(stage)
    await only(stage, *BAYS, "inspector1", "inspector2")
    await calendars(stage)

    [line] = (await look(stage)).lines
    await mended(stage)

    assert line.fate.outcome is Outcome.KEEPS
    assert await whose(stage, visit) == "inspector2"


async def test_a_plan_seen_before_something_changed_is_refused_whole(stage: Stage) -> None:
    visits = await today(stage, 9, 9, 10)
    gone = await whose(stage, visits[0])
    await away_today(stage, gone)
    old = await look(stage)
    other = next(each for each in OFFICERS if each != gone)
    await away_today(stage, other)

    with pytest.raises(PlanChanged):
        await mended(stage, draft=old)

    assert await whose(stage, visits[0]) == gone


async def test_sent_twice_it_is_mended_once(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))
    draft, run_id = await look(stage), new_id()

    first = await mended(stage, draft=draft, run_id=run_id)
    names = [await whose(stage, each) for each in visits]
    again = await mended(stage, draft=draft, run_id=run_id)

    assert first.id == again.id
    assert [await whose(stage, each) for each in visits] == names


async def test_killed_before_the_commit_it_leaves_nothing_and_can_be_done_again(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    gone = await whose(stage, visits[0])
    await away_today(stage, gone)
    draft = await look(stage)

    async def killed(work: Work) -> None:
        await apply(work, stage.tools, new_id(), draft.seen, "agent malade")
        await work.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DBAPIError):
        await stage.run("chief", killed)

    assert await whose(stage, visits[0]) == gone
    assert len(await draws(stage, visits[0])) == 1
    await mended(stage)
    assert await whose(stage, visits[0]) not in ("", gone)


async def test_its_draws_are_in_the_record_that_anybody_replays(stage: Stage) -> None:
    await promised(stage)
    await stage.run("system", seeds.commit_seeds, stage.tools)
    visits = await today(stage, 9, 9, 10, 14)
    day: date = stage.clock.now().date()
    await away_today(stage, await whose(stage, visits[0]))
    await mended(stage)
    stage.clock.move(days=1)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    assert await stage.run("system", record.findings, stage.office, day) == []
    made = [each for visit in visits for each in await draws(stage, visit)]
    async with stage.work() as work:
        assert len(await digests_kept(work, [each.id for each in made])) == len({each.id for each in made})


async def test_what_was_done_is_written_down_visit_by_visit(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))
    draft = await look(stage)
    run = await mended(stage)

    async with stage.work() as work:
        steps = (await work.session.scalars(select(ReplanStep).where(col(ReplanStep.run_id) == run.id))).all()
        kept = await work.session.get_one(ReplanRun, run.id)

    assert kept.reason == "agent malade"
    assert {each.visit_id for each in steps} == {each.case.visit.id for each in draft.lines}


async def test_only_a_chief_mends_a_day_and_says_why(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))
    seen = (await look(stage)).seen

    with pytest.raises(WhyNeeded):
        await stage.run("chief", apply, stage.tools, new_id(), seen, " ")
    with pytest.raises(NotYours):
        await stage.run("supervisor", apply, stage.tools, new_id(), seen, "agent malade")


async def test_a_draw_is_not_undone_even_when_the_visit_has_lost_its_officer_again(stage: Stage) -> None:
    first, second = await today(stage, 8, 9, officers=("inspector1",))
    stage.clock.move(minutes=40)
    await started(stage, first)
    run = await mended(stage)
    at = await begins(stage, second)
    await stage.run("system", replace, stage.tools, second.id, "ill")

    assert await stage.run("chief", undo, run.id) == (0, 1)

    assert await begins(stage, second) == at
    assert await sound(stage)
