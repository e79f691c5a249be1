"""The watched folder: declarations (*.xml) and messages (*.json) dropped by a system that knows nothing better.

A file is taken once it stayed the same over two looks some seconds apart; what the last look saw is kept in the
folder itself, so that any process may take the next one. Taken files go to done/, the others to refused/ with
the reason beside them. Whatever happens in between, the same file can be taken again without harm.
"""

import asyncio
import json
import logging
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from visits.actor import Actor, system
from visits.clearance.asycuda.refusals import FileTooLarge, Unreadable
from visits.clearance.inbox import DECLARATION, MESSAGE, Letter, Taken, refuse, take
from visits.clearance.queries import tenant_host
from visits.clock import SystemClock
from visits.ids import TenantId
from visits.store.tools import Tools

log = logging.getLogger("visits.clearance")

CHANNEL = "folder"
#: How long a file must stay the same before it counts as whole.
QUIET = timedelta(seconds=4)
DONE, REFUSED = "done", "refused"
_SEEN = ".visits-seen.json"
_KINDS = {".xml": DECLARATION, ".json": MESSAGE}

#: Size, time of the last write, and since when both are so.
Seen = dict[str, tuple[int, int, str]]


async def look(tools: Tools, tenant: TenantId) -> int:
    """Look into the folder once; how many files were taken or refused."""
    if not tools.settings.inbox_folder:
        return 0
    actor = system(tenant, CHANNEL)
    named = tools.settings.inbox_tenant
    if named:
        async with tools.database.work(actor) as work:
            if await tenant_host(work) != named:
                return 0
    folder = Path(tools.settings.inbox_folder)
    now = (tools.database.moved or SystemClock()).now()
    handled = 0
    for path in await asyncio.to_thread(whole_files, folder, now):
        try:
            await _handle(tools, actor, path)
            handled += 1
        except Exception as fault:  # one file must not stop the others
            log.warning("file %s: %s", path.name, type(fault).__name__, exc_info=fault)
    return handled


def whole_files(folder: Path, now: datetime) -> list[Path]:
    """The files that stayed the same since an earlier look, the oldest first; remembers what it sees."""
    before = _remembered(folder)
    seen: Seen = {}
    whole = []
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        path = Path(entry.path)
        if path.suffix.lower() not in _KINDS or entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
            continue
        try:
            state = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        was = before.get(entry.name)
        since = now.isoformat()
        if was and (was[0], was[1]) == (state.st_size, state.st_mtime_ns):
            since = was[2]
            if now - datetime.fromisoformat(since) >= QUIET:
                whole.append((state.st_mtime_ns, path))
        seen[entry.name] = (state.st_size, state.st_mtime_ns, since)
    if seen != before:
        _write(folder / _SEEN, json.dumps(seen).encode())
    return [path for _, path in sorted(whole)]


async def import_files(tools: Tools, actor: Actor, paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Take files named by a person, wherever they lie; they stay there. One answer for each."""
    answers = []
    for path in paths:
        taken = await _take(tools, actor, path, channel="import")
        if taken.refusal is None:
            answers.append({"file": path.name} | taken.body)
        else:
            detail = taken.refusal.says % taken.refusal.facts
            answers.append({"file": path.name, "refused": taken.refusal.code, "detail": detail})
    return answers


async def _handle(tools: Tools, actor: Actor, path: Path) -> None:
    taken = await _take(tools, actor, path, channel=CHANNEL)
    if taken.refusal is None:
        _move(path, DONE)
        return
    reason = {
        "file": path.name,
        "code": taken.refusal.code,
        "detail": taken.refusal.says % taken.refusal.facts,
        **{name: str(value) for name, value in taken.refusal.facts.items()},
    }
    place = _free(path.parent / REFUSED, path.name)
    _write(place.with_name(place.name + ".reason.json"), json.dumps(reason, ensure_ascii=False, indent=1).encode())
    os.replace(path, place)


async def _take(tools: Tools, actor: Actor, path: Path, *, channel: str) -> Taken:
    kind = _KINDS.get(path.suffix.lower(), DECLARATION)
    limit = tools.settings.sad_limit
    sender = actor.source or channel

    def letter(size: int) -> Letter:
        return Letter(channel=channel, sender=sender, kind=kind, size=size, name=path.name)

    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        if channel == CHANNEL:
            raise
        return await refuse(tools, actor, letter(0), Unreadable())
    if len(raw) > limit:
        return await refuse(tools, actor, letter(size), FileTooLarge(limit=limit))
    return await take(tools, actor, channel=channel, sender=sender, kind=kind, raw=raw, name=path.name)


def _remembered(folder: Path) -> Seen:
    try:
        return {
            name: (int(size), int(written), str(since))
            for name, (size, written, since) in json.loads((folder / _SEEN).read_bytes()).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _move(path: Path, into: str) -> None:
    os.replace(path, _free(path.parent / into, path.name))


def _free(folder: Path, name: str) -> Path:
    """A name in the folder that nobody has: the same file name may come again tomorrow."""
    folder.mkdir(exist_ok=True)
    place, number = folder / name, 1
    while place.exists():
        number += 1
        place = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return place


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


__all__ = ["CHANNEL", "import_files", "look", "whole_files"]
