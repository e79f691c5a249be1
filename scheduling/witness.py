"""A witness's values (pure): one a day, each the fingerprint of the next, so that one published anchor promises all.

    value of the day before = SHA-256("visits-witness-1" ‖ 0x1f ‖ office code ‖ 0x1f ‖ value of the day)

The anchor is the fingerprint of the first day's value, the secret is the value of the last day. A value proves itself,
whoever brings it; it tells nothing of later days, and everything of earlier ones: what is kept back one day is known
the next.
"""

import hashlib
from typing import Final

FORMAT: Final = "visits-witness-1"
#: Days one anchor may promise.
MOST_DAYS: Final = 400
#: Bytes of a value.
BYTES: Final = 32


def fingerprint(office: str, value: bytes) -> bytes:
    """The value of the day before, or the anchor before the first day."""
    return hashlib.sha256(b"\x1f".join((FORMAT.encode(), office.encode(), value))).digest()


def back(office: str, value: bytes, days: int) -> bytes:
    """The value so many days earlier."""
    for _ in range(days):
        value = fingerprint(office, value)
    return value


def anchor_of(office: str, secret: bytes, days: int) -> bytes:
    """What the witness publishes."""
    return back(office, secret, days)


def value_of(office: str, secret: bytes, days: int, place: int) -> bytes:
    """The value of one of the days, the first being 1."""
    if not 1 <= place <= days:
        raise ValueError(f"day {place} of {days} has no value")
    return back(office, secret, days - place)


def place_of(office: str, value: bytes, anchor: bytes, days: int) -> int | None:
    """Which day's value it is, the first being 1; None if the anchor does not promise it."""
    for place in range(1, days + 1):
        value = fingerprint(office, value)
        if value == anchor:
            return place
    return None
