"""Reads files and tells what would be taken, one line of JSON for each; nothing is stored."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from visits.clearance.asycuda.json_form import to_json
from visits.clearance.asycuda.limits import LIMITS, Limits
from visits.clearance.asycuda.read import read
from visits.clearance.asycuda.refusals import FileTooLarge, Unreadable


def dry_run(paths: Iterable[Path], *, now: datetime, out: TextIO, limits: Limits = LIMITS) -> int:
    """Write one line for each file; the exit status is 2 if any was refused, else 0."""
    status = 0
    for path in paths:
        try:
            source = _bytes(path, limits=limits)
            line = to_json(read(source, now=now, limits=limits), file=path.name, size=len(source))
        except Unreadable as refusal:
            line = {"file": path.name, "refused": refusal.code, "detail": refusal.says % refusal.facts}
            status = 2
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return status


def _bytes(path: Path, *, limits: Limits) -> bytes:
    """The file, read no further than one byte past the cap."""
    try:
        with path.open("rb") as file:
            source = file.read(limits.bytes + 1)
    except OSError:
        raise Unreadable from None
    if len(source) > limits.bytes:
        raise FileTooLarge(limit=limits.bytes)
    return source
