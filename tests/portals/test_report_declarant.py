"""The declarant reads the report and answers it once, on a phone and without a script."""

import hashlib

import pytest

from tests.support import steps_fieldwork
from tests.support.stage import Stage
from tests.support.steps_reports import newest, signed, validated

ANSWERS = [
    ("signed", "", "Vous avez signé le rapport"),
    ("reserved", "Erreur du fournisseur.", "Vous avez signé avec réserves"),
    ("refused", "Je conteste.", "Vous avez refusé de signer"),
]


async def test_before_the_signature_the_page_says_who_writes(stage: Stage) -> None:
    visit = await steps_fieldwork.ended(stage)

    async with stage.browser("declarant") as browser:
        page = await browser.get(f"/declarant/visits/{visit.id}/report")

    assert page.status_code == 200
    assert "pas encore signé" in page.text


@pytest.mark.parametrize(("verdict", "remarks", "title"), ANSWERS, ids=[each[0] for each in ANSWERS])
async def test_the_answer_is_given_and_shown(stage: Stage, verdict: str, remarks: str, title: str) -> None:
    visit = await signed(stage)
    address = f"/declarant/visits/{visit.id}/report"

    async with stage.browser("declarant") as browser:
        asked = await browser.get(address)
        data = {"version": "1", "verdict": verdict, "remarks": remarks, "party": "J. Tanoh"}
        done = await browser.post(address, data=data)
        page = await browser.get(address)
        again = await browser.post(address, data=data)

    assert 'name="verdict"' in asked.text
    assert done.status_code == 303
    assert title in page.text
    assert 'name="verdict"' not in page.text
    assert again.status_code == 409


@pytest.mark.parametrize(
    "data",
    [
        {"verdict": "reserved", "remarks": " ", "party": "J. Tanoh"},
        {"verdict": "signed", "party": " "},
        {"verdict": "maybe", "party": "J. Tanoh"},
        {"party": "J. Tanoh"},
    ],
    ids=["no words", "no name", "no such answer", "no answer"],
)
async def test_an_incomplete_answer_keeps_what_was_typed(stage: Stage, data: dict[str, str]) -> None:
    visit = await signed(stage)

    async with stage.browser("declarant") as browser:
        page = await browser.post(f"/declarant/visits/{visit.id}/report", data={"version": "1"} | data)

    assert page.status_code == 422
    assert 'name="verdict"' in page.text


async def test_the_importer_answers_for_the_importer(stage: Stage) -> None:
    visit = await signed(stage)

    async with stage.browser("importer") as browser:
        data = {"version": "1", "verdict": "signed", "party": "B. Importeuse"}
        await browser.post(f"/declarant/visits/{visit.id}/report", data=data)
        page = await browser.get(f"/declarant/visits/{visit.id}/report")

    assert "Pour l'importateur Comptoir Exemple" in page.text.replace("’", "'").replace("&#39;", "'")


@pytest.mark.parametrize("path", ["report", "report/pdf"])
async def test_another_firm_finds_nothing(stage: Stage, path: str) -> None:
    visit = await signed(stage)

    async with stage.browser("other_declarant") as browser:
        assert (await browser.get(f"/declarant/visits/{visit.id}/{path}")).status_code == 404
        answer = {"version": "1", "verdict": "signed", "party": "X"}
        assert (await browser.post(f"/declarant/visits/{visit.id}/report", data=answer)).status_code == 404


async def test_a_copy_is_taken_before_and_after_validation(stage: Stage) -> None:
    visit = await signed(stage)
    address = f"/declarant/visits/{visit.id}/report/pdf?lang=pt"

    async with stage.browser("declarant") as browser:
        draft = await browser.get(address)
        stage.clock.move(hours=72)
        await validated(stage, visit)
    async with stage.browser("declarant") as browser:
        final = await browser.get(address)

    assert draft.content.startswith(b"%PDF-")
    assert final.content.startswith(b"%PDF-")
    assert draft.content != final.content


async def test_whoever_hashes_the_body_gets_the_digest(stage: Stage) -> None:
    visit = await signed(stage)
    frozen = await newest(stage, visit.id)

    async with stage.browser("declarant", accept="application/json") as browser:
        told = (await browser.get(f"/api/visits/{visit.id}/report")).json()
        body = await browser.get(f"/api/visits/{visit.id}/report/1/body")

    assert told["versions"][0]["digest"] == frozen.digest
    assert hashlib.sha256(body.content).hexdigest() == frozen.digest


async def test_the_api_shows_another_firm_nothing(stage: Stage) -> None:
    visit = await signed(stage)

    async with stage.browser("other_declarant", accept="application/json") as browser:
        assert (await browser.get(f"/api/visits/{visit.id}/report")).status_code == 404
        assert (await browser.get(f"/api/visits/{visit.id}/report/1/body")).status_code == 404
