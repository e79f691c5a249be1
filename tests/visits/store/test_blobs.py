"""What was stored can be relied on; what was cut or did not fit leaves nothing behind."""

import asyncio
import hashlib
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.streams import LineCut, cut_after, pieces
from visits.store.blobs import DRAFTS, PART, Blobs, StorageFull, key_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture(params=["folder", "remote"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """The same promises for a folder and for a store behind an address."""
    return Blobs(tmp_path / "files" if request.param == "folder" else "memory:///")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_file_is_found_under_its_digest(blobs):
    blob = await blobs.put(b"abc")

    assert (blob.key, blob.sha256, blob.size) == (f"sha256/ba/78/{ABC}", ABC, 3)
    assert await blobs.read(blob.key) == b"abc"
    assert (await blobs.head(blob.key)).size == 3


@pytest.mark.parametrize(
    "content",
    [(), (b"",), (b"a", b"", b"bc"), (b"x" * PART, b"y" * PART, b"z")],
    ids=["nothing", "one empty piece", "small pieces", "three parts"],
)
async def test_pieces_come_back_whole(blobs, content):
    blob = await blobs.put(pieces(*content))

    whole = b"".join(content)
    assert blob.sha256 == hashlib.sha256(whole).hexdigest()
    assert b"".join([chunk async for chunk in blobs.get(blob.key)]) == whole


async def test_a_range_is_half_open(blobs):
    blob = await blobs.put(b"0123456789")

    assert await blobs.range(blob.key, 2, 5) == b"234"
    assert b"".join([chunk async for chunk in blobs.get(blob.key, start=2, end=5)]) == b"234"
    assert b"".join([chunk async for chunk in blobs.get(blob.key, start=7)]) == b"789"
    assert [chunk async for chunk in blobs.get(blob.key, start=5, end=5)] == []


async def test_the_same_content_at_once_is_one_file(folder):
    blobs = Blobs(folder)

    stored = await asyncio.gather(*(blobs.put(b"abc") for _ in range(20)))

    assert set(stored) == {stored[0]}
    assert files(folder) == [folder / key_of(ABC)]


async def test_storing_again_does_not_touch_the_file(folder):
    blobs = Blobs(folder)
    first = await blobs.put(b"abc")
    before = (folder / first.key).stat()

    await blobs.put(b"abc")

    assert (folder / first.key).stat().st_ino == before.st_ino


async def test_a_cut_stores_nothing(folder):
    with pytest.raises(LineCut):
        await Blobs(folder).put(cut_after(b"x" * PART, b"y" * PART))

    assert files(folder) == []


async def test_a_full_disk_is_refused_and_keeps_nothing_half(small_disk):
    blobs = Blobs(small_disk / "files")
    kept = await blobs.put(b"abc")

    for content in (b"x" * 5_000_000, pieces(*[b"x" * 1_000_000] * 20)):
        with pytest.raises(StorageFull):
            await blobs.put(content)

    assert files(small_disk) == [small_disk / "files" / kept.key]


async def test_deleting_twice_does_no_harm(blobs):
    blob = await blobs.put(b"abc")

    await blobs.delete(blob.key)
    await blobs.delete(blob.key)

    assert await blobs.head(blob.key) is None


async def test_a_lost_file_is_an_error_not_an_empty_one(blobs):
    with pytest.raises(FileNotFoundError):
        [chunk async for chunk in blobs.get(key_of(ABC))]


@pytest.mark.slow(reason="starts a Python process and kills it in the middle of an upload")
async def test_what_a_killed_upload_left_is_swept_after_a_day(folder):
    code = """
import asyncio, sys
from tests.support.streams import LineCut, cut_after, pieces
from visits.store.blobs import PART, Blobs
async def endless():
    for _ in range(4): yield b"x" * PART
    print("sent", flush=True)
    await asyncio.Event().wait()
asyncio.run(Blobs(sys.argv[1]).put(endless()))
"""
    upload = await asyncio.create_subprocess_exec(sys.executable, "-c", code, folder, stdout=asyncio.subprocess.PIPE)
    assert upload.stdout
    await upload.stdout.readline()
    upload.send_signal(signal.SIGKILL)
    await upload.wait()
    (left,) = (folder / DRAFTS).iterdir()
    os.utime(left, (NOON.timestamp(),) * 2)
    blobs = Blobs(folder)

    assert await blobs.sweep(timedelta(days=1), NOON + timedelta(hours=23)) == 0
    assert await blobs.sweep(timedelta(days=1), NOON + timedelta(hours=25)) == 1
    assert files(folder) == []


async def test_sweeping_leaves_stored_files_alone(blobs):
    blob = await blobs.put(b"abc")

    assert await blobs.sweep(timedelta(0), NOON + timedelta(days=3650)) == 0
    assert await blobs.read(blob.key) == b"abc"
