"""Pages of goods at sea: the declarant keeps an hour, the terminal speaks of ships, all read the same."""

import re
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from tests.portals.reading import said
from tests.portals.test_terminal_api import system
from tests.support.live import PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, tomorrow
from tests.support.steps_landing import SHIP, appointment, at_sea, drafted, package_accepted, reserved, settled, ship

PROVISIONAL = "provisoire, confirmé au débarquement"
SHIPS = "/terminal/ships"


def plain(page: httpx.Response) -> str:
    return said(page).replace("’", "'")


async def test_an_hour_is_kept_and_given_back_on_the_page(stage: Stage) -> None:
    visit = await at_sea(stage)
    path = f"/declarant/visits/{visit.id}/provisional"
    async with stage.browser("declarant") as phone:
        page = await phone.post(path, data={"start": tomorrow(stage, 11).isoformat()}, follow_redirects=True)
        assert PROVISIONAL in plain(page)
        assert "Mardi 24 novembre" in plain(page)
        kept = re.search(r'name="appointment" value="([^"]+)"', page.text)
        assert kept
        for _ in range(2):
            page = await phone.post(f"{path}/give-up", data={"appointment": kept[1]}, follow_redirects=True)

    assert "Gardez une heure avant l'arrivée du navire" in plain(page)
    assert await appointment(stage, visit) is None


async def test_a_bad_or_lost_hour_shows_the_page_again_with_the_reason(stage: Stage) -> None:
    visit = await at_sea(stage)
    path = f"/declarant/visits/{visit.id}/provisional"
    async with stage.browser("declarant") as phone:
        nothing = await phone.post(path, data={"start": ""})
        early = await phone.post(path, data={"start": tomorrow(stage, 9).isoformat()})
        past = await phone.post(path, data={"start": (stage.clock.now() - timedelta(hours=1)).isoformat()})

    assert [each.status_code for each in (nothing, early, past)] == [422, 409, 409]
    assert "Le navire n'est pas arrivé" in plain(early)


async def test_a_draft_is_announced_from_its_own_page(stage: Stage) -> None:
    draft = await drafted(stage)
    async with stage.browser("declarant") as phone, stage.browser("other_declarant") as foreign:
        page = await phone.get(f"/declarant/declarations/{draft.id}")
        assert "Garder une heure avant l'arrivée" in plain(page)
        assert (await foreign.post(f"/declarant/declarations/{draft.id}/announce")).status_code == 404
        page = await phone.post(f"/declarant/declarations/{draft.id}/announce", follow_redirects=True)

    assert "Gardez une heure avant l'arrivée du navire" in plain(page)


async def test_everybody_reads_that_the_time_is_provisional_until_the_discharge(stage: Stage) -> None:
    visit = await package_accepted(stage, await at_sea(stage))
    await booked(stage, visit, tomorrow(stage, 11))
    pages = (
        ("declarant", f"/declarant/visits/{visit.id}/appointment"),
        ("chief", f"/office/visits/{visit.id}"),
        ("terminal", "/terminal"),
    )
    for who, path in pages:
        async with stage.browser(who) as screen:
            assert PROVISIONAL in plain(await screen.get(path)), path
    async with stage.browser("terminal") as screen:
        await screen.post(f"{SHIPS}/landed", data={"manifest": SHIP})
    for who, path in pages:
        async with stage.browser(who) as screen:
            assert PROVISIONAL not in plain(await screen.get(path)), path


async def test_the_terminal_announces_puts_back_and_discharges_a_ship(stage: Stage) -> None:
    sent = {"manifest": "man 7", "vessel": "MV EXEMPLE", "day": "2026-11-25", "hour": "06:00"}
    async with stage.browser("terminal") as screen:
        assert "Aucun navire attendu" in plain(await screen.get(SHIPS))
        for _ in range(2):
            page = await screen.post(SHIPS, data=sent, follow_redirects=True)
        assert "1 navire attendu" in plain(page)
        page = await screen.post(SHIPS, data=sent | {"day": "2026-11-26"}, follow_redirects=True)
        assert "26 novembre" in plain(page)
        for _ in range(2):
            page = await screen.post(f"{SHIPS}/landed", data={"manifest": "MAN 7"}, follow_redirects=True)

    assert "débarqué" in plain(page)
    assert "Aucun navire attendu" in plain(page)


WRONG = {
    "no manifest": {"manifest": ""},
    "no day": {"day": ""},
    "no hour": {"hour": "midi"},
    "a day in another age": {"day": "2036-01-01"},
    "a zone of its own": {"hour": "06:00+05:00"},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
async def test_what_is_no_announcement_is_told_beside_its_field(stage: Stage, changed: dict[str, str]) -> None:
    sent = {"manifest": "MAN 7", "vessel": "", "day": "2026-11-25", "hour": "06:00"} | changed
    async with stage.browser("terminal") as screen:
        page = await screen.post(SHIPS, data=sent)
        assert page.status_code == 422
        assert "Aucun navire attendu" in plain(await screen.get(SHIPS))


async def test_no_container_named_is_no_discharge_of_the_whole_ship(stage: Stage) -> None:
    await ship(stage)
    async with stage.browser("terminal") as screen:
        page = await screen.post(f"{SHIPS}/landed", data={"manifest": SHIP, "part": "1", "containers": " , "})
        assert page.status_code == 422
        assert "1 navire attendu" in plain(await screen.get(SHIPS))


async def test_the_terminals_system_announces_and_discharges_too(stage: Stage) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    now = stage.clock.now()
    late = {
        "manifest": SHIP,
        "at": now.isoformat(),
        "expected_at": (tomorrow(stage, 6) + timedelta(days=1)).isoformat(),
    }
    async with system(stage) as yard:
        first = await yard.post("/api/terminal/ships", json=late)
        again = await yard.post("/api/terminal/ships", json=late)
        await settled(stage, visit)
        old = await yard.post(
            "/api/terminal/ships",
            json=late | {"at": (now - timedelta(hours=2)).isoformat(), "expected_at": tomorrow(stage, 6).isoformat()},
        )
        empty = await yard.post("/api/terminal/ships", json={"manifest": SHIP, "at": now.isoformat()})
        done = await yard.post(
            "/api/terminal/ships", json={"manifest": SHIP, "at": now.isoformat(), "discharged": True}
        )

    assert (first.json()["outcome"], old.json()["outcome"], done.json()["outcome"]) == ("taken", "unchanged", "taken")
    assert again.json()["expected_at"] == first.json()["expected_at"]
    assert empty.status_code == 422
    kept = await appointment(stage, visit)
    assert kept is not None
    assert kept.during.lower == tomorrow(stage, 10) + timedelta(days=1)


async def test_a_ship_of_one_terminals_key_is_not_anothers(stage: Stage) -> None:
    said_ = {"manifest": "MAN 9", "at": stage.clock.now().isoformat(), "expected_at": tomorrow(stage, 6).isoformat()}
    async with system(stage) as yard, system(stage, name="terminal 2") as other:
        assert (await yard.post("/api/terminal/ships", json=said_)).status_code == 200
        answer = await other.post(
            "/api/terminal/ships", json={"manifest": "MAN 9", "at": stage.clock.now().isoformat(), "discharged": True}
        )

    assert answer.status_code == 404


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_phone_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    async with serving(app) as port, chromium() as browser:
        yard = await window(browser, stage, port, "terminal", size=PHONE)
        await yard.go(SHIPS)
        phone = await window(browser, stage, port, "declarant", size=PHONE)
        page = await phone.go(f"/declarant/visits/{visit.id}/provisional")
        await page.screenshot(path="/tmp/prov.png", full_page=True)
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        page = await yard.go(SHIPS)
        await page.screenshot(path="/tmp/ships.png", full_page=True)
