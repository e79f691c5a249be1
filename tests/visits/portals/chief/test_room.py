"""The chief sees who would give way to an urgent visit before anybody does, applies it once, and reads it back."""

import re

from tests.support.stage import Stage
from tests.support.steps_booking import to_book
from tests.support.steps_fieldwork import started
from tests.visits.assignment.test_displace import called_urgent, full
from tests.visits.portals.chief.test_assignment import read
from tests.visits.portals.chief.test_repair import form_of
from visits.journey.states import State


def sent(text: str, reason: str = "animaux sans eau") -> dict[str, str | list[str]]:
    """The form as the page carries it."""
    [start] = re.findall(r'name="start" value="([^"]+)"', text)
    return form_of(text, reason) | {"start": start}


async def test_who_gives_way_is_shown_with_the_time_before_and_after(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)

    text = await read(stage, f"/chief/urgent/{visit.id}/room")

    assert "fait place à la visite urgente" in text
    assert "1 visite change d'heure" in text.replace("’", "'").replace("\u202f", " ").replace("\xa0", " ")
    [table] = re.findall(r"<tbody>.*?</tbody>", text, re.DOTALL)
    assert table.count("<tr>") == 1


async def test_another_start_shows_what_it_does(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)
    here = f"/chief/urgent/{visit.id}/room"

    text = await read(stage, here)
    [other] = re.findall(rf'href="({here}\?start=[^"]+)"', text)
    second = await read(stage, other.replace("&amp;", "&"))

    assert sent(text)["start"] != sent(second)["start"]


async def test_applied_twice_from_one_page_it_is_done_once(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)
    here = f"/chief/urgent/{visit.id}/room"

    async with stage.browser("chief") as browser:
        form = sent((await browser.get(here)).text)
        first, again = await browser.post(here, data=form), await browser.post(here, data=form)
        done = await browser.get(first.headers["location"])
        late = await browser.get(here)

    assert first.headers["location"] == again.headers["location"] == f"/chief/repair/{form['run']}"
    assert "animaux sans eau" in done.text
    assert late.headers["location"] == f"/chief/urgent/{visit.id}"
    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_without_a_reason_nothing_is_done(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)
    here = f"/chief/urgent/{visit.id}/room"

    async with stage.browser("chief") as browser:
        answer = await browser.post(here, data=sent((await browser.get(here)).text, " "))

    assert answer.status_code == 422
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_a_plan_that_has_changed_is_shown_anew_and_not_done(stage: Stage) -> None:
    *_, last = await full(stage)
    visit = await called_urgent(stage)
    here = f"/chief/urgent/{visit.id}/room"

    async with stage.browser("chief") as browser:
        form = sent((await browser.get(here)).text)
        await started(stage, last)
        answer = await browser.post(here, data=form)

    assert answer.status_code == 409
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_what_is_not_urgent_is_sent_to_be_called_so(stage: Stage) -> None:
    await full(stage)
    visit = await to_book(stage)

    text = await read(stage, f"/chief/urgent/{visit.id}/room")

    assert f'href="/chief/visits/{visit.id}/length"' in text
    assert "<form" not in text.split("<main")[1]


async def test_an_urgent_visit_leads_here(stage: Stage) -> None:
    await full(stage)
    visit = await called_urgent(stage)

    assert f'href="/chief/urgent/{visit.id}/room"' in await read(stage, f"/chief/urgent/{visit.id}")
