"""Skills and languages are bits of one number; which of the two is missing is told."""

import pytest

from scheduling import FIRST_LANGUAGE, LANGUAGES, Blocked, Insertion, Need, Plan, faults, lacking
from tests.support.days import a_day, a_route, a_seat, a_visit

TEN = 600
ENGLISH = 1 << FIRST_LANGUAGE


@pytest.mark.parametrize(
    ("has", "asked", "rule"),
    [
        (0, 0, None),
        (0b11 | ENGLISH, 0b01 | ENGLISH, None),
        (ENGLISH, 0b01 | ENGLISH, "skills"),
        (0b01, 0b10 | ENGLISH, "skills"),
        (0b01, 0b01 | ENGLISH, "language"),
        (0, 1 << 62, "language"),
        (0, 1 << 47, "skills"),
    ],
    ids=["nothing asked", "both", "no skill", "neither", "no language", "the last language", "the last skill"],
)
def test_what_is_missing_is_named_and_a_skill_before_a_language(has: int, asked: int, rule: str | None) -> None:
    assert lacking(has, asked) == rule


def test_the_languages_fill_what_a_bigint_without_its_sign_leaves_above_the_skills() -> None:
    assert sum(1 << bit for bit in range(FIRST_LANGUAGE, 63)) == LANGUAGES


@pytest.mark.parametrize(
    ("skills", "rule"), [(0b11, "language"), (ENGLISH, "skills")], ids=["the skill alone", "the language alone"]
)
def test_the_plan_names_which_of_the_two_blocks_a_visit_and_its_checker_agrees(skills: int, rule: str) -> None:
    visit = a_visit("v", TEN, needs=(Need(skills=0b01 | ENGLISH),))
    day = a_day(a_seat("s", skills=skills), visits=(visit,))

    assert Insertion().plan(day).blocked == (Blocked(visit="v", role="officer", rule=rule),)
    assert [each.rule for each in faults(day, Plan(routes=(a_route("s", visit),)))] == [rule]
