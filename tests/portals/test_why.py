"""« Pourquoi pas 9 h ? »: the chief sees which rule removed which resource, by number, never a person's name."""

import pytest

from tests.support.live import DESK, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow


async def test_an_hour_with_every_resource_and_its_rule(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1", "inspector2")
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    visit = await to_book(stage)
    async with stage.browser("chief") as client:
        page = await client.get(f"/chief/visits/{visit.id}/why", params={"at": tomorrow(stage, 10).isoformat()})
        slots = await client.get(f"/chief/visits/{visit.id}/slots")

    text = " ".join(page.text.replace("\u00a0", " ").split())
    assert "Pourquoi pas 10 h" in text
    assert ">bay A</th>" in text
    assert "est pris par un autre rendez-vous" in text
    assert "Vérificateur 2" in text
    assert "Inspector1 Exemple" not in text
    assert f"/chief/visits/{visit.id}/why" in slots.text


@pytest.mark.parametrize("query", [{}, {"day": "x"}, {"at": "y"}, {"day": "2026-11-29"}], ids=str)
async def test_any_address_shows_a_day(stage: Stage, query: dict[str, str]) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser("chief") as client:
        assert (await client.get(f"/chief/visits/{visit.id}/why", params=query)).status_code == 200


async def test_a_day_too_far_is_said_above_the_first_one(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser("chief") as client:
        page = await client.get(f"/chief/visits/{visit.id}/why", params={"day": "2027-11-29"})

    assert (page.status_code, 'role="alert"' in page.text) == (409, True)


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_the_pages_of_this_folder_are_fit_for_everybody(stage: Stage) -> None:
    await calendars(stage, days=60)
    visit = await booked(stage)
    waiting = [await to_book(stage) for _ in range(2)]
    async with serving(stage.app) as port, chromium() as browser:
        chief = await window(browser, stage, port, "chief", size=DESK)
        for path in (
            f"/chief/visits/{visit.id}/why",
            "/chief/walkin?q=48",
            "/chief/regular",
            f"/chief/visits/{visit.id}/ticket",
        ):
            await chief.go(path)
        phone = await window(browser, stage, port, "declarant", size={"width": 390, "height": 844})
        chosen = "&".join(f"v={each.id}" for each in waiting)
        for path in ("/declarant/groups", f"/declarant/groups/slots?{chosen}", "/declarant/regular"):
            await phone.go(path)
