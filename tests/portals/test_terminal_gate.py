"""The gate: green for the right container under a valid voucher, red with the reason for the rest, each exit once."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlmodel import col

from tests.portals.reading import said
from tests.support.builders import a_declaration
from tests.support.clearance import a_message, told
from tests.support.live import PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_fieldwork import BOX
from visits.clearance.tables import GateExit
from visits.declarations.receive import receive
from visits.declarations.tables import Declaration
from visits.store.tables import Audit, DomainEvent

GATE = "/terminal/gate"


async def vouched(stage: Stage, voucher: str = "BAE-2026-7", **changes: Any) -> Declaration:
    """A declaration nobody controls, released by the clearance system."""
    declaration = await stage.declaration(**changes)
    await told(stage, a_message("release_issued", declaration, id=f"r-{voucher}", voucher=voucher))
    return declaration


async def exits(stage: Stage) -> list[GateExit]:
    async with stage.work() as work:
        return list(await work.session.scalars(select(GateExit)))


async def left(stage: Stage) -> list[dict[str, Any]]:
    async with stage.work() as work:
        rows = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "goods_exited"))
        return [row.body for row in rows]


async def asked(screen: httpx.AsyncClient, voucher: str, container: str = BOX) -> str:
    return said(await screen.get(GATE, params={"voucher": voucher, "container": container})).replace("’", "'")


def sending(**changes: str) -> dict[str, str]:
    return {"voucher": "BAE-2026-7", "container": BOX, "plate": "1234 ab 01"} | changes


async def test_the_right_container_may_leave_by_number_or_by_code(stage: Stage) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        for read in ("BAE-2026-7", " bae-2026-7 ", "BAE CIAB1 BAE-2026-7"):
            assert "Sortie permise" in await asked(screen, read)
        assert "Sortie permise" in await asked(screen, "BAE-2026-7", "qzvu 508163-9")


async def test_an_exit_is_recorded_once_however_often_it_is_sent(stage: Stage) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        for _ in range(3):
            page = await screen.post(GATE, data=sending())
            assert page.headers["location"] == GATE

    [gone] = await exits(stage)
    assert (gone.container, gone.plate, gone.person_id, gone.at) == (
        BOX,
        "1234 AB 01",
        stage.actors["terminal"].person,
        stage.clock.now(),
    )
    assert await left(stage) == [{"gate": None, "container": BOX}]


async def test_ten_requests_at_once_are_one_exit(stage: Stage) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        answers = await asyncio.gather(*(screen.post(GATE, data=sending()) for _ in range(10)))

    assert {each.status_code for each in answers} == {303}
    assert len(await exits(stage)) == len(await left(stage)) == 1


async def test_who_has_left_does_not_leave_again_with_another_vehicle(stage: Stage) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        await screen.post(GATE, data=sending())
        stage.clock.move(minutes=30)
        again = await screen.post(GATE, data=sending(plate="9999 ZZ 99"))
        assert again.status_code == 409
        assert "Sortie refusée : déjà sorti" in said(again)

    assert len(await exits(stage)) == 1


async def test_each_container_of_a_voucher_leaves_by_itself(stage: Stage) -> None:
    await vouched(stage, boxes=(BOX, "QZVU5081644"))
    async with stage.browser("terminal") as screen:
        for box in (BOX, "QZVU5081644"):
            await screen.post(GATE, data=sending(container=box))

    assert {each.container for each in await exits(stage)} == {BOX, "QZVU5081644"}
    assert len(await left(stage)) == 2


async def test_goods_without_container_leave_under_their_voucher(stage: Stage) -> None:
    await vouched(stage, boxes=())
    async with stage.browser("terminal") as screen:
        assert "Sortie permise" in await asked(screen, "BAE-2026-7", "")
        await screen.post(GATE, data=sending(container=""))

    assert [each.container for each in await exits(stage)] == [""]


async def test_a_voucher_of_several_containers_asks_which_and_lists_none(stage: Stage) -> None:
    await vouched(stage, boxes=(BOX, "QZVU5081644"))
    async with stage.browser("terminal") as screen:
        text = await asked(screen, "BAE-2026-7", "")

    assert "Quel conteneur sort ?" in text
    assert "508 164" not in text


async def test_another_container_is_refused_without_telling_the_right_one(stage: Stage) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        text = await asked(screen, "BAE-2026-7", "QZVU0000001")

    assert "Sortie refusée : autre conteneur" in text
    for hidden in ("508 163", "Transit", "Comptoir", "C 48001"):
        assert hidden not in text


@pytest.mark.parametrize("typed", ["BAE-2026-8", "BAE-2026", "BAE-2026-", "%", "BAE CIAB3 BAE-2026-7", "C 48001"])
async def test_a_number_that_is_none_is_unknown_and_shows_nothing_near(stage: Stage, typed: str) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        text = await asked(screen, typed)

    assert "Sortie refusée : bon inconnu" in text
    assert "BAE-2026-7" not in text.replace(typed, "")


async def test_a_cancelled_voucher_lets_nothing_out_until_there_is_a_new_one(stage: Stage) -> None:
    declaration = await vouched(stage)
    await told(stage, a_message("release_cancelled", declaration, voucher="BAE-2026-7"))
    async with stage.browser("terminal") as screen:
        assert "Sortie refusée : bon annulé" in await asked(screen, "BAE-2026-7")
        assert (await screen.post(GATE, data=sending())).status_code == 409
        await told(stage, a_message("release_issued", declaration, id="r-2", voucher="BAE-2026-8"))

        assert "Sortie permise" in await asked(screen, "BAE-2026-8")
        assert "bon inconnu" in await asked(screen, "BAE-2026-7")


async def test_a_withdrawal_that_overtook_its_voucher_still_counts(stage: Stage) -> None:
    declaration = await stage.declaration()
    first = await told(stage, a_message("release_cancelled", declaration, voucher="BAE-2026-7"))
    await told(stage, a_message("release_issued", declaration, voucher="BAE-2026-7"))

    assert (first.outcome, first.body["code"]) == ("noted", "early_cancel")
    async with stage.browser("terminal") as screen:
        assert "bon annulé" in await asked(screen, "BAE-2026-7")


async def test_goods_still_under_control_stay_whatever_the_voucher_says(stage: Stage) -> None:
    visit = await stage.opened()
    async with stage.work() as work:
        declaration = await work.session.get_one(Declaration, visit.declaration_id)
    await told(stage, a_message("release_issued", declaration, voucher="BAE-2026-7"))
    async with stage.browser("terminal") as screen:
        assert "Sortie refusée : contrôle en cours" in await asked(screen, "BAE-2026-7")


async def test_the_clearance_systems_own_word_on_the_same_exit_adds_nothing(stage: Stage) -> None:
    declaration = await vouched(stage)
    async with stage.browser("terminal") as screen:
        await screen.post(GATE, data=sending())
    answer = await told(stage, a_message("goods_exited", declaration, gate="3"))

    assert answer.outcome == "unchanged"
    assert len(await left(stage)) == 1


@pytest.mark.parametrize("plate", ["", "?", "A", "<b>1234</b>", "X" * 40])
async def test_no_plate_no_exit(stage: Stage, plate: str) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        page = await screen.post(GATE, data=sending(plate=plate))

    assert page.status_code == 422
    assert "Tapez la plaque" in said(page)
    assert await exits(stage) == []


async def test_an_empty_question_is_asked_again(stage: Stage) -> None:
    async with stage.browser("terminal") as screen:
        assert (await screen.post(GATE, data=sending(voucher=" "))).status_code == 422
        assert (await screen.get(GATE, params={"voucher": "X" * 300})).status_code == 422


async def test_every_question_is_in_the_journal(stage: Stage) -> None:
    await vouched(stage)
    async with stage.browser("terminal") as screen:
        await asked(screen, "BAE-2026-9")
        await asked(screen, "BAE-2026-7")
    async with stage.work() as work:
        rows = await work.session.scalars(select(Audit).where(col(Audit.action) == "gate_checked"))
        assert {row.body["verdict"] for row in rows} == {"unknown", "allowed"}


async def test_a_voucher_of_another_office_is_unknown_here(stage: Stage) -> None:
    content, digest = a_declaration(number="7", office="XXXX1")
    other = (await stage.run("system", receive, content, digest)).declaration
    await told(stage, a_message("release_issued", other, voucher="BAE-2026-7"))
    async with stage.browser("terminal") as screen:
        assert "bon inconnu" in await asked(screen, "BAE-2026-7")


async def test_the_declarant_shows_the_voucher_with_its_code(stage: Stage) -> None:
    declaration = await vouched(stage)
    path = f"/declarant/declarations/{declaration.id}/voucher"
    async with stage.browser("declarant") as phone, stage.browser("other_declarant") as foreign:
        page = await phone.get(path)
        assert (await foreign.get(path)).status_code == 404
        await told(stage, a_message("release_cancelled", declaration, voucher="BAE-2026-7"))
        assert "est annulé" in said(await phone.get(path))

    assert "Code QR du bon à enlever BAE-2026-7" in page.text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_phone_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    await vouched(stage)
    async with serving(app) as port, chromium() as browser:
        phone = await window(browser, stage, port, "terminal", size=PHONE)
        await phone.go(f"{GATE}?voucher=BAE-2026-8")
        page = await phone.go(f"{GATE}?voucher=BAE-2026-7&container={BOX}")
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await page.get_by_label("Plaque du véhicule").fill("1234 AB 01")
        await phone.press("Enregistrer la sortie")
