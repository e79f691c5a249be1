"""Hands a stored document over: as a file to save or a picture to look at, whole or in part, and never as a page."""

import re
from typing import Any

from litestar import Request, Response
from litestar.response import Stream

from visits.documents.names import disposition
from visits.documents.sniff import PDF, PICTURES
from visits.documents.tables import Document
from visits.errors import Refusal
from visits.store.blobs import Blobs
from visits.texts import N_

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)

#: A browser that is made to show such a file as a page finds nothing it may do.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
#: Browsers show a PDF in a reader of their own, which `sandbox` would keep from starting; nothing else is let in.
READER = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


class RangeNotThere(Refusal):
    """The part asked for lies behind the end of the file."""

    code, status = "range-not-there", 416
    says = N_("Cette partie du fichier n'existe pas.")


def part_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The half-open part a Range header asks for; None for the whole file, also for what we need not follow."""
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or end <= start:
        raise RangeNotThere(size=size)
    return start, end


async def hand_over(
    request: Request[Any, Any, Any], blobs: Blobs, document: Document, *, inline: bool = False
) -> Response[Any]:
    """The file, or the part of it that was asked for. Parts are counted in its bytes: the route is `uncompressed`."""
    if await blobs.head(document.blob) is None:
        raise FileNotFoundError(document.blob)
    tag = f'"{document.sha256}"'
    inline = inline and document.media_type in PICTURES | {PDF}
    headers = {
        "content-disposition": disposition(document.file_name, inline=inline),
        "content-security-policy": READER if inline and document.media_type == PDF else SANDBOX,
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "cache-control": "private, no-cache",
        "accept-ranges": "bytes",
        "etag": tag,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(None, status_code=304, headers=headers)
    same = request.headers.get("if-range") in (None, tag)
    part = part_of(request.headers.get("range"), document.size) if same else None
    start, end = part or (0, document.size)
    headers["content-length"] = str(end - start)
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{document.size}"
    return Stream(
        blobs.get(document.blob, start=start, end=end),
        status_code=206 if part else 200,
        media_type=document.media_type,
        headers=headers,
    )
