"""Who serves at which terminal for a period (pure): officers are posted one by one, by the seed of its first day.

Each terminal has places in proportion to its size. The officers come in an order from the seed; each draws among the
terminals with places left, by how many those are. Nobody stays where he or she was, except as many as must: whoever
would make one more stay further on is given no such choice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scheduling.draw import Drawn, draw_among, in_order, number

PURPOSE: Final = "terminal"
#: Why a terminal that had places was no candidate.
STAYED: Final = "stayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One officer posted: where he or she was before, the places that were left, and the draw among them."""

    officer: str
    was: str | None
    places: Mapping[str, int]
    drawn: Drawn

    @property
    def excluded(self) -> tuple[str, ...]:
        """The terminals with places left that were no candidates."""
        return tuple(sorted(each for each, left in self.places.items() if left and each not in self.drawn.candidates))


def post(
    seed: bytes, sizes: Mapping[str, int], officers: Mapping[str, str | None], *, witness: bytes = b""
) -> list[Posted]:
    """Post every officer, in the drawn order. `officers` says where each was, `sizes` how large a terminal is."""
    left = places_for(seed, sizes, len(officers), witness=witness)
    coming = Counter(officers.values())
    found = []
    for place, officer in enumerate(in_order(seed, PURPOSE, officers, witness), start=1):
        was = officers[officer]
        weights = {each: left[each] for each in possible(left, coming, was)}
        drawn = draw_among(seed, str(place), weights, witness=witness, purpose=PURPOSE)
        found.append(Posted(officer=officer, was=was, places=dict(left), drawn=drawn))
        left[drawn.chosen] -= 1
        coming[was] -= 1
    return found


def places_for(seed: bytes, sizes: Mapping[str, int], officers: int, *, witness: bytes = b"") -> dict[str, int]:
    """How many officers each terminal gets: its part of them by size, what is over by the largest remainder, and among
    equal ones by the order of the seed."""
    total = sum(sizes.values())
    whole = {each: officers * size // total for each, size in sizes.items()}
    turn = {each: place for place, each in enumerate(in_order(seed, "places", sizes, witness))}
    rest = sorted(sizes, key=lambda each: (-(officers * sizes[each] % total), turn[each]))
    for each in rest[: officers - sum(whole.values())]:
        whole[each] += 1
    return whole


def possible(left: Mapping[str, int], coming: Mapping[str | None, int], was: str | None) -> list[str]:
    """The terminals an officer may draw, so that no more than must stay where they were. `coming` counts by former
    terminal whoever is still to be posted, this officer with them."""
    least = _stays(left, coming)
    rest = Counter(coming)
    rest[was] -= 1
    return [
        each for each, free in left.items() if free and (each == was) + _stays({**left, each: free - 1}, rest) == least
    ]


def _stays(left: Mapping[str, int], coming: Mapping[str | None, int]) -> int:
    """How many at least must stay: those of one terminal for whom the others have no places (Hall). It cannot happen at
    two terminals at once."""
    return max(0, max(coming.get(each, 0) + free for each, free in left.items()) - sum(left.values()))


# -- the proof -----------------------------------------------------------------------------------------------
def wrong_posting(lines: Sequence[Mapping[str, Any]], seed: bytes) -> int | None:
    """The position of the first posting of a day that does not follow from those before it; None if all do.

    The places replay from the public lines alone, the order of the officers and where they were from the full record.
    """
    at = 0
    try:
        for at, holds in _replayed(lines, seed):
            if not holds:
                return at
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return at
    return None


def _replayed(lines: Sequence[Mapping[str, Any]], seed: bytes) -> Iterator[tuple[int, bool]]:
    named = all("who" in line for line in lines)
    coming = Counter(line["who"]["was"] for line in lines) if named else Counter()
    left: dict[str, int] = {}
    before = (b"", "")
    for place, line in enumerate(lines, start=1):
        yield line["position"], True
        witness = bytes.fromhex(line["witness"])
        if place == 1:
            left = places_for(seed, line["sizes"], len(lines), witness=witness)
        weights = {name: each["weight"] for name, each in zip(line["terminals"], line["candidates"], strict=True)}
        same = all(line[name] == lines[0][name] for name in ("sizes", "period"))
        holds = same and line["subject"] == str(place) and line["places"] == left
        holds = holds and tuple(weights) == in_order(seed, str(place), weights, witness)
        holds = holds and all(left.get(each) == weight for each, weight in weights.items())
        if named:
            who = line["who"]
            turn = (number(seed, "order", PURPOSE, who["officer"], witness=witness), who["officer"])
            holds = holds and turn > before and set(weights) == set(possible(left, coming, who["was"]))
            holds = holds and tuple(who["candidates"]) == tuple(weights)
            coming[who["was"]] -= 1
            before = turn
        yield line["position"], holds
        chosen = [each["letter"] for each in line["candidates"]].index(line["chosen"])
        left[line["terminals"][chosen]] -= 1
