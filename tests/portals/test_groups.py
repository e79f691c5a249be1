"""/declarant/groups: several visits booked, moved and cancelled in one act, without a script."""

import re
from uuid import UUID

import httpx
import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, held, to_book, tomorrow
from visits.booking import queries
from visits.journey.states import State

JSON = {"accept": "application/json"}


@pytest.fixture
async def visits(stage: Stage) -> list[UUID]:
    await calendars(stage)
    return [(await to_book(stage)).id for _ in range(3)]


async def chosen(stage: Stage, visits: list[UUID], hour: int = 10, pattern: str = "at_once") -> httpx.Response:
    async with stage.browser("declarant") as client:
        form = {"v": [str(each) for each in visits], "pattern": pattern, "start": tomorrow(stage, hour).isoformat()}
        return await client.post("/declarant/groups", data=form)


async def test_chosen_looked_at_and_booked_in_one_act(stage: Stage, visits: list[UUID]) -> None:
    async with stage.browser("declarant") as client:
        home = await client.get("/declarant")
        choice = await client.get("/declarant/groups")
        hours = await client.get(
            "/declarant/groups/slots", params={"v": [str(e) for e in visits], "pattern": "in_turn"}
        )
    made = await chosen(stage, visits, 8, "in_turn")
    async with stage.browser("declarant") as client:
        page = await client.get(made.headers["location"])
        one = await client.get(f"/declarant/visits/{visits[0]}/appointment")

    assert 'href="/declarant/groups"' in home.text
    assert choice.text.count('name="v"') == 3
    assert hours.text.count('name="v"') == 3
    assert "v=" in re.findall(r'href="(/declarant/groups/slots\?[^"]+)"', hours.text)[0]
    assert "3 visites réservées ensemble" in page.text.replace("\u00a0", " ")
    assert made.headers["location"] in one.text


async def test_one_visit_is_no_group_and_the_page_says_so(stage: Stage, visits: list[UUID]) -> None:
    async with stage.browser("declarant") as client:
        answer = await client.get("/declarant/groups/slots", params={"v": str(visits[0]), "pattern": "in_turn"})

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


async def test_who_chose_no_hour_loses_nothing(stage: Stage, visits: list[UUID]) -> None:
    async with stage.browser("declarant") as client:
        form = {"v": [str(each) for each in visits], "pattern": "in_turn"}
        answer = await client.post("/declarant/groups", data=form)

    assert (answer.status_code, answer.text.count('name="v"')) == (422, 3)


async def test_a_lost_race_shows_the_other_hours(stage: Stage, visits: list[UUID]) -> None:
    await held(stage, await to_book(stage), tomorrow(stage, 10))

    answer = await chosen(stage, visits)

    assert (answer.status_code, 'role="alert"' in answer.text) == (409, True)
    assert {(await stage.visit(each)).state for each in visits} == {State.TO_BOOK}


async def test_moved_and_cancelled_with_all_of_them(stage: Stage, visits: list[UUID]) -> None:
    address = (await chosen(stage, visits)).headers["location"]
    async with stage.browser("declarant") as client:
        hours = await client.get(f"{address}/slots")
        moved = await client.post(f"{address}/slots", data={"start": tomorrow(stage, 14).isoformat()})
        async with stage.work() as work:
            times = {(await queries.live_of(work, each))["confirmed"].during.lower for each in visits}
        asked = await client.get(f"{address}/cancel")
        gone = [await client.post(f"{address}/cancel") for _ in range(2)]
        after = await client.get(address)

    assert [hours.status_code, moved.status_code, asked.status_code] == [200, 303, 200]
    assert times == {tomorrow(stage, 14)}
    assert [each.status_code for each in gone] == [303, 303]
    assert "n’a plus de rendez-vous" in after.text


async def test_a_group_is_another_firms_nowhere(stage: Stage, visits: list[UUID]) -> None:
    address = (await chosen(stage, visits)).headers["location"]
    async with stage.browser("other_declarant") as client:
        answers = [await client.get(address), await client.post(f"{address}/cancel")]

    assert {each.status_code for each in answers} == {404}


async def test_programs_do_the_same(stage: Stage, visits: list[UUID]) -> None:
    ids = [str(each) for each in visits]
    async with stage.browser("declarant", **JSON) as client:
        free = await client.get("/api/groups/slots", params={"visits": ",".join(ids), "pattern": "at_once"})
        wish = {"visits": ids, "starts_at": tomorrow(stage, 10).isoformat(), "pattern": "at_once"}
        made = [await client.post("/api/groups", json=wish, headers={"idempotency-key": "a"}) for _ in range(2)]
        group = f"/api/groups/{made[0].json()['id']}"
        to = {"starts_at": tomorrow(stage, 14).isoformat()}
        moved = await client.post(f"{group}/move", json=to, headers={"idempotency-key": "b"})
        gone = await client.delete(group, headers={"idempotency-key": "c"})
        after = await client.get(group)

    assert int(free.json()["days"][1]["mask"], 16) >> 16 & 1
    assert [each.status_code for each in made] == [201, 201]
    assert made[0].content == made[1].content
    assert {each["starts_at"] for each in moved.json()["appointments"]} == {tomorrow(stage, 14).isoformat()[:19] + "Z"}
    assert gone.status_code == 204
    assert {each["status"] for each in after.json()["appointments"]} == {"cancelled"}
