"""French typographic spaces and apostrophes, put into the texts we wrote. Pure.

It works on our own sentences before facts are filled in, so an identifier, a name or the value of a field
never passes through it. Nobody types these spaces by hand.
"""

import re
from functools import lru_cache

NBSP = "\u00a0"
NARROW = "\u202f"

#: Tags with their attributes, addresses: never touched.
_KEPT = re.compile(r"(<[^<>]*>|(?:https?://|mailto:|www\.)[^\s<>]+|[\w.+-]+@[\w.-]+)")
_UNIT = r"(?:h|min|s|j|kg|g|t|km|m|cm|m²|m³|Mo|ko|Go|€|FCFA|°C|%%|%(?!\())"
_NUMBER = r"(\d|%\(\w+\)[sd])"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"'"), "’"),
    (re.compile(r"[ \u00a0]+(?=[;?!])"), NARROW),
    (re.compile(r" +(?=:)"), NBSP),
    (re.compile(r"«[ \u202f]*(?!\u00a0)"), f"«{NBSP}"),
    (re.compile(r"(?<!\u00a0)[ \u202f]*»"), f"{NBSP}»"),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), NARROW),
    (re.compile(rf"{_NUMBER} (?={_UNIT}(?!\w))"), rf"\1{NBSP}"),
    (re.compile(rf"{_NUMBER}{NBSP}h (?=\d|%\()"), rf"\1{NBSP}h{NBSP}"),
    (re.compile(r"\b([nN]°) "), rf"\1{NBSP}"),
    (re.compile(r" (?=[–÷] )"), NBSP),
)


@lru_cache(maxsize=8192)  # our own sentences are a few thousand, and a page says a hundred of them
def typo(text: str) -> str:
    """Give a French sentence its spaces; tags, addresses and `%(places)s` stay. Twice changes nothing."""
    pieces = _KEPT.split(text)
    for index in range(0, len(pieces), 2):
        for pattern, replacement in _RULES:
            pieces[index] = pattern.sub(replacement, pieces[index])
    return "".join(pieces)
