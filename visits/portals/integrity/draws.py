"""/integrity/draws: what in the draws is worth a second look: late promises, late witnesses, absences entered."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from visits.assignment import absence_rows, posting_rows, queries, record, witness_rows
from visits.assignment.tables import DrawSeed
from visits.errors import NotFound
from visits.portals.telling import at_office
from visits.roles import Role
from visits.sites.hours import grid_of
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import page
from visits.web.route import get

Asked = Request[Any, Any, Any]
INTEGRITY = frozenset({Role.INTEGRITY})
PATH = "/integrity/draws"
#: Days looked at of draws, and of absences.
DAYS, ABSENT_DAYS = 30, 90
#: What became of a day's witness value: kind of the tag, and words.
BROUGHT, LATE, MISSING = ("done", N_("Donnée")), ("no", N_("Trop tard")), ("no", N_("Absente"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day with draws."""

    seed: DrawSeed
    drawn: int
    #: Promised after its first booking, or not before its first draw.
    promised_late: bool
    witness: tuple[str, str] | None
    #: A value that came late tells who would have been drawn.
    comparable: bool
    #: Visits for which it did not count where officers are posted.
    waived: int = 0

    @property
    def odd(self) -> bool:
        """Is there anything to look at?"""
        return self.promised_late or self.witness in (LATE, MISSING)


@get(PATH, roles=INTEGRITY)
async def shown(work: Work, request: Asked) -> Response[str]:
    """The days with draws, and who entered the absences that had visits drawn again."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    listed = await queries.days_drawn(work, office.id, grid_of(office).day_of(work.now), DAYS)
    terms = await witness_rows.mandates(work, office.id)
    waived = await posting_rows.waived(work, office.id, listed[-1][0].day) if listed else {}
    days = []
    for seed, drawn in listed:
        if not drawn:
            continue
        booked, first = await queries.first_booked(work, office.id, seed.day), await queries.first_drawn(work, seed)
        days.append(
            Day(
                seed=seed,
                drawn=drawn,
                promised_late=bool((booked and booked < seed.committed_at) or (first and first <= seed.committed_at)),
                witness=_witness(seed) if any(seed.day in each.days for each in terms) else None,
                comparable=seed.witness_late is not None and seed.revealed is not None,
                waived=waived.get(seed.day, 0),
            )
        )
    work.audit("draws_reviewed", office=office.id)
    return page(
        request,
        "integrity/draws.html",
        its=office,
        days=days,
        odd=sum(each.odd for each in days),
        most=DAYS,
        entered=await absence_rows.entered(work, work.now - timedelta(days=ABSENT_DAYS)),
        absent_days=ABSENT_DAYS,
    )


def _witness(seed: DrawSeed) -> tuple[str, str] | None:
    if seed.witness is not None:
        return BROUGHT
    if seed.settled_at is None:
        return None
    return LATE if seed.witness_late is not None else MISSING


@get(PATH + "/{day:date}", roles=INTEGRITY)
async def compared(work: Work, request: Asked, day: FromPath[date]) -> Response[str]:
    """Who was drawn on a day whose witness came late, and who would have been with the value."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    seed = await queries.seed_of_day(work, office.id, day)
    if seed is None or seed.witness_late is None or seed.revealed is None:
        raise NotFound()
    rows = await record.with_late_value(work, seed)
    work.audit("draws_compared", office=office.id, day=day)
    return page(
        request,
        "integrity/draws_day.html",
        its=office,
        day=day,
        seed=seed,
        rows=rows,
        others=sum(each.drawn != each.would for each in rows),
    )


ROUTES = [compared, shown]
