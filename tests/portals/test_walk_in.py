"""One tap for the earliest hour; the counter: find the visit, take the first place of today, print the ticket."""

import re

import httpx

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, only, to_book
from visits.booking import queries
from visits.journey.states import State


async def test_the_earliest_in_one_tap_with_a_way_back(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    root = f"/declarant/visits/{visit.id}"
    async with stage.browser("declarant") as client:
        hours = await client.get(f"{root}/slots")
        made = [await client.post(f"{root}/next") for _ in range(2)]
        page = await client.get(made[0].headers["location"])
        found = re.search(r'name="appointment" value="([^"]+)"', page.text)
        assert found
        undone = [await client.post(f"{root}/undo", data={"appointment": found[1]}) for _ in range(2)]

    assert f'formaction="{root}/next"' in hours.text
    assert {each.headers["location"] for each in made} == {f"{root}/appointment?undo=true"}
    assert {each.headers["location"] for each in undone} == {f"{root}/slots"}
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_after_ten_minutes_the_page_no_longer_offers_to_undo(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser("declarant") as client:
        made = await client.post(f"/declarant/visits/{visit.id}/next")
        stage.clock.move(minutes=10, seconds=1)
        page = await client.get(made.headers["location"])

    assert "/undo" not in page.text


async def test_a_program_books_the_earliest(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser("declarant", accept="application/json") as client:
        made = [await client.post(f"/api/visits/{visit.id}/next", headers={"idempotency-key": "a"}) for _ in range(2)]

    assert [each.status_code for each in made] == [201, 201]
    assert made[0].json()["starts_at"] == "2026-11-23T10:00:00Z"


async def test_somebody_at_the_counter_gets_a_ticket(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser("chief") as client:
        found = await client.get("/chief/walkin", params={"q": "48001"})
        look = await client.get(f"/chief/visits/{visit.id}/walkin")
        without = await client.post(f"/chief/visits/{visit.id}/walkin")
        made = await client.post(f"/chief/visits/{visit.id}/walkin", data={"reason": "Conducteur présent"})
        ticket = await client.get(made.headers["location"])

    assert f"/chief/visits/{visit.id}/walkin" in found.text
    assert "Première place : 8" in plain(look)
    assert without.status_code == 422
    assert visit.reference in ticket.text
    assert "<svg" in ticket.text


async def test_a_full_day_is_told_with_its_reasons_and_the_next_hour(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    stage.clock.move(hours=9)
    visit = await to_book(stage)
    async with stage.browser("chief") as client:
        look = await client.get(f"/chief/visits/{visit.id}/walkin")
        refused = await client.post(f"/chief/visits/{visit.id}/walkin", data={"reason": "Conducteur présent"})

    assert "Première heure libre : mardi 24 à 8 h" in plain(look)
    assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
    async with stage.work() as work:
        assert await queries.live_of(work, visit.id) == {}


def plain(answer: httpx.Response) -> str:
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())
