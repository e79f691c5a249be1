"""Keeps the English and Portuguese catalogues: `python -m visits.web.catalogues` adds what is missing.

A new text gets an empty translation, which a test of the repository refuses; one no longer used is dropped.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from visits.web.language import LANGUAGES, LOCALES, NAMES

PACKAGE = Path(__file__).parents[1]
FOREIGN = tuple(lang for lang in LANGUAGES if lang != "fr")

_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
_KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2), "say_many": (1, 2)}
_PLACES = re.compile(r"%\((\w+)\)[sd]")

#: One text, or the two forms of a text that changes with a number.
Message = str | tuple[str, str]


def extract() -> set[Message]:
    """Every French text of the code and the templates; one used with a plural and without counts with it."""
    messages = {message for message, _ in _found()}
    counted = {message[0] for message in messages if isinstance(message, tuple)}
    return {message for message in messages if message not in counted}


def _found() -> Iterator[tuple[Message, tuple[str, int]]]:
    found = extract_from_dir(PACKAGE, _METHODS, keywords=_KEYWORDS, directory_filter=_is_ours)
    for file, line, message, _comments, _context in found:
        text = message if isinstance(message, str) else (message[0], message[1])
        yield text, (Path(file).as_posix(), line)


def _is_ours(folder: str | os.PathLike[str]) -> bool:
    return Path(folder).name not in {"node_modules", "static", "locale", "__pycache__"}


def path_of(lang: str) -> Path:
    """Where the catalogue of a language lives."""
    return LOCALES / lang / "LC_MESSAGES" / "visits.po"


def catalogue(lang: str) -> Catalog:
    """The translations of a language as they stand."""
    with path_of(lang).open("rb") as source:
        return read_po(source, locale=lang)


def faults(lang: str) -> list[str]:
    """What is wrong with a language: texts missing, empty, or with other `%(places)s` than the French."""
    known = catalogue(lang)
    lines = []
    for message in sorted(extract(), key=str):
        forms = message if isinstance(message, tuple) else (message,)
        entry = known.get(forms[0])
        given = entry.string if entry else ""
        translated = [str(text) for text in (given if isinstance(given, list | tuple) else [given]) if text]
        if len(translated) != len(forms):
            lines.append(f"{lang}: not translated: {forms[0]}")
        elif {_places(text) for text in translated} - {_places(text) for text in forms}:
            lines.append(f"{lang}: other places than the French: {forms[0]}")
    return lines


def _places(text: str) -> frozenset[str]:
    return frozenset(_PLACES.findall(text))


def update() -> None:
    """Rewrite each foreign catalogue with the texts of today, keeping the translations it has."""
    for lang in FOREIGN:
        path = path_of(lang)
        old = catalogue(lang) if path.exists() else Catalog(locale=lang)
        fresh = Catalog(
            locale=lang,
            project="Visits",
            version="1",
            msgid_bugs_address="-",
            last_translator="-",
            language_team=lang,
            fuzzy=False,
            header_comment=f"# Visits in {NAMES[lang]}; the message ids are the French texts of record.",
        )
        fresh.creation_date = fresh.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        for message, place in sorted(_found(), key=lambda pair: (pair[1][0], pair[1][1])):
            first = message if isinstance(message, str) else message[0]
            known = old.get(first)
            fresh.add(message, string=known.string if known else None, locations=[place])
        text = BytesIO()
        write_po(text, fresh, width=110, include_lineno=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.getvalue())


if __name__ == "__main__":
    update()
