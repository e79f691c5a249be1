"""Officers are posted to terminals by the seed: every place is filled, nobody stays who need not, a change is named."""

import copy
from collections import Counter
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import draw, post, proof
from scheduling.posting import places_for
from scheduling.proof import Finding

SEED = bytes(range(32))
MONDAY = date(2026, 11, 23)
SIZES = {"TC1": 2, "TC2": 1}
#: Three come from the large terminal, one from the small one, one is new.
BEFORE = {"ines": "TC1", "karim": "TC1", "lea": "TC1", "moussa": "TC2", "nadia": None}

TERMINALS = ("A", "B", "C")
offices = st.tuples(
    st.binary(min_size=32, max_size=32),
    st.dictionaries(st.sampled_from(TERMINALS), st.integers(1, 4), min_size=2),
    st.lists(st.sampled_from((None, *TERMINALS, "closed")), max_size=6),
)


def posted(seed: bytes, sizes: dict[str, int], before: dict[str, str | None]) -> dict[str, str]:
    return {each.officer: each.drawn.chosen for each in post(seed, sizes, before)}


@given(offices)
def test_every_officer_is_posted_and_every_place_filled(office: tuple[bytes, dict[str, int], list[str | None]]) -> None:
    seed, sizes, former = office
    before = {f"officer {number}": was for number, was in enumerate(former)}

    found = posted(seed, sizes, before)

    assert found.keys() == before.keys()
    assert Counter(found.values()) == Counter(places_for(seed, sizes, len(before)))


@given(offices)
def test_nobody_stays_unless_every_way_to_fill_the_places_lets_as_many_stay(
    office: tuple[bytes, dict[str, int], list[str | None]],
) -> None:
    """All ways to fill the places are tried; none has fewer who stay."""
    seed, sizes, former = office
    before = {f"officer {number}": was for number, was in enumerate(former)}
    places = [each for each, count in places_for(seed, sizes, len(before)).items() for _ in range(count)]

    found = posted(seed, sizes, before)

    stayed = sum(found[each] == was for each, was in before.items())
    assert stayed == min(sum(map(str.__eq__, way, map(str, former))) for way in set(permutations(places)))


@pytest.mark.parametrize(
    ("sizes", "officers", "places"),
    [
        ({"A": 1, "B": 1}, 4, {"A": 2, "B": 2}),
        ({"A": 3, "B": 1}, 4, {"A": 3, "B": 1}),
        ({"A": 2, "B": 1}, 5, {"A": 3, "B": 2}),
        ({"A": 5, "B": 1}, 2, {"A": 2, "B": 0}),
        ({"A": 1, "B": 1}, 0, {"A": 0, "B": 0}),
    ],
    ids=["evenly", "by size", "the largest remainder", "too few for all", "nobody"],
)
def test_a_terminal_has_places_by_its_size(sizes: dict[str, int], officers: int, places: dict[str, int]) -> None:
    assert places_for(SEED, sizes, officers) == places


def test_over_many_periods_each_officer_is_anywhere_as_often_as_there_are_places() -> None:
    """Of six officers, three places are at A, two at B, one at C; nobody was anywhere before."""
    sizes, officers, rounds = {"A": 3, "B": 2, "C": 1}, dict.fromkeys("abcdef"), 6000
    counts = {each: Counter[str]() for each in officers}
    for number in range(rounds):
        for officer, terminal in posted(number.to_bytes(32), sizes, officers).items():
            counts[officer][terminal] += 1

    chi2 = sum(
        (counts[each][terminal] - rounds * places / 6) ** 2 / (rounds * places / 6)
        for each in officers
        for terminal, places in sizes.items()
    )
    assert chi2 < 29.6  # of ten degrees of freedom more than this happens once in a thousand times


def test_over_many_periods_those_who_move_are_spread_evenly() -> None:
    """Each period knows the one before; of three terminals everybody is at each a third of the time."""
    sizes, rounds = {"A": 1, "B": 1, "C": 1}, 3000
    before: dict[str, str | None] = dict.fromkeys("abcdef")
    counts = {each: Counter[str]() for each in before}
    for number in range(rounds):
        now = posted(number.to_bytes(32), sizes, before)
        assert all(now[each] != was for each, was in before.items())
        for officer, terminal in now.items():
            counts[officer][terminal] += 1
        before = dict(now)

    assert all(abs(count - rounds / 3) < 100 for each in counts.values() for count in each.values())


def test_the_witness_changes_the_postings() -> None:
    assert {each.drawn.number for each in post(SEED, SIZES, BEFORE)}.isdisjoint(
        each.drawn.number for each in post(SEED, SIZES, BEFORE, witness=b"w")
    )


# -- the proof -----------------------------------------------------------------------------------------------
def a_line(position: int, each: Any) -> dict[str, Any]:
    drawn, total = each.drawn, sum(each.drawn.weights)
    who = {"officer": each.officer, "was": each.was, "candidates": list(drawn.candidates), "excluded": []}
    line = {
        "position": position,
        "purpose": "terminal",
        "subject": str(position),
        "period": ["2026-11-23", "2026-11-29"],
        "sizes": SIZES,
        "places": each.places,
        "terminals": list(drawn.candidates),
        "at": "2026-11-22T18:00:00.000000Z",
        "witness": "",
        "candidates": [
            {"letter": draw.letter(place), "weight": weight, "chance": draw.chance(weight, total)}
            for place, weight in enumerate(drawn.weights)
        ],
        "excluded": {},
        "number": drawn.number.hex(),
        "chosen": draw.letter(drawn.place),
        "people": proof.people_digest(who),
        "who": who,
    }
    return line | {"digest": proof.line_digest(line)}


def a_record() -> dict[str, Any]:
    lines = [a_line(place, each) for place, each in enumerate(post(SEED, SIZES, BEFORE), start=1)]
    return {
        "format": draw.FORMAT,
        "office": "CIAB1",
        "day": MONDAY.isoformat(),
        "commitment": draw.commitment("CIAB1", MONDAY, SEED).hex(),
        "committed_at": "2026-09-23T00:00:00.000000Z",
        "booked_at": None,
        "seed": SEED.hex(),
        "witness": None,
        "drawn": len(lines),
        "draws": lines,
    }


def signed(line: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The line with changes, under digests that fit it."""
    line = copy.deepcopy(line) | changes
    if "who" in line:
        line["people"] = proof.people_digest(line["who"])
    return line | {"digest": proof.line_digest(line)}


def test_an_honest_period_replays_whole_and_from_the_public_lines_alone() -> None:
    record = a_record()

    assert proof.verify(record) == []
    for line in record["draws"]:
        del line["who"]
    assert proof.verify(record) == []


@pytest.mark.parametrize("place", range(5))
def test_an_altered_posting_is_named_by_its_line(place: int) -> None:
    record = a_record()
    record["draws"][place] = signed(record["draws"][place], chosen="C")

    assert proof.verify(record) == [Finding(place + 1, "posting")]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "7", "number": draw.number(SEED, "terminal", "7").hex(), "chosen": "A"},
        {"sizes": {"TC1": 1, "TC2": 1}},
        {"places": {"TC1": 5, "TC2": 5}},
        {"period": ["2026-11-23", "2026-12-31"]},
        {"terminals": ["TC3"]},
        {"terminals": 7},
        {"places": None},
    ],
    ids=["another place", "other sizes", "other places", "another end", "another terminal", "no list", "no places"],
)
def test_a_posting_that_does_not_follow_from_those_before_it_is_named(change: dict[str, Any]) -> None:
    """The third line: its own number and digests fit."""
    record = a_record()
    for line in record["draws"]:
        del line["who"]
    line = signed(record["draws"][2], **change)
    record["draws"][2] = line

    assert [each.line for each in proof.verify(record)] == [3]
    assert proof.verify(record)[0].code in ("posting", "chosen")


def test_somebody_else_behind_a_posting_is_named_in_the_full_record() -> None:
    record = a_record()
    first, second = record["draws"][0], record["draws"][1]
    record["draws"][0] = signed(first, who=first["who"] | {"officer": second["who"]["officer"]})
    record["draws"][1] = signed(second, who=second["who"] | {"officer": first["who"]["officer"]})

    assert [each.code for each in proof.verify(record)] == ["posting"]


def test_a_record_that_hides_where_everybody_was_is_named() -> None:
    record = a_record()
    record["draws"] = [signed(line, who=line["who"] | {"was": None}) for line in record["draws"]]

    assert [each.code for each in proof.verify(record)] == ["posting"]
