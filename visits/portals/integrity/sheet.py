"""Rows as a file for a spreadsheet; what would be a formula begins with an apostrophe. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

#: What begins a formula, also behind blanks, and in the wide signs of some keyboards.
FORMULA = tuple("=+-@＝＋－＠")


def cell(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it."""
    blank = text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if blank or text.lstrip().startswith(FORMULA) else text


def sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file, as the spreadsheets of French offices open it: semicolons, UTF-8 with its mark."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([cell(each) for each in row] for row in rows)
    return held.getvalue().encode("utf-8-sig")
