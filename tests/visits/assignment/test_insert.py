"""An urgent visit finds its place in a published day, and nothing that is booked gives way."""

import pytest

from tests.support.stage import Stage
from tests.support.steps_assignment import policy
from tests.support.steps_booking import another, calendars, only, to_book, tomorrow
from tests.support.steps_publication import a_published_day, next_day, officer_part, whose
from visits.assignment.insert import insert
from visits.assignment.rules import NobodyEligible
from visits.booking.reconcile import reconcile
from visits.booking.rules import WhyNeeded
from visits.booking.tables import Appointment
from visits.journey.states import NotYours, State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id


async def inserted(
    stage: Stage, visit: Visit, *, who: str = "chief", reason: str = "denrées périssables"
) -> Appointment:
    return await stage.run(who, insert, stage.tools, visit.id, next_day(stage), reason=reason)


async def test_it_takes_the_earliest_start_and_nothing_else_moves(stage: Stage) -> None:
    """Two inspectors, from eight to ten both busy: ten o'clock."""
    await policy(stage, cool_off_most=20)
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    before = await a_published_day(stage, *(tomorrow(stage, hour) for hour in (8, 8, 9, 9)))
    parts = [await officer_part(stage, each) for each in before]
    visit = await to_book(stage)

    made = await inserted(stage, visit)

    assert made.during.lower == tomorrow(stage, 10)
    assert (await stage.visit(visit.id)).state == State.BOOKED
    assert [await officer_part(stage, each) for each in before] == parts
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_a_joint_one_begins_when_agency_bay_and_officer_are_free_at_once(stage: Stage) -> None:
    await a_published_day(stage, tomorrow(stage, 8))
    await another(stage, "agent PHYTO", "agency_officer", agency_id=stage.agency.id)
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.work() as work:
        row = await work.session.get_one(Visit, visit.id)
        row.level, row.order = "joint", row.order | {"agencies": ["PHYTO"]}

    made = await inserted(stage, visit)

    assert made.during.lower == tomorrow(stage, 8)


async def test_near_enough_it_is_drawn_at_once_else_when_its_time_comes(stage: Stage) -> None:
    await a_published_day(stage, tomorrow(stage, 15))
    early = await to_book(stage)
    await inserted(stage, early)
    assert await whose(stage, early) == ""

    day = next_day(stage)
    stage.clock.set(tomorrow(stage, 9, 5))
    now = await to_book(stage)
    made = await stage.run("chief", insert, stage.tools, now.id, day, reason="animaux vivants")

    assert (made.during.lower.hour, made.during.lower.minute) == (9, 15)
    assert await whose(stage, now) != ""


async def test_asked_twice_it_has_one_time(stage: Stage) -> None:
    await a_published_day(stage, tomorrow(stage, 8))
    visit = await to_book(stage)

    assert (await inserted(stage, visit)).id == (await inserted(stage, visit)).id


async def test_where_it_fits_nowhere_the_rule_is_told(stage: Stage) -> None:
    await a_published_day(stage, tomorrow(stage, 8))
    visit = await to_book(stage)
    async with stage.work() as work:
        row = await work.session.get_one(Visit, visit.id)
        row.order = row.order | {"skills": 8}

    with pytest.raises(NobodyEligible) as refused:
        await inserted(stage, visit)

    assert refused.value.facts["code"] == "skills"


async def test_only_a_chief_inserts_and_says_why(stage: Stage) -> None:
    await a_published_day(stage, tomorrow(stage, 8))
    visit = await to_book(stage)

    with pytest.raises(NotYours):
        await inserted(stage, visit, who="declarant")
    with pytest.raises(WhyNeeded):
        await inserted(stage, visit, reason=" ")
