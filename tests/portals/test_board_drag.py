"""A drag on the board opens the form filled in and moves nothing; keys do the same, the table has links."""

import re

import pytest
from litestar import Litestar
from playwright.async_api import Page

from tests.support.live import address, chromium, require_chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_fieldwork import started
from tests.support.steps_publication import officer_part
from tests.visits.assignment.test_repair import today
from visits.journey.tables import Visit

DESK = {"width": 1280, "height": 900}


async def starts(stage: Stage, visit: Visit) -> str:
    part = await officer_part(stage, visit)
    assert part is not None
    return str(part.during.lower)


async def test_bars_to_come_carry_their_forms_for_a_chief_alone(stage: Stage) -> None:
    [visit] = await today(stage, 9, officers=("inspector1",))

    async with stage.browser("chief") as chief, stage.browser("supervisor") as other:
        mine, theirs = (await chief.get("/supervisor/board")).text, (await other.get("/supervisor/board")).text

    assert f'data-form="/chief/visits/{visit.id}/slots"' in mine
    assert "data-move" not in theirs


async def test_the_proposed_hour_is_filled_in_and_nothing_has_changed(stage: Stage) -> None:
    [visit] = await today(stage, 9, officers=("inspector1",))
    before = await starts(stage, visit)
    start = stage.clock.now().replace(hour=10, minute=30)

    async with stage.browser("chief") as browser:
        path = f"/chief/visits/{visit.id}/slots?day={start.date()}&start={start:%Y-%m-%dT%H:%M}:00.000Z"
        text = (await browser.get(path)).text

    assert re.search(r'value="[^"]*T10:30[^"]*" checked', text)
    assert "Rien n’a encore changé." in text
    assert await starts(stage, visit) == before


async def test_an_hour_that_is_not_free_is_said_and_not_filled_in(stage: Stage) -> None:
    first, _ = await today(stage, 9, 10, officers=("inspector1",))
    start = stage.clock.now().replace(hour=10, minute=0)

    async with stage.browser("chief") as browser:
        path = f"/chief/visits/{first.id}/slots?day={start.date()}&start={start:%Y-%m-%dT%H:%M}:00.000Z"
        text = (await browser.get(path)).text

    assert "pas libre. Choisissez une autre heure." in text
    assert "checked" not in text


async def bar(page: Page) -> tuple[float, float]:
    box = await page.locator("a[data-move] rect").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.slow  # a browser
async def test_dragging_and_keys_open_the_form_and_move_nothing(stage: Stage, app: Litestar) -> None:
    require_chromium()
    [visit] = await today(stage, 9, officers=("inspector1",))
    before = await starts(stage, visit)
    async with serving(app) as port, chromium() as browser:
        page = (await window(browser, stage, port, "chief", size=DESK)).page
        await page.goto(address(stage, port) + "/supervisor/board")
        x, y = await bar(page)
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + 80, y, steps=5)
        assert "Proposer" in await page.locator("[data-dragging]").inner_text()
        await page.mouse.up()
        await page.wait_for_url(f"**/chief/visits/{visit.id}/slots?**")
        assert await page.locator("input[name=start]:checked").count() == 1

        await page.goto(address(stage, port) + "/supervisor/board")
        await page.locator("a[data-move]").first.focus()
        for _ in range(4):
            await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/slots?**T10%3A00**")

        await page.goto(address(stage, port) + "/supervisor/board")
        x, y = await bar(page)
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x, y + 40, steps=5)
        await page.mouse.up()
        await page.wait_for_url(f"**/chief/assignment/{visit.id}")
    assert await starts(stage, visit) == before


async def test_a_visit_after_one_that_overruns_is_a_decision_with_the_way_to_a_replacement(stage: Stage) -> None:
    first, second = await today(stage, 8, 9, officers=("inspector1",))
    await started(stage, first)
    stage.clock.move(minutes=61)

    async with stage.browser("chief") as browser:
        text = (await browser.get("/supervisor/board")).text

    assert re.search(r"C 4800\d commencera en retard", text)
    assert f'href="/office/visits/{second.id}"' in text
    assert 'href="/chief/repair"' in text
    assert "à risque" in text
