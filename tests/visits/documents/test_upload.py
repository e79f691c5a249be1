"""A document enters the package once, whole, and leaves a trace in the evidence chain."""

import asyncio
import hashlib
import io
from dataclasses import replace as changed

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.files import a_pdf, a_picture, a_workbook
from tests.support.stage import Stage
from tests.support.steps_documents import complete, given, package, submitted
from visits.documents.antivirus import TEST_VIRUS
from visits.documents.queries import documents_of
from visits.documents.refusals import FileInfected, FileKindRefused, FileTooLarge, FileUnpacksTooFar, PackageFull
from visits.documents.tables import Document
from visits.documents.upload import Arriving, receive, replace, withdraw
from visits.errors import BadInput, NotFound, Refusal, Stale
from visits.ids import new_id
from visits.journey.states import NotYours, WrongState
from visits.store.tables import Audit, ChainEntry


async def test_a_document_is_stored_by_content_and_enters_the_evidence_chain(stage: Stage) -> None:
    visit = await stage.opened()
    content = a_pdf("facture 1")

    document = await given(stage, visit.id, "380", content, reference=" HX-26-0187 ")

    assert (document.media_type, document.sha256) == ("application/pdf", hashlib.sha256(content).hexdigest())
    assert await stage.tools.blobs.read(document.blob) == content
    assert document.reference == "HX-26-0187"
    async with stage.work() as work:
        audit = await work.session.scalar(select(Audit).where(col(Audit.action) == "document_added"))
        link = await work.session.scalar(select(ChainEntry).where(col(ChainEntry.subject) == str(document.id)))
    assert audit is not None
    assert audit.body["sha256"] == document.sha256
    assert link is not None
    assert link.chain_id == stage.office.id


async def test_the_same_file_of_the_same_kind_is_one_document(stage: Stage) -> None:
    visit = await stage.opened()

    answers = await asyncio.gather(*(given(stage, visit.id, "380", a_pdf("facture 1")) for _ in range(5)))

    assert len({each.id for each in answers}) == 1


async def test_the_same_file_may_serve_for_two_kinds(stage: Stage) -> None:
    visit = await stage.opened()

    first = await given(stage, visit.id, "380", a_pdf("les deux"))
    second = await given(stage, visit.id, "271", a_pdf("les deux"))

    assert (first.id != second.id, first.blob == second.blob) == (True, True)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param(b"MZ this is a program", FileKindRefused, id="a program named .pdf"),
        pytest.param(TEST_VIRUS, FileInfected, id="the test virus"),
        pytest.param(a_workbook(("xl/a.xml", bytes(30_000_000))), FileUnpacksTooFar, id="a zip bomb"),
    ],
)
async def test_a_bad_file_leaves_nothing_behind(stage: Stage, content: bytes, refusal: type[Refusal]) -> None:
    visit = await stage.opened()

    with pytest.raises(refusal):
        await given(stage, visit.id, content=content, name="facture.pdf")

    assert (await package(stage, visit.id)).documents == []


async def test_one_byte_over_the_limit_is_too_much(stage: Stage) -> None:
    visit = await stage.opened()
    content = a_pdf()
    tools = changed(stage.tools, settings=changed(stage.tools.settings, document_limit=len(content)))
    arriving = Arriving(document_type="380", file_name="f.pdf")

    await receive(tools, stage.actor("declarant"), visit.id, arriving, io.BytesIO(content))
    with pytest.raises(FileTooLarge):
        await receive(tools, stage.actor("declarant"), visit.id, arriving, io.BytesIO(content + b"\n"))


async def test_the_whole_package_has_a_limit_too(stage: Stage) -> None:
    visit = await stage.opened()
    first, second = a_pdf("un"), a_pdf("deux")
    room = len(first) + len(second) - 1
    tools = changed(stage.tools, settings=changed(stage.tools.settings, package_limit=room))
    arriving = Arriving(document_type="380", file_name="f.pdf")

    await receive(tools, stage.actor("declarant"), visit.id, arriving, io.BytesIO(first))
    with pytest.raises(PackageFull):
        await receive(tools, stage.actor("declarant"), visit.id, arriving, io.BytesIO(second))


async def test_two_files_at_once_cannot_pass_the_limit_together(stage: Stage) -> None:
    visit = await stage.opened()
    files = [a_pdf(f"page {number}") for number in range(6)]
    tools = changed(stage.tools, settings=changed(stage.tools.settings, package_limit=3 * len(files[0])))
    arriving = Arriving(document_type="380", file_name="f.pdf")

    answers = await asyncio.gather(
        *(receive(tools, stage.actor("declarant"), visit.id, arriving, io.BytesIO(each)) for each in files),
        return_exceptions=True,
    )

    assert sum(isinstance(each, Document) for each in answers) == 3
    assert sum(isinstance(each, PackageFull) for each in answers) == 3


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("other_declarant", NotFound), ("importer", NotYours), ("chief", NotYours)],
)
async def test_only_the_firm_s_declarants_fill_the_package(stage: Stage, who: str, refusal: type[Refusal]) -> None:
    visit = await stage.opened()

    with pytest.raises(refusal):
        await given(stage, visit.id, who=who)


async def test_a_package_that_is_with_customs_does_not_change(stage: Stage) -> None:
    visit = await submitted(stage)
    [document, *_] = (await package(stage, visit.id)).documents

    with pytest.raises(WrongState):
        await given(stage, visit.id, content=a_pdf("autre"))
    with pytest.raises(WrongState):
        await stage.run("declarant", withdraw, visit.id, document.id)


async def test_an_unknown_kind_of_document_is_refused(stage: Stage) -> None:
    visit = await stage.opened()

    with pytest.raises(BadInput):
        await given(stage, visit.id, "999")


async def test_a_replaced_document_is_kept(stage: Stage) -> None:
    visit = await stage.opened()
    old = await given(stage, visit.id, content=a_pdf("un"))

    new = await given(stage, visit.id, content=a_pdf("deux"), replaces=old.id)

    async with stage.work() as work:
        states = {row.id: (row.state, row.version) for row in await documents_of(work, visit.id)}
    assert states == {old.id: ("replaced", 1), new.id: ("current", 2)}
    assert await stage.tools.blobs.read(old.blob) == a_pdf("un")


async def test_a_document_that_came_in_pieces_can_replace_another_afterwards(stage: Stage) -> None:
    visit = await stage.opened()
    old = await given(stage, visit.id, content=a_pdf("un"))
    new = await given(stage, visit.id, content=a_pdf("deux"))

    for _ in range(2):
        await stage.run("declarant", replace, visit.id, old.id, new.id)

    assert [each.id for each in (await package(stage, visit.id)).documents] == [new.id]


async def test_a_document_of_another_kind_or_visit_is_not_replaced(stage: Stage) -> None:
    visit, other = await stage.opened(), await stage.opened()
    packing = await given(stage, visit.id, "271")
    foreign = await given(stage, other.id)

    with pytest.raises(Stale):
        await given(stage, visit.id, content=a_pdf("un"), replaces=packing.id)
    with pytest.raises(NotFound):
        await given(stage, visit.id, content=a_pdf("deux"), replaces=foreign.id)
    with pytest.raises(NotFound):
        await given(stage, visit.id, content=a_pdf("trois"), replaces=new_id())
    assert len((await package(stage, visit.id)).documents) == 1


async def test_a_withdrawn_document_leaves_the_package_and_may_come_back(stage: Stage) -> None:
    visit = await complete(stage)
    content = a_pdf("retirée")
    document = await given(stage, visit.id, "530", content)

    for _ in range(2):
        await stage.run("declarant", withdraw, visit.id, document.id)
    assert document.id not in [each.id for each in (await package(stage, visit.id)).documents]

    again = await given(stage, visit.id, "530", content)
    assert again.id != document.id


@pytest.mark.parametrize(
    ("raw", "content", "kept"),
    [
        pytest.param("../../etc/passwd", a_pdf(), "passwd.pdf", id="path"),
        pytest.param("C:\\docs\\Facture n° 7.PDF", a_pdf(), "Facture n° 7.PDF", id="Windows path"),
        pytest.param("facture.pdf.exe", a_pdf(), "facture.pdf.exe.pdf", id="two endings"),
        pytest.param("photo.pdf", a_picture(), "photo.pdf.jpg", id="wrong ending"),
        pytest.param("cert\u202efdp.exe", a_pdf(), "certfdp.exe.pdf", id="turned reading direction"),
        pytest.param("a\x00b\r\nc.pdf", a_pdf(), "abc.pdf", id="control characters"),
        pytest.param("", a_pdf(), "document.pdf", id="no name"),
        pytest.param("é" * 400 + ".pdf", a_pdf(), "é" * 116 + ".pdf", id="very long"),
    ],
)
async def test_a_name_is_cleaned_and_ends_as_its_content(stage: Stage, raw: str, content: bytes, kept: str) -> None:
    visit = await stage.opened()

    assert (await given(stage, visit.id, content=content, name=raw)).file_name == kept
