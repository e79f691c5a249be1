"""Wishes from a phone with a poor line: kept without network, sent when it is back, booked once; or a plain form."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from playwright.async_api import Page, Route
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.live import PHONE, Window, chromium, require_chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from visits.booking import queries
from visits.booking.tables import Appointment
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.tables import Idempotency


@pytest.fixture
async def visit(stage: Stage) -> Visit:
    """A visit to book where one officer and one bay work."""
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    return await to_book(stage)


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.browser("declarant") as made:
        yield made


@pytest.fixture
async def phone(stage: Stage, app: Litestar) -> AsyncIterator[Window]:
    require_chromium()
    async with serving(app) as port, chromium() as browser:
        yield await window(browser, stage, port, "declarant", size=PHONE)


def at(visit: Visit, rest: str = "wishes") -> str:
    return f"/declarant/visits/{visit.id}/{rest}"


async def made(stage: Stage, visit: Visit) -> list[Appointment]:
    async with stage.work() as work:
        rows = await work.session.scalars(select(Appointment).where(col(Appointment.visit_id) == visit.id))
        return list(rows)


async def test_a_plain_form_books_the_first_hour_that_fits(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    page = await client.get(at(visit))
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    wishes = {"wish1": tomorrow(stage, 10).isoformat(), "wish2": tomorrow(stage, 11).isoformat(), "wish3": ""}
    answers = [await client.post(at(visit), data=wishes) for _ in range(2)]

    assert tomorrow(stage, 10).isoformat() in page.text
    assert {each.headers["location"] for each in answers} == {at(visit, "appointment")}
    assert [(each.status, each.during.lower) for each in await made(stage, visit)] == [
        ("confirmed", tomorrow(stage, 11))
    ]


async def test_when_none_fits_the_page_says_so_and_lists_what_is_free(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    answer = await client.post(at(visit), data={"wish1": tomorrow(stage, 10).isoformat()})

    assert answer.status_code == 409
    assert "Aucune des heures demandées" in answer.text
    assert f'value="{tomorrow(stage, 11).isoformat()}"' in answer.text
    assert f'value="{tomorrow(stage, 10).isoformat()}"' not in answer.text


async def test_a_form_without_an_hour_is_shown_again(client: httpx.AsyncClient, visit: Visit) -> None:
    answer = await client.post(at(visit), data={"wish1": "never"})

    assert answer.status_code == 422
    assert "Choisissez au moins une heure" in answer.text


async def test_a_visit_booked_meanwhile_is_shown_not_moved(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    await booked(stage, visit, tomorrow(stage, 9))
    answer = await client.post(at(visit), data={"wish1": tomorrow(stage, 11).isoformat()})

    assert answer.headers["location"] == at(visit, "appointment")
    assert [each.during.lower for each in await made(stage, visit)] == [tomorrow(stage, 9)]


async def test_a_visit_without_a_free_hour_has_a_way_out(stage: Stage, client: httpx.AsyncClient, visit: Visit) -> None:
    await only(stage, "bay A")
    await calendars(stage)

    assert at(visit, "slots") in (await client.get(at(visit))).text


async def test_a_foreign_visit_is_not_there(stage: Stage, visit: Visit) -> None:
    async with stage.browser("other_declarant") as client:
        answers = [await client.get(at(visit)), await client.post(at(visit), data={"wish1": "2026-11-24T10:00:00Z"})]

    assert [each.status_code for each in answers] == [404, 404]


# ---------- a real browser, its network cut ----------


async def wish(page: Page, stage: Stage, *hours: int) -> None:
    for number, hour in enumerate(hours, start=1):
        await page.select_option(f"#wish{number}", tomorrow(stage, hour).isoformat())
    await page.get_by_role("button", name="Réserver la première heure libre").click()


async def answers(stage: Stage) -> int:
    """How many requests with a key were answered and done."""
    async with stage.work() as work:
        return int(await work.session.scalar(select(func.count()).select_from(Idempotency)) or 0)


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_a_wish_waits_for_the_network_and_is_booked_once(stage: Stage, phone: Window, visit: Visit) -> None:
    page = await phone.go(at(visit))
    await phone.context.set_offline(True)
    await wish(page, stage, 10, 11)
    await page.get_by_text("En attente de réseau.").wait_for()
    await phone.look()
    assert await made(stage, visit) == []

    await phone.context.set_offline(False)
    await page.get_by_text("Votre visite est réservée.").wait_for()
    await phone.click(page.get_by_role("link", name="Voir le rendez-vous"))

    assert [(each.status, each.during.lower) for each in await made(stage, visit)] == [
        ("confirmed", tomorrow(stage, 10))
    ]
    assert await answers(stage) == 1
    assert await page.locator(".v-sync").count() == 0


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_an_answer_lost_on_the_way_is_asked_for_again_with_the_same_key(
    stage: Stage, client: httpx.AsyncClient, phone: Window, visit: Visit
) -> None:
    page = await phone.go(at(visit))
    seen: list[str] = []
    done = asyncio.Event()

    async def lose(route: Route) -> None:
        seen.append(route.request.headers["idempotency-key"])
        if len(seen) == 1:  # the message arrives, its answer does not
            headers = {"idempotency-key": seen[0], "content-type": "application/json"}
            await client.post(httpx.URL(route.request.url).path, content=route.request.post_data, headers=headers)
            await route.abort()
            done.set()
        else:
            await route.continue_()

    await page.route("**/api/visits/*/wishes", lose)
    await wish(page, stage, 10)
    await page.get_by_text("En attente de réseau.").wait_for()
    await done.wait()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.get_by_text("Votre visite est réservée.").wait_for()

    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert [each.status for each in await made(stage, visit)] == ["confirmed"]


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_a_wish_outlives_its_page_and_tells_its_refusal(stage: Stage, phone: Window, visit: Visit) -> None:
    page = await phone.go(at(visit))
    await phone.context.set_offline(True)
    await wish(page, stage, 10)
    await page.get_by_text("En attente de réseau.").wait_for()
    await page.close()
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    await phone.context.set_offline(False)

    other = await phone.context.new_page()
    await other.goto(phone.base + "/declarant")
    await other.get_by_text("Rien n’a été réservé.").wait_for()
    await other.get_by_role("link", name="Choisir une autre heure").click()
    await other.get_by_role("heading", name="Choisissez une heure").wait_for()

    assert await other.locator(".v-sync").count() == 0
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_tiles_chosen_without_network_become_wishes_up_to_three(
    stage: Stage, phone: Window, visit: Visit
) -> None:
    page = await phone.go(at(visit, "slots") + f"?day={tomorrow(stage, 9).date()}")
    await phone.context.set_offline(True)
    for hour in (9, 10, 11, 14):
        await page.check(f'input[value="{tomorrow(stage, hour).isoformat()}"]')
        await page.get_by_role("button", name="Vérifier et réserver").click()
        await page.locator(".v-sync").wait_for()
    told = await page.locator(".v-sync").inner_text()
    await phone.context.set_offline(False)
    await page.get_by_text("Votre visite est réservée.").wait_for()

    assert [told.count(f"{hour}\u00a0h") for hour in (9, 10, 11, 14)] == [1, 1, 1, 0]
    async with stage.work() as work:
        assert (await queries.live_of(work, visit.id))["confirmed"].during.lower == tomorrow(stage, 9)


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_a_wish_is_taken_back_and_is_nobody_elses(stage: Stage, phone: Window, visit: Visit) -> None:
    page = await phone.go(at(visit))
    await phone.context.set_offline(True)
    await wish(page, stage, 10)
    await page.get_by_text("En attente de réseau.").wait_for()
    await phone.context.set_offline(False)
    await phone.sign_in("firm_admin")
    await page.goto(phone.base + "/declarant")
    assert await page.locator(".v-sync").count() == 0

    await phone.context.set_offline(True)
    await phone.context.clear_cookies()
    await phone.context.set_offline(False)
    await phone.sign_in("other_declarant")
    await page.goto(phone.base + "/declarant")

    assert await page.locator(".v-sync").count() == 0


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_a_wish_can_be_taken_back(stage: Stage, phone: Window, visit: Visit) -> None:
    page = await phone.go(at(visit))
    await phone.context.set_offline(True)
    await wish(page, stage, 10)
    await page.get_by_role("button", name="Retirer").click()
    await page.locator(".v-sync").wait_for(state="detached")
    await phone.context.set_offline(False)
    await page.goto(phone.base + at(visit))
    await page.wait_for_load_state("networkidle")

    assert await made(stage, visit) == []
