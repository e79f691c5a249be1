"""A terminal's own system reads the list and tells where containers stand; late, twice, in any order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked
from tests.support.steps_fieldwork import BOX, ready, started
from visits.fieldwork.tables import Step
from visits.people.keys import make_key
from visits.sites.tables import Site
from visits.store.tables import DomainEvent

LIST = "/api/terminal/positioning"
STATUSES = "/api/terminal/statuses"


@asynccontextmanager
async def system(stage: Stage, site: Site | None = None, name: str = "terminal 1") -> AsyncIterator[httpx.AsyncClient]:
    """The terminal's system, with a key for one site."""
    made = await stage.run("admin", make_key, name, stage.office.id, sites=[(site or stage.site).id])
    async with stage.browser(None, accept="application/json", authorization=f"Bearer {made.token}") as client:
        yield client


def word(stage: Stage, position: str, number: int = 1, *, minutes: int = 0, **changes: Any) -> dict[str, Any]:
    """A message on the stage's container, so many minutes ago over there."""
    at = (stage.clock.now() - timedelta(minutes=minutes)).isoformat()
    return {"id": f"m-{number}", "at": at, "container": BOX, "position": position} | changes


async def events(stage: Stage) -> list[str]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(DomainEvent.kind))
            .where(col(DomainEvent.kind).startswith("goods"))
            .order_by(col(DomainEvent.seq))
        )
        return list(rows)


async def elsewhere(stage: Stage) -> Site:
    async with stage.work() as work:
        site = Site(office_id=stage.office.id, code="TC02", name="Terminal 2", locations=["TC02"])
        work.session.add(site)
    return site


async def test_the_list_of_tomorrow_is_read_and_only_again_when_it_changed(stage: Stage) -> None:
    visit = await booked(stage)
    async with system(stage) as yard:
        first = await yard.get(LIST)
        [place] = first.json()["places"]
        again = await yard.get(LIST, headers={"if-none-match": first.headers["etag"]})
        await yard.post(STATUSES, json=word(stage, "placed"))
        changed = await yard.get(LIST, headers={"if-none-match": first.headers["etag"]})

    assert (place["container"], place["visit"], place["position"]) == (BOX, visit.reference, "to_place")
    assert (again.status_code, again.content) == (304, b"")
    assert changed.json()["places"][0]["position"] == "placed"


async def test_the_list_tells_nothing_of_whose_it_is(stage: Stage) -> None:
    await booked(stage)
    async with system(stage) as yard:
        text = (await yard.get(LIST)).text

    for hidden in ("Transit", "Comptoir", "Disques", "REF48001", "00847P"):
        assert hidden not in text


async def test_a_message_sent_again_is_one(stage: Stage) -> None:
    await booked(stage)
    async with system(stage) as yard:
        answers = [await yard.post(STATUSES, json=word(stage, "placed")) for _ in range(3)]

    assert {each.json()["outcome"] for each in answers} == {"taken"}
    assert await events(stage) == ["goods_presented"]


async def test_one_message_on_ten_lines_at_once_is_one(stage: Stage) -> None:
    await booked(stage)
    async with system(stage) as yard:
        answers = await asyncio.gather(*(yard.post(STATUSES, json=word(stage, "placed")) for _ in range(10)))

    assert {each.status_code for each in answers} == {200}
    assert await events(stage) == ["goods_presented"]


async def test_an_id_used_for_something_else_is_refused(stage: Stage) -> None:
    await booked(stage)
    async with system(stage) as yard:
        await yard.post(STATUSES, json=word(stage, "placed"))
        other = await yard.post(STATUSES, json=word(stage, "missing"))

    assert (other.status_code, other.json()["code"]) == (409, "id-taken")
    assert await events(stage) == ["goods_presented"]


async def test_what_was_overtaken_on_its_way_is_kept_and_changes_nothing(stage: Stage) -> None:
    visit = await booked(stage)
    stage.clock.move(hours=1)
    async with system(stage) as yard:
        await yard.post(STATUSES, json=word(stage, "placed", 2, minutes=5))
        late = await yard.post(STATUSES, json=word(stage, "blocked", 1, minutes=30, reason="stacked"))

    assert late.json() == {"outcome": "late", "visit": visit.reference, "container": BOX, "position": "placed"}
    assert await events(stage) == ["goods_presented"]
    async with stage.work() as work:
        assert await work.session.scalar(select(func.count()).select_from(Step)) == 2


async def test_a_word_after_the_visit_began_is_kept_and_undoes_nothing(stage: Stage) -> None:
    visit = await started(stage, await ready(stage))
    async with system(stage) as yard:
        back = await yard.post(STATUSES, json=word(stage, "to_place"))

    assert back.json()["outcome"] == "too_late"
    assert (await stage.visit(visit.id)).state == "running"
    assert "goods_taken_back" not in await events(stage)


WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "a container nobody waits for": ({"container": "QZVU0000000"}, 404),
    "no container where there is one": ({"container": ""}, 404),
    "another visit": ({"visit": "V-000000-0"}, 404),
    "blocked for no reason": ({"position": "blocked"}, 422),
    "another reason without a word": ({"position": "blocked", "reason": "other"}, 422),
    "an hour to come": ({"at": "2026-11-25T08:00:00Z"}, 422),
    "an hour without a zone": ({"at": "2026-11-23T08:00:00"}, 400),
    "no known word": ({"position": "lost"}, 400),
    "a field nobody knows": ({"colour": "red"}, 400),
    "an empty id": ({"id": ""}, 400),
}


@pytest.mark.parametrize(("changed", "status"), WRONG.values(), ids=WRONG)
async def test_what_is_not_as_agreed_is_refused(stage: Stage, changed: dict[str, Any], status: int) -> None:
    await booked(stage)
    async with system(stage) as yard:
        answer = await yard.post(STATUSES, json=word(stage, "placed") | changed)

    assert answer.status_code in ({status, 422} if status == 400 else {status}), answer.text
    assert await events(stage) == []


async def test_another_terminals_key_finds_nothing_here(stage: Stage) -> None:
    await booked(stage)
    async with system(stage, await elsewhere(stage)) as yard:
        assert (await yard.get(LIST)).json()["places"] == []
        assert (await yard.get(f"{LIST}?site=TC01")).status_code == 404
        refused = await yard.post(STATUSES, json=word(stage, "placed"))
        unknown = await yard.post(STATUSES, json=word(stage, "placed", 2, container="QZVU0000000"))

    assert refused.status_code == 404
    assert refused.json()["detail"] == unknown.json()["detail"]
    assert await events(stage) == []


async def test_a_key_opens_no_page_of_the_terminal_and_nothing_else(stage: Stage) -> None:
    async with system(stage) as yard:
        for path in ("/terminal", "/terminal/positioning", "/terminal/positioning.csv"):
            assert (await yard.get(path)).status_code == 403
        assert (await yard.post("/api/clearance/messages", json={})).status_code == 403


async def test_a_key_that_was_ended_is_none(stage: Stage) -> None:
    async with stage.browser(None, accept="application/json", authorization="Bearer ended") as yard:
        assert (await yard.get(LIST)).status_code == 401


async def test_the_interface_is_described(stage: Stage) -> None:
    async with stage.browser(None, accept="application/json") as anybody:
        paths = (await anybody.get("/schema/openapi.json")).json()["paths"]

    assert {path for path in paths if path.startswith("/api/terminal")} >= {LIST, STATUSES, "/api/terminal/ships"}


async def test_an_integrator_makes_a_key_for_one_terminal_on_the_page(stage: Stage) -> None:
    await booked(stage)
    async with stage.browser("admin") as desk:
        page = await desk.post("/integrator/keys", data={"name": "parc", "site": str(stage.site.id)})
        assert page.status_code == 200
        assert "positioning?site=TC01" in page.text
        assert (await desk.post("/integrator/keys", data={"name": "faux", "site": "x"})).status_code == 422
