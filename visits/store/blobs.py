"""Files by their content: a folder or an S3-compatible store, the same to everybody who uses it.

A key is the SHA-256 of the content, so a file is never changed and never stored twice; which keys are in use
is what the database says. What `put` returns can be relied on. In a folder, the content and its name were
given to the disk (fsync) before: it outlives `kill -9`, and a power cut as far as the disk keeps its word. An
S3 store answers only when it keeps the object. A reader never sees a file half written.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from visits.errors import Refusal
from visits.ids import new_id
from visits.texts import N_

if TYPE_CHECKING:
    from obstore import OffsetRange

#: Written here first, while the digest is not yet known.
DRAFTS = "tmp"
#: Set aside here before they go: nobody refers to them, as far as was seen.
ASIDE = "aside"
#: Everything kept lies under one of these, of about the same size.
SHELVES = tuple(f"sha256/{number:02x}" for number in range(256))
#: S3 takes parts of 5 MiB and more; two at a time bound the memory of an upload.
PART = 5 * 1024 * 1024
PARTS_AT_ONCE = 2
#: Bytes handed on at a time when reading.
CHUNK = 256 * 1024
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StorageFull(Refusal):
    """The disk of the file store is full; nothing of the file was kept."""

    code, status = "storage-full", 507
    says = N_(
        "Le stockage des fichiers est plein : ce fichier n'est pas enregistré. "
        "Prévenez l'administrateur, puis réessayez."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A stored file: the key to read it by, its SHA-256 in hexadecimal and its size in bytes."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the store knows of a file without reading it."""

    key: str
    size: int
    stored_at: datetime


def key_of(sha256: str) -> str:
    """Where the content with this digest is kept."""
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class Blobs:
    """One store: a path, or an address such as s3://bucket/prefix with its access in the AWS_ variables."""

    def __init__(self, place: str | Path) -> None:
        local = isinstance(place, Path) or "://" not in place
        self._folder = Path(place).absolute() if local else None
        self._store = LocalStore(self._folder, mkdir=True) if self._folder else from_url(str(place))

    async def put(self, content: bytes | AsyncIterable[bytes]) -> Blob:
        """Store a file, hashed on its way; the same content again is the same blob. A cut stores nothing."""
        draft = f"{DRAFTS}/{new_id()}"
        digest = hashlib.sha256()
        size = 0

        async def measured() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in _chunks(content):
                digest.update(chunk)
                size += len(chunk)
                yield chunk

        with _full_disk_refused():
            await obstore.put_async(self._store, draft, measured(), chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
            try:
                key = key_of(digest.hexdigest())
                await self._keep(draft, key)
            except BaseException:
                await self.delete(draft)
                raise
        return Blob(key=key, sha256=digest.hexdigest(), size=size)

    async def get(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The file piece by piece, or the half-open range of it; FileNotFoundError if the store lost it."""
        if end is not None and start >= end:
            return
        part: OffsetRange | tuple[int, int] = {"offset": start} if end is None else (start, end)
        found = await obstore.get_async(self._store, key, options={"range": part} if start or end else {})
        async for chunk in found.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)

    async def read(self, key: str) -> bytes:
        """The whole file at once: for small ones."""
        found = await obstore.get_async(self._store, key)
        return bytes(await found.bytes_async())

    async def range(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to but not including `end`."""
        return bytes(await obstore.get_range_async(self._store, key, start=start, end=end))

    async def head(self, key: str) -> Head | None:
        """Size and age of a file, or None if it is not there."""
        try:
            meta = await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return None
        return Head(key=key, size=meta["size"], stored_at=meta["last_modified"])

    async def delete(self, key: str) -> None:
        """Remove a file; no harm if it is gone. Two documents may share one: ask the database first."""
        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)

    async def sweep(self, older_than: timedelta, now: datetime) -> int:
        """Remove drafts that a crash left behind; say how many. Ages past any upload's length are safe."""
        before = now - older_than
        if self._folder:
            return await asyncio.to_thread(_sweep_folder, self._folder / DRAFTS, before)
        swept = 0
        async for batch in obstore.list(self._store, prefix=DRAFTS):
            for meta in batch:
                if meta["last_modified"] < before:
                    await self.delete(meta["path"])
                    swept += 1
        return swept

    # ---------- files nobody refers to ----------

    async def old(self, shelf: str, before: datetime) -> list[str]:
        """The keys on a shelf that nobody stored since."""
        return [head.key for head in await self._heads(shelf) if head.stored_at < before]

    async def set_aside(self, key: str, before: datetime) -> bool:
        """Take a file away for a while, unless somebody stored the same content since; then it stays."""
        aside = f"{ASIDE}/{key.rpartition('/')[2]}"
        if self._folder:
            return await asyncio.to_thread(_set_aside, self._folder / key, self._folder / aside, before)
        head = await self.head(key)
        if head is None or head.stored_at >= before:
            return False
        await obstore.rename_async(self._store, key, aside)
        return True

    async def aside(self) -> list[Head]:
        """What was set aside; `key` is where it stood, `stored_at` since when it is aside."""
        return [
            Head(key=key_of(head.key.rpartition("/")[2]), size=head.size, stored_at=head.stored_at)
            for head in await self._heads(ASIDE)
        ]

    async def put_back(self, key: str) -> None:
        """Somebody refers to it after all. Who was faster put the same there."""
        with contextlib.suppress(FileNotFoundError):
            await obstore.rename_async(self._store, f"{ASIDE}/{key.rpartition('/')[2]}", key)

    async def let_go(self, key: str) -> None:
        """Remove what was set aside; what was stored under the key since stays."""
        await self.delete(f"{ASIDE}/{key.rpartition('/')[2]}")

    async def _heads(self, prefix: str) -> list[Head]:
        return [
            Head(key=meta["path"], size=meta["size"], stored_at=meta["last_modified"])
            async for batch in obstore.list(self._store, prefix=prefix)
            for meta in batch
        ]

    async def _keep(self, draft: str, key: str) -> None:
        """Give a finished draft its name. Where the same content has it already, that is as young as the draft now."""
        if self._folder is None:
            # Not create-only: not every store knows that, and whoever else writes this key writes the same.
            await obstore.rename_async(self._store, draft, key)
            return
        # Content first, then the name: a name never points to content the disk does not have.
        await asyncio.to_thread(_sync, self._folder / draft)
        while True:
            try:
                await obstore.rename_async(self._store, draft, key, overwrite=False)
            except AlreadyExistsError:
                if not await asyncio.to_thread(_freshen, self._folder / key):
                    continue  # it was set aside in this moment
                await self.delete(draft)
            break
        await asyncio.to_thread(_sync_folders, self._folder / key, self._folder)


async def _chunks(content: bytes | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        for at in range(0, len(content), CHUNK):
            yield content[at : at + CHUNK]
        return
    async for chunk in content:
        if chunk:
            yield chunk


@contextlib.contextmanager
def _full_disk_refused() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            raise StorageFull from fault
        raise
    except BaseError as fault:
        if any(f"os error {number})" in str(fault) for number in FULL):
            raise StorageFull from fault
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folders(path: Path, root: Path) -> None:
    """Hand the names of a file and of its folders to the disk, up to the root."""
    for folder in path.parents:
        _sync(folder)
        if folder == root:
            return


def _freshen(path: Path) -> bool:
    """Make a file as young as if it were stored now; False if it is gone."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _set_aside(path: Path, aside: Path, before: datetime) -> bool:
    """Moved first and looked at then: who stores the content meanwhile either made it young, or stores it anew."""
    aside.parent.mkdir(exist_ok=True)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if aside.stat().st_mtime >= before.timestamp():
        aside.rename(path)
        return False
    os.utime(aside)
    return True


def _sweep_folder(drafts: Path, before: datetime) -> int:
    """The store hides the part files of an upload that was killed, so the folder itself is read."""
    swept = 0
    for path in drafts.glob("*"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            swept += 1
    return swept
