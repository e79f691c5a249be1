"""Notices as lines of a page: what, to whom, what became of it, and why not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from visits.notices.tables import Notice
from visits.notices.telling import masked, told
from visits.notices.templates import TEMPLATES
from visits.people.tables import Person
from visits.web.language import say

#: States a person may ask another try for.
AGAIN = frozenset({"failed", "expired", "waiting"})


def rows(
    found: Iterable[tuple[Notice, Person | None]], language: str, zone: ZoneInfo, now: datetime, *, whole: bool = False
) -> list[dict[str, Any]]:
    """Each notice in words; `whole` shows addresses to their owner, the others see enough to recognise one."""
    return [
        {
            "id": notice.id,
            "title": say(TEMPLATES[notice.template].title, language),
            "about": str(notice.facts.get("title") or ""),
            "visit_id": notice.visit_id,
            "person": person.name if person else "",
            "address": notice.address if whole else masked(notice.address) if notice.address else "",
            "line": told(notice, language, zone, now),
            "detail": notice.detail,
            "tries": notice.tries,
            "at": notice.made_at,
            "again": notice.state in AGAIN and (notice.state != "waiting" or notice.tries > 0),
        }
        for notice, person in found
    ]
