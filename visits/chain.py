"""The evidence chain (pure): canonical bytes, their digest, and links that show any change of the past.

An entry holds digests only, never personal data, so that what it stands for can be deleted in due time.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

#: What the first entry of a chain is linked to.
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link of a chain, as it is stored."""

    seq: int
    kind: str
    subject: str
    digest: bytes
    at: datetime
    hash: bytes


def canonical(value: Any) -> bytes:
    """The only bytes for this value: sorted keys, UTF-8, no spaces; a float or a naive time is refused."""
    plain = _plain(value)
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: Any) -> bytes:
    """SHA-256 of these bytes, or of the canonical bytes of any other value."""
    return hashlib.sha256(value if isinstance(value, bytes) else canonical(value)).digest()


def link(previous: bytes, kind: str, subject: str, digest: bytes, at: datetime, seq: int) -> bytes:
    """The hash of an entry: it covers the entry before, so nothing earlier can change unseen."""
    return hashlib.sha256(
        canonical(["visits-chain-1", previous, seq, kind, subject, digest, at]),
    ).digest()


def verify(
    entries: Iterable[Entry], *, start: bytes = GENESIS, first: int = 1, head: bytes | None = None
) -> int | None:
    """The first broken sequence number, or None if every link holds.

    `start` and `first` continue from a checkpoint; `head`, the hash of the last entry known from elsewhere,
    also finds entries cut off at the end, which no chain can find by itself.
    """
    previous, expected = start, first
    for entry in entries:
        whole = link(previous, entry.kind, entry.subject, entry.digest, entry.at, expected)
        if entry.seq != expected or entry.hash != whole:
            return expected
        previous, expected = entry.hash, expected + 1
    return expected if head is not None and head != previous else None


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case Decimal():
            return _number(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes():
            return value.hex()
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is a text, not {type(key).__name__}")
    return str(key)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is no number to sign")
    return format(value, "f")


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be signed")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
