"""Files nobody refers to go; a file somebody refers to, or is about to, stays."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.files import a_pdf
from tests.support.stage import Stage
from tests.support.steps_clearance import leaving
from tests.support.steps_documents import given
from visits import schema
from visits.background.orphans import PATIENCE, references, sweep_orphans
from visits.clock import SystemClock
from visits.store.blobs import Blob, Blobs
from visits.store.tools import Tools

NOW = SystemClock().now()
OLD = (NOW - PATIENCE - timedelta(hours=1)).timestamp()


def place(tools: Tools, key: str) -> Path:
    return Path(tools.settings.files_url) / key


def aged(tools: Tools, *keys: str) -> None:
    """As if these files had been there for more than a day."""
    for key in keys:
        os.utime(place(tools, key), (OLD, OLD))


@pytest.fixture
def stage(alone: Stage) -> Stage:
    """The sweep asks every administration of the installation: here there is one."""
    return alone


async def there(stage: Stage, key: str) -> bool:
    return await stage.tools.blobs.head(key) is not None


async def rolled_back(stage: Stage, content: bytes) -> Blob:
    """What an upload leaves behind when its transaction fails: the file, and no row."""
    blob = await stage.tools.blobs.put(content)
    aged(stage.tools, blob.key)
    return blob


async def test_what_a_rolled_back_upload_left_goes_in_two_steps(stage: Stage) -> None:
    blob = await rolled_back(stage, b"left behind")

    await sweep_orphans(stage.tools, NOW)
    assert not await there(stage, blob.key)
    assert blob.key in {head.key for head in await stage.tools.blobs.aside()}

    await sweep_orphans(stage.tools, NOW + PATIENCE + timedelta(hours=1))
    assert blob.key not in {head.key for head in await stage.tools.blobs.aside()}


async def test_a_young_file_is_left_alone(stage: Stage) -> None:
    blob = await stage.tools.blobs.put(b"an upload whose transaction has not ended")

    await sweep_orphans(stage.tools, NOW)

    assert await there(stage, blob.key)


async def test_what_rows_of_any_administration_refer_to_stays(stage: Stage) -> None:
    document = await given(stage, (await stage.opened()).id)
    _, out = await leaving(stage)
    sent = out.body["pdf"]["sha256"]
    keys = [document.blob, f"sha256/{sent[:2]}/{sent[2:4]}/{sent}"]
    aged(stage.tools, *keys)

    await sweep_orphans(stage.tools, NOW)

    assert [await there(stage, key) for key in keys] == [True, True]


async def test_the_same_content_stored_again_is_young_again(stage: Stage) -> None:
    blob = await rolled_back(stage, b"sent twice")
    await stage.tools.blobs.put(b"sent twice")

    await sweep_orphans(stage.tools, NOW)

    assert await there(stage, blob.key)


async def test_a_row_committed_after_the_look_brings_its_file_back(stage: Stage) -> None:
    content = a_pdf("un envoi très lent")
    blob = await rolled_back(stage, content)
    await sweep_orphans(stage.tools, NOW)
    visit = await stage.opened()
    document = await given(stage, visit.id, content=content)
    place(stage.tools, blob.key).unlink()

    await sweep_orphans(stage.tools, NOW)

    assert document.blob == blob.key
    assert await stage.tools.blobs.read(blob.key) == content


@pytest.mark.parametrize("where", ["folder", "remote"])
async def test_content_stored_between_the_look_and_the_deed_stays(where: str, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path if where == "folder" else "memory:///")
    before = SystemClock().now() - timedelta(seconds=1)
    blob = await blobs.put(b"stored in this moment")

    assert not await blobs.set_aside(blob.key, before)
    assert await blobs.read(blob.key) == b"stored in this moment"


@pytest.mark.parametrize("where", ["folder", "remote"])
async def test_content_stored_after_the_deed_is_a_file_of_its_own(where: str, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path if where == "folder" else "memory:///")
    blob = await blobs.put(b"stored again")
    assert await blobs.set_aside(blob.key, SystemClock().now() + timedelta(minutes=1))

    await blobs.put(b"stored again")
    await blobs.let_go(blob.key)

    assert await blobs.read(blob.key) == b"stored again"
    assert await blobs.aside() == []


@pytest.mark.parametrize("where", ["folder", "remote"])
async def test_storing_and_setting_aside_at_once_loses_nothing(where: str, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path if where == "folder" else "memory:///")
    key = (await blobs.put(b"contested")).key
    soon = SystemClock().now() + timedelta(minutes=1)

    for _ in range(20):
        faults = await asyncio.gather(
            *(blobs.put(b"contested") for _ in range(3)), blobs.set_aside(key, soon), return_exceptions=True
        )
        assert [fault for fault in faults if isinstance(fault, BaseException)] == []
        kept = key if await blobs.head(key) else f"aside/{key.rpartition('/')[2]}"
        assert await blobs.read(kept) == b"contested"


def test_every_column_that_names_a_file_is_asked() -> None:
    holding = {table.name for table in schema.metadata.tables.values() if "blob" in table.columns}
    asked = {table.name for query in references() for table in query.get_final_froms()}

    assert asked == holding | {"outbound"}
