"""/office/packages/{id}: the declaration beside its documents; one verdict, with all defects."""

import re

import pytest

from tests.support.files import a_picture
from tests.support.stage import Stage
from tests.support.steps_assignment import submitted as undrawn
from tests.support.steps_booking import calendars
from tests.support.steps_documents import complete, given, package, returned, submitted
from visits.background.deliver import deliver
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.documents.checklist import Defect
from visits.documents.package import submit
from visits.documents.review import send_back
from visits.journey.states import State
from visits.journey.tables import Visit


def own(visit: Visit) -> str:
    return f"/office/packages/{visit.id}"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def seen(stage: Stage, visit: Visit, who: str = "chief") -> str:
    async with stage.browser(who) as browser:
        return plain((await browser.get(own(visit))).text)


async def form(stage: Stage, visit: Visit, **fields: object) -> dict[str, object]:
    """The form as the chief's page has it, filled in."""
    found = re.search(r'name="seen" value="(\w+)"', await seen(stage, visit))
    assert found
    return {"seen": found[1]} | fields


async def test_the_declaration_stands_beside_its_documents_with_its_doubts_in_words(stage: Stage) -> None:
    declaration = await stage.declaration(warnings=["container_check_digit"])
    visit = await stage.run("system", select_lane, declaration.id, Colour.RED, source="message")
    assert visit is not None
    for need in (await package(stage, visit.id)).missing:
        await given(stage, visit.id, need.document_type, a_picture() if need.document_type == "271" else b"")
    await stage.run("declarant", submit, visit.id)

    text = await seen(stage, visit, "inspector1")

    assert "Le dossier attend votre avis" in text
    assert "Le chiffre de contrôle d'un conteneur ne tombe pas juste" in text
    assert "Disques de frein" in text
    assert "QZVU5081639" in text
    assert text.count('name="defect"') == 5
    assert text.count("<img ") == 1


async def test_an_accepted_package_leads_back_with_a_word(stage: Stage) -> None:
    visit = await submitted(stage)

    async with stage.browser("chief") as browser:
        answer = await browser.post(own(visit), data=await form(stage, visit, verdict="accept", remark="tout y est"))

    assert (answer.status_code, answer.headers["location"]) == (303, "/chief")
    assert (await stage.visit(visit.id)).state == State.TO_BOOK
    assert "Accepté par Chief Exemple" in await seen(stage, visit)


async def test_all_ticked_defects_go_back_at_once(stage: Stage) -> None:
    visit = await submitted(stage)
    invoice, packing, *_ = (await package(stage, visit.id)).documents
    fields = {
        "defect": [f"380|{invoice.id}", f"271|{packing.id}", "530|", "asked|"],
        f"reason-{invoice.id}": "illegible",
        f"text-{invoice.id}": "page 2",
        f"reason-{packing.id}": "expired",
        "reason-530": "missing",
        "asked-kind": "911",
        "text-asked": "licence",
        "verdict": "return",
    }

    async with stage.browser("inspector1") as browser:
        answer = await browser.post(own(visit), data=await form(stage, visit, **fields))

    assert answer.status_code == 303
    assert [(each.document_type, each.reason, each.text) for each in (await package(stage, visit.id)).defects] == [
        ("380", "illegible", "page 2"),
        ("271", "expired", ""),
        ("911", "missing", "licence"),
        ("530", "missing", ""),
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"verdict": "return"}, "Cochez au moins un défaut", id="no defect"),
        pytest.param({"verdict": "accept", "defect": "530|", "reason-530": "missing"}, "Décochez-les", id="both"),
        pytest.param({"verdict": "return", "defect": "530|"}, "Choisissez la raison du défaut.", id="no reason"),
        pytest.param({"verdict": "return", "reason-530": "missing"}, "Cochez ce défaut", id="not ticked"),
        pytest.param({"verdict": "accept", "reason-530": "missing"}, "Cochez ce défaut", id="not ticked, accepted"),
        pytest.param(
            {"verdict": "return", "defect": "asked|", "asked-kind": "999"}, "Choisissez la raison", id="unknown kind"
        ),
    ],
)
async def test_an_unclear_verdict_is_asked_about_and_keeps_what_was_filled_in(
    stage: Stage, fields: dict[str, object], told: str
) -> None:
    visit = await submitted(stage)

    async with stage.browser("chief") as browser:
        answer = await browser.post(own(visit), data=await form(stage, visit, remark="à voir", **fields))

    text = plain(answer.text)
    assert answer.status_code == 422
    assert told in text
    assert ">à voir</textarea>" in text
    assert ('name="defect" value="530|" checked' in text) is (fields.get("defect") == "530|")
    assert (await stage.visit(visit.id)).state == State.CHECKING


async def test_a_verdict_on_an_old_page_is_refused(stage: Stage) -> None:
    visit = await submitted(stage)

    async with stage.browser("chief") as browser:
        answer = await browser.post(own(visit), data={"seen": "0", "verdict": "accept"})

    assert answer.status_code == 409
    assert (await stage.visit(visit.id)).state == State.CHECKING


async def test_a_verdict_is_good_although_somebody_was_drawn_since_the_page_was_loaded(stage: Stage) -> None:
    await calendars(stage)
    visit = await undrawn(stage)
    loaded = await form(stage, visit, verdict="accept")
    await deliver(stage.tools, stage.tenant, visit.id)
    assert (await stage.visit(visit.id)).inspector_id is not None

    async with stage.browser("chief") as browser:
        answer = await browser.post(own(visit), data=loaded)

    assert answer.status_code == 303


async def test_a_verdict_on_a_package_sent_again_since_is_refused(stage: Stage) -> None:
    visit = await submitted(stage)
    loaded = await form(stage, visit, verdict="accept")
    defect = Defect(document_type="530", document=None, reason="missing")
    await stage.run("inspector1", send_back, visit.id, [defect])
    await given(stage, visit.id, "530")
    await stage.run("declarant", submit, visit.id)

    async with stage.browser("chief") as browser:
        answer = await browser.post(own(visit), data=loaded)

    assert answer.status_code == 409
    assert (await stage.visit(visit.id)).state == State.CHECKING


async def test_the_second_officer_is_told_that_it_is_decided(stage: Stage) -> None:
    visit = await submitted(stage)
    first = await form(stage, visit, verdict="accept")

    async with stage.browser("inspector1") as one, stage.browser("inspector2") as two:
        answers = [await one.post(own(visit), data=first), await two.post(own(visit), data=first)]

    assert [each.status_code for each in answers] == [303, 409]


async def test_a_returned_package_can_be_read_with_its_verdict(stage: Stage) -> None:
    visit, _ = await returned(stage)

    text = await seen(stage, visit)

    assert "Le dossier est chez le déclarant, à corriger" in text
    assert "Renvoyé par Chief Exemple avec 1 défaut" in text
    assert 'name="defect"' not in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 303),
        ("chief", 200),
        ("chief2", 200),
        ("inspector1", 200),
        ("supervisor", 200),
        ("integrity", 200),
        ("declarant", 403),
        ("admin", 403),
        ("terminal", 403),
    ],
)
async def test_who_may_open_the_page(stage: Stage, who: str | None, status: int) -> None:
    visit = await submitted(stage)

    async with stage.browser(who) as browser:
        assert (await browser.get(own(visit))).status_code == status


async def test_an_inspector_does_not_open_a_package_that_is_not_to_be_checked(stage: Stage) -> None:
    visit = await complete(stage)

    async with stage.browser("inspector1") as browser:
        assert (await browser.get(own(visit))).status_code == 404


async def test_a_supervisor_reads_and_does_not_decide(stage: Stage) -> None:
    visit = await submitted(stage)

    async with stage.browser("supervisor") as browser:
        text = plain((await browser.get(own(visit))).text)
        answer = await browser.post(own(visit), data=await form(stage, visit, verdict="accept"))

    assert 'name="verdict"' not in text
    assert answer.status_code == 403


async def test_another_administration_has_no_such_package(stage: Stage, other_stage: Stage) -> None:
    visit = await submitted(stage)

    async with other_stage.browser("chief") as browser:
        assert (await browser.get(own(visit))).status_code == 404
