"""Uploads that come in pieces over a bad line: what has arrived stays, and the sender goes on from there."""

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from visits.errors import Refusal
from visits.store.blobs import CHUNK, FULL, Blob, Blobs, StorageFull
from visits.texts import N_


class OffsetMismatch(Refusal):
    """The piece does not begin where the last one ended; `size` says where to go on."""

    code, status = "upload-offset", 409
    says = N_("Cette partie du fichier ne suit pas la précédente. L'envoi reprend à l'octet %(size)s.")


class Spool:
    """The pieces of one upload, in a file of their own. One writer at a time: the caller holds a lock.

    What `append` reports has been handed to the disk. A cut, of the line or of the process, leaves a
    beginning of the file and never a gap; `size` tells how much.
    """

    def __init__(self, root: Path, upload: UUID) -> None:
        self._path = root / str(upload)

    def size(self) -> int:
        """How many bytes have arrived; none when nothing was sent yet."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    async def append(self, offset: int, chunks: AsyncIterable[bytes]) -> int:
        """Add a piece at the end and return the new size; of a piece that breaks off, what came is kept."""
        if offset != self.size():
            raise OffsetMismatch(size=self.size())
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            async for chunk in chunks:
                await asyncio.to_thread(_write_all, handle, chunk)
        except OSError as fault:
            if fault.errno in FULL:
                raise StorageFull from fault
            raise
        finally:
            await asyncio.to_thread(_close, handle, self._path.parent)
        return self.size()

    async def finish(self, blobs: Blobs) -> Blob:
        """Store the whole file. The pieces stay until `discard`, for a transaction that does not commit."""
        return await blobs.put(self._read())

    def discard(self) -> None:
        """Forget the pieces: the file is stored and committed, or given up."""
        self._path.unlink(missing_ok=True)

    async def _read(self) -> AsyncIterator[bytes]:
        with self._path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk


def sweep_spool(root: Path, older_than: timedelta, now: datetime) -> int:
    """Remove the pieces of uploads nobody went on with; say how many."""
    abandoned = [path for path in root.glob("*") if path.stat().st_mtime < (now - older_than).timestamp()]
    for path in abandoned:
        path.unlink(missing_ok=True)
    return len(abandoned)


def _write_all(handle: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _close(handle: int, folder: Path) -> None:
    """Hand the content and the file's name to the disk."""
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    named = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(named)
    finally:
        os.close(named)
