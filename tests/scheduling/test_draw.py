"""The draw follows from its seed alone, is fair by its weights, and shows any change made afterwards."""

import copy
import hashlib
import hmac
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import draw

SEED = bytes(range(32))
DAY = date(2026, 11, 24)
WEIGHTS = {"ines": 3, "karim": 1, "lea": 2, "moussa": 1}

weights = st.lists(st.integers(1, 10**6), min_size=1, max_size=40)
numbers = st.binary(min_size=32, max_size=32)


def a_line(position: int, *, seed: bytes = SEED, **changes: Any) -> dict[str, Any]:
    """A line of the full record, as an honest office writes it."""
    subject = f"visit-{position}"
    drawn = draw.draw_among(seed, subject, WEIGHTS)
    who = {"candidates": list(drawn.candidates), "excluded": [["nadia", "away"]]}
    total = sum(drawn.weights)
    line = {
        "position": position,
        "purpose": "visit",
        "subject": subject,
        "at": "2026-11-24T06:00:00.000000Z",
        "witness": "",
        "candidates": [
            {"letter": draw.letter(place), "weight": weight, "chance": draw.chance(weight, total)}
            for place, weight in enumerate(drawn.weights)
        ],
        "excluded": {"away": 1},
        "number": drawn.number.hex(),
        "chosen": draw.letter(drawn.place),
        "people": draw.people_digest(who),
        "who": who,
    } | changes
    return line | {"digest": draw.line_digest(line)}


def a_record(lines: int = 3) -> dict[str, Any]:
    """The full record of a day."""
    return {
        "format": draw.FORMAT,
        "office": "CIAB1",
        "day": DAY.isoformat(),
        "commitment": draw.commitment("CIAB1", DAY, SEED).hex(),
        "seed": SEED.hex(),
        "drawn": lines,
        "draws": [a_line(position) for position in range(1, lines + 1)],
    }


def test_the_commitment_and_the_number_are_what_any_tool_computes() -> None:
    said = hashlib.sha256(b"visits-draw-1\x1fCIAB1\x1f2026-11-24\x1f" + SEED).digest()
    drawn = hmac.new(SEED, b"visit\x1fvisit-1\x1fwind from the south", hashlib.sha256).digest()

    assert draw.commitment("CIAB1", DAY, SEED) == said
    assert draw.number(SEED, "visit", "visit-1", witness=b"wind from the south") == drawn


def test_a_field_cannot_hold_the_separator() -> None:
    with pytest.raises(ValueError, match="separator"):
        draw.number(SEED, "visit", "one\x1ftwo")


def test_only_the_named_purposes_have_numbers() -> None:
    with pytest.raises(ValueError, match="purpose"):
        draw.number(SEED, "favour", "visit-1")


@pytest.mark.parametrize(
    ("number", "weights", "place"),
    [
        (0, [1], 0),
        (2**256 - 1, [1], 0),
        (0, [1, 1], 0),
        (2**255 - 1, [1, 1], 0),
        (2**255, [1, 1], 1),
        (2**256 - 1, [1, 1, 5], 2),
        (2**256 * 3 // 7, [3, 4], 0),
        (2**256 * 3 // 7 + 1, [3, 4], 1),
    ],
    ids=[
        "alone",
        "alone at the end",
        "first",
        "last of the first",
        "half",
        "very last",
        "3/7 rounded down",
        "over 3/7",
    ],
)
def test_the_number_falls_on_a_share(number: int, weights: list[int], place: int) -> None:
    assert draw.pick(number.to_bytes(32), weights) == place


@given(numbers, weights)
def test_somebody_is_always_picked(number: bytes, shares: list[int]) -> None:
    assert 0 <= draw.pick(number, shares) < len(shares)


@given(weights)
def test_shares_meet_without_gap_or_overlap(shares: list[int]) -> None:
    total = sum(shares)
    edge = 0
    for place, weight in enumerate(shares):
        first = -(-(edge << 256) // total)
        edge += weight
        last = -(-(edge << 256) // total) - 1
        assert draw.pick(first.to_bytes(32), shares) == draw.pick(last.to_bytes(32), shares) == place


@given(numbers, weights, st.integers(2, 9))
def test_only_the_proportion_of_the_weights_counts(number: bytes, shares: list[int], factor: int) -> None:
    assert draw.pick(number, shares) == draw.pick(number, [each * factor for each in shares])


@pytest.mark.parametrize("wrong", [[], [0, 1], [2, -1]], ids=["nobody", "no share", "below none"])
def test_a_pick_needs_a_share_for_everybody(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="share"):
        draw.pick(bytes(32), wrong)


@pytest.mark.slow  # 20 000 draws: what makes the test sharp
@pytest.mark.parametrize("seed", [SEED, bytes(32), b"\xff" * 32], ids=["counting", "zeros", "ones"])
def test_over_many_draws_each_is_drawn_by_his_share(seed: bytes) -> None:
    draws = 20_000
    seen = Counter(draw.draw_among(seed, f"visit-{n}", WEIGHTS).chosen for n in range(draws))

    total = sum(WEIGHTS.values())
    expected = {name: draws * weight / total for name, weight in WEIGHTS.items()}
    deviation = sum((seen[name] - each) ** 2 / each for name, each in expected.items())
    assert deviation < 16.27  # χ² with three degrees of freedom, one in a thousand


@pytest.mark.slow  # 20 000 draws, as above
def test_over_many_draws_a_letter_says_nothing_about_the_person() -> None:
    draws = 20_000
    first = Counter(draw.in_order(SEED, f"visit-{n}", WEIGHTS)[0] for n in range(draws))

    expected = draws / len(WEIGHTS)
    assert sum((first[name] - expected) ** 2 / expected for name in WEIGHTS) < 16.27


def test_the_same_visit_keeps_its_number_whoever_is_free() -> None:
    before = draw.draw_among(SEED, "visit-1", WEIGHTS)
    after = draw.draw_among(SEED, "visit-1", {"karim": 1, "lea": 2})

    assert after.number == before.number
    assert draw.draw_among(SEED, "visit-1", dict(reversed(WEIGHTS.items()))) == before


def test_the_witness_changes_the_number() -> None:
    assert draw.number(SEED, "visit", "visit-1", witness=b"x") != draw.number(SEED, "visit", "visit-1")


@pytest.mark.parametrize(
    ("visits", "weights"),
    [
        ([], ()),
        ([0, 0, 0], (1, 1, 1)),
        ([7, 7], (1, 1)),
        ([0, 1], (3, 2)),
        ([0, 100], (7, 2)),
        ([50, 100, 0], (4, 2, 7)),
        ([0, 10**9], (7, 2)),
    ],
    ids=["nobody", "a new office", "level", "one visit", "back from leave", "half as many", "far apart"],
)
def test_fewer_visits_lately_make_a_larger_share(visits: list[int], weights: tuple[int, ...]) -> None:
    assert draw.shares(visits) == weights


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_a_share_never_grows_with_visits_and_stays_within_four_to_one(visits: list[int]) -> None:
    weights = draw.shares(visits)

    assert min(weights) >= 1
    assert max(weights) <= 4 * min(weights)
    by_visits = sorted(zip(visits, weights, strict=True))
    assert [weight for _, weight in by_visits] == sorted(weights, reverse=True)


def test_letters_go_on_after_z() -> None:
    assert [draw.letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_an_honest_day_replays_whole() -> None:
    record = a_record()

    assert draw.verify(record) == []
    for line in record["draws"]:
        del line["who"]
    assert draw.verify(record) == []


def test_a_day_without_draws_is_honest() -> None:
    assert draw.verify(a_record(0)) == []


def test_a_sealed_day_cannot_be_replayed_yet() -> None:
    assert draw.verify(a_record() | {"seed": None}) == [draw.Finding(0, "sealed")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"position": 3}, "position"),
        ({"subject": "visit-9"}, "number"),
        ({"witness": "00"}, "number"),
        ({"number": "00" * 32}, "number"),
        ({"purpose": "route"}, "number"),
        ({"purpose": "favour"}, "malformed"),
        ({"candidates": []}, "weights"),
        ({"chosen": "Z"}, "chosen"),
        ({"at": "2026-11-24T07:00:00.000000Z"}, "digest"),
        ({"excluded": {}}, "digest"),
        ({"people": "00" * 32}, "people"),
        ({"digest": "00" * 32}, "digest"),
        ({"number": None}, "malformed"),
        ({"who": {"candidates": ["ines"], "excluded": []}}, "order"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else each,
)
def test_a_changed_line_is_named(change: dict[str, Any], code: str) -> None:
    record = a_record()
    record["draws"][1].update(change)

    assert draw.verify(record) == [draw.Finding(2, code)]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("weight", 5, "chance"), ("weight", 0, "weights"), ("letter", "Q", "letters"), ("chance", "1/1", "chance")],
)
def test_a_changed_candidate_is_named(field: str, value: Any, code: str) -> None:
    record = a_record()
    record["draws"][2]["candidates"][0][field] = value

    assert draw.verify(record) == [draw.Finding(3, code)]


def test_weights_changed_with_their_chances_still_break_the_digest() -> None:
    record = a_record()
    line = record["draws"][0]
    for each in line["candidates"]:
        each["weight"] *= 2

    assert draw.verify(record) == [draw.Finding(1, "digest")]


def test_candidates_that_changed_places_are_named() -> None:
    record = a_record()
    record["draws"][0]["who"]["candidates"].reverse()

    assert draw.verify(record) == [draw.Finding(1, "order")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seed": bytes(32).hex()}, "commitment"),
        ({"commitment": "00" * 32}, "commitment"),
        ({"office": "CIAB2"}, "commitment"),
        ({"day": "2026-11-25"}, "commitment"),
        ({"format": "visits-draw-2"}, "commitment"),
        ({"day": "tomorrow"}, "malformed"),
        ({"draws": 3}, "malformed"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else each,
)
def test_a_changed_day_is_found_before_its_lines(change: dict[str, Any], code: str) -> None:
    assert draw.verify(a_record() | change) == [draw.Finding(0, code)]


def test_a_line_left_out_is_found_where_it_was() -> None:
    record = a_record()
    del record["draws"][1]

    assert draw.verify(record) == [draw.Finding(2, "position"), draw.Finding(3, "missing")]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(a_line(1))), anything)
def test_whatever_stands_in_a_line_the_replay_answers(field: str, value: Any) -> None:
    record = copy.deepcopy(a_record(1))
    honest = record["draws"][0][field]
    record["draws"][0][field] = value

    assert bool(draw.verify(record)) == (draw.canonical(value) != draw.canonical(honest))


@given(anything)
def test_whatever_the_record_is_the_replay_answers(record: Any) -> None:
    assert draw.verify(record) == [draw.Finding(0, "malformed")]
