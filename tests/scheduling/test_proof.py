"""The file of a day replays from itself alone, and names the line of any change made afterwards."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import anchor_of, draw, proof, value_of
from scheduling.proof import Finding, Replayed

SEED = bytes(range(32))
DAY = date(2026, 11, 24)
WEIGHTS = {"ines": 3, "karim": 1, "lea": 2, "moussa": 1}


def a_line(position: int, *, seed: bytes = SEED, witness: bytes = b"", **changes: Any) -> dict[str, Any]:
    """A line of the full record, as an honest office writes it."""
    subject = f"visit-{position}"
    drawn = draw.draw_among(seed, subject, WEIGHTS, witness=witness)
    who = {"candidates": list(drawn.candidates), "excluded": [["nadia", "away"]]}
    total = sum(drawn.weights)
    line = {
        "position": position,
        "purpose": "visit",
        "subject": subject,
        "at": "2026-11-24T06:00:00.000000Z",
        "witness": witness.hex(),
        "candidates": [
            {"letter": draw.letter(place), "weight": weight, "chance": draw.chance(weight, total)}
            for place, weight in enumerate(drawn.weights)
        ],
        "excluded": {"away": 1},
        "number": drawn.number.hex(),
        "chosen": draw.letter(drawn.place),
        "people": proof.people_digest(who),
        "who": who,
    } | changes
    return line | {"digest": proof.line_digest(line)}


def a_record(lines: int = 3) -> dict[str, Any]:
    """The full record of a day."""
    return {
        "format": draw.FORMAT,
        "office": "CIAB1",
        "day": DAY.isoformat(),
        "commitment": draw.commitment("CIAB1", DAY, SEED).hex(),
        "committed_at": "2026-09-23T00:00:00.000000Z",
        "booked_at": "2026-11-10T09:30:00.000000Z",
        "seed": SEED.hex(),
        "witness": None,
        "drawn": lines,
        "draws": [a_line(position) for position in range(1, lines + 1)],
    }


def test_an_honest_day_replays_whole() -> None:
    record = a_record()

    assert proof.verify(record) == []
    for line in record["draws"]:
        del line["who"]
    assert proof.verify(record) == []


def test_a_day_without_draws_is_honest() -> None:
    assert proof.verify(a_record(0)) == []


def test_a_sealed_day_cannot_be_replayed_yet() -> None:
    assert proof.verify(a_record() | {"seed": None}) == [Finding(0, "sealed")]


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

    assert proof.verify(record) == [Finding(2, code)]


def test_a_seed_committed_after_the_first_booking_is_named_on_the_days_line() -> None:
    late = {"committed_at": "2026-11-10T09:30:00.000001Z"}

    assert proof.verify(a_record() | late) == [Finding(0, "late")]
    assert proof.verify(a_record() | late | {"seed": None, "draws": []}) == [Finding(0, "late")]
    assert proof.verify(a_record() | {"committed_at": "2026-11-10T09:30:00.000000Z"}) == []


def test_a_seed_committed_at_a_draw_or_after_it_is_named_on_that_line() -> None:
    record = a_record() | {"booked_at": None, "committed_at": "2026-11-24T06:00:00.000000Z"}
    record["draws"][2] = a_line(3, at="2026-11-24T06:00:00.000001Z")

    assert proof.verify(record) == [Finding(1, "late"), Finding(2, "late")]


@pytest.mark.parametrize("told", [None, "yesterday", "2026-11-24T06:00:00", 7])
def test_a_day_that_does_not_say_when_it_was_promised_cannot_be_read(told: Any) -> None:
    assert proof.verify(a_record() | {"committed_at": told}) == [Finding(0, "malformed")]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("weight", 5, "chance"), ("weight", 0, "weights"), ("letter", "Q", "letters"), ("chance", "1/1", "chance")],
)
def test_a_changed_candidate_is_named(field: str, value: Any, code: str) -> None:
    record = a_record()
    record["draws"][2]["candidates"][0][field] = value

    assert proof.verify(record) == [Finding(3, code)]


def test_weights_changed_with_their_chances_still_break_the_digest() -> None:
    record = a_record()
    line = record["draws"][0]
    for each in line["candidates"]:
        each["weight"] *= 2

    assert proof.verify(record) == [Finding(1, "digest")]


def test_candidates_that_changed_places_are_named() -> None:
    record = a_record()
    record["draws"][0]["who"]["candidates"].reverse()

    assert proof.verify(record) == [Finding(1, "order")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seed": bytes(32).hex()}, "commitment"),
        ({"commitment": "00" * 32}, "commitment"),
        ({"office": "CIAB2"}, "commitment"),
        ({"day": "2026-11-25"}, "commitment"),
        ({"format": "visits-draw-2"}, "version"),
        ({"day": "tomorrow"}, "malformed"),
        ({"draws": 3}, "malformed"),
        ({"drawn": "3"}, "malformed"),
        ({"digests": []}, "malformed"),
        ({"witness": "me"}, "malformed"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else each,
)
def test_a_changed_day_is_found_before_its_lines(change: dict[str, Any], code: str) -> None:
    assert proof.verify(a_record() | change) == [Finding(0, code)]


@pytest.mark.parametrize(
    ("gone", "found"),
    [([1], [2]), ([0, 3], [1, 4]), ([4], [5]), ([0, 1, 2, 3, 4], [1, 2, 3, 4, 5])],
    ids=["one", "two", "the last", "all"],
)
def test_lines_left_out_are_named_and_no_others(gone: list[int], found: list[int]) -> None:
    record = a_record(5)
    record["draws"] = [line for place, line in enumerate(record["draws"]) if place not in gone]

    assert proof.verify(record) == [Finding(each, "missing") for each in found]


def test_lines_that_changed_places_are_named() -> None:
    record = a_record(4)
    record["draws"][1:3] = reversed(record["draws"][1:3])

    assert proof.verify(record) == [Finding(2, "position"), Finding(3, "position")]


def test_a_line_put_in_between_is_named() -> None:
    record = published(3)
    record["draws"].append(a_line(4))

    assert proof.verify(record) == [Finding(4, "added")]


def test_more_lines_than_the_day_had_draws_are_named_without_its_digests_too() -> None:
    assert proof.verify(a_record(3) | {"drawn": 1}) == [Finding(2, "added"), Finding(3, "added")]


def test_a_day_that_claims_more_draws_than_any_had_is_not_looked_through() -> None:
    assert proof.verify(a_record(1) | {"drawn": 10**12}) == [Finding(0, "malformed")]


def test_a_name_that_stands_twice_in_a_line_cannot_be_read() -> None:
    """One reader would take the first, another the last."""
    lines = lines_of(a_record(1))
    lines[1] = lines[1].replace(b'"position":1', b'"position":9,"position":1')

    assert [(each.line, each.code) for each in proof.replay(lines) if each.code] == [(2, "malformed")]


def test_a_line_rewritten_with_its_digest_differs_from_what_was_published_at_its_draw() -> None:
    record = published(3)
    record["draws"][1] = a_line(2, at="2026-11-24T05:00:00.000000Z")

    assert proof.verify(record) == [Finding(2, "digest")]


def published(lines: int) -> dict[str, Any]:
    """A record with the digests its day published line by line."""
    record = a_record(lines)
    return record | {"digests": [line["digest"] for line in record["draws"]]}


def test_a_weight_that_does_not_follow_from_the_loads_is_found() -> None:
    record = a_record(2)
    line = record["draws"][1]
    line["who"]["loads"] = {"ines": [4, 100], "karim": [4, 100], "lea": [4, 100], "moussa": [4, 100]}
    line["people"] = proof.people_digest(line["who"])
    line["digest"] = proof.line_digest(line)

    assert proof.verify(record) == [Finding(2, "fair")]


# -- the witness ---------------------------------------------------------------------------------------------
SECRET = b"\x07" * 32
VALUE = value_of("CIAB1", SECRET, 30, 3)


def witnessed(value: bytes | None, *, late: bytes | None = None, mixed: bytes | None = None) -> dict[str, Any]:
    """A day, the third of a witness; what was brought, and what the draws were made with."""
    made_with = (value or b"") if mixed is None else mixed
    return a_record(0) | {
        "witness": {
            "anchor": anchor_of("CIAB1", SECRET, 30).hex(),
            "first_day": "2026-11-22",
            "value": value.hex() if value else None,
            "late": late.hex() if late else None,
        },
        "drawn": 2,
        "draws": [a_line(position, witness=made_with) for position in (1, 2)],
    }


@pytest.mark.parametrize(
    ("value", "late"), [(VALUE, None), (None, None), (None, VALUE)], ids=["brought", "not", "late"]
)
def test_a_day_replays_with_its_witness_or_without(value: bytes | None, late: bytes | None) -> None:
    assert proof.verify(witnessed(value, late=late)) == []


@pytest.mark.parametrize(
    ("value", "late"),
    [(SECRET, None), (None, SECRET), (b"\x01" * 32, None)],
    ids=["another day's", "another day's, late", "anybody's"],
)
def test_a_value_nobody_promised_for_the_day_is_found(value: bytes | None, late: bytes | None) -> None:
    assert proof.verify(witnessed(value, late=late)) == [Finding(0, "witness")]


@pytest.mark.parametrize(
    ("value", "mixed"), [(VALUE, b""), (None, VALUE)], ids=["brought and left out", "late and mixed in all the same"]
)
def test_draws_made_with_another_value_than_the_day_says_are_named(value: bytes | None, mixed: bytes) -> None:
    assert proof.verify(witnessed(value, mixed=mixed)) == [Finding(1, "mixed"), Finding(2, "mixed")]


def test_a_record_that_keeps_silent_about_its_witness_cannot_be_read() -> None:
    record = witnessed(VALUE)
    del record["witness"]

    assert proof.verify(record) == [Finding(0, "malformed")]


# -- the file ------------------------------------------------------------------------------------------------
def lines_of(record: dict[str, Any]) -> list[bytes]:
    return proof.sheet(record).splitlines()


def test_every_line_of_a_file_is_answered() -> None:
    answers = list(proof.replay(lines_of(a_record(2))))

    assert [(each.line, each.position, each.code) for each in answers] == [(1, 0, None), (2, 1, None), (3, 2, None)]
    assert {(each.office, each.day) for each in answers} == {("CIAB1", "2026-11-24")}


def test_days_may_be_joined_in_one_file() -> None:
    answers = list(proof.replay([*lines_of(a_record(1)), *lines_of(a_record(2))]))

    assert [(each.line, each.position, each.code) for each in answers][2:] == [(3, 0, None), (4, 1, None), (5, 2, None)]


def test_a_line_cut_out_of_a_file_is_told_where_it_stood() -> None:
    lines = lines_of(a_record(3))
    del lines[2]

    assert list(proof.replay(lines))[-1] == Replayed(3, 2, "missing", "CIAB1", "2026-11-24")


def test_a_line_nobody_can_read_is_named() -> None:
    lines = lines_of(a_record(3))
    lines[2] = lines[2][:-9]

    assert [(each.line, each.code) for each in proof.replay(lines) if each.code] == [(3, "malformed")]


@pytest.mark.parametrize("text", [b"", b"7", b"[]", b'{"a": 1}', b"\xff"], ids=repr)
def test_what_is_no_record_is_said_to_be_none(text: bytes) -> None:
    assert [(each.line, each.code) for each in proof.replay([text])] == [(1, "malformed")]


def test_a_sealed_day_stays_sealed_in_its_file() -> None:
    sealed = a_record(0) | {"seed": None, "drawn": 2, "digests": ["aa", "bb"]}

    assert [each.code for each in proof.replay(lines_of(sealed))] == ["sealed"]


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

    assert bool(proof.verify(record)) == (proof.canonical(value) != proof.canonical(honest))


@given(anything)
def test_whatever_the_record_is_the_replay_answers(record: Any) -> None:
    assert proof.verify(record) == [Finding(0, "malformed")]
