"""A witness's values: any follows from the secret, proves itself by the anchor, tells nothing of later days."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.witness import anchor_of, back, fingerprint, place_of, value_of

SECRET = bytes(range(32))


def test_a_fingerprint_is_what_any_tool_computes() -> None:
    assert fingerprint("CIAB1", SECRET) == hashlib.sha256(b"visits-witness-1\x1fCIAB1\x1f" + SECRET).digest()


@given(st.binary(min_size=32, max_size=32), st.integers(1, 40), st.data())
def test_the_value_of_any_day_says_which_day_it_is(secret: bytes, days: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, days))

    assert place_of("CIAB1", value_of("CIAB1", secret, days, place), anchor_of("CIAB1", secret, days), days) == place


def test_a_value_tells_every_earlier_one() -> None:
    assert back("CIAB1", value_of("CIAB1", SECRET, 9, 7), 3) == value_of("CIAB1", SECRET, 9, 4)


@pytest.mark.parametrize(
    ("office", "value", "days"),
    [
        ("CIAB2", value_of("CIAB1", SECRET, 9, 4), 9),
        ("CIAB1", bytes(32), 9),
        ("CIAB1", value_of("CIAB1", SECRET, 9, 8), 7),
        ("CIAB1", anchor_of("CIAB1", SECRET, 9), 9),
    ],
    ids=["another office", "anything", "a day after the last", "the anchor itself"],
)
def test_what_the_anchor_does_not_promise_has_no_day(office: str, value: bytes, days: int) -> None:
    assert place_of(office, value, anchor_of("CIAB1", SECRET, 9), days) is None


@pytest.mark.parametrize("place", [0, 10])
def test_there_is_no_value_outside_the_days(place: int) -> None:
    with pytest.raises(ValueError, match="no value"):
        value_of("CIAB1", SECRET, 9, place)
