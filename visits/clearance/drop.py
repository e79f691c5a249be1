"""The link by folder: each report is one file, put there whole; whoever collects it drops repeats by its key."""

import asyncio
import os
import re
from pathlib import Path

import msgspec

from visits.clearance.port import Envelope, LinkDown, Receipt


class FolderLink:
    """Implements port.ClearanceSystem over a folder; acknowledgements come back through the watched folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def push_report(self, envelope: Envelope) -> Receipt:
        """Write the report, unless the same file still lies there."""
        content = msgspec.json.format(msgspec.json.encode(envelope.body), indent=1)
        try:
            await asyncio.to_thread(_put, self._folder / file_name(envelope.message_key), content)
        except OSError as fault:
            raise LinkDown(f"{type(fault).__name__} {fault.strerror or ''}".strip()) from fault
        return Receipt()

    async def probe(self) -> None:
        """The folder is there and can be written to."""
        if not await asyncio.to_thread(os.access, self._folder, os.W_OK | os.X_OK):
            raise LinkDown("folder")


def file_name(message_key: str) -> str:
    """CIAB1/2026/C/48213/V-00CH3R-7/1 becomes CIAB1-2026-C-48213-V-00CH3R-7-1.json."""
    return re.sub(r"[^A-Za-z0-9]+", "-", message_key) + ".json"


def _put(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
