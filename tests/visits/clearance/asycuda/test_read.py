"""What is read of a declaration: whole files against their extraction, then one trap at a time."""

import json
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from visits.clearance.asycuda.json_form import to_json
from visits.clearance.asycuda.read import read
from visits.clearance.asycuda.refusals import (
    BadDate,
    DateInFuture,
    DuplicateBlock,
    IncompleteRegistrationKey,
    InvalidNumber,
    NotWellFormed,
    WrongRoot,
)
from visits.clearance.asycuda.sad import DeclarantKey, RegistrationKey

SHARED = os.environ.get("VISITS_SHARED")
REAL = (
    "gd_im7_registered",
    "al_im4_container_per_item",
    "al_im7_null_fields",
    "np_im4_reduced_12_items",
    "ci_im4_red_candidate_synthetic",
)


def extraction(path: Path, now: datetime) -> tuple[object, object]:
    source = path.read_bytes()
    expected = json.loads(path.with_suffix(".expected.json").read_text())
    return to_json(read(source, now=now), file=path.name, size=len(source)), expected


@pytest.mark.parametrize("name", ["asycuda/ci_im4_red_candidate_synthetic", "asycuda-bad/00_control_ok"])
def test_a_file_gives_its_expected_extraction(name: str, good: Path, now: datetime) -> None:
    read_from_it, expected = extraction((good.parent / name).with_suffix(".xml"), now)

    assert read_from_it == expected


@pytest.mark.skipif(not SHARED, reason="VISITS_SHARED is not set: the exports of four countries are not here")
@pytest.mark.parametrize("name", REAL)
def test_an_export_of_another_country_gives_its_expected_extraction(name: str, now: datetime) -> None:
    read_from_it, expected = extraction(Path(str(SHARED), "data", "asycuda", f"{name}.xml"), now)

    assert read_from_it == expected


@pytest.mark.parametrize(
    "empty",
    [
        "",
        "<Location_of_goods/>",
        "<Location_of_goods />",
        "<Location_of_goods><null/></Location_of_goods>",
        "<Location_of_goods>\n\t\u00a0</Location_of_goods>",
    ],
)
def test_all_ways_of_saying_nothing_mean_no_value(empty: str, control: bytes, now: datetime) -> None:
    sad = read(
        control.replace(b"<Location_of_goods>TC01</Location_of_goods>", empty.encode()),
        now=now,
    )

    assert (sad.location_of_goods, sad.warnings) == (None, ())


def test_blanks_around_and_inside_a_text_become_one(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b">TC01<", ">\n\t\u00a0TC \u00a0 01\n<".encode()), now=now)

    assert sad.location_of_goods == "TC 01"


def test_a_comment_inside_a_text_does_not_cut_it(control: bytes, now: datetime) -> None:
    assert read(control.replace(b">50117<", b">50<!-- -->117<"), now=now).registration_key == RegistrationKey(
        office="CIAB1", year=2026, serial="C", number="50117"
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("3/9/26", date(2026, 3, 9)),
        ("03/09/2026", date(2026, 3, 9)),
        ("1/2/70", date(1970, 1, 2)),
        ("12/31/99", date(1999, 12, 31)),
        ("4/2/26", date(2026, 4, 2)),
    ],
)
def test_dates_are_month_first(written: str, day: date, control: bytes, now: datetime) -> None:
    sad = read(control.replace(b"3/25/26", written.encode()), now=now)

    assert sad.registration is not None
    assert sad.registration.day == day


@pytest.mark.parametrize("written", ["2026-03-09", "13/1/26", "3/9", "3/9/026", "0/1/26", "3/9/26 10:00", "٣/٩/٢٦"])
def test_a_date_written_otherwise_is_refused(written: str, control: bytes, now: datetime) -> None:
    with pytest.raises(BadDate):
        read(control.replace(b"3/25/26", written.encode()), now=now)


def test_two_days_ahead_is_the_future(control: bytes, now: datetime) -> None:
    with pytest.raises(DateInFuture):
        read(control.replace(b"3/25/26", b"4/3/26"), now=now)


def test_the_date_of_a_document_is_left_out_when_it_cannot_be_read(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b"3/2/26", b"28/02/26", 1), now=now)

    assert [item.documents[0].day for item in sad.items] == [None, date(2026, 3, 2)]


@pytest.mark.parametrize("missing", [b"<Number>50117</Number>", b"<Customs_clearance_office_code>CIAB1<"])
def test_half_a_registration_is_refused(missing: bytes, control: bytes, now: datetime) -> None:
    opened, _, rest = missing.partition(b">")
    hollow = opened + b"><" + rest.partition(b"<")[2]

    with pytest.raises(IncompleteRegistrationKey):
        read(control.replace(missing, hollow), now=now)


def test_a_serial_alone_is_still_a_draft(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b">50117<", b"><").replace(b">3/25/26<", b"><"), now=now)

    assert (sad.registration, sad.registration_key, sad.warnings) == (None, None, ("unregistered",))
    assert sad.declarant_key == DeclarantKey(declarant_code="00847P", year=None, reference="26TL005002")


def test_without_a_reference_the_declarant_has_no_key(control: bytes, now: datetime) -> None:
    assert read(control.replace(b">26TL005002<", b"><"), now=now).declarant_key is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0.06", "0.06"),
        ("\u00a01.0 ", "1.0"),
        ("1.0623724E7", "10623724"),
        ("2.5E0", "2.5"),
        ("1E15", "1000000000000000"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_exactly(written: str, number: str, control: bytes, now: datetime) -> None:
    sad = read(control.replace(b">50.0<", f">{written}<".encode(), 1), now=now)

    assert sad.items[0].packages == Decimal(number)


@pytest.mark.parametrize(
    "written", ["+5", "5.", ".5", "1e3", "1E16", "1E-4", "1 000", "Infinity", "0x10", "٥", "9" * 41, "5,0"]
)
def test_a_number_written_otherwise_is_refused_by_the_name_of_its_field(
    written: str, control: bytes, now: datetime
) -> None:
    with pytest.raises(InvalidNumber) as refused:
        read(control.replace(b">50.0<", f">{written}<".encode(), 1), now=now)

    assert refused.value.facts == {"field": "Item[1]/Packages/Number_of_packages"}


def test_half_an_item_number_is_refused(control: bytes, now: datetime) -> None:
    with pytest.raises(InvalidNumber):
        read(control.replace(b"<Item_Number>2<", b"<Item_Number>1.5<"), now=now)


def test_formulas_and_rates_are_not_numbers_to_us(control: bytes, now: datetime) -> None:
    formula = b"<Value_item>52,644+0+0+0-0</Value_item></Tarification>"

    assert read(control.replace(b"</Tarification>", formula), now=now).warnings == ()


def test_sums_are_never_rounded(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b">1800000.0<", b">1234567890123456789012345678901230000000.5<"), now=now)

    totals = to_json(sad, file="x", size=1)["totals"]
    assert totals["statistical_value_sum"] == "1234567890123456789012345678901232700000.5"


def test_a_box_spelled_with_a_blank_is_the_same_box(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b"QZVU3361029", b"qzvu 3361029", 1), now=now)

    assert [(box.number, box.items, box.packages) for box in sad.containers] == [("qzvu 3361029", (1, 2), 90)]


def test_an_entry_without_a_number_is_no_box(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b"<Container>", b"<Container/><Container>", 1), now=now)

    assert (sad.container_entries, len(sad.containers)) == (2, 1)


def test_a_flag_that_promises_boxes_needs_one(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b">QZVU3361029<", b"><"), now=now)

    assert sad.warnings == ("container_flag_mismatch",)


def test_a_box_without_an_item_number_stands_for_the_whole_declaration(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b"<Item_Number>2</Item_Number>", b"<Item_Number/>"), now=now)

    assert (sad.containers[0].items, sad.warnings) == ((1,), ())


def test_a_document_without_a_code_is_padding(control: bytes, now: datetime) -> None:
    sad = read(control.replace(b"<Packages>", b"<Attached_documents/><Packages>"), now=now)

    assert [len(item.documents) for item in sad.items] == [1, 1]


def test_blocks_that_are_not_there_are_empty(now: datetime) -> None:
    sad = read(b"<ASYCUDA><Item/></ASYCUDA>", now=now)

    assert sad.office.code is None
    assert sad.warnings == ("unregistered", "hs_invalid")


@pytest.mark.parametrize(
    "seen_elsewhere",
    [
        b"<AI_code/>",
        b"<Quota><QuotaItem><ItmNbr/></QuotaItem></Quota>",
        b"<Supplementary_unit><Supplementary_unit_rank>1</Supplementary_unit_rank></Supplementary_unit>",
    ],
)
def test_spellings_of_other_exports_are_known(seen_elsewhere: bytes, control: bytes, now: datetime) -> None:
    assert read(control.replace(b"<Tarification>", b"<Tarification>" + seen_elsewhere), now=now).warnings == ()


@pytest.mark.parametrize(
    "seen_elsewhere",
    [
        b"<Free_Text_1/><Suppliers_link><Suppliers_link_code>1</Suppliers_link_code></Suppliers_link>",
        b"<write_off_unit/><write_off_unit/>",
    ],
)
def test_parts_of_an_item_of_other_exports_are_known(seen_elsewhere: bytes, control: bytes, now: datetime) -> None:
    assert read(control.replace(b"<Item>", b"<Item>" + seen_elsewhere), now=now).warnings == ()


def test_the_inside_of_a_list_of_vehicles_is_left_to_each_country(control: bytes, now: datetime) -> None:
    vehicles = b"<Vehicle_List><Vehicle><Chassis>1</Chassis></Vehicle></Vehicle_List><Item>"

    assert read(control.replace(b"<Item>", vehicles, 1), now=now).warnings == ()


def test_an_unknown_element_is_told_once_and_its_text_is_not_read(control: bytes, now: datetime) -> None:
    strange = b"<Whim><Location_of_goods>X</Location_of_goods>" + b"A" * 5000 + b"</Whim><Whim/><Item>"
    sad = read(control.replace(b"<Item>", strange), now=now)

    assert (sad.location_of_goods, sad.warnings) == ("TC01", ("unknown_element",))


@pytest.mark.parametrize(
    "twice",
    [b"<Warehouse/>", b"<Transit/>", b"<Location_of_goods/>", b"<Number>1</Number>", b"<HScode/>"],
)
def test_a_second_block_is_refused_wherever_two_would_disagree(twice: bytes, control: bytes, now: datetime) -> None:
    around = {b"<Location_of_goods/>": b"<Transport>", b"<Number>1</Number>": b"<Registration>"}
    around[b"<HScode/>"] = b"<Tarification>"
    opening = around.get(twice, b'<ASYCUDA id="5200001">')

    with pytest.raises(DuplicateBlock):
        read(control.replace(opening, opening + twice + twice), now=now)


def test_a_prefix_nobody_declared_does_not_pass_for_a_plain_name(control: bytes, now: datetime) -> None:
    with pytest.raises(NotWellFormed) as refused:
        read(control.replace(b"Identification>", b"x:Identification>"), now=now)

    assert refused.value.facts["line"] == 10


def test_a_web_page_in_small_letters_is_no_declaration(now: datetime) -> None:
    with pytest.raises(WrongRoot):
        read(b"<html><body/></html>", now=now)


def test_the_root_may_have_no_id_and_a_foreign_attribute(control: bytes, now: datetime) -> None:
    schema = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="sad.xsd"'

    assert read(control.replace(b'id="5200001"', schema), now=now).root_id is None


def test_the_hour_is_given_and_not_looked_up(control: bytes) -> None:
    with pytest.raises(DateInFuture):
        read(control, now=datetime(2026, 3, 1, tzinfo=UTC))
