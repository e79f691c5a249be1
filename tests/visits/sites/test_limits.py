"""What no office may set is refused with the reason, in the use case and on the page."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests.support.stage import Stage
from tests.support.steps_policies import ruled, second_site
from visits.sites.limits import (
    BeyondTheRoster,
    NobodyLeft,
    NoSuchGrade,
    OneTerminal,
    PolicyImpossible,
    PolicyOutOfRange,
    Roster,
    fits,
    in_range,
)
from visits.sites.policies import Policies, rules
from visits.sites.skills import SkillUnclear

ONE, TWO = UUID(int=1), UUID(int=2)
#: Two terminals, two officers who serve at both and one who does not, of two grades.
ROSTER = Roster(sites={ONE: "Terminal 1", TWO: "Terminal 2"}, officers=((None, 1), (None, 2), (ONE, 0)))


@pytest.mark.parametrize(
    ("name", "value"),
    [("cool_off_most", 0), ("cool_off_days", 0), ("rotation_days", 0), ("most_minutes", -30), ("tired_percent", -1),
     ("regret_minutes", -5), ("tired_percent", 101)],
)  # fmt: skip
def test_none_negative_or_too_much_is_no_policy(name: str, value: int) -> None:
    with pytest.raises(PolicyOutOfRange):
        in_range(name, rules()[name], value)


@pytest.mark.parametrize("name", ["most_minutes", "rotation_days"])
def test_nothing_is_a_policy_where_nothing_means_without(name: str) -> None:
    in_range(name, rules()[name], None)


@pytest.mark.parametrize(
    ("changes", "roster", "refusal"),
    [
        ({"rotation_days": 3}, replace(ROSTER, sites={ONE: "Terminal 1"}), OneTerminal),
        ({"rotation_days": 3}, replace(ROSTER, officers=((None, 0), (ONE, 0), (TWO, 0))), NobodyLeft),
        ({"rotation_days": 31, "horizon_staff_days": 30}, ROSTER, BeyondTheRoster),
        ({"high_risk_grade": 3}, ROSTER, NoSuchGrade),
    ],
    ids=["one terminal", "everybody bound but one", "longer than hours are known", "nobody of that grade"],
)
def test_a_roster_that_cannot_keep_it_is_told(
    changes: dict[str, int], roster: Roster, refusal: type[PolicyImpossible]
) -> None:
    with pytest.raises(refusal):
        fits(replace(Policies(), **changes), roster)  # type: ignore[arg-type]


def test_what_the_roster_can_keep_is_allowed() -> None:
    fits(replace(Policies(), rotation_days=60, high_risk_grade=2), ROSTER)


async def test_nothing_of_an_impossible_change_is_in_force(stage: Stage) -> None:
    with pytest.raises(OneTerminal):
        await ruled(stage, rotation_days=3, cool_off_most=1)
    with pytest.raises(PolicyOutOfRange):
        await ruled(stage, cool_off_most=0)
    with pytest.raises(SkillUnclear):
        await ruled(stage, skills=("Chimie",))

    async with stage.browser("admin") as browser:
        answer = await browser.get(f"/admin/policies/{stage.office.id}")
    assert 'name="cool_off_most" type="text" value="2"' in answer.text


async def test_a_second_terminal_makes_a_rotation_possible(stage: Stage) -> None:
    await second_site(stage)

    await ruled(stage, rotation_days=3)


async def test_the_page_says_at_the_field_what_cannot_be(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        shown = await browser.get(f"/admin/policies/{stage.office.id}")
        typed = {"rotation_days": "3", "skills": "Chimie", "languages": "fr"}
        assert "rotation_days" in shown.text
        answer = await browser.post(f"/admin/policies/{stage.office.id}", data=await filled(stage, typed))

    assert answer.status_code == 422
    assert "n\u2019a qu\u2019un lieu de visite" in answer.text or "n'a qu'un lieu de visite" in answer.text


async def filled(stage: Stage, typed: dict[str, str]) -> dict[str, str]:
    """The form of the page as it stands, with what was typed."""
    kinds = rules()
    plain = {
        name: str(getattr(Policies(), name))
        for name, rule in kinds.items()
        if rule.kind in ("number", "choice", "text") or (rule.kind == "maybe" and getattr(Policies(), name) is not None)
    }
    return plain | {"high_risk_extents": "FULL"} | typed | {"skills": ""}
