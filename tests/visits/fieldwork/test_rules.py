"""What a difference is called, what stands of several findings, and what is still missing before the end."""

from typing import Any

import pytest

from tests.support.builders import an_item
from tests.support.clock import MONDAY
from visits.errors import Refusal
from visits.fieldwork import rules
from visits.fieldwork.rules import Gap, Record
from visits.fieldwork.tables import Evidence, Finding, Seal, Step
from visits.fieldwork.words import About, Deed, Facet, Kind, Method, Moment, Party, SealState
from visits.ids import new_id
from visits.reports import words

VISIT, PERSON = new_id(), new_id()
CONTENT = {
    "items": [an_item(1), an_item(2, commercial_description="Filtres à huile")],
    "containers": [{"number": "A", "items": [1]}, {"number": "B", "items": [1, 2]}],
}
ORDER = {"extent": "PARTIAL", "containers": ["A", "B"], "items": [1, 2]}


def a_finding(kind: Kind = Kind.CONFORM, **changes: Any) -> Finding:
    return Finding(**({"visit_id": VISIT, "kind": kind, "item": 1, "person_id": PERSON, "at": MONDAY} | changes))


def a_seal(container: str = "A", moment: Moment = Moment.BEFORE, **changes: Any) -> Seal:
    return Seal(
        **(
            {"visit_id": VISIT, "container": container, "moment": moment, "number": "N1", "state": "intact"}
            | {"person_id": PERSON, "at": MONDAY}
            | changes
        )
    )


def a_step(kind: Deed, container: str = "A") -> Step:
    return Step(visit_id=VISIT, container=container, kind=kind, person_id=PERSON, at=MONDAY)


def a_photo_of(item: int | None, about: About) -> Evidence:
    return Evidence(
        visit_id=VISIT,
        number=1,
        kind="photo",
        item=item,
        about=about,
        sha256="0" * 64,
        blob="x",
        media_type="image/jpeg",
        size=1,
        person_id=PERSON,
        at=MONDAY,
    )


# ---------- the place ----------


def test_the_goods_are_in_place_with_the_last_ordered_container() -> None:
    first, last = (a_step(Deed.GOODS_PRESENTED, "").model_copy(update={"body": {"containers": [box]}}) for box in "AB")

    assert rules.in_place(ORDER, [first]) is None
    assert rules.in_place(ORDER, [first, last, first]) is last
    assert rules.in_place({"containers": []}, []) is None


# ---------- words ----------


def test_every_code_of_the_field_is_a_code_of_the_report() -> None:
    assert {*Kind} - {Kind.CONFORM, Kind.WITHDRAWN} == {*words.FindingKind}
    assert {*Facet} <= {*words.Facet}
    assert {*SealState} == {*words.SealState}
    assert {*Party} <= {*words.Quality}
    assert {*Method} == {*words.Extent}


# ---------- declared and found ----------


@pytest.mark.parametrize(
    ("facet", "declared", "found", "kind"),
    [
        (Facet.QUANTITY, "420", "420", Kind.CONFORM),
        (Facet.QUANTITY, "420", "468", Kind.QUANTITY_MORE),
        (Facet.PACKAGES, "420", "400", Kind.QUANTITY_LESS),
        (Facet.QUANTITY, "", "3", Kind.QUANTITY_MORE),
        (Facet.GROSS_WEIGHT, "8400", "8400.5", Kind.WEIGHT),
        (Facet.VALUE, "20000", "26000", Kind.VALUE),
        (Facet.SPECIES, "87083000", "870830", Kind.CONFORM),
        (Facet.SPECIES, "87083000", "8708", Kind.SPECIES),
        (Facet.SPECIES, "87083000", "87084000", Kind.SPECIES),
        (Facet.ORIGIN, "TR", "CN", Kind.ORIGIN),
        (Facet.DESCRIPTION, "Disques de frein", "disques de Frein", Kind.CONFORM),
        (Facet.MARKS, "", "Marque X", Kind.MARKS),
    ],
)
def test_a_difference_has_its_name(facet: Facet, declared: str, found: str, kind: Kind) -> None:
    assert rules.kind_of(facet, declared, found) is kind


@pytest.mark.parametrize(
    ("facet", "typed", "kept"),
    [
        (Facet.QUANTITY, " 1 250,50 ", "1250.5"),
        (Facet.QUANTITY, "1\u202f250", "1250"),
        (Facet.QUANTITY, "0", "0"),
        (Facet.GROSS_WEIGHT, "100", "100"),
        (Facet.SPECIES, "8708.30 00", "87083000"),
        (Facet.ORIGIN, " tr ", "TR"),
        (Facet.DESCRIPTION, "Disques   de frein", "Disques de frein"),
    ],
)
def test_what_is_typed_is_kept_tidy(facet: Facet, typed: str, kept: str) -> None:
    assert rules.tidy(facet, typed) == kept


@pytest.mark.parametrize("typed", ["", "beaucoup", "-3", "NaN", "Infinity", "1e999", "9" * 16])
def test_a_quantity_is_a_figure(typed: str) -> None:
    with pytest.raises(rules.NotAFigure):
        rules.tidy(Facet.QUANTITY, typed)


@pytest.mark.parametrize("typed", ["870", "87AB", "٨٧٠٨", "1" * 13])
def test_a_tariff_code_is_digits(typed: str) -> None:
    with pytest.raises(Refusal):
        rules.tidy(Facet.SPECIES, typed)


def test_packages_are_the_quantity_unless_there_are_units() -> None:
    plain = rules.declared_of(an_item())
    counted = rules.declared_of(an_item(supplementary_units=[{"code": "UNT", "quantity": "11"}]))

    assert (plain[Facet.QUANTITY].text, plain[Facet.QUANTITY].unit) == ("420", "Carton")
    assert Facet.PACKAGES not in plain
    assert (counted[Facet.QUANTITY].text, counted[Facet.PACKAGES].text) == ("11", "420")


def test_a_gap_is_signed() -> None:
    assert rules.gap_of(Facet.QUANTITY, "420", "468") == 48
    assert rules.gap_of(Facet.QUANTITY, "420", "400") == -20
    assert rules.gap_of(Facet.ORIGIN, "TR", "CN") is None


# ---------- what stands ----------


def test_of_a_facet_the_newest_stands() -> None:
    first = a_finding(Kind.QUANTITY_MORE, facet=Facet.QUANTITY, found="468")
    second = a_finding(Kind.QUANTITY_MORE, facet=Facet.QUANTITY, found="470")

    assert rules.standing([first, second]) == [second]


def test_a_corrected_finding_does_not_stand() -> None:
    wrong = a_finding(Kind.ORIGIN, facet=Facet.ORIGIN, found="CN")
    right = a_finding(Kind.CONFORM, facet=Facet.ORIGIN, found="TR", corrects_id=wrong.id)

    assert rules.standing([wrong, right]) == [right]


def test_an_undone_finding_does_not_stand() -> None:
    wrong = a_finding(Kind.OTHER, remark="erreur")

    assert rules.standing([wrong, a_finding(Kind.WITHDRAWN, corrects_id=wrong.id)]) == []


def test_two_findings_in_words_both_stand() -> None:
    notes = [a_finding(Kind.OTHER, remark="humide"), a_finding(Kind.CONDITION, remark="rouille")]

    assert rules.standing(notes) == notes


def test_an_undone_quantity_gives_back_the_one_before() -> None:
    first = a_finding(Kind.QUANTITY_MORE, facet=Facet.QUANTITY, found="468")
    second = a_finding(Kind.QUANTITY_MORE, facet=Facet.QUANTITY, found="999")
    undo = a_finding(Kind.WITHDRAWN, facet=Facet.QUANTITY, corrects_id=second.id)

    assert rules.standing([first, second, undo]) == [first]


# ---------- what is missing ----------


def test_an_item_in_two_boxes_is_looked_at_once() -> None:
    plan = rules.outline(ORDER, CONTENT, desk=False)

    assert [(box.number, box.items) for box in plan.boxes] == [("A", (1,)), ("B", (2,))]
    assert plan.items == (1, 2)


def test_at_a_desk_there_are_items_only() -> None:
    plan = rules.outline(ORDER, CONTENT, desk=True)

    assert (plan.boxes, plan.loose, plan.opening) == ((), (1, 2), False)


def test_nothing_done_is_missing_in_the_order_of_the_visit() -> None:
    plan = rules.outline(ORDER, CONTENT, desk=False)

    assert [gap.key for gap in rules.missing(plan, Record())] == [
        "box:A",
        "opening:A",
        "item:1",
        "box:B",
        "opening:B",
        "item:2",
    ]


def test_an_opened_box_wants_its_new_seal() -> None:
    plan = rules.outline(ORDER | {"containers": ["A"], "items": [1]}, CONTENT, desk=False)
    record = Record(seals=[a_seal()], steps=[a_step(Deed.OPENED)], findings=[a_finding()])

    assert rules.missing(plan, record) == [Gap(code="seal_after", subject="A")]
    sealed = Record(seals=[a_seal(), a_seal(moment=Moment.AFTER)], steps=[a_step(Deed.OPENED)], findings=[a_finding()])
    assert rules.missing(plan, sealed) == []


def test_a_control_of_seals_opens_nothing() -> None:
    plan = rules.outline({"extent": "SEAL", "containers": ["A"], "items": []}, CONTENT, desk=False)

    assert rules.missing(plan, Record(seals=[a_seal()])) == []


def test_a_difference_wants_the_photo_that_proves_it() -> None:
    plan = rules.outline({"extent": "DOC", "containers": [], "items": [1]}, CONTENT, desk=True)
    more = a_finding(Kind.QUANTITY_MORE, facet=Facet.QUANTITY, found="468")
    bare = Record(findings=[more, a_finding()], evidence=[a_photo_of(1, About.LABEL), a_photo_of(2, About.COUNT)])

    assert rules.missing(plan, bare) == [Gap(code="photo", subject="1")]
    assert rules.item_state(bare, 1).missing_photos == (About.COUNT,)
    assert rules.missing(plan, Record(findings=bare.findings, evidence=[a_photo_of(1, About.COUNT)])) == []


def test_a_quantity_alone_does_not_make_an_item_looked_at() -> None:
    state = rules.item_state(Record(findings=[a_finding(Kind.CONFORM, facet=Facet.QUANTITY, found="420")]), 1)

    assert not state.looked_at
    assert not state.differs


def test_undeclared_goods_want_a_photo() -> None:
    plan = rules.outline({"extent": "DOC", "containers": [], "items": []}, CONTENT, desk=True)
    record = Record(findings=[a_finding(Kind.UNDECLARED, item=None, remark="12 pneus")])

    assert rules.missing(plan, record) == [Gap(code="photo", subject="undeclared")]


def test_a_corrected_seal_does_not_count() -> None:
    wrong = a_seal(number="CI O48")
    right = a_seal(number="CI 048", corrects_id=wrong.id)

    assert rules.seals_standing([wrong, right], "A", Moment.BEFORE) == [right]
