"""What a person sees of two contents that disagree."""

import pytest

from visits.declarations.difference import Change, difference


def test_the_same_content_has_no_difference() -> None:
    assert difference({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) == []


def test_what_tells_of_the_file_alone_is_no_difference() -> None:
    assert difference({"file": "a.xml", "bytes": 1, "bom": False}, {"file": "b.xml", "warnings": []}) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ({"office": {"code": "A"}}, {"office": {"code": "B"}}, "office.code"),
        (
            {"items": [{"number": 1, "hs6": "A"}, {"number": 2, "hs6": "A"}]},
            {"items": [{"number": 1, "hs6": "A"}, {"number": 2, "hs6": "B"}]},
            "items[2].hs6",
        ),
        (
            {"containers": [{"number": "QZVU3361029", "type": "A"}]},
            {"containers": [{"number": "QZVU3361029", "type": "B"}]},
            "containers[QZVU3361029].type",
        ),
        (
            {"documents": [{"code": "A"}, {"code": "A"}]},
            {"documents": [{"code": "A"}, {"code": "B"}]},
            "documents[2].code",
        ),
    ],
)
def test_a_change_is_named_by_its_path(old: dict[str, object], new: dict[str, object], path: str) -> None:
    assert difference(old, new) == [Change(path=path, old="A", new="B")]


def test_an_entry_that_moved_is_found_by_its_number() -> None:
    first, second = {"number": "A", "packages": "1"}, {"number": "B", "packages": "2"}

    assert difference({"containers": [first, second]}, {"containers": [second, first]}) == []


def test_an_added_and_a_removed_entry_are_each_said_in_one_line() -> None:
    old = {"containers": [{"number": "A", "items": [1, 2], "type": None}]}
    new = {"containers": [{"number": "B", "items": [3], "type": "20GP"}]}

    assert difference(old, new) == [
        Change(path="containers[B]", old=None, new="number B, items 3, type 20GP"),
        Change(path="containers[A]", old="number A, items 1; 2", new=None),
    ]


def test_the_first_entry_of_a_list_is_an_added_entry() -> None:
    assert difference({"items": []}, {"items": [{"number": 1}]}) == [Change(path="items[1]", old=None, new="number 1")]


def test_a_block_that_appeared_is_said_in_one_line() -> None:
    assert difference({"registration": None}, {"registration": {"serial": "C", "number": "6405"}}) == [
        Change(path="registration", old=None, new="serial C, number 6405")
    ]


def test_the_stamps_of_assessment_and_payment_are_no_difference() -> None:
    assert difference({"receipt": None}, {"receipt": {"serial": "R", "number": "6405"}}) == []


def test_a_list_of_codes_is_one_change() -> None:
    assert difference({"codes": ["2500"]}, {"codes": ["2500", "2501"]}) == [
        Change(path="codes", old="2500", new="2500; 2501")
    ]


def test_a_field_only_one_side_has_is_told() -> None:
    assert difference({"old": "x"}, {"new": 1}) == [
        Change(path="new", old=None, new=1),
        Change(path="old", old="x", new=None),
    ]
