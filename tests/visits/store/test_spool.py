"""A file sent in pieces over a bad line arrives whole, and nothing is sent twice."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.streams import LineCut, cut_after, pieces
from visits.store.blobs import Blobs, StorageFull
from visits.store.spool import OffsetMismatch, Spool, sweep_spool

UPLOAD = UUID("0195c9b0-0000-7000-8000-000000000001")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", UPLOAD)


async def test_pieces_become_one_file(spool, tmp_path):
    blobs = Blobs(tmp_path / "files")
    assert await spool.append(0, pieces(b"ab", b"c")) == 3
    assert await spool.append(3, pieces(b"def")) == 6

    blob = await spool.finish(blobs)

    assert await blobs.read(blob.key) == b"abcdef"


async def test_what_came_before_the_cut_is_kept(spool):
    with pytest.raises(LineCut):
        await spool.append(0, cut_after(b"abc"))

    assert spool.size() == 3
    assert await spool.append(3, pieces(b"def")) == 6


@pytest.mark.parametrize("offset", [0, 2, 4])
async def test_a_piece_that_does_not_follow_is_refused_with_the_place_to_go_on(spool, offset):
    await spool.append(0, pieces(b"abc"))

    with pytest.raises(OffsetMismatch) as refused:
        await spool.append(offset, pieces(b"x"))

    assert refused.value.facts == {"size": 3}
    assert spool.size() == 3


async def test_finishing_twice_gives_the_same_file_until_it_is_discarded(spool, tmp_path):
    blobs = Blobs(tmp_path / "files")
    await spool.append(0, pieces(b"abc"))

    assert await spool.finish(blobs) == await spool.finish(blobs)
    spool.discard()
    spool.discard()
    assert spool.size() == 0


async def test_on_a_full_disk_the_upload_waits_where_it_is(small_disk):
    spool = Spool(small_disk / "spool", UPLOAD)
    (small_disk / "ballast").write_bytes(b"x" * 3_000_000)

    with pytest.raises(StorageFull):
        await spool.append(0, pieces(*[b"x" * 100_000] * 20))
    (small_disk / "ballast").unlink()

    assert await spool.append(spool.size(), pieces(b"end")) == spool.size()


async def test_abandoned_pieces_are_swept(spool, tmp_path):
    await spool.append(0, pieces(b"abc"))
    os.utime(tmp_path / "spool" / str(UPLOAD), (NOON.timestamp(),) * 2)

    assert sweep_spool(tmp_path / "spool", timedelta(days=7), NOON + timedelta(days=6)) == 0
    assert sweep_spool(tmp_path / "spool", timedelta(days=7), NOON + timedelta(days=8)) == 1
    assert spool.size() == 0
