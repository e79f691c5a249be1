"""Every hostile or broken file of the table ends as the table says, in under a second of work."""

import json
import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from stdnum import iso6346

from visits.clearance.asycuda.limits import LIMITS
from visits.clearance.asycuda.read import read
from visits.clearance.asycuda.refusals import Unreadable

BAD = Path(__file__).parents[3] / "data" / "asycuda-bad"
CASES: list[dict[str, Any]] = json.loads((BAD / "cases.json").read_text())["cases"]
#: Told by the store, the folder or the web server: a reader of one file cannot know.
ELSEWHERE = {"09c_duplicate_changed.xml", "g11_gzip_bomb_upload", "g12_slow_writer", "g13_same_key_race"}
SLOW = {
    "g05_items_10001": pytest.mark.slow(reason="walks 20 MB up to the item too many"),
    "g10_many_null_children": pytest.mark.slow(reason="walks half a million elements"),
}
#: Its items are multiplied and its total weight is not.
WARNED = {"g06_items_999": ["gross_weight_mismatch"]}


def padded(control: bytes, size: int, opening: bytes = b"", closing: bytes = b"") -> bytes:
    return control.replace(b"</Property>", b"</Property>" + opening + b" " * size + closing, 1)


def items(control: bytes, count: int) -> bytes:
    head, _, rest = control.rpartition(b"<Item>")
    second, closing, tail = rest.partition(b"</Item>")
    more = (b"<Item>" + second + closing) * (count - 1)
    declared = b"<Total_number_of_items>%d<" % count
    return head.replace(b"<Total_number_of_items>2<", declared) + more + tail


def containers(control: bytes, count: int) -> bytes:
    head, opening, rest = control.partition(b"<Container>")
    first, closing, tail = rest.partition(b"</Container>")
    entry = (opening + first + closing).decode()
    numbers = (f"QZVU{n:06}" for n in range(count))
    boxes = (entry.replace("QZVU3361029", n + iso6346.calc_check_digit(n)) for n in numbers)
    return head + "".join(boxes).encode() + tail


GENERATED: dict[str, Callable[[bytes], bytes]] = {
    "g01_padding_5_mb": lambda c: padded(c, 5 << 20),
    "g02_padding_over_cap": lambda c: padded(c, LIMITS.bytes + 1 - len(c)),
    "g03_comment_padding": lambda c: padded(c, 5 << 20, b"<!--", b"-->"),
    "g04_deep_nesting_200000": lambda c: padded(c, 0).replace(
        b"</Property>", b"<a>" * 200_000 + b"</a>" * 200_000 + b"</Property>", 1
    ),
    "g05_items_10001": lambda c: items(c, 10_001),
    "g06_items_999": lambda c: items(c, 999),
    "g07_containers_2001": lambda c: containers(c, 2_001),
    "g08_field_1_mb": lambda c: re.sub(rb"COMPTOIR DU BANDAMA SARL", b"A" * (1 << 20), c),
    "g09_attribute_flood": lambda c: c.replace(
        b"<ASYCUDA ", b"<ASYCUDA " + b" ".join(b'a%d=""' % n for n in range(100_000)) + b" ", 1
    ),
    "g10_many_null_children": lambda c: c.replace(b"<null/>", b"<null/>" * 1_000_000, 2),
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["name"], marks=SLOW.get(case["name"], ()))
        for case in CASES
        if case["name"] not in ELSEWHERE
    ],
)
def test_a_file_ends_as_the_table_of_cases_says(case: dict[str, Any], control: bytes, now: datetime) -> None:
    name = case["name"]
    source = (BAD / name).read_bytes() if case["kind"] == "file" else GENERATED[name](control)

    started = time.process_time()
    outcome, told = outcome_of(source, now)
    took = time.process_time() - started

    assert outcome == case["outcome"].removesuffix("_with_warnings")
    if outcome == "refused":
        assert told[0] in case.get("reason_any_of", [case["reason"]])
        assert took < 1
    else:
        assert told == WARNED.get(name, case.get("warnings", []))
        assert took < 5
    assert outcome_of(control, now) == ("accepted", [])


def outcome_of(source: bytes, now: datetime) -> tuple[str, list[str]]:
    try:
        return "accepted", list(read(source, now=now).warnings)
    except Unreadable as refusal:
        return "refused", [refusal.code]


def test_the_table_names_no_case_that_is_left_out() -> None:
    names = {case["name"] for case in CASES if case["kind"] == "generated"}

    assert names - ELSEWHERE == set(GENERATED)


@pytest.mark.parametrize("padding", ["g01_padding_5_mb", "g03_comment_padding"])
def test_padding_changes_nothing_that_is_read(padding: str, control: bytes, now: datetime) -> None:
    assert read(GENERATED[padding](control), now=now) == read(control, now=now)


def test_utf_16_gives_what_the_control_gives(control: bytes, now: datetime) -> None:
    wide = read((BAD / "19_utf16_with_bom_ok.xml").read_bytes(), now=now)

    assert wide.items == read(control, now=now).items
    assert wide.bom


def test_latin_1_comes_out_with_its_accents(now: datetime) -> None:
    sad = read((BAD / "18_latin1_correctly_declared.xml").read_bytes(), now=now)

    assert sad.items[0].description == "VAISSELLE PRESSÉE"


def test_an_include_is_read_as_an_empty_field(now: datetime) -> None:
    assert read((BAD / "06_xinclude.xml").read_bytes(), now=now).location_of_goods is None


def test_markup_and_formulas_are_kept_as_given(now: datetime) -> None:
    sad = read((BAD / "35_markup_and_formula_in_names.xml").read_bytes(), now=now)

    assert sad.consignee.name == "<script>alert(1)</script>"
    assert sad.declarant.name == '=HYPERLINK("http://127.0.0.1/","x")'


def test_a_code_that_is_not_eight_digits_is_kept_without_its_six(now: datetime) -> None:
    item = read((BAD / "34_hs_not_numeric.xml").read_bytes(), now=now).items[1]

    assert (item.commodity_code, item.hs6) == ("8516A100", None)


def test_a_java_double_is_read_exactly(now: datetime) -> None:
    assert read((BAD / "43_java_exponent_ok.xml").read_bytes(), now=now).declared.cif == 65_192_057
