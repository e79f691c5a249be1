"""Photos: looked at before they are kept, kept byte for byte, numbered without gaps, hashed in the chain."""

import asyncio
import hashlib
import random
import struct
import zlib

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.clock import MONDAY
from tests.support.stage import Stage
from tests.support.steps_fieldwork import a_photo, photographed, ready, started
from visits.errors import BadInput, NotFound, Refusal
from visits.fieldwork import evidence, queries
from visits.fieldwork.geofence import Fix
from visits.fieldwork.words import About
from visits.ids import new_id
from visits.journey.states import WrongState
from visits.store.tables import Audit, ChainEntry


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_taken_in_three_formats(kind: str) -> None:
    assert evidence.look(a_photo(kind=kind), "Africa/Abidjan").media_type == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"%PDF-1.7", id="pdf"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(a_photo()[:-200], id="cut jpeg"),
        pytest.param(a_photo(kind="PNG")[:-60], id="cut png"),
        pytest.param(a_photo(kind="GIF"), id="gif"),
        pytest.param(a_bomb(3000, 3000), id="claims more than it holds"),
    ],
)
def test_what_is_no_whole_photo_is_refused(content: bytes) -> None:
    with pytest.raises(evidence.NotAPhoto):
        evidence.look(content, "UTC")


@pytest.mark.parametrize("size", [(9_000, 9_000), (30_000, 30_000), (2_000_000_000, 2)])
def test_a_picture_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(Refusal):
        evidence.look(a_bomb(*size), "UTC")


def test_a_file_larger_than_a_photo_is_refused_unread() -> None:
    with pytest.raises(evidence.PhotoTooLarge):
        evidence.look(bytes(evidence.BYTES + 1), "UTC")


def test_a_damaged_photo_is_refused_or_read_and_nothing_else() -> None:
    chance = random.Random(7)
    whole = a_photo(taken=MONDAY)
    for _ in range(300):
        hurt = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            hurt[chance.randrange(len(hurt))] = chance.randrange(256)
        try:
            evidence.look(bytes(hurt), "UTC")
        except (evidence.NotAPhoto, evidence.PhotoTooLarge):
            continue
        except UserWarning:
            continue  # Pillow's remark on damaged EXIF; only tests make warnings errors


def test_a_photo_tells_when_and_where_it_was_taken() -> None:
    picture = evidence.look(a_photo(taken=MONDAY), "Europe/Lisbon")

    assert picture.taken_at == MONDAY
    assert (round(picture.latitude or 0, 4), round(picture.longitude or 0, 4)) == (5.2571, -4.0095)


async def test_a_photo_is_kept_as_it_came(stage: Stage) -> None:
    visit = await started(stage)
    content = a_photo(taken=MONDAY)

    row = await photographed(stage, visit.id, content=content, item=1, about=About.COUNT, caption="  Le  comptage ")

    assert await stage.tools.blobs.read(row.blob) == content
    assert (row.sha256, row.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (row.number, row.item, row.about, row.caption, row.taken_at) == (1, 1, "count", "Le comptage", MONDAY)


async def test_its_digest_stands_in_the_evidence_chain(stage: Stage) -> None:
    visit = await started(stage)

    row = await photographed(stage, visit.id)

    async with stage.work() as work:
        note = await work.session.scalar(select(Audit).where(col(Audit.action) == "evidence_added"))
        link = await work.session.scalar(select(ChainEntry).where(col(ChainEntry.kind) == "evidence_added"))
    assert note is not None
    assert link is not None
    assert (note.body["sha256"], link.subject) == (row.sha256, str(row.id))


async def test_twenty_photos_at_once_are_numbered_without_gaps(stage: Stage) -> None:
    visit = await started(stage)

    await asyncio.gather(*(photographed(stage, visit.id) for _ in range(20)))

    async with stage.work() as work:
        numbers = [row.number for row in (await queries.record_of(work, visit.id)).evidence]
    assert sorted(numbers) == list(range(1, 21))


async def test_a_photo_sent_twice_keeps_its_number(stage: Stage) -> None:
    visit, sent = await started(stage), new_id()

    first = await photographed(stage, visit.id, id=sent)
    await photographed(stage, visit.id)
    again = await photographed(stage, visit.id, id=sent)

    assert (first.number, again.number) == (1, 1)
    async with stage.work() as work:
        assert [row.number for row in (await queries.record_of(work, visit.id)).evidence] == [1, 2]


async def test_the_device_says_where_when_the_photo_does_not(stage: Stage) -> None:
    visit = await started(stage)

    row = await photographed(stage, visit.id, fix=Fix(latitude=5.25, longitude=-4.0, accuracy=9))

    assert (row.latitude, row.longitude) == (5.25, -4.0)


async def test_only_the_inspector_adds_photos_and_only_during_the_visit(stage: Stage) -> None:
    early = await ready(stage)
    with pytest.raises(WrongState):
        await stage.run("inspector1", evidence.may_add, early.id)
    visit = await started(stage, early)
    for who in ("inspector2", "chief", "declarant"):
        with pytest.raises(NotFound):
            await stage.run(who, evidence.may_add, visit.id)


async def test_a_photo_shows_an_item_and_a_box_of_this_visit(stage: Stage) -> None:
    visit = await started(stage)

    with pytest.raises(BadInput):
        await photographed(stage, visit.id, item=7)
    with pytest.raises(BadInput):
        await photographed(stage, visit.id, container="ZZZU0000000")
