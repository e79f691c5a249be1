"""One text of the file to one value of ours; ValueError where it is written otherwise."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal

#: A Java double prints as 1.0623724E7 from ten million up; any other exponent is refused.
_NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?(E([0-9]|1[0-5]))?")
#: Wide enough for the sum of every number the pattern allows, so that nothing is ever rounded.
_EXACT = Context(prec=120)
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{2}|[0-9]{4})")


def text_of(raw: str) -> str | None:
    """The text on one line, every run of blanks (no-break ones too) being one; None if nothing is left."""
    return " ".join(raw.split()) or None


def lines_of(raw: str) -> tuple[str, ...]:
    """The lines of a name: the first is the name, the others its address."""
    return tuple(line for line in map(text_of, raw.splitlines()) if line)


def number_of(raw: str) -> Decimal | None:
    """A non-negative decimal, exactly."""
    text = text_of(raw)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return Decimal(text)


def whole_of(raw: str) -> int | None:
    """A count of things that have no halves; `2.0` is how some exports write 2."""
    number = number_of(raw)
    if number is None:
        return None
    if number != int(number):
        raise ValueError("not a whole number")
    return int(number)


def day_of(raw: str) -> date | None:
    """A date M/D/YY or M/D/YYYY, never day first; 00 to 69 are of this century."""
    text = text_of(raw)
    if text is None:
        return None
    written = _DAY.fullmatch(text)
    if written is None:
        raise ValueError("not a date")
    month, day, year = int(written[1]), int(written[2]), int(written[3])
    if len(written[3]) == 2:
        year += 2000 if year < 70 else 1900
    return date(year, month, day)


def sum_of(numbers: Iterable[Decimal | None]) -> Decimal:
    """The exact sum of the numbers that are there."""
    total = Decimal(0)
    for number in numbers:
        if number is not None:
            total = _EXACT.add(total, number)
    return total


def canonical(number: Decimal) -> str:
    """The shortest plain decimal text: `1.0` and `1` are both `1`, and `1E7` is `10000000`."""
    return format(_EXACT.normalize(number), "f")
