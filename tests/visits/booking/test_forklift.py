"""A visit whose order says so takes a forklift of its site, like any other thing that can be busy."""

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, to_book, tomorrow
from visits.booking import queries
from visits.booking.offer import offer
from visits.booking.rules import SlotTaken
from visits.declarations.queries import case_of


async def test_one_forklift_serves_one_visit_at_a_time_and_others_need_none(stage: Stage) -> None:
    lift = await another(stage, "Chariot 1", "forklift", site_id=stage.site.id)
    await calendars(stage)
    heavy = await booked(stage, await to_book(stage, forklift=True), tomorrow(stage, 10))
    second = await to_book(stage, forklift=True)

    with pytest.raises(SlotTaken):
        await booked(stage, second, tomorrow(stage, 10))
    await booked(stage, await to_book(stage), tomorrow(stage, 10))

    async with stage.work() as work:
        kept = (await queries.live_of(work, heavy.id))["confirmed"]
        parts = {part.role: part for part in await queries.parts_of(work, [kept.id])}
    assert parts["forklift"].resource_id == lift.id
    assert not parts["forklift"].placeholder


async def test_why_a_time_is_not_free_names_the_forklift(stage: Stage) -> None:
    await another(stage, "Chariot 1", "forklift", site_id=stage.site.id)
    await calendars(stage)
    await booked(stage, await to_book(stage, forklift=True), tomorrow(stage, 10))
    second = await to_book(stage, forklift=True)
    async with stage.work("declarant") as work:
        found = await offer(work, await case_of(work, second.id))
        day, step = found.asked.grid.step_of(tomorrow(stage, 10))
        wanted = found.day(day)
        assert wanted is not None
        reason = wanted.why(step)
        assert reason is not None

        assert found.said(reason, day) == ("Le chariot élévateur est pris.", {})


async def test_without_a_forklift_at_the_site_such_a_visit_has_no_time(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage, forklift=True)
    async with stage.work("declarant") as work:
        found = await offer(work, await case_of(work, visit.id))

    assert found.first is None


async def test_the_chief_asks_for_one_where_there_is_one(stage: Stage) -> None:
    declaration = await stage.declaration()
    where = f"/chief/declarations/{declaration.id}"
    async with stage.browser("chief") as browser:
        assert "chariot" not in (await browser.get(where)).text
        await another(stage, "Chariot 1", "forklift", site_id=stage.site.id)
        assert "Un chariot élévateur est nécessaire" in (await browser.get(where)).text
        done = await browser.post(f"{where}/lane", data={"lane": "red", "reason": "Machines", "forklift": "1"})
        assert done.status_code == 303

        shown = await browser.get(where)
    assert shown.status_code == 200
