"""Skills as an office writes them, and which goods ask for which (pure)."""

import pytest

from visits.sites.skills import SkillUnclear, codes_of, skills_for, skills_in

LINES = ("2 : Produits chimiques : 28, 29", "1: Animaux vivants :01 0301", "48 : Grue")


def test_a_line_is_a_number_a_name_and_codes() -> None:
    assert [(each.number, each.name, each.codes) for each in skills_in(LINES)] == [
        (1, "Animaux vivants", ("01", "0301")),
        (2, "Produits chimiques", ("28", "29")),
        (48, "Grue", ()),
    ]


@pytest.mark.parametrize(
    "lines",
    [["Chimie : 28"], ["0 : Chimie"], ["49 : Chimie"], ["1 :"], ["1 : Chimie : 28x"], ["1 : A", "1 : B"], ["-1 : A"]],
    ids=["no number", "nought", "too many", "no name", "no code", "a number twice", "negative"],
)
def test_a_line_that_is_no_skill_is_refused(lines: list[str]) -> None:
    with pytest.raises(SkillUnclear):
        skills_in(lines)


def test_goods_ask_for_the_skills_of_their_codes_and_for_no_other() -> None:
    assert skills_for(LINES, ["29011000", "87032100"]) == 0b10
    assert skills_for(LINES, ["03019900", "2801"]) == 0b11
    assert skills_for(LINES, ["87032100", ""]) == 0


def test_only_the_items_that_are_looked_at_count() -> None:
    content = {"items": [{"number": 1, "commodity_code": "28"}, {"number": 2, "hs6": "870321"}]}

    assert codes_of(content, (2,)) == ["870321"]
    assert codes_of(content) == ["28", "870321"]
