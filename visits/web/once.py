"""Answers a repeated request with its first answer, by the header `Idempotency-Key` (draft-ietf-httpapi 07)."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import MediaType, Request, Response

from visits.store.idempotency import Kept, KeyMalformed, KeyMissing, begin, keep
from visits.store.work import Work

HEADER = "idempotency-key"
LONGEST = 255


async def once(
    work: Work, request: Request[Any, Any, Any], status: int, answer: Callable[[], Awaitable[Any]]
) -> Response[bytes]:
    """The answer to a request; the stored one, byte for byte, if this key had it before. Refusals are not stored."""
    key = key_of(request.headers.get(HEADER))
    kept = await begin(work, key, await _fingerprint(request))
    if kept is None:
        given = await answer()
        kept = Kept(status=status, body="" if given is None else msgspec.json.encode(given).decode())
        await keep(work, key, kept)
    return Response(kept.body.encode(), status_code=kept.status, media_type=MediaType.JSON)


def key_of(header: str | None) -> str:
    """The key a header brings: a quoted string as the draft has it, or the bare text most programs send."""
    if header is None or not header.strip():
        raise KeyMissing()
    key = header.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= LONGEST or '"' in key or not key.isascii() or not key.isprintable():
        raise KeyMalformed()
    return key


async def _fingerprint(request: Request[Any, Any, Any]) -> bytes:
    """What makes two requests the same: method, address and body."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(head + await request.body()).digest()
