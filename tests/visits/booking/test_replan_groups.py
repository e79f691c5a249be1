"""A group that lost its officer is placed anew as one; it comes apart only where nobody can take all its visits."""

import asyncio
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, only, to_book, tomorrow
from tests.support.steps_replan import applied, away, look, officer_of
from tests.support.steps_waitlist import live, sound
from visits.booking import groups, groups_rows
from visits.booking.groups import Pattern
from visits.booking.replan import Draft
from visits.booking.replan_apply import apply
from visits.booking.replan_undo import undo
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.store.tables import DomainEvent


async def three(stage: Stage, hour: int, *officers: str) -> list[Visit]:
    """Three visits of a firm, one after the other from an hour on, with the same officer."""
    await only(stage, "bay A", *officers)
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(3)]
    ids = [each.id for each in visits]
    await stage.run("declarant", groups.book, ids, tomorrow(stage, hour), pattern=Pattern.IN_TURN)
    assert len({await officer_of(stage, each) for each in visits}) == 1
    return visits


async def hours(stage: Stage, visits: list[Visit]) -> list[int]:
    return [kept.during.lower.hour for each in visits if (kept := await live(stage, each)) is not None]


async def members(stage: Stage, visit: Visit) -> list[UUID]:
    """The visits of a visit's group, in order."""
    async with stage.work("declarant") as work:
        found = await groups_rows.group_of(work, visit.id)
        assert found is not None
        return (await groups_rows.members_of(work, found[0]))[1]


def stays(draft: Draft) -> set[bool | None]:
    return {each.answer.whole for each in draft.lines}


async def test_another_officer_takes_all_of_them_at_their_hours(stage: Stage) -> None:
    visits = await three(stage, 8, "inspector1", "inspector2", "inspector3")
    gone = await officer_of(stage, visits[0])
    await away(stage, gone)
    # Whoever is free for the first of them alone is not asked.
    [first, second] = sorted(
        {"inspector1", "inspector2", "inspector3"} - {gone}, key=lambda it: str(stage.resources[it].id)
    )
    await away(stage, first, first=9, last=10)

    draft = await look(stage)
    await applied(stage)

    assert (stays(draft), draft.minutes) == ({True}, 0)
    assert await hours(stage, visits) == [8, 9, 10]
    assert {await officer_of(stage, each) for each in visits} == {second}
    assert await sound(stage)


async def test_they_move_to_other_hours_as_one_and_each_is_told_once(stage: Stage) -> None:
    visits = await three(stage, 8, "inspector1", "inspector2")
    gone = await officer_of(stage, visits[0])
    other = "inspector2" if gone == "inspector1" else "inspector1"
    await away(stage, gone)
    await away(stage, other, first=9, last=10)

    draft = await look(stage)
    await applied(stage)

    first, *_ = begins = await hours(stage, visits)
    assert (stays(draft), begins) == ({True}, [first, first + 1, first + 2])
    assert {await officer_of(stage, each) for each in visits} == {other}
    assert await members(stage, visits[0]) == [each.id for each in visits]
    async with stage.work() as work:
        told = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "appointment_moved"))
        assert sorted(each.visit_id for each in told if each.visit_id) == sorted(each.id for each in visits)
    assert await sound(stage)


async def test_undone_they_come_back_to_hours_that_lie_over_those_they_had_meanwhile(stage: Stage) -> None:
    visits = await three(stage, 9, "inspector1", "inspector2")
    gone = await officer_of(stage, visits[0])
    other = "inspector2" if gone == "inspector1" else "inspector1"
    await away(stage, gone)
    await away(stage, other, first=11, last=12)
    run = await applied(stage)
    assert await hours(stage, visits) == [8, 9, 10]

    assert await stage.run("chief", undo, run.id) == (3, 0)

    assert await hours(stage, visits) == [9, 10, 11]
    assert {await officer_of(stage, each) for each in visits} == {gone}
    assert await members(stage, visits[0]) == [each.id for each in visits]


async def test_where_nobody_can_take_all_they_come_apart_and_keep_what_they_can(stage: Stage) -> None:
    visits = await three(stage, 8, "inspector1", "inspector2", "inspector3")
    gone = await officer_of(stage, visits[0])
    first, second = sorted({"inspector1", "inspector2", "inspector3"} - {gone})
    await away(stage, gone, days=20)
    await away(stage, first, first=9, days=20)
    await away(stage, second, last=9)
    await away(stage, second, first=11, days=20)

    draft = await look(stage)
    await applied(stage)

    assert stays(draft) == {False}
    assert await hours(stage, visits) == [8, 9, 10]
    assert [await officer_of(stage, each) for each in visits] == [first, second, second]
    assert await sound(stage)


async def test_two_who_apply_at_once_move_the_group_once(stage: Stage) -> None:
    visits = await three(stage, 8, "inspector1")
    await away(stage, "inspector1", first=8, last=11)
    seen = (await look(stage)).seen

    answers = await asyncio.gather(
        *(stage.run(who, apply, new_id(), seen, "agent malade") for who in ("chief", "chief2")), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in answers) == ["PlanChanged", "ReplanRun"]
    first, *_ = begins = await hours(stage, visits)
    assert begins == [first, first + 1, first + 2]
    assert await sound(stage)


async def test_visits_side_by_side_and_one_moved_by_itself_are_each_placed_alone(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    visits = [(await to_book(stage)).id for _ in range(2)]
    await stage.run("declarant", groups.book, visits, tomorrow(stage, 9), pattern=Pattern.AT_ONCE)
    await away(stage, "inspector1")
    await away(stage, "inspector2", last=12)

    assert stays(await look(stage)) == {None}
