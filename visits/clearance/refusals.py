"""The sentence of a refusal that was written down by its code, in the reader's language."""

from collections.abc import Iterator, Mapping
from typing import Any

from visits.errors import Refusal
from visits.web.language import say


def sentence_of(code: str, facts: Mapping[str, Any], language: str) -> str:
    """What the refusal says, with the facts kept; empty if the code or a fact is unknown."""
    for kind in _kinds(Refusal):
        if kind.code == code:
            try:
                return say(kind.says, language, **facts)
            except KeyError:
                return ""
    return ""


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)
