from decimal import Decimal

import msgspec
import pytest

from visits.reports.content import (
    AgencyVerdict,
    Comparison,
    Finding,
    Item,
    Money,
    Offence,
    Sample,
    Suspension,
)
from visits.reports.rules import GAPS, missing, suggest_result, summary_title
from visits.reports.words import AgencyAnswer, Facet, FindingKind, Result

MORE = Finding(kind=FindingKind.QUANTITY_MORE, item=2, evidence=("P4",))
WORN = Finding(kind=FindingKind.CONDITION, text="cartons mouillés")
OFFENCE = Offence(name="fausse déclaration", article="article 300")
DUTY = Money(amount=Decimal(10), currency="XOF")


def test_a_whole_report_may_be_signed(a_report):
    assert missing(a_report()) == []


def test_a_report_of_absent_goods_asks_nothing_about_goods(a_report):
    absent = a_report(
        result=Result.GOODS_ABSENT,
        started=None,
        ended=None,
        suspensions=(),
        containers=(),
        items=(),
        findings=(),
    )

    assert missing(absent) == []


def gap(code, id=None, **changes):
    return pytest.param(code, changes, id=id or code)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        gap("result", result=None),
        gap("conclusion", conclusion="  "),
        gap("legal-basis", legal_basis=""),
        gap("officer", officers=()),
        gap("start", started=None),
        gap("end", ended=None),
        gap("invited", invited_to_attend=None),
        gap("invited", id="not invited", invited_to_attend=False),
        gap("read-out", read_to_party=None),
        gap("party", parties=()),
        gap("container", containers=()),
        gap("item", items=()),
        gap("finding-evidence", findings=(Finding(kind=FindingKind.ORIGIN),)),
        gap("evidence-unknown", findings=(Finding(kind=FindingKind.ORIGIN, evidence=("P77",)),)),
        gap("result-too-good", result=Result.CONFORM),
        gap("duty", duty=None),
        gap("duty", id="duty of nothing", duty=Money(amount=Decimal(0), currency="XOF")),
        gap("offence", result=Result.OFFENCE),
        gap(
            "offence",
            id="offence without article",
            offences=(Offence(name="x", article=""),),
            result=Result.OFFENCE,
        ),
        gap("seizure", result=Result.PROHIBITED_SEIZED, offences=(OFFENCE,)),
        gap("sample", result=Result.PENDING_LAB),
    ],
)
def test_what_is_missing_blocks_the_signature(a_report, code, changes):
    assert missing(a_report(**changes)) == [code]


def test_a_visit_cannot_end_before_it_starts(a_report):
    report = a_report()

    assert missing(a_report(started=report.ended, ended=report.started)) == ["times"]


def test_the_place_must_have_a_name(a_report):
    assert missing(a_report(place=msgspec.structs.replace(a_report().place, name=""))) == ["place"]


def test_a_suspension_must_end_and_say_why(a_report):
    still = Suspension(since=a_report().started)

    assert missing(a_report(suspensions=(still,))) == ["suspension-open", "suspension-reason"]


def test_an_opened_container_needs_a_new_seal(a_report):
    boxes = tuple(msgspec.structs.replace(box, seals_after=()) for box in a_report().containers)

    assert missing(a_report(containers=boxes)) == ["seal-after"]


def test_every_summoned_agency_must_have_answered(a_report):
    order = msgspec.structs.replace(a_report().order, agencies=("CODINORM",))
    absent = AgencyVerdict(agency="CODINORM", answer=AgencyAnswer.ABSENT)

    assert missing(a_report(order=order)) == ["agency"]
    assert missing(a_report(order=order, verdicts=(absent,))) == []


def test_evidence_must_have_its_digest(a_report):
    pieces = (msgspec.structs.replace(a_report().evidence[0], sha256="abc"), *a_report().evidence[1:])

    assert missing(a_report(evidence=pieces)) == ["evidence-digest"]


def test_a_sample_without_result_needs_a_laboratory(a_report):
    sample = Sample(code="E1", description="eau", taken_at=a_report().started)

    assert missing(a_report(samples=(sample,))) == ["laboratory"]
    assert missing(a_report(samples=(msgspec.structs.replace(sample, outcome="conforme"),))) == []


def test_a_remark_on_the_goods_does_not_forbid_conform(a_report):
    marks = Comparison(facet=Facet.MARKS, declared="TC 1", found="TC 2")
    items = tuple(Item(number=number, description="x", comparisons=(marks,)) for number in a_report().order.items)

    remarked = a_report(result=Result.CONFORM_REMARK, findings=(WORN,), items=items)

    assert missing(remarked) == []


def test_each_gap_has_its_sentence():
    assert all(sentence.endswith(".") for sentence in GAPS.values())


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ({"findings": ()}, Result.CONFORM),
        ({"findings": (WORN,)}, Result.CONFORM_REMARK),
        ({"findings": (MORE,)}, Result.DISCREPANCY_NO_DUTY),
        ({"findings": (MORE,), "duty": DUTY}, Result.DISCREPANCY_DUTY),
        (
            {"findings": (), "verdicts": (AgencyVerdict(agency="A", answer=AgencyAnswer.CONDITIONAL),)},
            Result.CONFORM_REMARK,
        ),
        (
            {"findings": (), "verdicts": (AgencyVerdict(agency="A", answer=AgencyAnswer.PENDING_LAB),)},
            Result.PENDING_LAB,
        ),
        (
            {"findings": (), "verdicts": (AgencyVerdict(agency="A", answer=AgencyAnswer.PENDING_DOCUMENT),)},
            Result.PENDING_DOCUMENT,
        ),
        ({"findings": (MORE,), "duty": DUTY, "offences": (OFFENCE,)}, Result.OFFENCE),
        (
            {"findings": (), "offences": (OFFENCE, msgspec.structs.replace(OFFENCE, seized=True))},
            Result.PROHIBITED_SEIZED,
        ),
        ({"findings": (), "goods_presented": False, "executed": False}, Result.GOODS_ABSENT),
        ({"findings": (), "party_present": False, "executed": False}, Result.PARTY_ABSENT),
        ({"findings": (), "party_present": False}, Result.CONFORM),
        ({"findings": (), "executed": False}, Result.NOT_EXECUTED),
    ],
)
def test_findings_suggest_the_gravest_result(given, result):
    assert suggest_result(given.pop("findings"), **given) is result


def test_a_sample_still_at_the_laboratory_is_waited_for(a_report):
    sample = Sample(code="E1", description="eau", taken_at=a_report().started, laboratory="L")

    assert suggest_result((), samples=(sample,)) is Result.PENDING_LAB
    assert suggest_result((), samples=(msgspec.structs.replace(sample, outcome="pure"),)) is Result.CONFORM


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Différence de quantité"),
        ({"findings": (MORE, Finding(kind=FindingKind.QUANTITY_LESS))}, "Différence de quantité"),
        ({"findings": (MORE, Finding(kind=FindingKind.ORIGIN))}, "Plusieurs différences"),
        ({"findings": (MORE, WORN)}, "Différence de quantité"),
        ({"findings": ()}, "Différence avec droits à compléter"),
        ({"result": Result.CONFORM}, "Conforme"),
        ({"result": None}, "Résultat à choisir"),
    ],
)
def test_the_title_is_the_verdict(a_report, changes, title):
    assert summary_title(a_report(**changes)) == title
