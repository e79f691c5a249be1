"""The digest tells a repeat from other goods under the same key."""

from datetime import datetime
from pathlib import Path

import pytest

from visits.clearance.asycuda.json_form import digest, to_json
from visits.clearance.asycuda.read import read
from visits.declarations.difference import Change, difference


def test_an_identical_second_arrival_has_the_same_digest(bad: Path, now: datetime) -> None:
    first, again = (
        read((bad / name).read_bytes(), now=now) for name in ("09a_duplicate_first.xml", "09b_duplicate_identical.xml")
    )

    assert digest(first) == digest(again)
    assert len(digest(first)) == 32


def test_other_goods_under_the_same_key_have_another_digest(bad: Path, now: datetime) -> None:
    first, other = (
        read((bad / name).read_bytes(), now=now) for name in ("09a_duplicate_first.xml", "09c_duplicate_changed.xml")
    )

    assert first.registration_key == other.registration_key
    assert digest(first) != digest(other)
    assert difference(to_json(first, file="a", size=1), to_json(other, file="b", size=2)) == [
        Change(path="totals.gross_weight_sum", old="960", new="5100"),
        Change(path="items[2].gross_weight", old="460", new="4600"),
    ]


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        (b"960.0", b"960"),
        (b"TC01", b" TC01\n"),
        (b'id="5200001"', b'id="7"'),
        (b"4500000.0", b"4.5E6"),
        (b"<?xml", b"\xef\xbb\xbf<?xml"),
        (b"<Property>", b"<Whim/><Property>"),
    ],
)
def test_another_way_of_writing_the_same_keeps_the_digest(
    written: bytes, otherwise: bytes, control: bytes, now: datetime
) -> None:
    again = read(control.replace(written, otherwise, 1), now=now)

    assert digest(again) == digest(read(control, now=now))
