"""A file in pieces arrives over any line: once, whole, and only for its own visit."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace as changed
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.files import a_pdf
from tests.support.stage import Stage
from tests.support.steps_documents import package, submitted
from tests.support.streams import LineCut, cut_after, pieces
from visits.documents import resume
from visits.documents.resume import LIFE, Checksum, LineSilent, UploadBusy, UploadGone, UploadTooLong
from visits.documents.upload import Arriving
from visits.errors import NotFound
from visits.store.spool import OffsetMismatch, Spool

CONTENT = a_pdf("une facture en plusieurs morceaux")
INVOICE = Arriving(document_type="380", file_name="facture.pdf")
PIECE = {"content-type": "application/offset+octet-stream"}


async def begun(stage: Stage, visit: UUID, content: bytes = CONTENT, **more: Any) -> UUID:
    announced = await stage.run(
        "declarant", resume.begin, visit, INVOICE, length=len(content), settings=stage.tools.settings, **more
    )
    return announced.id


async def sent(
    stage: Stage, upload: UUID, offset: int, *content: bytes, who: str = "declarant", checksum: Checksum | None = None
) -> resume.Standing:
    return await resume.append(stage.tools, stage.actor(who), upload, offset, pieces(*content), checksum)


async def here(stage: Stage, upload: UUID, who: str = "declarant") -> resume.Standing:
    return await resume.standing(stage.tools, stage.actor(who), upload)


async def test_pieces_become_a_document(stage: Stage) -> None:
    visit = await stage.opened()
    upload = await begun(stage, visit.id)

    first = await sent(stage, upload, 0, CONTENT[:100], CONTENT[100:200])
    last = await sent(stage, upload, 200, CONTENT[200:])

    assert (first.offset, first.document_id) == (200, None)
    [document] = (await package(stage, visit.id)).documents
    assert last.document_id == document.id
    assert document.size == len(CONTENT)


async def test_after_a_cut_the_sender_goes_on_from_what_arrived(stage: Stage) -> None:
    visit = await stage.opened()
    upload = await begun(stage, visit.id)
    with pytest.raises(LineCut):
        await resume.append(stage.tools, stage.actor("declarant"), upload, 0, cut_after(CONTENT[:150]))

    assert (await here(stage, upload)).offset == 150
    assert (await sent(stage, upload, 150, CONTENT[150:])).document_id is not None


async def test_a_process_killed_after_the_last_byte_finishes_when_asked_how_far(stage: Stage) -> None:
    visit = await stage.opened()
    upload = await begun(stage, visit.id)
    await Spool(stage.tools.settings.data / "spool", upload).append(0, pieces(CONTENT))

    found = await here(stage, upload)

    assert found.document_id is not None
    assert [each.id for each in (await package(stage, visit.id)).documents] == [found.document_id]


async def test_finishing_twice_gives_the_same_document(stage: Stage) -> None:
    visit = await stage.opened()
    upload = await begun(stage, visit.id)
    done = await sent(stage, upload, 0, CONTENT)

    again = await sent(stage, upload, len(CONTENT))

    assert again.document_id == done.document_id
    assert (await here(stage, upload)).document_id == done.document_id
    assert len((await package(stage, visit.id)).documents) == 1


async def test_ten_questions_at_once_finish_an_upload_once(stage: Stage) -> None:
    visit = await stage.opened()
    upload = await begun(stage, visit.id)
    await Spool(stage.tools.settings.data / "spool", upload).append(0, pieces(CONTENT))

    answers = await asyncio.gather(*(here(stage, upload) for _ in range(10)), return_exceptions=True)

    assert len({each.document_id for each in answers if isinstance(each, resume.Standing)}) == 1
    assert all(isinstance(each, resume.Standing | UploadBusy) for each in answers)
    assert len((await package(stage, visit.id)).documents) == 1


async def test_of_two_pieces_at_once_one_is_told_to_wait(stage: Stage) -> None:
    visit = await stage.opened()
    upload = await begun(stage, visit.id)
    writing, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield CONTENT[:100]
        writing.set()
        await go_on.wait()
        yield CONTENT[100:]

    first = asyncio.create_task(resume.append(stage.tools, stage.actor("declarant"), upload, 0, slow()))
    await writing.wait()
    with pytest.raises(UploadBusy):
        await sent(stage, upload, 0, CONTENT)
    go_on.set()

    assert (await first).document_id is not None


async def test_a_piece_from_the_wrong_place_is_told_where_to_go_on(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id)
    await sent(stage, upload, 0, CONTENT[:100])

    with pytest.raises(OffsetMismatch) as refused:
        await sent(stage, upload, 50, CONTENT[50:])

    assert refused.value.facts == {"size": 100}


async def test_more_than_was_announced_is_refused(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id)

    with pytest.raises(UploadTooLong):
        await sent(stage, upload, 0, CONTENT + b"more")


async def test_a_line_without_a_byte_is_taken_for_cut(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = await begun(stage, (await stage.opened()).id)
    monkeypatch.setattr(resume, "SILENCE", 0.01)

    async def silent() -> AsyncIterator[bytes]:
        yield CONTENT[:100]
        await asyncio.Event().wait()

    with pytest.raises(LineSilent):
        await resume.append(stage.tools, stage.actor("declarant"), upload, 0, silent())
    assert (await here(stage, upload)).offset == 100


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_piece_that_adds_up_is_taken(stage: Stage, algorithm: str) -> None:
    upload = await begun(stage, (await stage.opened()).id)
    digest = hashlib.new(algorithm, CONTENT[:100]).digest()

    found = await sent(stage, upload, 0, CONTENT[:100], checksum=Checksum(algorithm=algorithm, digest=digest))

    assert found.offset == 100


async def test_a_damaged_piece_is_not_kept(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id)
    good = Checksum(algorithm="sha1", digest=hashlib.sha1(CONTENT[:100]).digest())

    with pytest.raises(resume.ChecksumMismatch):
        await sent(stage, upload, 0, CONTENT[:99] + b"?", checksum=good)

    assert (await here(stage, upload)).offset == 0


async def test_a_file_that_is_not_what_was_announced_ends_the_upload(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id, sha256="0" * 64)

    with pytest.raises(resume.ChecksumMismatch):
        await sent(stage, upload, 0, CONTENT)
    with pytest.raises(UploadGone):
        await here(stage, upload)


async def test_a_refused_file_ends_the_upload_and_frees_its_room(stage: Stage) -> None:
    visit = await stage.opened()
    upload = await begun(stage, visit.id, b"MZ a program")

    with pytest.raises(resume.FileRefused):
        await sent(stage, upload, 0, b"MZ a program")

    with pytest.raises(UploadGone):
        await here(stage, upload)
    assert not (stage.tools.settings.data / "spool" / str(upload)).exists()


async def test_an_upload_given_up_is_forgotten(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id)
    await sent(stage, upload, 0, CONTENT[:100])

    await resume.terminate(stage.tools, stage.actor("declarant"), upload)

    with pytest.raises(NotFound):
        await here(stage, upload)
    assert not (stage.tools.settings.data / "spool" / str(upload)).exists()


async def test_an_upload_that_is_a_document_is_not_given_up(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id)
    await sent(stage, upload, 0, CONTENT)

    with pytest.raises(resume.UploadKept):
        await resume.terminate(stage.tools, stage.actor("declarant"), upload)


async def test_an_upload_expires_two_days_after_its_last_piece(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id)
    stage.clock.move(hours=40)
    await sent(stage, upload, 0, CONTENT[:100])
    stage.clock.move(hours=47)
    assert (await here(stage, upload)).offset == 100

    stage.clock.move(hours=1)

    with pytest.raises(UploadGone):
        await here(stage, upload)


async def test_the_sweep_forgets_what_expired_and_nothing_else(stage: Stage) -> None:
    visit = await stage.opened()
    old = await begun(stage, visit.id)
    await sent(stage, old, 0, CONTENT[:100])
    stage.clock.move(hours=24)
    young = await begun(stage, visit.id)
    await sent(stage, young, 0, CONTENT[:100])
    stage.clock.move(hours=24)

    assert await resume.sweep(stage.tools, stage.tenant, stage.clock.now()) == 1
    assert await resume.sweep(stage.tools, stage.tenant, stage.clock.now()) == 0

    with pytest.raises(NotFound):
        await here(stage, old)
    assert (await here(stage, young)).offset == 100
    assert timedelta(days=2) == LIFE


async def test_announced_files_count_against_the_package(stage: Stage) -> None:
    visit = await stage.opened()
    settings = changed(stage.tools.settings, package_limit=2 * len(CONTENT))

    for _ in range(2):
        await stage.run("declarant", resume.begin, visit.id, INVOICE, length=len(CONTENT), settings=settings)
    with pytest.raises(resume.Refusal, match="package-full"):
        await stage.run("declarant", resume.begin, visit.id, INVOICE, length=len(CONTENT), settings=settings)


async def test_an_upload_of_another_firm_is_not_there(stage: Stage) -> None:
    upload = await begun(stage, (await stage.opened()).id)

    with pytest.raises(NotFound):
        await here(stage, upload, "other_declarant")
    with pytest.raises(NotFound):
        await sent(stage, upload, 0, CONTENT, who="other_declarant")


# ---------- over HTTP ----------


def announced(visit: UUID, length: int = len(CONTENT), **more: str) -> dict[str, str]:
    told = {"visit": str(visit), "type": "380", "filename": "Facture n° 7.pdf"} | more
    pairs = [f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items()]
    return {"upload-length": str(length), "upload-metadata": ",".join(pairs)}


@asynccontextmanager
async def tus(stage: Stage, who: str = "declarant") -> AsyncIterator[httpx.AsyncClient]:
    async with stage.browser(who, **{"tus-resumable": "1.0.0", "accept": "*/*"}) as browser:
        yield browser


async def test_the_protocol_from_announcement_to_document(stage: Stage) -> None:
    visit = await stage.opened()
    async with tus(stage) as client:
        created = await client.post("/api/documents/uploads", headers=announced(visit.id))
        place = created.headers["location"]
        half = await client.patch(place, content=CONTENT[:200], headers=PIECE | {"upload-offset": "0"})
        asked = await client.head(place)
        last = await client.patch(place, content=CONTENT[200:], headers=PIECE | {"upload-offset": "200"})
        file = await client.get(last.headers["content-location"])

    assert [each.status_code for each in (created, half, asked, last)] == [201, 204, 200, 204]
    assert (half.headers["upload-offset"], asked.headers["upload-offset"]) == ("200", "200")
    assert asked.headers["upload-length"] == str(len(CONTENT))
    assert asked.headers["cache-control"] == "no-store"
    assert created.headers["upload-expires"] == "Wed, 25 Nov 2026 08:00:00 GMT"
    assert all(each.headers["tus-resumable"] == "1.0.0" for each in (created, half, asked, last))
    assert file.content == CONTENT
    assert "Facture%20n%C2%B0%207.pdf" in file.headers["content-disposition"]


async def test_the_server_tells_what_it_can_do(stage: Stage) -> None:
    async with stage.browser() as client:
        answer = await client.options("/api/documents/uploads")

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,termination,expiration"
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256"
    assert answer.headers["tus-max-size"] == str(25 * 1024 * 1024)


async def test_each_mistake_has_its_own_answer(stage: Stage) -> None:
    visit, late = await stage.opened(), await submitted(stage)
    uploads = "/api/documents/uploads"
    sha1 = "sha1 " + base64.b64encode(hashlib.sha1(b"x").digest()).decode()
    async with tus(stage) as client, tus(stage, "other_declarant") as other, tus(stage, "chief") as chief:
        place = (await client.post(uploads, headers=announced(visit.id))).headers["location"]
        answers = {
            "version": await client.head(place, headers={"tus-resumable": "0.2.2"}),
            "media": await client.patch(place, content=b"x", headers={"upload-offset": "0"}),
            "offset": await client.patch(place, content=b"x", headers=PIECE | {"upload-offset": "7"}),
            "no offset": await client.patch(place, content=b"x", headers=PIECE),
            "algorithm": await client.patch(
                place, content=b"x", headers=PIECE | {"upload-offset": "0", "upload-checksum": "md5 eA=="}
            ),
            "checksum": await client.patch(
                place, content=b"y", headers=PIECE | {"upload-offset": "0", "upload-checksum": sha1}
            ),
            "foreign": await other.head(place),
            "foreign visit": await other.post(uploads, headers=announced(visit.id)),
            "role": await chief.post(uploads, headers=announced(visit.id)),
            "state": await client.post(uploads, headers=announced(late.id)),
            "length": await client.post(uploads, headers=announced(visit.id) | {"upload-length": "-1"}),
            "too large": await client.post(uploads, headers=announced(visit.id, 26 * 1024 * 1024)),
            "kind": await client.post(uploads, headers=announced(visit.id, type="999")),
            "metadata": await client.post(uploads, headers=announced(visit.id) | {"upload-metadata": "visit ???"}),
            "given up": await client.delete(place),
            "gone": await client.head(place),
        }

    assert {name: each.status_code for name, each in answers.items()} == {
        "version": 412,
        "media": 415,
        "offset": 409,
        "no offset": 422,
        "algorithm": 422,
        "checksum": 460,
        "foreign": 404,
        "foreign visit": 404,
        "role": 403,
        "state": 409,
        "length": 422,
        "too large": 413,
        "kind": 422,
        "metadata": 422,
        "given up": 204,
        "gone": 404,
    }
    assert answers["version"].headers["tus-version"] == "1.0.0"
    assert all(each.headers["tus-resumable"] == "1.0.0" for each in answers.values())
    assert answers["offset"].json()["size"] == 0
