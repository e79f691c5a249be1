"""Tables as spreadsheets write them: any of three encodings, any of three separators, lines with their numbers (pure).

Excel in French saves semicolons in Windows-1252, or UTF-8 behind a mark; both are read. What we write opens there with
a double click. A cell that a spreadsheet would take for a formula is written as text.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from visits.errors import Refusal
from visits.texts import N_

#: The longest file and the most lines somebody may send.
MOST_BYTES, MOST_LINES = 400_000, 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class FileEmpty(Refusal):
    """Nothing was sent, or nothing but a heading."""

    code, status = "file-empty", 422
    says = N_("Le fichier est vide. Choisissez un fichier CSV avec au moins une ligne.")


class FileTooBig(Refusal):
    """Nobody keeps a calendar that long."""

    code, status = "file-too-big", 422
    says = N_("Le fichier est trop grand : au plus %(lines)s lignes et %(kilobytes)s ko.")


class NotATable(Refusal):
    """A workbook, a picture: no text."""

    code, status = "not-a-table", 422
    says = N_("Ce fichier n'est pas un CSV. Dans le tableur : Enregistrer sous, CSV.")


class ColumnsMissing(Refusal):
    """The heading lacks columns."""

    code, status = "columns-missing", 422
    says = N_("Colonnes absentes de la première ligne : %(columns)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its key, its heading, other headings understood, and what stands in it."""

    key: str
    name: str
    also: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table with its number in the file; cells by the key of their column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a file holds; `ignored` are headings that mean nothing to us."""

    lines: Sequence[Line]
    ignored: Sequence[str] = ()


def text_of(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with their marks, UTF-8 without, else Windows-1252."""
    if len(content) > MOST_BYTES:
        raise FileTooBig(lines=MOST_LINES, kilobytes=MOST_BYTES // 1000)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise NotATable()
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise NotATable() from None
    if "\x00" in text:
        raise NotATable()
    if not text.strip():
        raise FileEmpty()
    return text


def read(text: str, columns: Sequence[Column]) -> Table:
    """The lines of a text under its heading; empty lines and those that begin with # are passed over."""
    heading, *rest = _rows(text) or [(0, [])]
    names = {same(name): column.key for column in columns for name in (column.name, *column.also)}
    keys = [names.get(same(cell), "") for cell in heading[1]]
    missing = [column.name for column in columns if column.required and column.key not in keys]
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    if not rest:
        raise FileEmpty()
    if len(rest) > MOST_LINES:
        raise FileTooBig(lines=MOST_LINES, kilobytes=MOST_BYTES // 1000)
    lines = [
        Line(number=number, cells={key: _plain(cell) for key, cell in zip(keys, row, strict=False) if key})
        for number, row in rest
    ]
    return Table(lines=lines, ignored=[cell for cell, key in zip(heading[1], keys, strict=True) if cell and not key])


def written(heading: Sequence[str], rows: Iterable[Sequence[str]], *, examples: Iterable[Sequence[str]] = ()) -> bytes:
    """A table as a spreadsheet opens it; examples stand behind a # and are not read back."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    for first, *others in examples:
        writer.writerow([f"# {first}", *map(_safe, others)])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def same(name: str) -> str:
    """A heading or a name without what people write in many ways: case, accents, signs."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(each for each in plain if not unicodedata.combining(each))).strip()


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Rows that hold something, with the number of the line each begins on."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("sep=")), "")
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    found, before = [], 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells) and not cells[0].startswith(("#", "sep=")):
                found.append((before + 1, cells))
            before = reader.line_num
    except csv.Error:
        raise NotATable() from None
    return found


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
