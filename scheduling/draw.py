"""The draw (pure): numbers that follow from a committed seed, weights, the pick, and its replay by anybody.

Every text is hashed as UTF-8; fields are parted by the byte 0x1f, which no field may hold:

    commitment = SHA-256("visits-draw-1", office code, ISO date, seed)
    number     = HMAC-SHA256(seed; purpose, ids, witness)

The candidates are set in an order that follows from the seed too, so that neither their ids nor their letters say
who they are; then the number, read as a fraction of 2^256, falls on one of their shares.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce
from math import gcd
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a record that does not follow from its seed; `line` is a draw's position, 0 the day itself."""

    line: int
    code: str


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
def shares(visits: Sequence[int]) -> tuple[int, ...]:
    """Integer weights by shortfall: the fewer visits somebody had lately, the larger the share, four to one at most."""
    most = max(visits, default=0)
    weights = [LEAST + SPREAD * (most - each) // (most + PRIOR) for each in visits]
    return lowest_terms(weights)


def lowest_terms(weights: Sequence[int]) -> tuple[int, ...]:
    """The same shares in the smallest whole numbers."""
    divisor = reduce(gcd, weights, 0) or 1
    return tuple(each // divisor for each in weights)


def chance(weight: int, total: int) -> str:
    """The probability as a fraction in lowest terms: « 3/7 »."""
    share = Fraction(weight, total)
    return f"{share.numerator}/{share.denominator}"


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


# -- the record ----------------------------------------------------------------------------------------------
def canonical(value: Any) -> bytes:
    """The only bytes for a part of a record: JSON with sorted keys, UTF-8, no spaces."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def people_digest(who: Mapping[str, Any]) -> str:
    """What a public line tells of the people behind the letters: enough to prove them later, nothing to name them."""
    return hashlib.sha256(canonical(who)).hexdigest()


def line_digest(line: Mapping[str, Any]) -> str:
    """The digest of a line of the public record; published at once, while the line itself waits for the reveal."""
    told = {name: value for name, value in line.items() if name not in ("digest", "who")}
    return hashlib.sha256(canonical(told)).hexdigest()


def verify(record: Mapping[str, Any]) -> list[Finding]:
    """Replay a published day; an empty list means that every line follows from the seed.

    Works on the public record, where candidates are letters, and on the full one, where `who` names them and the
    order of the candidates is replayed too. What cannot be read is a finding, never a fault.
    """
    try:
        office, day = str(record["office"]), date.fromisoformat(record["day"])
        sealed = record["seed"] is None
        seed = b"" if sealed else bytes.fromhex(record["seed"])
        promised = bytes.fromhex(record["commitment"])
        lines = list(record["draws"])
        same = sealed or (record["format"] == FORMAT and commitment(office, day, seed) == promised)
    except (KeyError, TypeError, ValueError):
        return [Finding(0, "malformed")]
    if sealed:
        return [Finding(0, "sealed")]
    if not same:
        return [Finding(0, "commitment")]
    found = [Finding(place, code) for place, line in enumerate(lines, start=1) if (code := wrong_in(line, place, seed))]
    return found if len(lines) == record.get("drawn", len(lines)) else [*found, Finding(len(lines) + 1, "missing")]


def wrong_in(line: Any, place: int, seed: bytes) -> str | None:
    """The first thing wrong in a line, in the order in which a person would replay it."""
    try:
        return next((code for code, holds in _checks(line, place, seed) if not holds), None)
    except (AttributeError, KeyError, TypeError, ValueError):
        return "malformed"


def _checks(line: Mapping[str, Any], place: int, seed: bytes) -> Iterator[tuple[str, bool]]:
    subject, witness = line["subject"], bytes.fromhex(line["witness"])
    weights = [each["weight"] for each in line["candidates"]]
    yield "position", line["position"] == place
    yield "number", bytes.fromhex(line["number"]) == number(seed, line["purpose"], subject, witness=witness)
    yield "weights", bool(weights) and all(type(each) is int and each > 0 for each in weights)
    yield "chance", [each["chance"] for each in line["candidates"]] == [chance(each, sum(weights)) for each in weights]
    yield "letters", [each["letter"] for each in line["candidates"]] == [letter(each) for each in range(len(weights))]
    yield "chosen", line["chosen"] == letter(pick(bytes.fromhex(line["number"]), weights))
    if "who" in line:
        named = line["who"]["candidates"]
        yield "order", tuple(named) == in_order(seed, subject, set(named), witness) and len(named) == len(weights)
        yield "people", line["people"] == people_digest(line["who"])
    yield "digest", line["digest"] == line_digest(line)
