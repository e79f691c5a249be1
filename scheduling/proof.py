"""Replay published draws (pure): what anybody can do with the file of a day, without us.

The file has one line of JSON for the day and one for each of its draws, in order; files may be joined. A public line
names candidates by letters; the full record also says who they are, and then their order, their shares and the routes
left to others are replayed too.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from scheduling.draw import FORMAT, chance, commitment, in_order, letter, lowest_terms, number, pick, shares
from scheduling.naming import DeadEnd, Matching
from scheduling.posting import PURPOSE as POSTING
from scheduling.posting import wrong_posting
from scheduling.witness import place_of

#: Why somebody able to take a route was no candidate: another route would have been left without anybody.
KEPT_FOR_ANOTHER = "other_route"
#: More draws than any day has: whoever says so would have each missing one told.
MOST_DRAWN = 100_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a record that does not follow from its seed; `line` is a draw's position, 0 the day itself."""

    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A line of a file after its replay; position 0 is the day itself, and `code` is what is wrong, if anything."""

    line: int
    position: int
    code: str | None
    office: str = ""
    day: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def undated(self) -> bool:
        """A day written before its first booking was told: whether its seed was promised in time cannot be asked."""
        return not self.position and "format" in self.told and "booked_at" not in self.told


# -- digests -------------------------------------------------------------------------------------------------
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


# -- the file ------------------------------------------------------------------------------------------------
def sheet(record: Mapping[str, Any]) -> bytes:
    """The record of a day as its file."""
    day = {name: value for name, value in record.items() if name != "draws"}
    return b"".join(canonical(line) + b"\n" for line in (day, *record["draws"]))


def replay(lines: Iterable[str | bytes]) -> Iterator[Replayed]:
    """Replay the file of one day or of many, day after day; every line is answered, and so is one that is missing."""
    heads = 0
    read = []
    for place, line in enumerate(lines, start=1):
        told = _parsed(line)
        heads += isinstance(told, dict) and "format" in told
        read.append((heads, place, told))
    for head, block in groupby(read, key=lambda each: each[0]):
        yield from _day([(place, told) for _, place, told in block], headless=head == 0)


def _parsed(line: str | bytes) -> Any:
    try:
        return json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that says something twice says one thing to one reader and another to the next."""
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a name stands twice")
    return told


def _day(block: Sequence[tuple[int, Any]], *, headless: bool) -> Iterator[Replayed]:
    if headless:
        yield from (Replayed(place, 0, "malformed") for place, _ in block)
        return
    (first, head), *draws = block
    found: dict[int, str] = {}
    for each in verify(head | {"draws": [told for _, told in draws]}):
        found.setdefault(each.line, each.code)
    office, day = str(head.get("office", "")), str(head.get("day", ""))
    yield Replayed(first, 0, found.pop(0, None), office, day, head)
    stands = _standing([told for _, told in draws], head.get("drawn"))
    for (place, told), position in zip(draws, stands, strict=True):
        yield Replayed(place, position, found.pop(position, None), office, day, told if isinstance(told, dict) else {})
    yield from (Replayed(first + position, position, code, office, day) for position, code in sorted(found.items()))


# -- a day ---------------------------------------------------------------------------------------------------
def verify(record: Mapping[str, Any]) -> list[Finding]:
    """Replay a published day; an empty list means that every line follows from the seed.

    What cannot be read is a finding, never a fault.
    """
    try:
        office, day = str(record["office"]), date.fromisoformat(record["day"])
        sealed = record["seed"] is None
        seed = b"" if sealed else bytes.fromhex(record["seed"])
        promised = bytes.fromhex(record["commitment"])
        lines = list(record["draws"])
        drawn, digests = record.get("drawn", len(lines)), record.get("digests")
        if record["format"] != FORMAT:
            return [Finding(0, "version")]
        if type(drawn) is not int or drawn > MOST_DRAWN or (digests is not None and len(digests) != drawn):
            return [Finding(0, "malformed")]
        same = sealed or commitment(office, day, seed) == promised
        committed = _at(record["committed_at"])
        # Days written before this was told have no such line; whoever replays them says so (`Replayed.undated`).
        booked = None if record.get("booked_at") is None else _at(record["booked_at"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return [Finding(0, "malformed")]
    late = [Finding(0, "late")] if booked and committed > booked else []
    if sealed:
        return late or [Finding(0, "sealed")]
    if not same:
        return [Finding(0, "commitment")]
    try:
        mixed = _witnessed(record, office, day)
    except (AttributeError, KeyError, TypeError, ValueError):
        return [Finding(0, "malformed")]
    if mixed is None:
        return [Finding(0, "witness")]
    stands = _standing(lines, drawn)
    found = [Finding(each, "missing") for each in sorted(set(range(1, drawn + 1)) - set(stands))]
    for line, place in zip(lines, stands, strict=True):
        code = wrong_in(line, place, seed) or _unlike(line, place, drawn, digests)
        if code is None and line["witness"] != mixed:
            code = "mixed"
        found += [Finding(place, code)] if code else []
    if not found:
        found = _wrong_routes(lines, seed) + _wrong_postings(lines, seed)
    known = {each.line for each in found}
    found += [Finding(place, "late") for place in _drawn_before(committed, lines, stands) if place not in known]
    return sorted(late + found, key=lambda each: each.line)


def _drawn_before(committed: datetime, lines: Sequence[Any], stands: Sequence[int]) -> Iterator[int]:
    """The draws that were made before the seed was committed, or together with it."""
    for line, place in zip(lines, stands, strict=True):
        with contextlib.suppress(KeyError, TypeError, ValueError):
            if _at(line["at"]) <= committed:
                yield place


def _at(told: str) -> datetime:
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("an instant has a zone")
    return at


def _witnessed(record: Mapping[str, Any], office: str, day: date) -> str | None:
    """The witness value every draw of the day was to be made with, in hex; None if it does not follow from the
    anchor."""
    told = record["witness"]
    if told is None:
        return ""
    known = told["value"] or told["late"]
    days = (day - date.fromisoformat(told["first_day"])).days + 1
    if known is not None and place_of(office, bytes.fromhex(known), bytes.fromhex(told["anchor"]), days) != days:
        return None
    return str(told["value"] or "")


def _standing(lines: Sequence[Any], drawn: Any) -> list[int]:
    """The position each line stands for: what it says if only lines are missing between, else where it stands."""
    stated = [line.get("position") if isinstance(line, dict) else None for line in lines]
    whole = [each for each in stated if type(each) is int and 1 <= each <= (drawn if type(drawn) is int else 0)]
    if len(whole) == len(stated) and whole == sorted(set(whole)):
        return whole
    return list(range(1, len(lines) + 1))


def _unlike(line: Mapping[str, Any], place: int, drawn: int, digests: Sequence[str] | None) -> str | None:
    """Does the line differ from what the day published when it was drawn?"""
    if place > drawn:
        return "added"
    if digests is None:
        return None
    return None if line["digest"] == digests[place - 1] else "digest"


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
    total = sum(weights)
    yield "chance", [each["chance"] for each in line["candidates"]] == [chance(each, total) for each in weights]
    yield "letters", [each["letter"] for each in line["candidates"]] == [letter(each) for each in range(len(weights))]
    if line["purpose"] == POSTING:
        codes = line["terminals"]
        told = isinstance(codes, list) and all(type(each) is str for each in codes)
        yield "posting", told and len(codes) == len(weights)
    chosen = "posting" if line["purpose"] == POSTING else "chosen"
    yield chosen, line["chosen"] == letter(pick(bytes.fromhex(line["number"]), weights))
    if "who" in line:
        named = line["who"]["candidates"]
        yield "order", tuple(named) == in_order(seed, subject, set(named), witness) and len(named) == len(weights)
        if "loads" in line["who"]:
            loads = line["who"]["loads"]
            fair = dict(zip(loads, shares(*zip(*loads.values(), strict=True)), strict=True))
            yield "fair", lowest_terms([fair[each] for each in named]) == lowest_terms(weights)
        yield "people", line["people"] == people_digest(line["who"])
    yield "digest", line["digest"] == line_digest(line)


# -- terminals -----------------------------------------------------------------------------------------------
def _wrong_postings(lines: Sequence[Mapping[str, Any]], seed: bytes) -> list[Finding]:
    """The officers posted on this day for the period that begins with it."""
    wrong = wrong_posting([line for line in lines if line["purpose"] == POSTING], seed)
    return [] if wrong is None else [Finding(wrong, "posting")]


# -- routes --------------------------------------------------------------------------------------------------
def _wrong_routes(lines: Sequence[Mapping[str, Any]], seed: bytes) -> list[Finding]:
    """Routes were named in the order of the seed, and whoever was kept for another route had to be."""
    routes = [line for line in lines if line["purpose"] == "route"]
    keys = [_turn(line, seed) for line in routes]
    for line, this, before in zip(routes[1:], keys[1:], keys, strict=False):
        if this <= before:
            return [Finding(line["position"], "turn")]
    return _kept_wrongly(routes) if all("who" in line for line in routes) else []


def _turn(line: Mapping[str, Any], seed: bytes) -> tuple[bytes, str]:
    subject = line["subject"]
    return number(seed, "order", "route", subject, witness=bytes.fromhex(line["witness"])), subject


def _kept_wrongly(routes: Sequence[Mapping[str, Any]]) -> list[Finding]:
    at = 0
    able = {}
    try:
        for line in routes:
            at = line["position"]
            others = {name for name, rule in line["who"]["excluded"] if rule == KEPT_FOR_ANOTHER}
            able[line["subject"]] = frozenset(others | set(line["who"]["candidates"]))
        left = Matching(able)
        for line in routes:
            at, subject, named = line["position"], line["subject"], line["who"]["candidates"]
            if set(named) != {each for each in able[subject] if left.keeps(subject, each)}:
                return [Finding(at, "kept")]
            left.settle(subject, named[[each["letter"] for each in line["candidates"]].index(line["chosen"])])
    except DeadEnd:
        return [Finding(at, "kept")]
    except (AttributeError, KeyError, TypeError, ValueError):
        return [Finding(at, "malformed")]
    return []
