"""The chief carries a report over by hand and brings the numbers back; a mistake is kept and corrected."""

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_clearance import declaration_of, leaving, outbound
from visits.clearance.push import tick_push
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.tables import Audit


async def by_hand(stage: Stage) -> Visit:
    """A report that waits for a person."""
    visit, _ = await leaving(stage)
    await tick_push(stage.tools, stage.tenant)
    return visit


async def keyed(client: httpx.AsyncClient, visit: Visit, what: str, **typed: str) -> httpx.Response:
    return await client.post(f"/chief/manual/{visit.id}/{what}", data=typed)


async def test_the_page_has_the_text_the_code_and_one_form(stage: Stage) -> None:
    visit = await by_hand(stage)
    assert (await outbound(stage, visit)).state == "manual"

    async with stage.browser("chief") as client:
        page = (await client.get(f"/chief/manual/{visit.id}")).text
        simple = (await client.get(f"/chief/manual/{visit.id}?plain=true")).text

    assert "CERTIFICAT DE VISITE" in page
    assert 'class="v-qr"' in page
    assert page.count("<form") - page.count("/signout") - page.count('role="search"') == 1
    assert "Deficit constate" in simple


async def test_act_and_voucher_keyed_by_hand_release_the_visit(stage: Stage) -> None:
    visit = await by_hand(stage)

    async with stage.browser("chief") as client:
        act = await keyed(client, visit, "act", act="  2026/118  ")
        again = await keyed(client, visit, "act", act="2026/118")
        voucher = await keyed(client, visit, "voucher", voucher="BAE-7")
        done = (await client.get(f"/chief/manual/{visit.id}")).text

    assert [each.status_code for each in (act, again, voucher)] == [303, 303, 303]
    assert (await outbound(stage, visit)).act == "2026/118"
    assert (await declaration_of(stage, visit)).voucher == "BAE-7"
    assert (await stage.visit(visit.id)).state == State.RELEASED
    assert "tout est reporté" in done


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Recopiez le numéro"),
        ("   ", "Recopiez le numéro"),
        ("1" * 41, "dépasse 40"),
        ("<b>1</b>", "signe inattendu"),
        ("A\nB'", "signe inattendu"),
    ],
    ids=["empty", "blanks", "too long", "markup", "a quote"],
)
async def test_what_is_no_number_is_said_beside_the_field_and_kept(stage: Stage, typed: str, sentence: str) -> None:
    visit = await by_hand(stage)

    async with stage.browser("chief") as client:
        answer = await keyed(client, visit, "act", act=typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert (await outbound(stage, visit)).act is None
    assert (await stage.visit(visit.id)).state == State.VALIDATED


async def test_the_act_of_another_visit_is_refused(stage: Stage) -> None:
    first, second = await by_hand(stage), await by_hand(stage)

    async with stage.browser("chief") as client:
        await keyed(client, first, "act", act="118")
        answer = await keyed(client, second, "act", act="118")

    assert answer.status_code == 409
    assert "118" in answer.text
    assert (await stage.visit(second.id)).state == State.VALIDATED


async def test_a_wrong_act_is_corrected_with_a_reason_that_stays(stage: Stage) -> None:
    visit = await by_hand(stage)

    async with stage.browser("chief") as client:
        await keyed(client, visit, "act", act="181")
        second = await keyed(client, visit, "act", act="118")
        mute = await keyed(client, visit, "correct", corrected="118", reason=" ")
        answer = await keyed(client, visit, "correct", corrected="118", reason="chiffres inversés")

    assert (second.status_code, mute.status_code, answer.status_code) == (409, 422, 303)
    assert (await outbound(stage, visit)).act == "118"
    async with stage.work() as work:
        kept = await work.session.scalar(select(Audit).where(col(Audit.action) == "act_corrected"))
    assert kept is not None
    assert (kept.body["was"], kept.body["act"], kept.body["reason"]) == ("181", "118", "chiffres inversés")


async def test_the_voucher_waits_for_the_act(stage: Stage) -> None:
    visit, _ = await leaving(stage)
    opened = await stage.opened()

    async with stage.browser("chief") as client:
        none = await client.get(f"/chief/manual/{opened.id}")
        early = await keyed(client, opened, "voucher", voucher="BAE-1")

    assert (none.status_code, early.status_code) == (404, 404)
    assert (await declaration_of(stage, opened)).voucher is None
    assert (await stage.visit(visit.id)).state == State.VALIDATED


@pytest.mark.parametrize("who", ["declarant", "inspector1", "supervisor", None])
async def test_only_a_chief_carries_reports_over(stage: Stage, who: str | None) -> None:
    visit = await by_hand(stage)

    async with stage.browser(who, accept="application/json") as client:
        answer = await keyed(client, visit, "act", act="118")

    assert answer.status_code == (403 if who else 401)
    assert (await outbound(stage, visit)).act is None
