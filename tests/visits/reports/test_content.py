import json
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

import msgspec
import pytest

from visits.reports.content import (
    Comparison,
    Value,
    content_digest,
    evidential_grade,
    from_stored,
    short_hash,
    signed_body,
    to_stored,
)
from visits.reports.words import Facet


def variants(value):
    """The same value with one thing changed, once for each thing in it."""
    match value:
        case Value():
            for name in value.__struct_fields__:
                for other in variants(getattr(value, name)):
                    with suppress(ValueError):  # words are not figures
                        yield msgspec.structs.replace(value, **{name: other})
        case tuple():
            if value:
                yield value[1:]
                yield from (
                    (*value[:at], other, *value[at + 1 :]) for at, one in enumerate(value) for other in variants(one)
                )
        case Enum():
            yield next(member for member in type(value) if member is not value)
        case str():
            yield f"9{value}"
        case bool():
            yield not value
        case int() | Decimal():
            yield value + 1
        case datetime():
            yield value + timedelta(microseconds=1)
        case date():
            yield value + timedelta(days=1)
        case UUID():
            yield UUID(int=value.int + 1)


def test_the_digest_of_a_report_never_changes(a_report):
    assert content_digest(a_report()) == "e6eba585608fa652d2e581d2f84994210174a6507faadf3d2f53dc9866066c77"


def test_changing_anything_changes_the_digest(full_report):
    changed = list(variants(full_report))

    digests = {content_digest(other) for other in changed}

    assert len(changed) > 200
    assert len(digests) == len(changed)
    assert content_digest(full_report) not in digests


def test_the_full_report_leaves_no_field_out(full_report):
    empty = [name for name in full_report.__struct_fields__ if getattr(full_report, name) in (None, "", ())]

    assert empty == []


def test_a_report_read_back_from_storage_has_the_same_digest(full_report):
    stored = json.loads(json.dumps(to_stored(full_report)))

    assert from_stored(stored) == full_report
    assert signed_body(from_stored(stored)) == signed_body(full_report)


def test_the_same_instants_in_another_zone_have_the_same_digest(a_report):
    report = a_report()
    stored = to_stored(report)
    stored["started"] = "2026-11-23T11:17:00+02:00"

    assert content_digest(from_stored(stored)) == content_digest(report)


def test_what_was_not_said_is_not_in_the_signed_bytes(a_report):
    body = json.loads(signed_body(a_report(explanation="", samples=())))

    assert {"explanation", "samples", "number"}.isdisjoint(body)


def test_an_unknown_field_in_storage_is_refused(a_report):
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        from_stored({**to_stored(a_report()), "surprise": 1})


def test_a_signed_report_cannot_be_changed(a_report):
    with pytest.raises(AttributeError):
        a_report().conclusion = "autre"


@pytest.mark.parametrize(
    ("declared", "found", "gap"),
    [
        ("240", "312", "72"),
        ("240", "240.0", "0"),
        (None, "5", "5"),
        ("5", None, "-5"),
        ("0.5", "0.25", "-0.25"),
    ],
    ids=["more", "same", "undeclared", "not found", "less"],
)
def test_the_gap_is_found_less_declared(declared, found, gap):
    row = Comparison(facet=Facet.QUANTITY, declared=declared, found=found)

    assert row.gap == Decimal(gap)
    assert row.differs is (Decimal(gap) != 0)


def test_words_have_no_gap_but_may_differ():
    row = Comparison(facet=Facet.ORIGIN, declared="CN", found="VN")

    assert row.gap is None
    assert row.differs


@pytest.mark.parametrize("text", ["beaucoup", "", "NaN", "Infinity"])
def test_a_quantity_that_is_no_figure_is_refused(text):
    with pytest.raises(ValueError):
        Comparison(facet=Facet.QUANTITY, declared="1", found=text)


def test_a_digest_is_compared_by_eye_in_fours():
    assert short_hash("4f7a91c20b6ed358" + "0" * 48) == "4F7A 91C2 0B6E D358"


@pytest.mark.parametrize(
    ("officers", "words"), [(0, "Aucun"), (1, "preuve contraire"), (2, "inscription de faux"), (3, "faux")]
)
def test_two_officers_make_a_stronger_proof_than_one(officers, words):
    assert words in evidential_grade(officers)


def test_an_office_may_have_its_own_wording_of_proof():
    assert evidential_grade(2, grades={0: "simple", 2: "double"}) == "double"
    assert evidential_grade(1, grades={0: "simple", 2: "double"}) == "simple"
