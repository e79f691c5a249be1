"""A plan after an absence breaks no quota, fills no firm's day beyond its limit, and lets priorities go first."""

import asyncio
from datetime import timedelta

import pytest

from scheduling import LIMITED, Outcome
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, somebody_waits, to_book, tomorrow
from tests.support.steps_policies import a_quota, fish, ruled
from tests.support.steps_replan import applied, away, back, look, officer_of
from tests.support.steps_waitlist import live, sound
from visits.booking.hold import hold
from visits.booking.quotas_change import set_urgent
from visits.booking.replan_apply import PlanChanged, apply
from visits.booking.replan_undo import undo
from visits.ids import new_id
from visits.journey.tables import Visit

#: One start of the public an hour from eight to noon.
HOURLY = a_quota(kind="most", whom=["public"], places=1, hourly=True, release=None)


async def at(stage: Stage, visit: Visit) -> int | None:
    """The hour of a visit's appointment."""
    kept = await live(stage, visit)
    return kept.during.lower.hour if kept is not None else None


async def test_visits_that_move_share_a_limit_with_each_other_and_with_everybody_else(stage: Stage) -> None:
    # One start an hour; both officers are back at nine: eight moves to ten, as nine is somebody's already.
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await ruled(stage, quotas=(HOURLY,))
    await calendars(stage)
    first, second = [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in (8, 9)]
    await away(stage, "inspector1", first=8, last=9)
    await away(stage, "inspector2", first=8, last=9)

    draft = await look(stage)
    await applied(stage)

    assert [each.outcome for each in draft.lines] == [Outcome.MOVES]
    assert (await at(stage, first), await at(stage, second)) == (10, 9)
    assert await sound(stage)


async def test_places_kept_for_others_are_not_given_to_keep_a_time(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await ruled(stage, quotas=(a_quota(),))
    await away(stage, "inspector1")
    await away(stage, "inspector2", first=14)

    [line] = (await look(stage)).lines

    assert (line.outcome, line.starts_at) == (Outcome.MOVES, tomorrow(stage, 13))
    assert visit.id == line.was.visit_id


async def test_those_they_are_kept_for_keep_their_time(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    await booked(stage, await fish(stage), tomorrow(stage, 10))
    await ruled(stage, quotas=(a_quota(),))
    await away(stage, "inspector1")

    [line] = (await look(stage)).lines

    assert line.outcome is Outcome.KEEPS


async def test_who_is_stopped_by_a_limit_alone_is_left_with_that_rule(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await ruled(stage, quotas=(a_quota(begin=0, end=1440, release=None),))
    await away(stage, "inspector1", days=20)

    [line] = (await look(stage)).lines

    assert (line.outcome, line.answer.rule) == (Outcome.LEFT, LIMITED)


async def test_a_firm_gets_no_more_appointments_a_day_than_it_may(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await ruled(stage, bookings_per_firm=1)
    await calendars(stage)
    two_days_on = tomorrow(stage, 10) + timedelta(days=1)
    await booked(stage, await to_book(stage), two_days_on)
    await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await away(stage, "inspector1")

    [line] = (await look(stage)).lines

    assert line.starts_at == tomorrow(stage, 10) + timedelta(days=2)


async def overlapping(stage: Stage, *visits: Visit) -> list[Visit]:
    """Two visits at nine and half past nine whose officers fall away; one officer is left for both."""
    await only(stage, "bay A", "bay B", "inspector1", "inspector2", "inspector3")
    await calendars(stage)
    made = [
        await booked(stage, visit, tomorrow(stage, 9, minute)) for visit, minute in zip(visits, (0, 30), strict=True)
    ]
    for name in {await officer_of(stage, visit) for visit in made}:
        await away(stage, name)
    return made


async def test_a_visit_that_goes_before_others_keeps_its_time_and_an_earlier_one_moves(stage: Stage) -> None:
    early, late = await overlapping(stage, await to_book(stage), await fish(stage))

    outcomes = {line.was.visit_id: line.outcome for line in (await look(stage)).lines}

    assert outcomes == {early.id: Outcome.MOVES, late.id: Outcome.KEEPS}


async def test_a_visit_the_chief_called_urgent_goes_before_others(stage: Stage) -> None:
    early, late = await overlapping(stage, await to_book(stage), await to_book(stage))
    await stage.run("chief", set_urgent, late.id, True, reason="lot de vaccins")

    outcomes = {line.was.visit_id: line.outcome for line in (await look(stage)).lines}

    assert outcomes == {early.id: Outcome.MOVES, late.id: Outcome.KEEPS}


async def test_what_a_visit_without_solution_still_holds_is_not_given_to_another(stage: Stage) -> None:
    # Both lose their officer for weeks but one; the bay of the one left stays its own until it is cancelled.
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    for hour in (9, 10):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    for name in ("inspector1", "inspector2"):
        await away(stage, name, days=20)

    await applied(stage)

    assert (await look(stage)).lines == ()
    assert await sound(stage)


async def test_a_time_booked_for_the_firm_meanwhile_stops_the_plan(stage: Stage) -> None:
    """Between looking and applying the firm fills the day the plan moves its visit to."""
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await ruled(stage, bookings_per_firm=1)
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 10))
    for name in ("inspector1", "inspector2"):
        await away(stage, name)
    seen = (await look(stage)).seen
    rival = await to_book(stage)

    async with stage.work("declarant") as work:
        await hold(work, rival.id, tomorrow(stage, 15) + timedelta(days=1))
        applying = asyncio.create_task(stage.run("chief", apply, new_id(), seen, "agents malades"))
        while not await somebody_waits(stage):
            pass
    with pytest.raises(PlanChanged):
        await applying

    assert await sound(stage)


async def test_an_undone_plan_exceeds_no_limit_either(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 9))
    for bay in ("bay A", "bay B"):
        await away(stage, bay, first=9, last=10)
    run = await applied(stage)
    before = await at(stage, visit)
    await back(stage)
    await ruled(stage, quotas=(HOURLY | {"places": 0, "begin": 540, "end": 600},))

    assert before != 9
    assert await stage.run("chief", undo, run.id) == (0, 1)
    assert await at(stage, visit) == before
