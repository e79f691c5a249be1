"""Writes the documentation that is generated from the code: `python -m tests.repo.generate`."""

import dataclasses
import re
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

import visits.settings
from visits import schema
from visits.journey.states import CLOCKS, LEVEL_NAMES, OVER, STATE_NAMES, TABLE, Level
from visits.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
#: Lines of docs/states.md from here on are written by hand: the side branches and their tests.
BY_HAND = "## Side branches"


def states() -> str:
    """docs/states.md, up to the part written by hand."""
    lines = ["# The life of a visit", "", "Generated from `visits/journey/states.py`.", "", "## States", ""]
    lines += ["| state | read as | whose turn | over |", "|---|---|---|---|"]
    lines += [
        f"| {state} | {name} | {CLOCKS[state]} | {'yes' if state in OVER else ''} |"
        for state, name in STATE_NAMES.items()
    ]
    lines += ["", "## Events", "", "| from | event | to | who | levels |", "|---|---|---|---|---|"]
    for row in TABLE:
        levels = "all" if row.levels == frozenset(Level) else ", ".join(sorted(row.levels))
        lines.append(f"| {row.source} | {row.event} | {row.target} | {', '.join(sorted(row.who))} | {levels} |")
    lines += ["", "Levels: " + "; ".join(f"{level} = {name}" for level, name in LEVEL_NAMES.items()) + ".", "", ""]
    return "\n".join(lines)


def settings() -> str:
    """docs/settings.md."""
    source = Path(visits.settings.__file__).read_text(encoding="utf-8")
    notes = {name: sentence for sentence, name in re.findall(r"#: (.+)\n    (\w+): ", source)}
    lines = ["# Settings", "", "Each is read from the environment, once, at the start.", ""]
    lines += ["| setting | default | what it is |", "|---|---|---|"]
    for field in dataclasses.fields(Settings):
        lines.append(f"| `VISITS_{field.name.upper()}` | `{_default(field)}` | {notes[field.name]} |")
    lines += ["", "`DATABASE_URL` stands in for `VISITS_DATABASE_URL`.", ""]
    return "\n".join(lines)


def _default(field: Any) -> str:
    value = field.default if field.default is not dataclasses.MISSING else field.default_factory()
    return str(value) if value != "" else " "


def tables() -> str:
    """docs/schema.md."""
    lines = ["# Tables", "", "Generated from the `tables.py` files.", ""]
    for table in schema.metadata.sorted_tables:
        mapped = next((each.class_ for each in SQLModel._sa_registry.mappers if each.local_table is table), None)
        lines += [f"## {table.name}", "", (mapped.__doc__ or "").strip() if mapped else "", ""]
        lines += ["| column | kind | |", "|---|---|---|"]
        for column in table.columns:
            target = next(iter(column.foreign_keys), None)
            notes = [f"→ {target.target_fullname}"] if target else []
            notes += ["null"] if column.nullable else []
            lines.append(f"| {column.name} | {column.type} | {' '.join(notes)} |")
        lines.append("")
    return "\n".join(lines)


def written_by_hand() -> str:
    """What follows the generated part of docs/states.md."""
    path = DOCS / "states.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text[text.index(BY_HAND) :] if BY_HAND in text else f"{BY_HAND}\n"


def main() -> None:
    """Write all of it."""
    (DOCS / "states.md").write_text(states() + written_by_hand(), encoding="utf-8")
    (DOCS / "settings.md").write_text(settings(), encoding="utf-8")
    (DOCS / "schema.md").write_text(tables(), encoding="utf-8")


if __name__ == "__main__":
    main()
