"""What a visit can be booked at, small enough for the worst line: fourteen days as one short text, and how to read it.

The format, version 1, is one JSON object of at most 250 bytes:

- `t` the instant the first day begins, in minutes since 1970-01-01T00:00Z;
- `g` the grid in minutes, `n` how many steps of it the visit takes, `z` the office's zone by its IANA name;
- `m` the masks of fourteen days in a row, base64url without padding: every day has the same number of bytes, highest
  first; bit i of a day is a free start, i steps after the day begins;
- `s` only when clocks change meanwhile: pairs of [day, minutes] by which that day and every later one begins later than
  a whole number of 24 hours after the first.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from scheduling import Day, bits
from visits.booking.offer import Offer

#: Days told, whatever the office's horizon.
DAYS = 14
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class Free(msgspec.Struct, frozen=True, omit_defaults=True):
    """The short text as values; see the head of this module for what each letter means."""

    t: int
    g: int
    n: int
    z: str
    m: str
    s: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The short text as a phone gets it, and the tag by which it asks whether anything has changed."""

    body: bytes
    tag: str


def told(found: Offer) -> Told:
    """An offer in its short form."""
    body = msgspec.json.encode(shortened(found.days, found.asked.length))
    return Told(body=body, tag=f'"{urlsafe_b64encode(hashlib.sha256(body).digest()[:6]).decode()}"')


def shortened(days: Sequence[Day], length: int) -> Free:
    """Days in a row in their short form; days beyond the horizon have nothing free."""
    days = days[:DAYS]
    opens = [day.grid.opens(day.day) for day in days]
    masks = [day.mask for day in days] + [0] * (DAYS - len(days))
    width = max(1, -(-max(mask.bit_length() for mask in masks) // 8))
    packed = b"".join(mask.to_bytes(width, "big") for mask in masks)
    return Free(
        t=(opens[0] - _EPOCH) // _MINUTE,
        g=days[0].grid.minutes,
        n=length,
        z=days[0].grid.zone.key,
        m=urlsafe_b64encode(packed).rstrip(b"=").decode(),
        s=_changes(opens),
    )


def starts_of(free: Free) -> list[datetime]:
    """Every free start, earliest first, as the office's clock shows it."""
    packed = urlsafe_b64decode(free.m + "=" * (-len(free.m) % 4))
    width, zone = len(packed) // DAYS, ZoneInfo(free.z)
    found, shifts = [], dict(free.s)
    late = 0
    for each in range(DAYS):
        late = shifts.get(each, late)
        begins = _EPOCH + (free.t + late) * _MINUTE + each * _DAY
        mask = int.from_bytes(packed[each * width : (each + 1) * width], "big")
        found += [(begins + step * free.g * _MINUTE).astimezone(zone) for step in bits(mask)]
    return found


def matches(header: str | None, tag: str) -> bool:
    """Does an If-None-Match name this tag? Lists, weak tags and `*` count (RFC 9110, 13.1.2)."""
    if header is None:
        return False
    named = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in named or tag in named


def _changes(opens: Sequence[datetime]) -> tuple[tuple[int, int], ...]:
    """The days from which on the day begins earlier or later than 24 hours after the one before."""
    found, late = [], timedelta()
    for each, begins in enumerate(opens):
        now = begins - opens[0] - each * _DAY
        if now != late:
            found.append((each, now // _MINUTE))
            late = now
    return tuple(found)
