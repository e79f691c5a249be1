"""The gapless number of a report: of its office and of the year in which it was validated, never given twice."""

import re
from uuid import UUID

from sqlalchemy import text

from visits.store.work import Work

_NEXT = text(
    "insert into report_number (office_id, year, last) values (:office, :year, 1)"
    " on conflict (office_id, year) do update set last = report_number.last + 1 returning last"
)
_SHAPE = re.compile(r"(\d{4})\s*([A-Z0-9]{2,12})\s*CV\s*(\d[\d\s]{0,12})", re.IGNORECASE)


async def next_number(work: Work, office_id: UUID, year: int) -> int:
    """The next number. Its row stays locked until the commit, and a rollback gives the number back: no gaps."""
    return int((await work.session.execute(_NEXT, {"office": office_id, "year": year})).scalar_one())


def number_text(year: int, office_code: str, number: int) -> str:
    """« 2026 CIAB1 CV 00318 », as it is printed and read out."""
    return f"{year} {office_code} CV {number:05}"


def parsed(typed: str) -> tuple[int, str, int] | None:
    """Year, office and number of what somebody typed; blanks and letter case do not count."""
    found = _SHAPE.fullmatch(typed.strip())
    if found is None:
        return None
    return int(found[1]), found[2].upper(), int("".join(found[3].split()))
