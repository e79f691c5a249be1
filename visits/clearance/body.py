"""Reads the body of an upload piece by piece and never more of it than allowed, packed or not."""

import zlib
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request

from visits.clearance.asycuda.refusals import FileTooLarge, NotXml
from visits.errors import Refusal
from visits.texts import N_

#: gzip's own frame around deflate.
_GZIP = 31
#: Unpacked at a time, so that a bomb is noticed early.
_PIECE = 256 * 1024


class UnknownEncoding(Refusal):
    """The body is packed in a way we do not unpack."""

    code, status = "unknown_encoding", 415
    says = N_("Ce service ne lit pas l'encodage %(encoding)s. Envoyez le fichier tel quel, ou en gzip.")


class TooMuch(Exception):
    """The body went over the limit; `size` is what was seen of it."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(size)
        self.size = size
        self.refusal = FileTooLarge(limit=limit)


async def whole(request: Request[Any, Any, Any], limit: int) -> bytes:
    """The body as sent before packing; TooMuch as soon as its length, told or counted, is over the limit."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", ""):
        raise UnknownEncoding(encoding=encoding[:40])
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > limit:
        raise TooMuch(int(told), limit)
    content = bytearray()
    async for piece in unpacked(request.stream(), limit) if encoding == "gzip" else request.stream():
        content += piece
        if len(content) > limit:
            raise TooMuch(len(content), limit)
    return bytes(content)


async def unpacked(packed: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """What a gzip stream holds; what is left of a stream after its end, or missing at it, is refused."""
    opener = zlib.decompressobj(_GZIP)
    try:
        async for piece in packed:
            left = piece
            while left:
                if opener.eof:
                    raise NotXml
                yield opener.decompress(left, _PIECE)
                left = opener.unconsumed_tail or opener.unused_data
        yield opener.flush(_PIECE)
    except zlib.error:
        raise NotXml from None
    if not opener.eof:
        raise NotXml
