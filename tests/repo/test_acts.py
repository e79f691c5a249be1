"""Every act the journal can hold has its words: an integrity officer reads sentences, not codes."""

import ast
from collections.abc import Iterator
from pathlib import Path

from scheduling import Outcome
from visits.assignment.chance import SHARE_DRAWN
from visits.fieldwork.words import Deed
from visits.portals.integrity.facts import FACTS
from visits.portals.integrity.words import ACTIONS

ROOT = Path(__file__).parents[2]
DECIDED = ("granted", "refused", "ended")
#: Acts whose code is put together: where, and which ones come out.
PUT_TOGETHER: dict[tuple[str, str], set[str]] = {
    ("visits/assignment/share.py", "chance.SHARE_DRAWN"): {SHARE_DRAWN},
    ("visits/booking/premises.py", "f'premises_{state}'"): {f"premises_{state}" for state in DECIDED},
    ("visits/booking/regular.py", "f'regular_hours_{state}'"): {f"regular_hours_{state}" for state in DECIDED},
    ("visits/declarations/receive.py", "f'conflict_{conflict.state}'"): {"conflict_accepted", "conflict_refused"},
    ("visits/fieldwork/follow.py", "kind"): {Deed.COUNTER_VISIT.value, Deed.EXTENSION.value},
}


def said(path: Path) -> Iterator[tuple[int, ast.expr]]:
    """What stands where an act is named, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audit":
            yield node.lineno, node.args[0]


def codes(file: str, named: ast.expr) -> set[str] | None:
    """The acts an expression can be; None if nobody says which."""
    match named:
        case ast.Constant(value=str(code)):
            return {code}
        case ast.IfExp(body=one, orelse=other):
            found = codes(file, one), codes(file, other)
            return None if None in found else set().union(*(each or () for each in found))
        case _:
            return PUT_TOGETHER.get((file, ast.unparse(named)))


def recorded() -> dict[str, list[str]]:
    """Every act the code records, with the lines that do; a line nobody can read stands under « ? »."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "visits").rglob("*.py")):
        file = str(path.relative_to(ROOT))
        for line, named in said(path):
            for code in codes(file, named) or {"?"}:
                found.setdefault(code, []).append(f"{file}:{line}")
    return found


#: Facts that are put together: where, by which words, and which come out.
FACTS_PUT_TOGETHER: dict[tuple[str, str], set[str]] = {
    ("visits/assignment/repair_apply.py", "facts"): {"day", "reason", "run", "starts_at", "minutes", *Outcome},
    ("visits/booking/reconcile.py", "_told(each)"): {"day", "free", "should"},
    ("visits/booking/reconcile.py", "_told(difference)"): {"day", "free", "should"},
    ("visits/booking/replan_apply.py", "_counts(draft)"): {"minutes", "cost", *Outcome},
    ("visits/sites/admin.py", "facts"): {"before", "after"},
}


def facts() -> set[str]:
    """Every name of a fact the code records beside an act."""
    found: set[str] = set()
    for path in sorted((ROOT / "visits").rglob("*.py")):
        file = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audit":
                for each in node.keywords:
                    found |= {each.arg} if each.arg else FACTS_PUT_TOGETHER[file, ast.unparse(each.value)]
    return {str(each) for each in found} - {"office"}


def test_every_fact_of_an_act_has_words_and_none_is_left() -> None:
    assert facts() == set(FACTS)


def test_no_two_facts_read_alike() -> None:
    assert len(set(FACTS.values())) == len(FACTS)


def test_every_act_of_the_code_can_be_read() -> None:
    assert recorded().get("?", []) == [], "say in PUT_TOGETHER which acts these are"


def test_every_act_has_words() -> None:
    assert {code: lines for code, lines in recorded().items() if code not in ACTIONS and code != "?"} == {}


def test_no_words_are_left_of_acts_that_are_gone() -> None:
    assert sorted(set(ACTIONS) - set(recorded())) == []


def test_no_two_acts_read_alike() -> None:
    assert len(set(ACTIONS.values())) == len(ACTIONS)
