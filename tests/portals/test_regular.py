"""Regular hours on plain pages: asked for by a firm, decided by a chief, used by a visit."""

import re
from typing import Any

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, to_book
from visits.journey.states import State


def form(stage: Stage, **changes: Any) -> dict[str, str]:
    asked = {"site": str(stage.site.id), "level": "physical", "isodow": "4", "minute": "540", "minutes": "60"}
    return asked | {"weeks": "8", "purpose": "Produits frais"} | changes


async def test_asked_granted_used_and_ended(stage: Stage) -> None:
    await calendars(stage, days=60)
    visit = await to_book(stage)
    async with stage.browser("declarant") as client, stage.browser("chief") as chief:
        asked = await client.post("/declarant/regular", data=form(stage))
        queue = await chief.get("/chief")
        waiting = await chief.get("/chief/regular")
        address = re.findall(r'action="(/chief/regular/[^"]+)"', waiting.text)[0]
        granted = await chief.post(address, data={"do": "grant"})
        kept = await client.get("/declarant/regular")
        use = re.findall(r'action="(/declarant/regular/days/[^"]+)"', kept.text)
        booked = await client.post(use[0], data={"visit": str(visit.id)})
        too_late = await client.post(use[0], data={"visit": str((await to_book(stage)).id)})
        end = re.findall(r'action="(/declarant/regular/[^"]+/end)"', kept.text)[0]
        ended = await client.post(end)

    assert [each.status_code for each in (asked, granted, booked, too_late, ended)] == [303, 303, 303, 409, 303]
    assert "/chief/regular" in queue.text
    assert len(use) == 8
    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_a_refusal_needs_a_reason_and_the_firm_reads_it(stage: Stage) -> None:
    async with stage.browser("declarant") as client, stage.browser("chief") as chief:
        await client.post("/declarant/regular", data=form(stage))
        address = re.findall(r'action="(/chief/regular/[^"]+)"', (await chief.get("/chief/regular")).text)[0]
        await chief.post(address, data={"do": "refuse"})
        still = await client.get("/declarant/regular")
        await chief.post(address, data={"do": "refuse", "reason": "Trop peu de trafic"})
        after = await client.get("/declarant/regular")

    assert "à décider" in still.text
    assert "Trop peu de trafic" in after.text


async def test_what_makes_no_sense_is_told_above_the_form(stage: Stage) -> None:
    async with stage.browser("declarant") as client:
        answer = await client.post("/declarant/regular", data=form(stage, purpose=" "))

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
