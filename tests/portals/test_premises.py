"""Visits at a firm's own premises on plain pages: asked, granted, chosen, seen on the appointment, and back."""

import re

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book
from visits.sites.queries import office_by_id


async def allowed(stage: Stage) -> None:
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = {"home_kilometres": 30}


def form(stage: Stage, **changes: str) -> dict[str, str]:
    place = {"called": "Entrepôt Exemple", "address": "Zone industrielle, lot 12", "kilometres": "12", "minutes": "30"}
    return {"office": str(stage.office.id)} | place | changes


async def test_asked_granted_chosen_and_left(stage: Stage) -> None:
    await allowed(stage)
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser("declarant") as client, stage.browser("chief") as chief:
        asked = await client.post("/declarant/premises", data=form(stage))
        queue = await chief.get("/chief")
        address = re.findall(r'action="(/chief/premises/[^"]+)"', (await chief.get("/chief/premises")).text)[0]
        road = {"kilometres": "12", "minutes": "45"}
        granted = await chief.post(address, data=road | {"do": "granted"})
        use = re.findall(r'action="(/declarant/premises/[^"]+/use)"', (await client.get("/declarant/premises")).text)
        chosen = await client.post(use[0], data={"visit": str(visit.id)})
        hours = await client.get(chosen.headers["location"])
        there = await client.get("/declarant/premises")
        left = await client.post(f"/declarant/visits/{visit.id}/home/leave")

    assert [each.status_code for each in (asked, granted, chosen, left)] == [303] * 4
    assert "/chief/premises" in queue.text
    assert "Entrepôt Exemple" in hours.text
    assert f"/declarant/visits/{visit.id}/home/leave" in there.text
    assert (await stage.visit(visit.id)).site_id == stage.site.id


async def test_the_appointment_says_where(stage: Stage) -> None:
    await allowed(stage)
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser("declarant") as client, stage.browser("chief") as chief:
        await client.post("/declarant/premises", data=form(stage))
        address = re.findall(r'action="(/chief/premises/[^"]+)"', (await chief.get("/chief/premises")).text)[0]
        await chief.post(address, data={"kilometres": "12", "minutes": "30", "do": "granted"})
        use = re.findall(r'action="(/declarant/premises/[^"]+/use)"', (await client.get("/declarant/premises")).text)
        await client.post(use[0], data={"visit": str(visit.id)})
        await booked(stage, await stage.visit(visit.id))
        page = await client.get(f"/declarant/visits/{visit.id}/appointment")

    assert "Zone industrielle, lot 12" in page.text


async def test_too_far_is_told_above_the_form_and_nothing_typed_is_lost(stage: Stage) -> None:
    await allowed(stage)
    async with stage.browser("declarant") as client:
        answers = [await client.post("/declarant/premises", data=form(stage, kilometres=km)) for km in ("31", "x")]

    assert [each.status_code for each in answers] == [409, 422]
    assert all("lot 12" in each.text for each in answers)


async def test_who_opens_is_changed_on_the_page_and_a_wrong_number_keeps_what_was_typed(stage: Stage) -> None:
    await allowed(stage)
    async with stage.browser("declarant") as client:
        await client.post("/declarant/premises", data=form(stage))
        page = await client.get("/declarant/premises")
        path = re.findall(r'action="(/declarant/premises/[^"]+/contact)"', page.text)[0]
        wrong = await client.post(path, data={"contact": "M. Essai", "phone": "12"})
        right = await client.post(path, data={"contact": "M. Essai", "phone": "+225 07 00 00 00 18"})
        after = await client.get("/declarant/premises")

    assert "Dites qui ouvre aux agents" in page.text
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert 'value="M. Essai"' in wrong.text
    assert "+2250700000018" in after.text
