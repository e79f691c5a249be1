"""Skills and languages are bits of one number; which of the two is missing is told."""

import pytest

from scheduling import FIRST_LANGUAGE, LANGUAGES, lacking

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
