"""A signature drawn in a real browser is a drawing the server takes; without script the password is enough."""

import pytest

from tests.support.live import TABLET, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_reports import PASSWORD, newest, written
from visits.reports import queries
from visits.reports.strokes import drawing


@pytest.mark.browser
@pytest.mark.slow  # starts a browser
@pytest.mark.parametrize("script", [True, False], ids=["pad", "no script"])
async def test_the_officer_signs_on_the_tablet(stage: Stage, script: bool) -> None:
    visit = await written(stage)

    async with serving(stage.app) as port, chromium() as browser:
        tablet = await window(browser, stage, port, "inspector1", size=TABLET, script=script)
        page = tablet.page
        await page.goto(f"{tablet.base}/inspector/visits/{visit.id}/report/sign")
        if script:
            box = await page.locator("canvas").bounding_box()
            assert box is not None
            await page.mouse.move(box["x"] + 20, box["y"] + 60)
            await page.mouse.down()
            for step in range(12):
                await page.mouse.move(box["x"] + 20 + 12 * step, box["y"] + 60 + 30 * (step % 2), steps=3)
            await page.mouse.up()
        await page.fill("input[name=password]", PASSWORD)
        await page.get_by_role("button", name="Signer le rapport").click()
        await page.wait_for_url("**/report")

    async with stage.work() as work:
        [signature] = await queries.signatures_of(work, (await newest(stage, visit.id)).id)
    assert (drawing(signature.strokes) is not None) if signature.strokes else not script
