"""The tablet in a real browser: targets for gloves, text for the sun, the small scripts, and the same without them."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from litestar import Litestar
from playwright.async_api import Page

from tests.support.live import TABLET, chromium, require_chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_fieldwork import BOX, a_photo, ready, started
from visits.fieldwork import findings, queries
from visits.fieldwork.words import Method, Moment
from visits.ids import new_id
from visits.journey.tables import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # Chromium is started and pages are drawn

SMALL = """() => [...document.querySelectorAll('a,button,input:not([type=hidden]),select,textarea,summary,label.v-cap')]
    .filter(each => { const box = each.getBoundingClientRect();
        return box.width > 2 && box.height > 2 && Math.min(box.width, box.height) < 56 && box.top >= 0 })
    .filter(each => !each.closest('.govuk-radios, .govuk-checkboxes'))
    .map(each => each.tagName + ' ' + each.textContent.trim())"""
TINY = """() => [...document.querySelectorAll('body *')]
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    .filter(each => parseFloat(getComputedStyle(each).fontSize) < 18 && each.getBoundingClientRect().width > 1)
    .filter(each => !each.closest('.v-hide, .v-skip')).map(each => each.tagName + ' ' + each.textContent.trim())"""


#: Opens the inspector's tablet: a page, the address of the service, and whether scripts run.
Opener = Callable[[], Awaitable[tuple[Page, str, bool]]]


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
async def tablet(request: pytest.FixtureRequest, stage: Stage, app: Litestar) -> AsyncIterator[Opener]:
    """To be opened when the day has come: a session of the day before is over."""
    require_chromium()
    async with serving(app) as port, chromium() as browser:

        async def open_() -> tuple[Page, str, bool]:
            opened = await window(browser, stage, port, "inspector1", size=TABLET, script=request.param)
            opened.page.set_default_timeout(10_000)
            return opened.page, opened.base, request.param

        yield open_


async def at_the_item(stage: Stage) -> Visit:
    """A visit whose next thing is item 1."""
    visit = await started(stage)
    who = "inspector1"
    await stage.run(who, findings.seal, visit.id, id=new_id(), container=BOX, moment=Moment.BEFORE, number="CI 1")
    await stage.run(who, findings.opened, visit.id, id=new_id(), container=BOX, method=Method.FULL)
    return visit


async def test_an_item_is_counted_and_photographed(stage: Stage, tablet: Opener) -> None:
    visit = await at_the_item(stage)
    page, base, script = await tablet()
    photo = a_photo((2400, 1800))

    await page.goto(f"{base}/inspector/visits/{visit.id}")
    if script:
        assert await page.locator("[data-same]").inner_text() == "Tout est conforme"
        for _ in range(2):
            await page.get_by_role("button", name="Quantité : un de plus").click()
        assert "+2" in await page.locator("[data-same]").inner_text()
    else:
        await page.get_by_label("Quantité, trouvé").fill("422")
    await page.locator(".v-actbar .v-btn--main").click()
    await page.get_by_text("Photographier le comptage").wait_for()
    await page.locator("#photo").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo})
    if not script:
        await page.get_by_role("button", name="Envoyer").click()
    await page.get_by_text("Continuer : Plomb neuf").wait_for()

    async with stage.work() as work:
        record = await queries.record_of(work, visit.id)
    [piece] = record.evidence
    [counted, _] = sorted(record.findings, key=lambda row: row.facet, reverse=True)
    assert (counted.found, piece.about, piece.item) == ("422", "count", 1)
    assert (piece.size <= 150 * 1024) if script else (piece.size == len(photo))
    assert (counted.device_at is not None) == script


async def test_gloves_and_sun(stage: Stage, tablet: Opener) -> None:
    visit = await ready(stage)
    page, base, script = await tablet()
    if not script:
        pytest.skip("measured by script")
    own = f"/inspector/visits/{visit.id}"
    before = ["/inspector/day", "/inspector/queue", own, f"{own}/trouble"]
    during = ["", "/people", "/boxes/1/number", "/boxes/1/opening", "/boxes/1/seal", "/items/1", "/other", "/suspend"]

    for paths in (before, [own + each for each in during]):
        for path in paths:
            await page.goto(base + path)
            assert await page.evaluate(SMALL) == [], path
            assert await page.evaluate(TINY) == [], path
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
        if paths is before:
            await started(stage, visit)
