"""The draw follows from its seed alone and is fair by its weights."""

import hashlib
import hmac
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import draw

SEED = bytes(range(32))
DAY = date(2026, 11, 24)
WEIGHTS = {"ines": 3, "karim": 1, "lea": 2, "moussa": 1}

weights = st.lists(st.integers(1, 10**6), min_size=1, max_size=40)
numbers = st.binary(min_size=32, max_size=32)


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


@pytest.mark.parametrize(
    ("visits", "on_duty", "weights"),
    [
        ([20, 20, 0], [20, 20, 0], (1, 1, 1)),
        ([20, 20, 5], [20, 20, 5], (1, 1, 1)),
        ([20, 20, 10], [20, 20, 20], (2, 2, 4)),
        ([20, 0, 20], [20, 10, 20], (2, 5, 2)),
        ([5, 0], [0, 0], (2, 5)),
    ],
    ids=["new today", "back from leave", "short of his share", "half days and none", "nobody was on duty yet"],
)
def test_the_fair_share_goes_by_the_time_on_duty(
    visits: list[int], on_duty: list[int], weights: tuple[int, ...]
) -> None:
    found = draw.shares(visits, on_duty)

    assert [each * weights[0] for each in found] == [each * found[0] for each in weights]


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 900)), min_size=1, max_size=40))
def test_shares_by_time_on_duty_stay_within_four_to_one(loads: list[tuple[int, int]]) -> None:
    weights = draw.shares(*zip(*loads, strict=True))

    assert min(weights) >= 1
    assert max(weights) <= 4 * min(weights)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_a_share_never_grows_with_visits_and_stays_within_four_to_one(visits: list[int]) -> None:
    weights = draw.shares(visits)

    assert min(weights) >= 1
    assert max(weights) <= 4 * min(weights)
    by_visits = sorted(zip(visits, weights, strict=True))
    assert [weight for _, weight in by_visits] == sorted(weights, reverse=True)


def test_letters_go_on_after_z() -> None:
    assert [draw.letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
