"""A document is handed over to whoever may open its visit, whole or in part, and never runs as a page."""

import pytest

from tests.support.files import a_pdf, a_picture, a_workbook
from tests.support.stage import Stage
from tests.support.steps_documents import given, submitted
from visits.documents.content import RangeNotThere, part_of
from visits.documents.names import disposition
from visits.documents.queries import document_for, documents_of
from visits.errors import NotFound

CONTENT = a_pdf("facture")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("bytes=5-", (5, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=99-99", (99, 100)),
        pytest.param("bytes=0-1,5-6", None, id="several parts"),
        pytest.param("bytes=9-5", None, id="backwards"),
        pytest.param("bytes=-", None, id="nothing"),
        pytest.param("items=0-1", None, id="other unit"),
        pytest.param("bytes=²-³", None, id="other figures"),
    ],
)
def test_a_part_is_read_as_the_standard_says(header: str | None, part: tuple[int, int] | None) -> None:
    assert part_of(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_a_part_behind_the_end_is_not_there(header: str) -> None:
    with pytest.raises(RangeNotThere):
        part_of(header, 100)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("facture.pdf", "attachment; filename=\"facture.pdf\"; filename*=UTF-8''facture.pdf"),
        (
            'Reçu "7"; été.pdf',
            "attachment; filename=\"Recu _7__ ete.pdf\"; filename*=UTF-8''Re%C3%A7u%20%227%22%3B%20%C3%A9t%C3%A9.pdf",
        ),
        ("中文", "attachment; filename=\"document\"; filename*=UTF-8''%E4%B8%AD%E6%96%87"),
    ],
)
def test_a_name_cannot_leave_its_header(name: str, header: str) -> None:
    assert disposition(name) == header


async def test_a_file_comes_whole_and_as_an_attachment(stage: Stage) -> None:
    document = await given(stage, (await stage.opened()).id, content=CONTENT)

    async with stage.browser("declarant") as browser:
        answer = await browser.get(f"/api/documents/{document.id}/content")

    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_download_goes_on_after_a_cut(stage: Stage) -> None:
    document = await given(stage, (await stage.opened()).id, content=CONTENT)
    place = f"/api/documents/{document.id}/content"
    tag = f'"{document.sha256}"'

    async with stage.browser("declarant") as browser:
        rest = await browser.get(place, headers={"range": "bytes=100-", "if-range": tag})
        changed = await browser.get(place, headers={"range": "bytes=100-", "if-range": '"other"'})
        behind = await browser.get(place, headers={"range": "bytes=999999-"})
        known = await browser.get(place, headers={"if-none-match": tag})

    assert (rest.status_code, rest.content) == (206, CONTENT[100:])
    assert rest.headers["content-range"] == f"bytes 100-{len(CONTENT) - 1}/{len(CONTENT)}"
    assert (changed.status_code, changed.content) == (200, CONTENT)
    assert behind.status_code == 416
    assert (known.status_code, known.content) == (304, b"")


async def test_a_file_is_not_compressed_on_its_way(stage: Stage) -> None:
    document = await given(stage, (await stage.opened()).id, content=CONTENT)

    async with stage.browser("declarant", **{"accept-encoding": "gzip"}) as browser:
        answer = await browser.get(f"/api/documents/{document.id}/content", headers={"range": "bytes=100-"})

    assert (answer.status_code, answer.content) == (206, CONTENT[100:])
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        pytest.param(a_pdf(), "f.pdf", "inline", id="PDF"),
        pytest.param(a_picture(), "f.jpg", "inline", id="picture"),
        pytest.param(a_workbook(), "f.xlsx", "attachment", id="workbook"),
        pytest.param(b"<facture/>", "f.xml", "attachment", id="XML"),
        pytest.param(a_picture("TIFF"), "f.tiff", "attachment", id="TIFF"),
    ],
)
async def test_only_pictures_and_pdf_may_be_looked_at_in_place(
    stage: Stage, content: bytes, name: str, kind: str
) -> None:
    document = await given(stage, (await stage.opened()).id, content=content, name=name)

    async with stage.browser("declarant") as browser:
        answer = await browser.get(f"/api/documents/{document.id}/content?inline=true")

    assert answer.headers["content-disposition"].startswith(f"{kind};")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 401),
        ("declarant", 200),
        ("firm_admin", 200),
        ("importer", 200),
        ("other_declarant", 404),
        ("chief", 200),
        ("inspector1", 404),
        ("supervisor", 200),
        ("integrity", 200),
        ("admin", 403),
        ("terminal", 403),
        ("agency_officer", 403),
    ],
)
async def test_who_may_read_a_document_of_an_open_package(stage: Stage, who: str | None, status: int) -> None:
    document = await given(stage, (await stage.opened()).id)

    async with stage.browser(who, accept="*/*") as browser:
        answer = await browser.get(f"/api/documents/{document.id}/content")

    assert answer.status_code == status


async def test_an_inspector_reads_what_is_to_be_checked(stage: Stage) -> None:
    visit = await submitted(stage)
    async with stage.work() as work:
        [document, *_] = await documents_of(work, visit.id)

    assert (await stage.run("inspector1", document_for, document.id)).id == document.id


async def test_a_document_of_another_administration_is_not_there(stage: Stage, other_stage: Stage) -> None:
    document = await given(stage, (await stage.opened()).id)

    with pytest.raises(NotFound):
        await other_stage.run("chief", document_for, document.id)
