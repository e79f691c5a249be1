"""Provisional times and regular hours that an absence or a closure strands: counted, mended, or given up and told."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from scheduling import Outcome
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_landing import appointment, at_sea, facts, reserved, settled
from tests.support.steps_regular import days, granted
from tests.support.steps_replan import applied, away, back, look, officer_of
from tests.support.steps_waitlist import live, sound
from visits.booking import queries, regular
from visits.booking.regular_tables import RegularDay
from visits.booking.replan_undo import undo
from visits.journey.tables import Visit
from visits.notices.tables import Notice
from visits.store.tables import Due


async def provisional(stage: Stage, *resources: str) -> Visit:
    """A visit before its package, whose time tomorrow at eleven is kept until the ship is there."""
    await only(stage, *resources)
    visit = await at_sea(stage)
    await reserved(stage, visit)
    return visit


async def weekly(stage: Stage, *resources: str) -> RegularDay:
    """A firm's regular hour; its first place is tomorrow week at nine."""
    await only(stage, *resources)
    return (await granted(stage))[0]


# ---------- provisional times ----------


async def test_a_provisional_time_is_kept_with_another_officer(stage: Stage) -> None:
    visit = await provisional(stage, "bay A", "inspector1", "inspector2")
    gone = await officer_of(stage, visit)
    await away(stage, gone)

    assert (await look(stage)).count(Outcome.KEEPS) == 1
    await applied(stage)

    assert (await live(stage, visit)).during.lower == tomorrow(stage, 11)  # type: ignore[union-attr]
    assert await officer_of(stage, visit) != gone
    assert (await look(stage)).lines == ()
    assert await sound(stage)


async def test_a_provisional_time_moves_stays_provisional_and_is_told(stage: Stage) -> None:
    visit = await provisional(stage, "bay A", "inspector1")
    await away(stage, "inspector1", first=11, last=12)

    await applied(stage)
    await settled(stage, visit)

    kept = await appointment(stage, visit)
    assert kept is not None
    assert kept.during.lower == tomorrow(stage, 10)
    assert (await stage.visit(visit.id)).state == "package"
    assert await facts(stage, visit) == [("reserved", None), ("moved", "agent malade")]
    async with stage.work() as work:
        last_calls = select(Due).where(col(Due.subject_id) == visit.id, col(Due.kind) == "landing")
        assert tomorrow(stage, 7, 45) in [each.due_at for each in await work.session.scalars(last_calls)]
    assert await sound(stage)


async def test_a_provisional_time_without_another_is_given_back_and_told(stage: Stage) -> None:
    visit = await provisional(stage, "bay A", "inspector1")
    await away(stage, "inspector1", days=20)

    assert (await look(stage)).count(Outcome.LEFT) == 1
    await applied(stage)

    assert await appointment(stage, visit) is None
    assert (await stage.visit(visit.id)).state == "package"
    assert await facts(stage, visit) == [("reserved", None), ("cancelled", "agent malade")]
    assert await sound(stage)


# ---------- regular hours ----------


async def gone_on(stage: Stage, name: str, day: RegularDay) -> None:
    """Somebody is away from tomorrow until the night of a day."""
    await away(stage, name, days=(day.day - tomorrow(stage, 0).date()).days + 1)


async def test_a_regular_place_is_kept_with_another_officer(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1", "inspector2")
    await gone_on(stage, "inspector1", day)

    draft = await look(stage)
    await applied(stage)

    assert (len(draft.places), draft.count(Outcome.KEEPS)) == (1, 1)
    assert (await days(stage, day.regular_id))[0].state == "kept"
    assert (await look(stage)).places == ()
    assert await sound(stage)


async def test_a_regular_place_nobody_can_keep_is_given_up_and_told_once(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1")
    await gone_on(stage, "inspector1", day)

    assert (await look(stage)).count(Outcome.LEFT) == 1
    await applied(stage)

    assert [each.state for each in await days(stage, day.regular_id)][:2] == ["missed", "kept"]
    assert (await look(stage)).places == ()
    async with stage.work() as work:
        told = await work.session.scalars(select(Notice).where(col(Notice.template) == "regular_lost"))
        assert [datetime.fromisoformat(each.facts["when"]) for each in told] == [day.during.lower]
    assert await sound(stage)


async def test_a_regular_place_gives_way_to_a_visit_that_was_promised_its_time(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "bay B", "inspector1", "inspector2")
    visit = await booked(stage, await to_book(stage), day.during.lower)
    await only(stage, "bay A", "bay B", "inspector1", "inspector2", "inspector3")
    await calendars(stage, days=60)
    for name in ("inspector1", "inspector2"):
        await gone_on(stage, name, day)

    draft = await look(stage)

    assert [each.outcome for each in draft.lines] == [Outcome.KEEPS]
    assert [each.outcome for each in draft.places] == [Outcome.LEFT]
    await applied(stage)
    assert (await live(stage, visit)).during.lower == day.during.lower  # type: ignore[union-attr]
    assert await sound(stage)


async def test_a_regular_place_used_since_the_plan_was_seen_is_no_more_of_it(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1", "inspector2")
    visit = await to_book(stage)
    await gone_on(stage, "inspector1", day)
    await stage.run("declarant", regular.use, day.id, visit.id)

    assert (await look(stage)).places == ()
    assert (await live(stage, visit)).during.lower == day.during.lower  # type: ignore[union-attr]
    assert await sound(stage)


# ---------- undone with the rest of the run ----------


async def parts_of(stage: Stage, day: RegularDay) -> set[str]:
    """Who and what keeps a place."""
    assert day.appointment_id is not None
    names = {resource.id: name for name, resource in stage.resources.items()}
    async with stage.work() as work:
        return {names[part.resource_id] for part in await queries.parts_of(work, [day.appointment_id])}


async def test_undone_another_officers_place_is_its_first_officers_again(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1", "inspector2")
    before = await parts_of(stage, day)
    gone = next(each for each in before if each.startswith("inspector"))
    await gone_on(stage, gone, day)
    run = await applied(stage)
    between = await parts_of(stage, day)
    await back(stage)

    undone = [await stage.run("chief", undo, run.id) for _ in range(2)]

    assert gone not in between
    assert (await parts_of(stage, day), undone) == (before, [(1, 0), (1, 0)])
    assert await sound(stage)


async def test_undone_a_place_that_was_given_up_is_kept_again_and_told(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1")
    await gone_on(stage, "inspector1", day)
    run = await applied(stage)
    await back(stage)

    assert await stage.run("chief", undo, run.id) == (1, 0)

    assert {each.state for each in await days(stage, day.regular_id)} == {"kept"}
    assert await parts_of(stage, day) == {"bay A", "inspector1"}
    async with stage.work() as work:
        told = (await work.session.scalars(select(col(Notice.template)))).all()
        ends = (await work.session.scalars(select(Due).where(col(Due.subject_id) == day.id))).all()
    assert (told.count("regular_lost"), told.count("regular_again")) == (1, 1)
    assert [each.kind for each in ends] == [regular.REGULAR_END]
    assert await sound(stage)


async def test_a_place_whose_hour_was_taken_meanwhile_stays_given_up(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1")
    await gone_on(stage, "inspector1", day)
    run = await applied(stage)
    await back(stage)
    await held(stage, await to_book(stage), day.during.lower)

    assert await stage.run("chief", undo, run.id) == (0, 1)

    assert (await days(stage, day.regular_id))[0].state == "missed"
    assert await sound(stage)


async def test_a_place_the_firm_used_meanwhile_stays_as_it_is(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1", "inspector2")
    visit = await to_book(stage)
    await gone_on(stage, "inspector1", day)
    run = await applied(stage)
    await back(stage)
    await stage.run("declarant", regular.use, day.id, visit.id)

    assert await stage.run("chief", undo, run.id) == (0, 1)

    assert (await live(stage, visit)).during.lower == day.during.lower  # type: ignore[union-attr]
    assert await sound(stage)


async def test_hours_the_firm_ended_meanwhile_are_not_kept_again(stage: Stage) -> None:
    day = await weekly(stage, "bay A", "inspector1")
    await gone_on(stage, "inspector1", day)
    run = await applied(stage)
    await back(stage)
    await stage.run("declarant", regular.end, day.regular_id)

    assert await stage.run("chief", undo, run.id) == (0, 1)
    assert await sound(stage)
