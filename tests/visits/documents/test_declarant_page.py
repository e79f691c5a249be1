"""/declarant/visits/{id}/documents: complete without script, one next step, and every defect in sight."""

import base64

import pytest

from tests.support.files import a_pdf, a_picture
from tests.support.live import PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_documents import accepted, complete, given, package, returned, submitted
from visits.declarations.lane import Colour
from visits.documents.types import name_of
from visits.journey.states import State
from visits.journey.tables import Visit

PDF = "application/pdf"


def own(visit: Visit) -> str:
    return f"/declarant/visits/{visit.id}/documents"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def seen(stage: Stage, visit: Visit, who: str = "declarant") -> str:
    async with stage.browser(who) as browser:
        return plain((await browser.get(own(visit))).text)


async def test_the_main_button_names_the_next_missing_document(stage: Stage) -> None:
    visit = await stage.opened()

    text = await seen(stage, visit)

    assert "Il manque 3 pièces" in text
    assert '<a class="v-btn v-btn--full" href="#file-380">' in text
    assert "Ajouter la facture commerciale" in text
    assert "Envoyer le dossier" not in text


async def test_files_of_several_kinds_arrive_with_one_form(stage: Stage) -> None:
    visit = await stage.opened()
    files = [
        ("file-380", ("Facture.pdf", a_pdf("une"), PDF)),
        ("file-380", ("Suite.pdf", a_pdf("deux"), PDF)),
        ("file-271", ("colisage.jpg", a_picture(), "image/jpeg")),
        ("file-705", ("", b"", PDF)),
    ]

    async with stage.browser("declarant") as browser:
        answer = await browser.post(own(visit), files=files)
        text = plain((await browser.get(own(visit))).text)

    assert (answer.status_code, answer.headers["location"]) == (303, own(visit))
    assert "Les pièces sont dans le dossier." in text
    assert [each.file_name for each in (await package(stage, visit.id)).documents] == [
        "Facture.pdf",
        "Suite.pdf",
        "colisage.jpg",
    ]
    assert "Ajouter le connaissement" in text


async def test_a_refused_file_is_told_beside_its_field_and_the_others_are_kept(stage: Stage) -> None:
    visit = await stage.opened()
    files = {"file-380": ("f.pdf", b"MZ a program", PDF), "file-271": ("c.pdf", a_pdf(), PDF)}

    async with stage.browser("declarant") as browser:
        answer = await browser.post(own(visit), files=files)

    text = plain(answer.text)
    assert answer.status_code == 422
    assert 'id="file-380-error"' in text
    assert "Ce fichier n'est pas du bon type" in text
    assert [each.document_type for each in (await package(stage, visit.id)).documents] == ["271"]


async def test_a_form_without_a_file_says_so(stage: Stage) -> None:
    visit = await stage.opened()

    async with stage.browser("declarant") as browser:
        answer = await browser.post(own(visit), files={"file-380": ("", b"", PDF)})

    assert answer.status_code == 422
    assert "Choisissez un fichier." in answer.text


async def test_a_document_outside_the_list_is_added_by_its_kind(stage: Stage) -> None:
    visit = await stage.opened()

    async with stage.browser("declarant") as browser:
        await browser.post(own(visit), data={"kind": "MANDATE"}, files={"file": ("p.pdf", a_pdf(), PDF)})

    assert [each.document_type for each in (await package(stage, visit.id)).documents] == ["MANDATE"]


async def test_a_form_over_the_limit_of_the_server_is_told_as_such(stage: Stage) -> None:
    visit = await stage.opened()

    async with stage.browser("declarant") as browser:
        answer = await browser.post(
            own(visit),
            content=b"x",
            headers={"content-type": "multipart/form-data; boundary=x", "content-length": str(65 * 1024 * 1024)},
        )

    assert answer.status_code == 413
    assert "Ce fichier est trop lourd" in answer.text


async def test_a_document_can_be_taken_out_again(stage: Stage) -> None:
    visit = await stage.opened()
    document = await given(stage, visit.id)

    async with stage.browser("declarant") as browser:
        answer = await browser.post(f"{own(visit)}/{document.id}/withdraw")

    assert answer.status_code == 303
    assert (await package(stage, visit.id)).documents == []


async def test_a_complete_package_is_sent_and_nothing_more_is_asked(stage: Stage) -> None:
    visit = await complete(stage)
    assert "Envoyer le dossier" in await seen(stage, visit)

    async with stage.browser("declarant") as browser:
        answer = await browser.post(f"{own(visit)}/submit")
        again = await browser.post(f"{own(visit)}/submit")

    assert (answer.status_code, again.status_code) == (303, 303)
    text = await seen(stage, visit)
    assert "La douane vérifie le dossier" in text
    assert '<form method="post" action="/declarant/visits' not in text


async def test_an_incomplete_package_is_refused_with_a_link_to_each_gap(stage: Stage) -> None:
    visit = await stage.opened()

    async with stage.browser("declarant") as browser:
        answer = await browser.post(f"{own(visit)}/submit")

    text = plain(answer.text)
    assert answer.status_code == 409
    assert "Le dossier ne peut pas encore partir" in text
    assert '<li><a href="#file-705">Ajouter le connaissement</a></li>' in text


async def test_after_a_return_all_defects_stand_on_top_and_one_form_replaces_the_document(stage: Stage) -> None:
    visit, invoice = await returned(stage, "illegible", "differs")

    text = await seen(stage, visit)
    assert "La douane renvoie le dossier" in text
    assert text.count("illisible") >= 2
    assert "ne correspond pas à la déclaration" in text
    assert f'name="replaces" value="{invoice.id}"' in text

    async with stage.browser("declarant") as browser:
        await browser.post(
            own(visit), data={"replaces": str(invoice.id)}, files={"file-380": ("bis.pdf", a_pdf("bis"), PDF)}
        )
        await browser.post(f"{own(visit)}/submit")
    found = await package(stage, visit.id)
    assert [each.version for each in found.documents if each.document_type == "380"] == [2]
    assert found.case.visit.state == State.CHECKING


async def test_the_very_file_that_was_refused_is_said_to_be_so_and_another_is_asked_for(stage: Stage) -> None:
    visit, invoice = await returned(stage)
    same = a_pdf(f"{name_of('380')} {visit.id}")
    form = {"replaces": str(invoice.id)}

    async with stage.browser("declarant") as browser:
        again = await browser.post(own(visit), data=form, files={"file-380": ("encore.pdf", same, PDF)})
        other = await browser.post(own(visit), data=form, files={"file-380": ("bis.pdf", a_pdf("bis"), PDF)})
        back = await browser.post(own(visit), files={"file-380": ("vieux.pdf", same, PDF)})

    assert (again.status_code, other.status_code, back.status_code) == (422, 303, 422)
    assert "C’est le fichier que la douane a refusé. Envoyez un fichier corrigé." in again.text
    assert "La pièce est dans le dossier" not in again.text
    assert [each.version for each in (await package(stage, visit.id)).documents if each.document_type == "380"] == [2]


async def test_the_very_file_that_was_refused_is_refused_in_pieces_too(stage: Stage) -> None:
    visit, _ = await returned(stage)
    same = a_pdf(f"{name_of('380')} {visit.id}")
    told = {"visit": str(visit.id), "type": "380", "filename": "encore.pdf"}
    pairs = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())

    async with stage.browser("declarant", accept="application/json", **{"tus-resumable": "1.0.0"}) as browser:
        created = await browser.post(
            "/api/documents/uploads", headers={"upload-length": str(len(same)), "upload-metadata": pairs}
        )
        headers = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
        sent = await browser.patch(created.headers["location"], content=same, headers=headers)

    assert (sent.status_code, sent.json()["code"]) == (422, "same-file-refused")


async def test_an_upload_in_pieces_replaces_a_document_with_the_form(stage: Stage) -> None:
    visit, invoice = await returned(stage)
    content = a_pdf("en morceaux")
    told = {"visit": str(visit.id), "type": "380", "filename": "bis.pdf"}
    pairs = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())

    async with stage.browser("declarant", **{"tus-resumable": "1.0.0"}) as browser:
        created = await browser.post(
            "/api/documents/uploads", headers={"upload-length": str(len(content)), "upload-metadata": pairs}
        )
        place = created.headers["location"]
        form = {"replaces": str(invoice.id), "file-380_upload": place.rpartition("/")[2]}
        early = await browser.post(own(visit), data=form)
        await browser.patch(
            place,
            content=content,
            headers={"content-type": "application/offset+octet-stream", "upload-offset": "0"},
        )
        answer = await browser.post(own(visit), data=form)

    assert (early.status_code, answer.status_code) == (422, 303)
    invoices = [each for each in (await package(stage, visit.id)).documents if each.document_type == "380"]
    assert [(each.file_name, each.version) for each in invoices] == [("bis.pdf", 2)]


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 303), ("declarant", 200), ("firm_admin", 200), ("importer", 200), ("other_declarant", 404), ("chief", 403)],
)
async def test_who_may_open_the_page(stage: Stage, who: str | None, status: int) -> None:
    visit = await stage.opened()

    async with stage.browser(who) as browser:
        assert (await browser.get(own(visit))).status_code == status


@pytest.mark.parametrize(("who", "status"), [("importer", 403), ("other_declarant", 404), ("chief", 403)])
async def test_nobody_else_fills_or_sends_the_package(stage: Stage, who: str, status: int) -> None:
    visit = await complete(stage)
    document = await given(stage, visit.id, "530")

    async with stage.browser(who) as browser:
        answers = [
            await browser.post(own(visit), files={"file-380": ("f.pdf", a_pdf("x"), PDF)}),
            await browser.post(f"{own(visit)}/{document.id}/withdraw"),
            await browser.post(f"{own(visit)}/submit"),
        ]

    assert [each.status_code for each in answers] == [status] * 3


async def test_an_importer_sees_that_the_declarant_prepares_the_package(stage: Stage) -> None:
    visit = await stage.opened()

    text = await seen(stage, visit, "importer")

    assert "Votre déclarant prépare le dossier" in text
    assert 'type="file"' not in text


async def test_an_accepted_package_can_still_be_read(stage: Stage) -> None:
    text = await seen(stage, await accepted(stage, Colour.YELLOW))

    assert "Le dossier est accepté" in text
    assert "/content" in text


async def test_a_file_for_a_package_with_customs_is_refused_as_a_page(stage: Stage) -> None:
    visit = await submitted(stage)

    async with stage.browser("declarant") as browser:
        answer = await browser.post(own(visit), files={"file-380": ("f.pdf", a_pdf("x"), PDF)})

    assert answer.status_code == 409
    assert "dossier à vérifier" in plain(answer.text)


@pytest.mark.browser
@pytest.mark.slow  # drives Chromium
async def test_with_script_a_file_goes_in_pieces_and_the_form_confirms_it(stage: Stage) -> None:
    visit = await stage.opened()
    content = a_pdf("longue")[:-7] + b" " * 1_200_000 + b"\n%%EOF\n"

    async with serving(stage.app) as port, chromium() as browser:
        phone = await window(browser, stage, port, "declarant", size=PHONE)
        await phone.page.goto(phone.base + own(visit))
        await phone.page.set_input_files("#file-380", [{"name": "Facture.pdf", "mimeType": PDF, "buffer": content}])
        await phone.page.locator(".v-upload--ok").wait_for()
        await phone.page.locator("#line-380 button[type=submit]").click()
        await phone.page.get_by_text("La pièce est dans le dossier.").wait_for()

    [document] = (await package(stage, visit.id)).documents
    assert document.size == len(content)
