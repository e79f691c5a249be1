from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.chain import GENESIS, Entry, canonical, digest, link, verify

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_chain(length: int, *, start: bytes = GENESIS, first: int = 1) -> list[Entry]:
    entries: list[Entry] = []
    previous = start
    for seq in range(first, first + length):
        kind, subject, content, at = (
            "report",
            f"V-{seq}",
            digest(f"report {seq}"),
            NOON + timedelta(hours=seq),
        )
        previous = link(previous, kind, subject, content, at, seq)
        entries.append(Entry(seq=seq, kind=kind, subject=subject, digest=content, at=at, hash=previous))
    return entries


def test_canonical_bytes_are_sorted_tight_and_utf8():
    assert canonical({"é": 1, "b": [True, None], "a": "œuf"}) == '{"a":"œuf","b":[true,null],"é":1}'.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.50"), b'"1.50"'),
        (Decimal("1E+3"), b'"1000"'),
        (date(2026, 11, 23), b'"2026-11-23"'),
        (NOON, b'"2026-11-23T12:00:00.000000Z"'),
        (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (b"\x01\xff", b'"01ff"'),
        ((1, 2), b"[1,2]"),
    ],
    ids=["decimal", "exponent", "date", "instant", "uuid", "bytes", "tuple"],
)
def test_each_kind_of_value_has_one_text(value, text):
    assert canonical(value) == text


def test_the_same_instant_in_two_zones_has_the_same_bytes():
    assert canonical(NOON) == canonical(NOON.astimezone(timezone(timedelta(hours=1))))


@pytest.mark.parametrize("value", [1.5, {"a": 0.0}, {1: "a"}, {"a"}, object()])
def test_what_has_no_certain_text_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), datetime(2026, 1, 1)])
def test_what_is_no_number_or_no_instant_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


def test_bytes_are_digested_as_they_are():
    assert digest(b"{}") == digest({})
    assert digest(b"").hex().startswith("e3b0c442")


@pytest.mark.parametrize("length", [0, 1, 5])
def test_an_untouched_chain_holds(length):
    assert verify(a_chain(length)) is None


def test_a_chain_can_be_verified_from_a_checkpoint():
    entries = a_chain(6)

    assert verify(entries[3:], start=entries[2].hash, first=4) is None
    assert verify(entries[3:]) == 1


lengths = st.integers(min_value=1, max_value=12)


@given(lengths, st.data())
def test_an_altered_entry_is_found_where_it_stands(length, data):
    entries = a_chain(length)
    at = data.draw(st.integers(min_value=0, max_value=length - 1))
    altered = data.draw(
        st.sampled_from(
            [
                {"kind": "photo"},
                {"subject": "V-other"},
                {"digest": digest("another report")},
                {"at": NOON - timedelta(seconds=1)},
                {"hash": digest("forged")},
                {"seq": 99},
            ]
        )
    )
    entries[at] = replace(entries[at], **altered)

    assert verify(entries) == at + 1


@given(lengths, st.data())
def test_a_removed_entry_is_found(length, data):
    entries = a_chain(length)
    at = data.draw(st.integers(min_value=0, max_value=length - 1))
    head = entries[-1].hash
    del entries[at]

    assert verify(entries, head=head) == at + 1


@given(st.integers(min_value=2, max_value=12), st.data())
def test_swapped_entries_are_found(length, data):
    entries = a_chain(length)
    first, second = sorted(data.draw(st.sets(st.integers(0, length - 1), min_size=2, max_size=2)))
    entries[first], entries[second] = entries[second], entries[first]

    assert verify(entries) == first + 1


@given(lengths)
def test_a_rewritten_end_is_found_by_the_head_kept_elsewhere(length):
    entries, rewritten = a_chain(length), a_chain(length, start=digest("other past"))

    assert verify(rewritten, start=digest("other past"), head=entries[-1].hash) == length + 1
