"""Other people's text on paper: what cannot be printed, or would turn a line around, is shown by its code."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from visits.web.typo import NARROW, NBSP

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
PROBE = HERE / "typst" / "letter.typ"

#: Marks that change the direction of the text after them without being seen.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PLAIN = re.compile(r"[^\n -~\u00a0-\u017f\u2010-\u2027\u2030-\u203a\u20ac\u2212]")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_RUN = re.compile(r"[^\s\u200b]{24}(?=[^\s\u200b]{8})")


def printable(value: Any) -> Any:
    """The same values with every text made safe to print, and long runs given a place to break."""
    match value:
        case str():
            # Our sans draws the narrow space too narrow to be seen on paper.
            spaced = value.replace("\r\n", "\n").replace(NARROW, NBSP)
            return _broken(_PLAIN.sub(lambda found: _shown(found[0]), spaced))
        case dict():
            return {key: printable(item) for key, item in value.items()}
        case list() | tuple():
            return [printable(item) for item in value]
    return value


def _shown(letter: str) -> str:
    if letter == "\t":
        return " "
    if letter in _TURNS or unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} or not _has_glyph(letter):
        return f"[U+{ord(letter):04X}]"
    return letter


@lru_cache(maxsize=4096)
def _has_glyph(letter: str) -> bool:
    """Whether our fonts can draw it; the archive format refuses a page with a missing glyph."""
    try:
        typst.compile(
            str(PROBE),
            format="pdf",
            sys_inputs={"letter": letter},
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            pdf_standards=["a-2b"],
        )
    except typst.TypstError:
        return False
    return True


def _broken(text: str) -> str:
    return text if _DIGEST.fullmatch(text) else _RUN.sub(lambda run: run[0] + "\u200b", text)
