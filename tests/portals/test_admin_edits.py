"""Every way to edit a calendar writes the days out at once: afterwards nothing is left to write."""

import re
from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.portals.test_admin_calendars import filled, path
from tests.support.stage import Stage
from visits.booking.materialise import Edited, materialise
from visits.booking.tables import DayBits
from visits.sites.queries import office_by_id
from visits.store.work import Work

Edit = Callable[[Stage, httpx.AsyncClient], Awaitable[None]]
WEEK = {f"day{day}": "10:00-11:00" for day in range(1, 6)}


async def hours(stage: Stage, browser: httpx.AsyncClient) -> None:
    await browser.post(f"{resource(stage)}/hours", data=WEEK | {"first": "2026-11-25"})


async def absence(stage: Stage, browser: httpx.AsyncClient) -> None:
    await browser.post(f"{resource(stage)}/absences", data={"from_day": "2026-11-25", "reason": "panne"})


async def absence_back(stage: Stage, browser: httpx.AsyncClient) -> None:
    await absence(stage, browser)
    await browser.post(found(await browser.get(resource(stage)), r"/admin/offices/absences/[\w-]+/withdraw"))


async def last_day(stage: Stage, browser: httpx.AsyncClient) -> None:
    await browser.post(f"{resource(stage)}/end", data={"last_day": "2026-11-25"})


async def place(stage: Stage, browser: httpx.AsyncClient) -> None:
    await browser.post(f"/admin/offices/sites/{stage.site.id}/places", data={"kind": "forklift", "place": "Chariot"})


async def closed_day(stage: Stage, browser: httpx.AsyncClient) -> None:
    typed = {"day": "2026-11-25", "holiday": "Fête", "where": "all"}
    await browser.post(f"{path(stage)}/holidays", data=typed)


async def opened_day(stage: Stage, browser: httpx.AsyncClient) -> None:
    await browser.post(found(await browser.get(path(stage)), r"/admin/calendars/[\w/-]+/remove"))


async def moved_day(stage: Stage, browser: httpx.AsyncClient) -> None:
    typed = {"day": "2026-11-25", "holiday": "Mawlid", "where": "office", "tentative": "1"}
    await browser.post(f"{path(stage)}/holidays", data=typed)
    action = found(await browser.get(path(stage)), r"/admin/calendars/[\w/-]+/move")
    await browser.post(action, data={"to": "2026-11-26"})


async def closure(stage: Stage, browser: httpx.AsyncClient) -> None:
    typed = {"from_day": "2026-11-25", "to_day": "2026-11-26", "reason": "Travaux"}
    await browser.post(f"{path(stage)}/closures", data=typed)


async def closure_back(stage: Stage, browser: httpx.AsyncClient) -> None:
    await closure(stage, browser)
    await browser.post(found(await browser.get(path(stage)), r"/admin/calendars/closures/[\w-]+/withdraw"))


async def file(stage: Stage, browser: httpx.AsyncClient) -> None:
    content = "ressource;genre;site;dernier jour\nAire Z;aire;TC01;\nbay A;aire;TC01;25/11/2026\n"
    await browser.post(f"{path(stage)}/files/resources/take", data={"content": content, "take": "all"})


async def invited(stage: Stage, browser: httpx.AsyncClient) -> None:
    typed = {"login": "neuf", "name": "Neuf Exemple", "language": "fr", "role": "inspector"}
    answer = await browser.post("/admin/people/new", data=typed | {"office": str(stage.office.id)})
    assert "invitation" in answer.text


async def left(stage: Stage, browser: httpx.AsyncClient) -> None:
    person = stage.actors["inspector1"].person
    answer = await browser.post(f"/admin/people/{person}/end", data={"last_day": "2026-11-25"})
    assert answer.status_code == 303


async def farther(stage: Stage, browser: httpx.AsyncClient) -> None:
    where = f"/admin/policies/{stage.office.id}"
    form = (await browser.get(where)).text
    typed = dict(re.findall(r'<input[^>]*name="(\w+)" type="text" value="([^"]*)"', form))
    areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', form)
    ticked: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"\s+checked', form):
        ticked.setdefault(name, []).append(value)
    data = typed | dict(areas) | ticked | {"horizon_staff_days": "90", "confirmed": "1"}
    answer = await browser.post(where, data=data)
    assert answer.status_code == 303, answer.text[:2000]


EDITS: tuple[Edit, ...] = (
    hours,
    absence,
    absence_back,
    last_day,
    place,
    closed_day,
    opened_day,
    moved_day,
    closure,
    closure_back,
    file,
    invited,
    left,
    farther,
)


def resource(stage: Stage) -> str:
    return f"/admin/offices/resources/{stage.resources['bay A'].id}"


def found(answer: httpx.Response, pattern: str) -> str:
    action = re.search(pattern, answer.text)
    assert action, pattern
    return action[0]


async def written(stage: Stage) -> Edited:
    async def use_case(work: Work) -> Edited:
        return await materialise(work, await office_by_id(work, stage.office.id))

    return await stage.run("system", use_case)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
async def test_after_an_edit_nothing_is_left_to_write(stage: Stage, edit: Edit) -> None:
    await filled(stage)
    await written(stage)
    before = await bits_of(stage)
    async with stage.browser("admin") as browser:
        await edit(stage, browser)
    after = await bits_of(stage)

    assert (await written(stage)).changed == 0
    assert (after != before) == (edit not in (absence_back, closure_back))


async def bits_of(stage: Stage) -> dict[tuple[str, date], int]:
    """What is written out for each resource and day."""
    async with stage.work() as work:
        rows = await work.session.scalars(select(DayBits).where(col(DayBits.office_id) == stage.office.id))
        return {(str(row.resource_id), row.day): row.work for row in rows}
