"""The inspector writes, reads and signs the report on the tablet; the declarant answers on it."""

import re

import httpx
import pytest

from tests.support import steps_fieldwork
from tests.support.stage import Stage
from tests.support.steps_reports import PASSWORD, STROKES, signed, with_passwords, written
from visits.journey.states import State

FORM = {
    "result": "DISCREPANCY_DUTY",
    "conclusion": "48 cartons de plus que déclaré.",
    "legal_basis": "Code des douanes, article 75",
    "duty": "1 486 500",
    "currency": "XOF",
    "proposed_lane": "yellow",
    "lane_reason": "pour liquidation",
    "invited_to_attend": "yes",
    "read_to_party": "yes",
}


def field(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name}"
    return found[1]


async def test_the_page_names_every_gap_and_the_suggested_result(stage: Stage) -> None:
    visit = await steps_fieldwork.ended(stage)

    async with stage.browser("inspector1") as browser:
        page = await browser.get(f"/inspector/visits/{visit.id}/report")

    assert page.status_code == 200
    assert "choses avant de signer" in page.text
    for href in ("#result", "#conclusion", "#legal_basis", "#invited_to_attend", "#read_to_party"):
        assert f'href="{href}"' in page.text
    assert "Différence sans droits à compléter" in page.text


async def test_the_whole_way_from_a_blank_report_to_the_declarants_answer(stage: Stage) -> None:
    visit = await steps_fieldwork.ended(stage)
    await with_passwords(stage, "inspector1")
    base = f"/inspector/visits/{visit.id}/report"

    async with stage.browser("inspector1") as browser:
        saved = await browser.post(base, data=FORM | {"revision": "0", "then": "sign"})
        assert saved.headers["location"] == f"{base}/sign"
        shown = await browser.get(f"{base}/sign")
        done = await browser.post(
            f"{base}/sign",
            data={"seal": field(shown, "seal"), "password": PASSWORD, "officer_drawing": STROKES},
        )
        assert (done.status_code, done.headers["location"]) == (303, base)
        answer = {"version": "1", "verdict": "reserved", "remarks": "Erreur de colisage.", "party": "J. Tanoh"}
        answered = await browser.post(f"{base}/answer", data=answer | {"read_out": "yes"})
        assert answered.status_code == 303
        page = await browser.get(base)

    assert (await stage.visit(visit.id)).state == State.SIGNED
    assert "Erreur de colisage." in page.text
    assert "Le chef de visite a le rapport" in page.text


async def test_a_sum_that_is_none_is_asked_again_and_nothing_typed_is_lost(stage: Stage) -> None:
    visit = await steps_fieldwork.ended(stage)

    async with stage.browser("inspector1") as browser:
        page = await browser.post(
            f"/inspector/visits/{visit.id}/report", data=FORM | {"revision": "0", "duty": "beaucoup"}
        )

    assert page.status_code == 422
    assert "48 cartons de plus que déclaré." in page.text
    assert 'value="beaucoup"' in page.text


async def test_a_draft_changed_in_another_window_keeps_what_was_typed_here(stage: Stage) -> None:
    visit = await written(stage)

    async with stage.browser("inspector1") as browser:
        page = await browser.post(
            f"/inspector/visits/{visit.id}/report", data=FORM | {"revision": "0", "conclusion": "Mes mots à moi."}
        )

    assert page.status_code == 409
    assert "Mes mots à moi." in page.text
    assert field(page, "revision") == "1"


async def test_an_incomplete_report_is_not_laid_out_for_signature(stage: Stage) -> None:
    visit = await written(stage, conclusion="")

    async with stage.browser("inspector1") as browser:
        page = await browser.get(f"/inspector/visits/{visit.id}/report/sign")

    assert (page.status_code, page.headers["location"]) == (303, f"/inspector/visits/{visit.id}/report")


async def test_a_wrong_password_shows_the_report_again_without_it(stage: Stage) -> None:
    visit = await written(stage)
    base = f"/inspector/visits/{visit.id}/report/sign"

    async with stage.browser("inspector1") as browser:
        seal = field(await browser.get(base), "seal")
        page = await browser.post(base, data={"seal": seal, "password": "mauvais-secret-9"})

    assert page.status_code == 403
    assert "Rien n’a été signé" in page.text
    assert "mauvais-secret-9" not in page.text


async def test_passwords_are_not_guessed_at_the_signature(stage: Stage) -> None:
    visit = await written(stage)
    base = f"/inspector/visits/{visit.id}/report/sign"

    async with stage.browser("inspector1") as browser:
        answers = [await browser.post(base, data={"seal": "", "password": f"essai-{n}-essai"}) for n in range(12)]

    assert [answers[0].status_code, answers[-1].status_code] == [403, 429]


async def test_hostile_strokes_are_refused_and_never_shown(stage: Stage) -> None:
    visit = await signed(stage)
    hostile = 'M0 0"/><script>alert(1)</script>'

    async with stage.browser("inspector1") as browser:
        page = await browser.post(
            f"/inspector/visits/{visit.id}/report/answer",
            data={"version": "1", "verdict": "signed", "party": "J. Tanoh", "party_drawing": hostile},
        )

    assert page.status_code == 422
    assert "<script>alert" not in page.text


async def test_what_a_person_typed_is_text_on_the_page(stage: Stage) -> None:
    visit = await signed(stage, conclusion="<b>gras</b> & {{ 7*7 }}")

    async with stage.browser("inspector1") as browser:
        page = await browser.get(f"/inspector/visits/{visit.id}/report")

    assert "&lt;b&gt;gras&lt;/b&gt; &amp; {{ 7*7 }}" in page.text


@pytest.mark.parametrize("name", ["inspector2", "declarant", "chief", None])
async def test_nobody_else_opens_the_inspectors_page(stage: Stage, name: str | None) -> None:
    visit = await written(stage)

    async with stage.browser(name) as browser:
        page = await browser.get(f"/inspector/visits/{visit.id}/report")

    assert page.status_code == {"inspector2": 404, None: 303}.get(name, 403)


async def test_the_refusal_is_noted_on_the_tablet(stage: Stage) -> None:
    visit = await signed(stage)

    async with stage.browser("inspector1") as browser:
        await browser.post(
            f"/inspector/visits/{visit.id}/report/answer",
            data={"version": "1", "verdict": "refused", "party": "J. Tanoh", "remarks": "Je conteste le comptage."},
        )
        page = await browser.get(f"/inspector/visits/{visit.id}/report")

    assert "a refusé de signer" in page.text
    assert "Je conteste le comptage." in page.text
