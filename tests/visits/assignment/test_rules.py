"""Each rule alone, then the sum: who may be drawn, who may not, and which rule is told."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.assignment.rules import (
    NOBODY,
    RULES,
    SENTENCES,
    Officer,
    Policy,
    Wanted,
    blocked_by,
    reveals_at,
    sift,
)
from visits.booking.strain import is_of_high_risk
from visits.sites.languages import bits_of
from visits.sites.policies import Policies

AGENCY, SITE, OTHER = UUID(int=50), UUID(int=60), UUID(int=61)
#: A visit of two steps that needs one skill; the officer has it and is free.
WANTED = Wanted(mask=0b0110, skills=0b01, site_id=SITE)
ABLE = Officer(id=UUID(int=1), skills=0b11, work=0b1111, free=0b0110)


def test_an_officer_who_fits_may_be_drawn() -> None:
    assert blocked_by(ABLE, WANTED) is None


@pytest.mark.parametrize(
    ("officer", "wanted", "rule"),
    [
        ({"active": False}, {}, "inactive"),
        ({"agency_id": AGENCY}, {}, "agency"),
        ({"skills": 0b10}, {}, "skills"),
        ({"skills": 0b01}, {"skills": 0b01 | bits_of(["en"])}, "language"),
        ({"skills": bits_of(["en"])}, {"skills": 0b01 | bits_of(["en"])}, "skills"),
        ({"grade": 1}, {"grade": 2}, "grade"),
        ({"site_id": OTHER}, {}, "elsewhere"),
        ({"away": True}, {}, "away"),
        ({"work": 0b0100}, {}, "off_duty"),
        ({"work": 0}, {"mask": 0}, "off_duty"),
        ({"free": 0b0010}, {}, "busy"),
        ({"far": 0b0100}, {}, "on_the_road"),
        ({"unfit": "rest"}, {}, "rest"),
        ({"unfit": "fatigue"}, {}, "fatigue"),
        ({"unfit": "full_day"}, {}, "full_day"),
        ({"tied": True}, {}, "conflict"),
        ({}, {"earlier": {ABLE.id}}, "earlier_visit"),
        ({}, {"replaced": {ABLE.id}}, "replaced"),
        ({"met": 2}, {}, "cool_off"),
        ({"met": 0}, {"policy": Policy(cool_off_most=0)}, "cool_off"),
        ({"posted": OTHER}, {}, "terminal"),
        ({"regret": 11}, {}, "detour"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_one_rule_is_enough_to_be_left_out(officer: dict[str, Any], wanted: dict[str, Any], rule: str) -> None:
    assert blocked_by(replace(ABLE, **officer), replace(WANTED, **wanted)) == rule


@pytest.mark.parametrize(
    ("officer", "wanted"),
    [
        ({"site_id": SITE}, {}),
        ({"site_id": OTHER}, {"site_id": None}),
        ({"met": 1}, {}),
        ({"skills": 0b01 | bits_of(["en", "pt"])}, {"skills": 0b01 | bits_of(["en"])}),
        ({"free": 0}, {"mask": 0}),
        ({"met": 2}, {"policy": Policy(cool_off_most=3)}),
        ({"grade": 2}, {"grade": 2}),
        ({"posted": SITE}, {}),
        ({"posted": OTHER}, {"site_id": None}),
        ({"posted": OTHER}, {"waived": True}),
        ({"regret": 10}, {}),
    ],
    ids=[
        "same site",
        "no site asked",
        "met once",
        "one language more",
        "a desk needs no hour",
        "a milder policy",
        "just the grade",
        "posted here",
        "posted, and no site asked",
        "posted elsewhere, and nobody here",
        "just the regret",
    ],
)
def test_the_edge_is_still_inside(officer: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert blocked_by(replace(ABLE, **officer), replace(WANTED, **wanted)) is None


def test_each_rule_is_the_one_that_keeps_somebody_out() -> None:
    """Nothing is recorded that no rule of the list decided."""
    tried = {
        "inactive", "agency", "skills", "language", "grade", "elsewhere", "away", "off_duty", "busy", "on_the_road",
        "rest", "fatigue", "full_day", "conflict", "earlier_visit", "replaced", "cool_off", "terminal", "detour",
    }  # fmt: skip

    assert {rule.code for rule in RULES} == tried


@pytest.mark.parametrize(
    ("order", "high"),
    [
        ({"extent": "FULL"}, True),
        ({"extent": "PARTIAL"}, False),
        ({"extent": "PARTIAL", "high_risk": True}, True),
        ({}, False),
    ],
    ids=["everything unloaded", "a part", "goods of high risk", "nothing said"],
)
def test_the_order_says_whether_a_visit_is_of_high_risk(order: dict[str, Any], high: bool) -> None:
    assert is_of_high_risk(order, Policy()) is high
    assert is_of_high_risk({"extent": "FULL"}, Policy(high_risk_extents=())) is False


def test_everybody_is_either_drawable_or_named_with_a_rule() -> None:
    busy, away = replace(ABLE, id=UUID(int=3), free=0), replace(ABLE, id=UUID(int=2), away=True)

    field = sift([busy, ABLE, away], WANTED)

    assert field.eligible == (ABLE,)
    assert field.excluded == ((UUID(int=2), "away"), (UUID(int=3), "busy"))
    assert field.counts == {"away": 1, "busy": 1}


def test_the_rule_nearest_to_letting_somebody_through_is_told() -> None:
    seen, idle = replace(ABLE, met=2), replace(ABLE, id=UUID(int=2), active=False)

    assert sift([seen, idle], WANTED).blocking == "cool_off"
    assert sift([idle], WANTED).blocking == "inactive"
    assert sift([], WANTED).blocking == NOBODY


@given(
    st.lists(
        st.builds(
            Officer,
            id=st.uuids(),
            met=st.integers(0, 4),
            away=st.booleans(),
            work=st.integers(0, 15),
            free=st.integers(0, 15),
        ),
        max_size=8,
        unique_by=lambda each: each.id,
    )
)
def test_nobody_is_lost_and_the_order_in_which_they_come_does_not_count(officers: list[Officer]) -> None:
    field = sift(officers, replace(WANTED, skills=0))

    assert len(field.eligible) + len(field.excluded) == len(officers)
    assert sift(list(reversed(officers)), replace(WANTED, skills=0)) == field


def test_every_rule_has_a_code_of_its_own_and_a_sentence() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(SENTENCES[rule.code] == rule.says for rule in RULES)


def test_every_policy_of_the_draw_is_one_an_office_can_set() -> None:
    ours = {each.name: each.default for each in fields(Policy)}

    assert ours == {each.name: each.default for each in fields(Policies) if each.name in ours}


def test_the_name_waits_for_the_check_in_unless_the_office_tells_it_earlier() -> None:
    starts_at = datetime(2026, 11, 24, 10, tzinfo=UTC)

    assert reveals_at(Policy(), starts_at) is None
    assert reveals_at(Policy(reveal_minutes=30), starts_at) == starts_at - timedelta(minutes=30)
    assert reveals_at(Policy(reveal_minutes=0), starts_at) == starts_at
    assert reveals_at(Policy(reveal_minutes=0), None) is None
