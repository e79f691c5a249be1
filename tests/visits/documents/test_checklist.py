"""The checklist asks for what the goods call for, says why, and forgets nothing that was sent back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.support.builders import a_declaration, an_item
from visits.documents import types
from visits.documents.checklist import (
    ADDED,
    ASKED,
    CITED,
    REASONS,
    Citation,
    Defect,
    Facts,
    Given,
    Item,
    Need,
    Rule,
    Verdict,
    checklist,
    default_rules,
    facts_of,
    fits,
    missing,
)
from visits.journey.states import Level

IMPORT = Facts(level=Level.PHYSICAL, flow="I", mode="1", items=(Item(hs="8708300000", origin="TR", procedure="4000"),))
INVOICE = Rule(document_type=types.INVOICE)


def a_document(number: int = 1, kind: str = types.INVOICE) -> Given:
    return Given(
        id=UUID(int=number),
        document_type=kind,
        file_name="facture.pdf",
        media_type="application/pdf",
        size=1000,
        at=datetime(2026, 11, 23, tzinfo=UTC),
    )


def line(needs: list[Need], kind: str) -> Need:
    return next(need for need in needs if need.document_type == kind)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param({}, True, id="no condition"),
        pytest.param({"flows": ["I"]}, True, id="flow"),
        pytest.param({"flows": ["E"]}, False, id="other flow"),
        pytest.param({"modes": ["1"]}, True, id="mode"),
        pytest.param({"modes": ["4"]}, False, id="other mode"),
        pytest.param({"levels": ["physical", "joint"]}, True, id="level"),
        pytest.param({"levels": ["documents"]}, False, id="other level"),
        pytest.param({"hs_prefixes": ["87"]}, True, id="chapter"),
        pytest.param({"hs_prefixes": ["870830", "01"]}, True, id="subheading"),
        pytest.param({"hs_prefixes": ["06"]}, False, id="other chapter"),
        pytest.param({"origins": ["TR"]}, True, id="origin"),
        pytest.param({"origins": ["GH"]}, False, id="other origin"),
        pytest.param({"procedures": ["40"]}, True, id="procedure"),
        pytest.param({"procedures": ["70"]}, False, id="other procedure"),
        pytest.param({"agencies": ["PHYTO"]}, False, id="no agency"),
        pytest.param({"cited": True}, False, id="not cited"),
        pytest.param({"flows": ["I"], "origins": ["GH"]}, False, id="one of two fails"),
    ],
)
def test_a_rule_fits_when_all_its_conditions_hold(when: dict[str, Any], expected: bool) -> None:
    assert fits(Rule(document_type="861", when=when), IMPORT) is expected


def test_conditions_on_goods_must_hold_for_one_and_the_same_item() -> None:
    facts = replace(IMPORT, items=(Item(hs="0603", origin="NL"), Item(hs="8708", origin="KE")))
    rule = Rule(document_type="851", when={"hs_prefixes": ["06"], "origins": ["KE"]})

    assert not fits(rule, facts)
    assert fits(rule, replace(facts, items=(*facts.items, Item(hs="0603", origin="KE"))))


def test_an_agency_of_the_visit_asks_for_its_papers() -> None:
    facts = replace(IMPORT, agencies=("PHYTO",))

    [need] = checklist(facts, [Rule(document_type="851", when={"agencies": ["PHYTO", "VET"]})])

    assert (need.document_type, need.why.facts) == ("851", {"agency": "PHYTO"})


@pytest.mark.parametrize(
    ("facts", "mandatory"),
    [
        pytest.param(IMPORT, ["380", "271", "705"], id="by sea"),
        pytest.param(replace(IMPORT, mode="4"), ["380", "271", "740"], id="by air"),
        pytest.param(replace(IMPORT, mode="3"), ["380", "271", "730"], id="by road"),
        pytest.param(replace(IMPORT, mode=""), ["380", "271"], id="by no known mode"),
        pytest.param(replace(IMPORT, level=Level.DOCUMENTS), ["380", "705"], id="documents only"),
        pytest.param(replace(IMPORT, items=(Item(hs="060311"),)), ["380", "271", "705", "851"], id="cut flowers"),
        pytest.param(replace(IMPORT, items=(Item(hs="4407"),)), ["380", "271", "705", "851"], id="wood"),
        pytest.param(replace(IMPORT, items=(Item(hs="0207"),)), ["380", "271", "705", "853"], id="meat"),
        pytest.param(replace(IMPORT, items=(Item(hs="300490"),)), ["380", "271", "705", "AMM"], id="medicines"),
        pytest.param(
            replace(IMPORT, cited=(Citation(document_type="861", reference="EUR1 4711"),)),
            ["380", "271", "705", "861"],
            id="origin claimed",
        ),
    ],
)
def test_the_default_rules_ask_for_what_the_goods_call_for(facts: Facts, mandatory: list[str]) -> None:
    assert [need.document_type for need in checklist(facts, default_rules()) if need.mandatory] == mandatory


def test_every_default_rule_names_a_known_document() -> None:
    assert {rule.document_type for rule in default_rules()} <= set(types.KINDS)


def test_the_declaration_is_read_with_its_country_s_codes() -> None:
    attached = [
        {"code": "0007", "name": "FACTURE", "reference": "HX-26-0187", "date": None},
        {"code": "2500", "name": "LIGNE", "reference": "1", "date": None},
    ]
    items = [an_item(1, attached_documents=attached, attached_document_codes=["0007", "2500", "271"]), an_item(2)]
    content, _ = a_declaration(items=items)

    facts = facts_of(content, level=Level.PHYSICAL, agencies=["PHYTO"], country="CI")

    assert facts.cited == (
        Citation(document_type="380", reference="HX-26-0187"),
        Citation(document_type="271"),
        Citation(document_type="380"),
    )
    assert facts.uncharted == (("2500", "LIGNE"),)
    assert (facts.flow, facts.mode, facts.agencies) == ("I", "1", ("PHYTO",))
    assert facts.items[0] == Item(hs="8708300000", origin="TR", procedure="4000")


@pytest.mark.parametrize(("written", "read"), [("31", "3"), ("01", "1"), ("10", "1"), (None, "")])
def test_transport_modes_are_read_by_their_first_figure(written: str | None, read: str) -> None:
    content, _ = a_declaration(transport={"border_mode": written})

    assert facts_of(content, level=Level.PHYSICAL, agencies=(), country="CI").mode == read


def test_a_cited_document_shows_its_reference_and_is_optional_without_a_rule() -> None:
    facts = replace(IMPORT, cited=(Citation(document_type="530", reference="PA 11873"),))

    [need] = checklist(facts, [])

    assert (need.why, need.references, need.mandatory, need.missing) == (CITED, ("PA 11873",), False, False)


def test_a_mandatory_rule_wins_over_an_optional_one() -> None:
    optional = Rule(document_type="380", mandatory=False)

    for rules in ([optional, INVOICE], [INVOICE, optional]):
        [need] = checklist(IMPORT, rules)
        assert need.mandatory


def test_what_must_be_there_comes_first() -> None:
    rules = [Rule(document_type="530"), Rule(document_type="380", mandatory=False), Rule(document_type="271")]

    assert [need.document_type for need in checklist(IMPORT, rules)] == ["271", "530", "380"]


def test_a_given_document_fills_its_line() -> None:
    needs = checklist(IMPORT, [INVOICE], [a_document(2), a_document(1)])

    assert [each.id.int for each in needs[0].given] == [1, 2]
    assert missing(needs) == []
    assert missing(checklist(IMPORT, [INVOICE])) != []


def test_a_document_nobody_asked_for_has_a_line_of_its_own() -> None:
    needs = checklist(IMPORT, [INVOICE], [a_document(1, types.OTHER)])

    assert [(need.document_type, need.why) for need in needs][1] == (types.OTHER, ADDED)


@pytest.mark.parametrize(
    ("reason", "blocks"),
    [
        ("illegible", True),
        ("wrong_document", True),
        ("incomplete", True),
        ("expired", True),
        ("differs", False),
        ("other", False),
    ],
)
def test_a_spoilt_document_counts_as_missing_an_explained_one_does_not(reason: str, blocks: bool) -> None:
    verdict = Verdict(id=UUID(int=9), defects=(Defect(document_type="380", document=UUID(int=1), reason=reason),))

    [need] = checklist(IMPORT, [INVOICE], [a_document(1)], verdict)

    assert need.defects == verdict.defects
    assert need.missing is blocks
    assert reason in REASONS


def test_one_good_document_beside_a_spoilt_one_is_enough() -> None:
    verdict = Verdict(id=UUID(int=9), defects=(Defect(document_type="380", document=UUID(int=1), reason="illegible"),))

    [need] = checklist(IMPORT, [INVOICE], [a_document(1), a_document(2)], verdict)

    assert not need.missing


def test_a_replaced_document_takes_its_defect_along() -> None:
    verdict = Verdict(id=UUID(int=9), defects=(Defect(document_type="380", document=UUID(int=1), reason="illegible"),))

    [need] = checklist(IMPORT, [INVOICE], [a_document(10)], verdict)

    assert (need.defects, need.missing) == ((), False)


def test_what_an_officer_asks_for_is_missing_until_something_newer_is_there() -> None:
    verdict = Verdict(id=UUID(int=9), defects=(Defect(document_type="380", reason="missing", text="2e page"),))

    [older] = checklist(IMPORT, [], [a_document(1)], verdict)
    [newer] = checklist(IMPORT, [], [a_document(1), a_document(10)], verdict)

    assert (older.why, older.missing, older.defects_of(None)) == (ASKED, True, verdict.defects)
    assert (newer.missing, newer.defects) == (False, ())
