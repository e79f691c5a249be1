"""The integration pages name every message, field, code and warning, and their examples are true."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from visits.clearance import acknowledge, body, inbox, port, release
from visits.clearance.asycuda.refusals import Unreadable
from visits.clearance.verdict import DOUBTS, NOTES
from visits.errors import Refusal

DOCS = Path(__file__).parents[3] / "docs" / "integrate"
NEW_SYSTEM, ASYCUDA = ((DOCS / name).read_text(encoding="utf-8") for name in ("new-system.md", "asycuda.md"))


@pytest.mark.parametrize("message", get_args(port.AnyMessage), ids=lambda each: each.__name__)
def test_every_message_and_each_of_its_fields_is_described(message: Any) -> None:
    config = message.__struct_config__
    row = next(line for line in NEW_SYSTEM.splitlines() if line.startswith(f"| `{config.tag}` |"))

    for name in set(message.__struct_fields__) - {"id", "at", "declaration"}:
        assert f"`{name}`" in row


def test_the_examples_are_messages() -> None:
    examples = re.findall(r"```json\n(.*?)```", NEW_SYSTEM, re.S)

    assert len(examples) == 3
    for example in examples:
        msgspec.json.decode(example, type=port.AnyMessage)


def test_every_code_of_a_message_is_explained() -> None:
    refusals = [
        kind
        for module in (inbox, release, acknowledge, body)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind.__module__ == module.__name__
    ]

    assert len(refusals) >= 8
    for code in [*NOTES, *(kind.code for kind in refusals)]:
        assert f"`{code}`" in NEW_SYSTEM


def test_every_warning_and_refusal_of_the_reader_is_explained() -> None:
    for code in [*DOUBTS, *(kind.code for kind in Unreadable.__subclasses__())]:
        assert f"`{code}`" in ASYCUDA
