"""The first steps of each role: proposed once, a page each, remembered on the server, shown again from the help."""

import re

import pytest
from litestar import Litestar

from tests.support.live import DESK, PHONE, TABLET, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import to_book
from visits.portals.tours import TOURS, tours_of
from visits.roles import Role

#: Who begins where, with which steps.
BEGINNERS = {
    "declarant": ("/declarant", "declarant"),
    "firm_admin": ("/declarant", "firm"),
    "importer": ("/declarant", "importer"),
    "inspector1": ("/inspector/day", "inspector"),
    "chief": ("/chief", "chief"),
    "chief2": ("/chief", "chief"),
    "supervisor": ("/supervisor/board", "supervisor"),
    "admin": ("/admin/people", "admin"),
    "agency_officer": ("/agency", "agency"),
    "terminal": ("/terminal", "terminal"),
}


def test_a_tour_has_three_to_five_steps() -> None:
    assert {tour.name: len(tour.steps) for tour in TOURS if not 3 <= len(tour.steps) <= 5} == {}


def test_who_heads_a_firm_is_not_shown_the_clerks_steps_too() -> None:
    assert [tour.name for tour in tours_of(frozenset({Role.FIRM_ADMIN, Role.DECLARANT}))] == ["firm"]


@pytest.mark.parametrize(("who", "where"), BEGINNERS.items(), ids=BEGINNERS)
async def test_each_role_is_proposed_its_own_first_steps(stage: Stage, who: str, where: tuple[str, str]) -> None:
    home, name = where

    async with stage.browser(who) as browser:
        assert f'href="/tour/{name}/1"' in (await browser.get(home)).text


@pytest.mark.parametrize(("who", "where"), BEGINNERS.items(), ids=BEGINNERS)
async def test_every_step_leads_to_the_next_and_to_a_screen_of_the_reader(
    stage: Stage, who: str, where: tuple[str, str]
) -> None:
    name = where[1]
    steps = next(tour.steps for tour in TOURS if tour.name == name)

    async with stage.browser(who) as browser:
        for number, step in enumerate(steps, 1):
            page = (await browser.get(f"/tour/{name}/{number}")).text
            assert f"{number} sur {len(steps)}" in page
            assert page.count("<h1") == 1
            assert (f'href="/tour/{name}/{number + 1}#step"' in page) == (number < len(steps))
            assert (await browser.get(step.href, follow_redirects=True)).status_code == 200


@pytest.mark.parametrize("who", ["declarant", "inspector1"])
async def test_what_was_seen_once_is_not_proposed_again_on_another_device(stage: Stage, who: str) -> None:
    home, name = BEGINNERS[who]
    async with stage.browser(who) as phone:
        for _ in range(2):
            done = await phone.post(f"/tour/{name}/seen")
            assert (done.status_code, done.headers["location"]) == (303, home)

    async with stage.browser(who) as tablet:
        assert "/tour/" not in (await tablet.get(home)).text


async def test_a_colleagues_first_steps_stay_new(stage: Stage) -> None:
    async with stage.browser("chief") as browser:
        await browser.post("/tour/chief/seen")

    async with stage.browser("chief2") as browser:
        assert "/tour/chief/1" in (await browser.get("/chief")).text


async def test_the_help_shows_the_first_steps_again(stage: Stage) -> None:
    async with stage.browser("chief") as browser:
        await browser.post("/tour/chief/seen")

        assert 'href="/tour/chief/1"' in (await browser.get("/help")).text
        assert 'href="/tour/chief/1"' in (await browser.get("/help/chief")).text
        assert (await browser.get("/tour/chief/1")).status_code == 200


async def test_a_step_opens_the_readers_own_case(stage: Stage) -> None:
    visit = await to_book(stage)

    async with stage.browser("declarant") as browser:
        assert f'href="/declarant/visits/{visit.id}/slots"' in (await browser.get("/tour/declarant/3")).text
    async with stage.browser("other_declarant") as browser:
        text = (await browser.get("/tour/declarant/3")).text

    assert str(visit.id) not in text
    assert "aucun de vos dossiers n’en est là" in text


@pytest.mark.parametrize("path", ["/tour/chief/1", "/tour/declarant/0", "/tour/declarant/5", "/tour/nothing/1"])
async def test_other_peoples_steps_and_steps_there_are_not_are_not_found(stage: Stage, path: str) -> None:
    async with stage.browser("declarant") as browser:
        assert (await browser.get(path)).status_code == 404


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
@pytest.mark.parametrize(("who", "size"), [("declarant", PHONE), ("inspector1", TABLET), ("chief", DESK)])
async def test_without_script_and_by_keyboard_the_steps_are_walked_to_their_end(
    stage: Stage, app: Litestar, who: str, size: dict[str, int]
) -> None:
    home, name = BEGINNERS[who]
    async with serving(app) as port, chromium() as browser:
        plain = await window(browser, stage, port, who, size=size, script=False)
        await plain.go(home)
        await plain.press("Commencer", role="link")
        while await plain.page.get_by_role("link", name="Étape suivante").count():
            await plain.page.get_by_role("link", name="Étape suivante").focus()
            async with plain.page.expect_navigation():
                await plain.page.keyboard.press("Enter")
            assert await plain.page.locator("h1").evaluate("h1 => h1 === document.activeElement")
        await plain.press("Terminer, voir mes écrans")
        assert await plain.page.get_by_text("Première fois ici ?").count() == 0

        other = await window(browser, stage, port, who, size=size)
        page = await other.go(f"/tour/{name}/2")
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert re.match("^2 sur", await page.title())
