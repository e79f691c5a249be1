"""The chief reads the report beside its evidence and decides; each version keeps its address."""

import io

import pypdf
import pytest

from tests.support.stage import Stage
from tests.support.steps_reports import answered, cosigned, sign_it, signed, validated
from tests.support.steps_states import happen
from visits import events
from visits.journey.states import State
from visits.reports.words import Answer


async def test_differences_evidence_and_answer_stand_on_one_page(stage: Stage) -> None:
    visit = await answered(stage, verdict=Answer.RESERVED)

    async with stage.browser("chief") as browser:
        page = await browser.get(f"/chief/reports/{visit.id}")

    assert page.status_code == 200
    assert '<tr class="diff">' in page.text
    assert f'src="/inspector/visits/{visit.id}/photos/1"' in page.text
    assert "Le déclarant a signé avec réserves." in page.text
    assert "Valider le rapport" in page.text


async def test_validating_gives_the_number_and_ends_the_button(stage: Stage) -> None:
    visit = await answered(stage)

    async with stage.browser("chief") as browser:
        done = await browser.post(f"/chief/reports/{visit.id}/validate", data={"version": "1"})
        page = await browser.get(f"/chief/reports/{visit.id}")
        again = await browser.post(f"/chief/reports/{visit.id}/validate", data={"version": "1"})

    assert done.status_code == 303
    assert "2026 CIAB1 CV 00001" in page.text
    assert "Valider le rapport" not in page.text
    assert again.status_code == 409


async def test_before_the_declarant_answered_there_is_nothing_to_validate(stage: Stage) -> None:
    visit = await signed(stage)

    async with stage.browser("chief") as browser:
        page = await browser.get(f"/chief/reports/{visit.id}")

    assert "Valider le rapport" not in page.text
    assert "peut encore répondre" in page.text


async def test_a_chief_who_signed_is_told_that_another_validates(stage: Stage) -> None:
    visit = await signed(stage, colleagues=(stage.actors["chief"].person,))
    await cosigned(stage, visit.id, login="chief")
    await answered(stage, visit)

    async with stage.browser("chief") as browser:
        page = await browser.get(f"/chief/reports/{visit.id}")
        done = await browser.post(f"/chief/reports/{visit.id}/validate", data={"version": "1"})

    assert "Valider le rapport" not in page.text
    assert done.status_code == 403


async def test_a_returned_version_stays_readable_with_its_reason(stage: Stage) -> None:
    visit = await answered(stage)

    async with stage.browser("chief") as browser:
        data = {"version": "1", "reason": "evidence", "remark": "Photo P1 floue."}
        await browser.post(f"/chief/reports/{visit.id}/return", data=data)
        await sign_it(stage, visit.id)
        newest = await browser.get(f"/chief/reports/{visit.id}")
        older = await browser.get(f"/chief/reports/{visit.id}?version=1")

    assert "Photo P1 floue." in newest.text
    assert "Une version plus récente existe" in older.text


async def test_a_return_without_reason_asks_for_it(stage: Stage) -> None:
    visit = await answered(stage)

    async with stage.browser("chief") as browser:
        page = await browser.post(f"/chief/reports/{visit.id}/return", data={"version": "1", "reason": ""})

    assert page.status_code == 422
    assert (await stage.visit(visit.id)).state == State.SIGNED


async def test_a_taken_report_can_be_opened_again(stage: Stage) -> None:
    visit = await validated(stage)
    await happen(stage, visit, "system", events.ReportAcknowledged, version=1, act="A-1")

    async with stage.browser("chief") as browser:
        page = await browser.get(f"/chief/reports/{visit.id}")
        done = await browser.post(f"/chief/reports/{visit.id}/amend", data={"version": "1", "why": "Article 1."})

    assert "Rouvrir le rapport" in page.text
    assert done.status_code == 303
    assert (await stage.visit(visit.id)).state == State.ENDED


@pytest.mark.parametrize("name", ["supervisor", "integrity", "inspector1"])
async def test_other_staff_read_and_decide_nothing(stage: Stage, name: str) -> None:
    visit = await answered(stage)

    async with stage.browser(name) as browser:
        page = await browser.get(f"/chief/reports/{visit.id}")
        done = await browser.post(f"/chief/reports/{visit.id}/validate", data={"version": "1"})

    assert page.status_code == 200
    assert "Valider le rapport" not in page.text
    assert done.status_code == 403


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
async def test_a_copy_comes_in_each_language(stage: Stage, language: str) -> None:
    visit = await validated(stage)

    async with stage.browser("chief") as browser:
        copy = await browser.get(f"/office/reports/{visit.id}/pdf", params={"lang": language})

    assert copy.status_code == 200
    assert copy.headers["content-type"] == "application/pdf"
    assert pypdf.PdfReader(io.BytesIO(copy.content)).root_object["/Lang"] == language
    assert copy.headers["content-disposition"] == (
        f'attachment; filename="rapport-2026-CIAB1-CV-00001-v1-{language}.pdf"'
    )


@pytest.mark.parametrize("query", ["lang=xx", "lang=fr&version=9"])
async def test_a_copy_that_does_not_exist_is_not_found(stage: Stage, query: str) -> None:
    visit = await validated(stage)

    async with stage.browser("chief") as browser:
        assert (await browser.get(f"/office/reports/{visit.id}/pdf?{query}")).status_code == 404
