"""The draw (pure): numbers that follow from a committed seed, weights, the pick.

Every text is hashed as UTF-8; fields are parted by the byte 0x1f, which no field may hold:

    commitment = SHA-256("visits-draw-1", office code, ISO date, seed)
    number     = HMAC-SHA256(seed; purpose, ids, witness)

The candidates are set in an order that follows from the seed too, so that neither their ids nor their letters say
who they are; then the number, read as a fraction of 2^256, falls on one of their shares.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, reduce
from math import gcd

FORMAT = "visits-draw-1"
SEPARATOR = b"\x1f"
#: What a number may be drawn for; `order` sets the candidates of a draw in their order.
PURPOSES = frozenset({"route", "visit", "terminal", "risk-share", "blind-recheck", "order"})
BITS = 256

#: Shares of somebody who made as many visits as the busiest, and what is added for having made none: nobody is
#: more than four times as likely as another, so that counting visits does not tell who comes.
LEAST, SPREAD = 2, 6
#: Visits that count for nothing yet: after one or two, the shares are still almost equal.
PRIOR = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """One draw as it happened: the candidates in drawn order with their shares, the number, the place it fell on."""

    candidates: tuple[str, ...]
    weights: tuple[int, ...]
    number: bytes
    place: int

    @property
    def chosen(self) -> str:
        """The candidate drawn."""
        return self.candidates[self.place]


# -- numbers -------------------------------------------------------------------------------------------------
def commitment(office: str, day: date, seed: bytes) -> bytes:
    """What is published before anybody can book: it fixes the seed without telling it."""
    return hashlib.sha256(_joined(FORMAT, office, day.isoformat()) + SEPARATOR + seed).digest()


def number(seed: bytes, purpose: str, *ids: str, witness: bytes = b"") -> bytes:
    """The 256-bit number of a purpose and its ids on the day of the seed."""
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose} is no purpose of a draw")
    return hmac.new(seed, _joined(purpose, *ids) + SEPARATOR + witness, hashlib.sha256).digest()


def _joined(*fields: str) -> bytes:
    raw = [field.encode() for field in fields]
    if any(SEPARATOR in field for field in raw):
        raise ValueError("a field holds the separator")
    return SEPARATOR.join(raw)


def falls(drawn: bytes, share: Fraction) -> bool:
    """Does a number, read as a fraction of 2^256, lie below a share? Exact in whole numbers."""
    return int.from_bytes(drawn) * share.denominator < share.numerator << BITS


# -- weights -------------------------------------------------------------------------------------------------
def shares(visits: Sequence[int], on_duty: Sequence[int] = ()) -> tuple[int, ...]:
    """Integer weights by shortfall: the more visits are missing to somebody's fair share, the larger his weight, four
    to one at most."""
    counted = calibrated(visits, on_duty or [1] * len(visits))
    most = max(counted, default=Fraction(0))
    return lowest_terms([int(LEAST + SPREAD * (most - each) // (most + PRIOR)) for each in counted])


def calibrated(visits: Sequence[int], on_duty: Sequence[int]) -> tuple[Fraction, ...]:
    """Visits as if everybody had been on duty as long as the longest: the time somebody was not there yet, or away, is
    counted with the fair share of it.

    With r visits for each unit of duty, the fair share of duty d is r × d and the shortfall r × d - visits; what is
    counted is r × longest - shortfall.
    """
    longest, rate = max(on_duty, default=0), Fraction(sum(visits), sum(on_duty) or 1)
    return tuple(each + rate * (longest - duty) for each, duty in zip(visits, on_duty, strict=True))


def lowest_terms(weights: Sequence[int]) -> tuple[int, ...]:
    """The same shares in the smallest whole numbers."""
    divisor = reduce(gcd, weights, 0) or 1
    return tuple(each // divisor for each in weights)


def chance(weight: int, total: int) -> str:
    """The probability as a fraction in lowest terms: « 3/7 »."""
    divisor = gcd(weight, total)
    return f"{weight // divisor}/{total // divisor}"


@cache
def letter(place: int) -> str:
    """A, B … Z, AA, AB …: what a candidate is called in public, in this draw only."""
    name = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        name = chr(ord("A") + rest) + name
        place -= 1
    return name


# -- the draw ------------------------------------------------------------------------------------------------
def in_order(seed: bytes, subject: str, ids: Iterable[str], witness: bytes = b"") -> tuple[str, ...]:
    """The candidates of a draw in the order their own numbers give."""
    return tuple(sorted(ids, key=lambda each: (number(seed, "order", subject, each, witness=witness), each)))


def pick(drawn: bytes, weights: Sequence[int]) -> int:
    """The place whose share the number falls on: floor(number × total ÷ 2^256), counted off along the weights.

    Exact in whole numbers: no share is off by more than total ÷ 2^256.
    """
    if not weights or min(weights) < 1:
        raise ValueError("every candidate needs a share")
    point = int.from_bytes(drawn) * sum(weights) >> BITS
    for place, weight in enumerate(weights):
        if point < weight:
            return place
        point -= weight
    raise ValueError("a number has 256 bits")


def draw_among(
    seed: bytes, subject: str, weights: Mapping[str, int], *, witness: bytes = b"", purpose: str = "visit"
) -> Drawn:
    """Draw one of the candidates for a visit or a route."""
    candidates = in_order(seed, subject, weights, witness)
    ordered = tuple(weights[each] for each in candidates)
    drawn = number(seed, purpose, subject, witness=witness)
    return Drawn(candidates, ordered, drawn, pick(drawn, ordered))
