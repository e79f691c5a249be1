"""Who is posted at which terminal, as the chief reads it below the visits without inspector."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from visits.assignment import posting_rows
from visits.assignment.posting import period_of
from visits.assignment.rules import Policy
from visits.assignment.witness import needed_at
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.work import Work

#: So far back it is counted where everybody was.
COUNTED = timedelta(days=365)


@dataclass(slots=True, kw_only=True)
class Served:
    """One officer: where now, where next if that is drawn, and how often where."""

    name: str
    now: str = ""
    next: str = ""
    often: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """The rotation of an office as it stands."""

    officers: list[Served]
    terminals: list[str]
    #: The last day of the period that holds; none if it was not drawn.
    until: date | None
    #: The first day of the next one, and when its draw may be made.
    begins: date
    drawn_at: datetime
    next_drawn: bool


async def postings(work: Work, office: Office) -> Postings | None:
    """The rotation of an office; None if it has none."""
    length, today = policy(office, Policy).rotation_days, grid_of(office).day_of(work.now)
    if length is None:
        return None
    begins = period_of(today, length)[1] + ONE_DAY
    rows = await posting_rows.history(work, office.id, today - COUNTED)
    found: dict[UUID, Served] = {}
    until = None
    for posting, officer, terminal in rows:
        served = found.setdefault(posting.resource_id, Served(name=officer))
        if posting.first_day > today:
            served.next = terminal
            continue
        served.often[terminal] += 1
        if posting.last_day >= today:
            served.now, until = terminal, posting.last_day
    return Postings(
        officers=list(found.values()),
        terminals=sorted({terminal for _, _, terminal in rows}),
        until=until,
        begins=begins,
        drawn_at=needed_at(office, begins),
        next_drawn=any(each.next for each in found.values()),
    )
