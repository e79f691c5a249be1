"""/declarant/visits/{id}/slots: booked in four taps, with and without script; who loses a race loses nothing."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from tests.support.live import PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from visits.booking import queries
from visits.booking.change import cancel
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.sites.tables import Holiday, Site
from visits.web.typo import NBSP


@pytest.fixture
async def visit(stage: Stage) -> Visit:
    await calendars(stage, days=60)
    return await to_book(stage)


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.browser("declarant") as made:
        yield made


def at(visit: Visit, rest: str = "slots") -> str:
    return f"/declarant/visits/{visit.id}/{rest}"


def tile(text: str, value: str) -> str:
    """The tile of a start as the page has it."""
    found = re.search(rf'<div class="v-slot"><input[^>]*value="{re.escape(value)}.*?</div>', text, re.S)
    assert found, value
    return found[0]


async def test_days_with_counts_hours_with_places_and_the_earliest(client: httpx.AsyncClient, visit: Visit) -> None:
    page = (await client.get(at(visit))).text

    assert page.count('<div class="v-day">') == 10
    assert f"10{NBSP}h</b>. <a" in page
    assert "3 places" in tile(page, "2026-11-23T10:00")
    assert "disabled" in tile(page, "2026-11-23T09:00")
    assert f"au moins 2{NBSP}h à l’avance" in page


async def test_the_hour_is_kept_checked_and_booked(stage: Stage, client: httpx.AsyncClient, visit: Visit) -> None:
    start = tomorrow(stage, 10).isoformat()

    check = await client.post(at(visit), data={"start": start, "then": "check"})
    page = await client.get(check.headers["location"])
    hold_id = re.search(r'name="hold" value="([^"]+)"', page.text)
    assert hold_id
    done = await client.post(at(visit, "slots/confirm"), data={"hold": hold_id[1]})
    again = await client.post(at(visit, "slots/confirm"), data={"hold": hold_id[1]})

    assert done.headers["location"] == again.headers["location"] == at(visit, "appointment")
    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_kept_the_same_page_counts_down(stage: Stage, client: httpx.AsyncClient, visit: Visit) -> None:
    kept = await client.post(at(visit), data={"start": tomorrow(stage, 10).isoformat()})
    page = (await client.get(kept.headers["location"])).text

    assert kept.headers["location"] == at(visit)
    assert 'data-hold="300"' in page
    assert "checked" in tile(page, "2026-11-24T10:00")


async def test_a_lost_race_keeps_the_nearest_time_on_the_same_page(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 10))

    answer = await client.post(at(visit), data={"start": tomorrow(stage, 10, 30).isoformat(), "then": "check"})

    assert answer.status_code == 409
    assert f"10{NBSP}h{NBSP}30 vient d’être pris</b>" in answer.text
    assert f"Nous retenons 11{NBSP}h pour vous" in answer.text
    assert "checked" in tile(answer.text, "2026-11-24T11:00")
    async with stage.work() as work:
        assert (await queries.live_of(work, visit.id))["held"].during.lower == tomorrow(stage, 11)


async def test_a_lost_race_for_the_last_time_says_that_nothing_is_lost(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    await only(stage, "bay A")
    await calendars(stage)

    answer = await client.post(at(visit), data={"start": tomorrow(stage, 10).isoformat()})

    assert answer.status_code == 409
    assert "Aucune heure libre" in (await client.get(at(visit))).text


async def test_nothing_chosen_is_said_beside_the_hours(client: httpx.AsyncClient, visit: Visit) -> None:
    answer = await client.post(at(visit), data={"day": "2026-11-25"})

    assert answer.status_code == 422
    assert "Choisissez une heure." in answer.text
    assert "mercredi" in answer.text


async def test_too_many_kept_times_are_refused_and_nothing_is_kept(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = {"holds_per_firm": 1}
    await held(stage, await to_book(stage))

    answer = await client.post(at(visit), data={"start": tomorrow(stage, 14).isoformat()})

    assert answer.status_code == 409
    assert "retient déjà" in answer.text
    async with stage.work() as work:
        assert await queries.live_of(work, visit.id) == {}


async def test_a_hold_that_ran_out_leads_back_to_the_hours(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    kept = await held(stage, visit)
    stage.clock.move(minutes=6)

    late = await client.post(at(visit, "slots/confirm"), data={"hold": str(kept.id)})
    check = await client.get(at(visit, "slots/check"))
    page = await client.get(late.headers["location"])

    assert late.headers["location"] == check.headers["location"] == at(visit)
    assert "Le temps pour confirmer est passé" in page.text


async def test_a_booked_visit_is_moved_through_the_same_pages(stage: Stage, client: httpx.AsyncClient) -> None:
    await calendars(stage)
    visit = await booked(stage)
    page = (await client.get(at(visit))).text
    assert "actuel" in tile(page, "2026-11-24T10:00")

    await client.post(at(visit), data={"start": tomorrow(stage, 14).isoformat()})
    check = (await client.get(at(visit, "slots/check"))).text
    hold_id = re.search(r'name="hold" value="([^"]+)"', check)
    assert hold_id
    await client.post(at(visit, "slots/confirm"), data={"hold": hold_id[1]})

    assert "Au lieu de" in check
    async with stage.work() as work:
        assert (await queries.live_of(work, visit.id))["confirmed"].during.lower == tomorrow(stage, 14)


async def test_where_the_goods_are_is_asked_first_when_nobody_said(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    async with stage.work() as work:
        other = Site(office_id=stage.office.id, code="TC02", name="Terminal 2")
        work.session.add(other)
        (await work.session.get_one(Visit, visit.id)).site_id = None

    asked = await client.get(at(visit))
    empty = await client.post(at(visit, "place"), data={})
    done = await client.post(at(visit, "place"), data={"site": str(stage.site.id)})

    assert "Où sont les marchandises" in asked.text
    assert empty.status_code == 422
    assert done.headers["location"] == at(visit)
    assert (await stage.visit(visit.id)).site_id == stage.site.id


async def test_a_holiday_is_shown_and_cannot_be_chosen(stage: Stage, client: httpx.AsyncClient) -> None:
    async with stage.work() as work:
        work.session.add(Holiday(day=tomorrow(stage, 10).date(), name="Fête"))
    await calendars(stage)
    page = (await client.get(at(await to_book(stage)))).text

    assert "<em>férié</em>" in page


@pytest.mark.parametrize(
    ("who", "status"), [(None, 303), ("chief", 403), ("importer", 403), ("other_declarant", 404), ("declarant", 200)]
)
async def test_who_may_choose(stage: Stage, visit: Visit, who: str | None, status: int) -> None:
    async with stage.browser(who) as client:
        assert (await client.get(at(visit))).status_code == status


async def test_a_visit_that_waits_for_its_package_has_no_slots(stage: Stage, client: httpx.AsyncClient) -> None:
    await calendars(stage)

    assert (await client.get(at(await stage.opened()))).status_code == 409


async def test_a_cancelled_appointment_leads_back_here(stage: Stage, client: httpx.AsyncClient) -> None:
    visit = await booked(stage)
    async with stage.work() as work:
        kept = (await queries.live_of(work, visit.id))["confirmed"]
    await stage.run("declarant", cancel, kept.id)

    assert (await client.get(at(visit, "appointment"))).headers["location"] == at(visit)


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
async def test_the_page_is_small_and_reads_in_every_language(stage: Stage, visit: Visit, language: str) -> None:
    async with stage.browser("declarant", **{"accept-language": language}) as client:
        answer = await client.get(at(visit), headers={"cookie": f"visits-language={language}; " + _cookie(client)})

    assert f'lang="{language}"' in answer.text
    assert len(answer.content) < 45_000


def _cookie(client: httpx.AsyncClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def test_a_chief_books_within_the_notice_and_says_why(stage: Stage, visit: Visit) -> None:
    soon = (stage.clock.now() + timedelta(minutes=30)).isoformat()
    path = f"/chief/visits/{visit.id}/slots"
    async with stage.browser("chief") as client:
        page = await client.get(path)
        unsaid = await client.post(path, data={"start": soon})
        done = await client.post(path, data={"start": soon, "reason": "denrées périssables"})
        moved = await client.post(path, data={"start": tomorrow(stage, 9).isoformat(), "reason": "pluie"})

    assert page.status_code == 200
    assert (unsaid.status_code, "Donnez la raison." in unsaid.text) == (422, True)
    assert done.headers["location"] == moved.headers["location"] == f"/office/visits/{visit.id}"
    async with stage.work() as work:
        assert (await queries.live_of(work, visit.id))["confirmed"].reason == "pluie"


@pytest.mark.browser
@pytest.mark.slow  # a browser
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_an_hour_of_another_day_is_booked_in_four_taps(stage: Stage, visit: Visit, script: bool) -> None:
    async with serving(stage.app) as port, chromium() as browser:
        phone = await window(browser, stage, port, "declarant", size=PHONE, script=script)
        page = await phone.go(at(visit))

        await phone.press("mer. 25", role="link")
        await page.locator("input[value*='T10:30']").check()
        await phone.press("Vérifier et réserver")
        await phone.press("Réserver cette visite")

        assert await page.get_by_role("heading", level=1).inner_text() == "Votre visite est réservée"
        await page.set_viewport_size({"width": 320, "height": 640})
        assert await page.locator("html").evaluate("each => each.scrollWidth") == 320 if script else True
