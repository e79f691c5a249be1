"""/chief/groups: a firm's group opened, moved and cancelled as a whole with a reason, and booked for a firm."""

import re
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.portals.reading import said
from tests.support.stage import Stage
from tests.support.steps_booking import calendars, held, to_book, tomorrow
from visits.booking import groups, queries
from visits.booking.groups import Pattern
from visits.booking.groups_tables import VisitGroup
from visits.journey.states import State
from visits.people import queries as people
from visits.sites.tables import Office
from visits.store.tables import DomainEvent


@pytest.fixture
async def visits(stage: Stage) -> list[UUID]:
    await calendars(stage)
    return [(await to_book(stage)).id for _ in range(3)]


async def grouped(stage: Stage, visits: list[UUID]) -> VisitGroup:
    return await stage.run("declarant", groups.book, visits, tomorrow(stage, 9), pattern=Pattern.AT_ONCE)


async def times(stage: Stage, visits: list[UUID]) -> list[int | None]:
    """The hour of each visit's appointment."""
    async with stage.work() as work:
        live = [(await queries.live_of(work, each)).get("confirmed") for each in visits]
    return [each.during.lower.hour if each else None for each in live]


async def sent(stage: Stage, path: str, **form: str) -> httpx.Response:
    async with stage.browser("chief") as chief:
        return await chief.post(path, data=form)


async def test_the_groups_to_come_are_listed_with_firm_hour_and_number(stage: Stage, visits: list[UUID]) -> None:
    group = await grouped(stage, visits)
    async with stage.browser("chief") as chief:
        home, listed = await chief.get("/chief"), await chief.get("/chief/groups")
        one = await chief.get(f"/office/visits/{visits[0]}")

    assert 'href="/chief/groups"' in home.text
    assert f'href="/chief/groups/{group.id}"' in listed.text
    assert f'href="/chief/groups/{group.id}"' in one.text
    for words in ("1 groupe à venir", "Transit Lagune Exemple", "3 visites", "9 h"):
        assert words in said(listed), words


async def test_a_group_is_opened_with_each_visit_and_its_time(stage: Stage, visits: list[UUID]) -> None:
    group = await grouped(stage, visits)
    async with stage.browser("chief") as chief:
        page = await chief.get(f"/chief/groups/{group.id}")

    assert all(f"/office/visits/{each}" in page.text for each in visits)
    assert "3 visites réservées ensemble" in said(page)
    assert stage.site.name in said(page)


async def test_it_is_moved_as_a_whole_and_the_firm_is_told_why(stage: Stage, visits: list[UUID]) -> None:
    group = await grouped(stage, visits)

    moved = await sent(
        stage, f"/chief/groups/{group.id}/slots", start=tomorrow(stage, 14).isoformat(), reason="Quai fermé"
    )

    assert moved.status_code == 303
    assert await times(stage, visits) == [14, 14, 14]
    assert await reasons(stage, "appointment_moved") == ["Quai fermé"] * 3


async def test_where_one_finds_no_place_none_is_moved(stage: Stage, visits: list[UUID]) -> None:
    group = await grouped(stage, visits)
    await held(stage, await to_book(stage), tomorrow(stage, 14))

    moved = await sent(
        stage, f"/chief/groups/{group.id}/slots", start=tomorrow(stage, 14).isoformat(), reason="Quai fermé"
    )

    assert (moved.status_code, 'role="alert"' in moved.text) == (409, True)
    assert "Quai fermé" in moved.text
    assert await times(stage, visits) == [9, 9, 9]


async def test_without_a_reason_nothing_is_moved_and_the_hour_is_kept(stage: Stage, visits: list[UUID]) -> None:
    group, start = await grouped(stage, visits), tomorrow(stage, 14).isoformat()

    asked = await sent(stage, f"/chief/groups/{group.id}/slots", start=start, day=start[:10], reason=" ")

    assert asked.status_code == 422
    assert re.search(rf'value="{re.escape(start)}"[^>]*checked', asked.text)
    assert await times(stage, visits) == [9, 9, 9]


async def test_it_is_cancelled_as_a_whole_with_a_reason_and_twice_is_once(stage: Stage, visits: list[UUID]) -> None:
    group = await grouped(stage, visits)
    path = f"/chief/groups/{group.id}/cancel"

    without = await sent(stage, path)
    assert await times(stage, visits) == [9, 9, 9]
    with_one = [await sent(stage, path, reason="Grève") for _ in range(2)]

    assert [without.status_code, *(each.status_code for each in with_one)] == [422, 303, 303]
    assert {(await stage.visit(each)).state for each in visits} == {State.TO_BOOK}
    assert await reasons(stage, "appointment_cancelled") == ["Grève"] * 3


async def test_a_group_is_booked_for_a_firm_with_a_reason(stage: Stage, visits: list[UUID]) -> None:
    query = {"v": [str(each) for each in visits], "pattern": "in_turn"}
    async with stage.browser("chief") as chief:
        choice = await chief.get("/chief/groups")
        hours = await chief.get("/chief/groups/slots", params=query)
        form = query | {"start": tomorrow(stage, 8).isoformat(), "reason": "Appel du cabinet"}
        made = await chief.post("/chief/groups", data=form)
        page = await chief.get(made.headers["location"])

    assert choice.text.count('name="v"') == 3
    assert "Transit Lagune Exemple" in said(choice)
    assert hours.status_code == 200
    assert "3 visites réservées ensemble" in said(page)
    assert len(set(await times(stage, visits))) == 3


async def test_one_visit_is_no_group_and_the_page_says_so(stage: Stage, visits: list[UUID]) -> None:
    async with stage.browser("chief") as chief:
        answer = await chief.get("/chief/groups/slots", params={"v": str(visits[0]), "pattern": "in_turn"})

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["", "/slots", "/cancel"])
async def test_another_offices_group_is_not_there(stage: Stage, visits: list[UUID], path: str) -> None:
    group = await grouped(stage, visits)
    async with stage.work() as work:
        elsewhere = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(elsewhere)
        await work.session.flush()
        (await people.memberships_of(work, stage.actors["chief"].person))[0].office_id = elsewhere.id  # type: ignore[arg-type]

    async with stage.browser("chief") as chief:
        answer = await chief.get(f"/chief/groups/{group.id}{path}")
        listed = await chief.get("/chief/groups")

    assert answer.status_code == 404
    assert str(group.id) not in listed.text


async def reasons(stage: Stage, kind: str) -> list[str]:
    async with stage.work() as work:
        rows = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == kind))
        return [each.body["reason"] for each in rows]
