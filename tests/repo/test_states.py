"""Every side branch of a visit is in docs/states.md, with an event of the table and a flow test that is there."""

import ast
from pathlib import Path

import pytest

from tests.repo.generate import BY_HAND
from visits.events import KINDS
from visits.journey.states import TABLE, State

ROOT = Path(__file__).parents[2]
BRANCHES = (
    "goods absent",
    "party absent",
    "inspector absent",
    "agency absent",
    "customs did not come",
    "agency did not come",
    "refusal to sign",
    "suspended",
    "converted video → physical",
    "extension",
    "counter-visit",
    "pending laboratory",
    "seizure",
    "cancelled by clearance system",
    "paper exception with reason",
)
#: A second visit begins where every visit begins; no row of the table leads there.
SECOND_VISITS = frozenset({"extension_ordered", "counter_visit_ordered"})


def rows() -> dict[str, list[str]]:
    """The table's other cells, by branch."""
    text = (ROOT / "docs/states.md").read_text(encoding="utf-8")
    lines = text[text.index(BY_HAND) :].splitlines()
    cells = [[each.strip() for each in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {first: others for first, *others in cells[1:]}


def walked() -> dict[str, ast.AsyncFunctionDef]:
    """The flow tests, by name."""
    trees = [ast.parse(each.read_text(encoding="utf-8")) for each in ROOT.glob("tests/flows/test_branches*.py")]
    return {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.AsyncFunctionDef)}


def test_the_table_names_every_branch_once_and_no_other() -> None:
    assert list(rows()) == list(BRANCHES)


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_branch_leads_where_the_state_table_leads(branch: str) -> None:
    _, event, state, _ = rows()[branch]

    assert event in KINDS
    if event in SECOND_VISITS:
        assert state == State.PACKAGE
    else:
        assert state in {row.target for row in TABLE if row.event == event}


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_branch_is_walked_on_its_pages(branch: str) -> None:
    _, event, _, name = rows()[branch]
    test = walked().get(name)

    assert name.startswith("test_")
    assert test is not None, f"tests/flows/test_branches.py has no {name}"
    assert event in {node.value for node in ast.walk(test) if isinstance(node, ast.Constant)}
    assert "track" in {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)}
