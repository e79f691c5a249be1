"""How much worse than the best choice each officer would be for a visit drawn on its day (bounded regret, Decided 10).

What an officer has that day is read as the plan reads it: the roads a visit adds, the load it adds, the rest it takes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from scheduling import Need, PlanVisit, Stop, Timelines
from visits.assignment.day import OFFICER, Loaded, load
from visits.assignment.rules import Field, Officer
from visits.booking.strain import is_of_high_risk
from visits.declarations.queries import Case
from visits.sites.languages import asked_of
from visits.store.work import Work

#: Rules of the plan that the draw asks of an officer's own day; the others it asks by the bits.
ASKED = frozenset({"rest", "fatigue", "full_day"})


async def near(
    work: Work,
    case: Case,
    officers: Sequence[Officer],
    sifted: Callable[[Sequence[Officer]], Field],
    *,
    day: date,
    during: tuple[datetime, datetime],
) -> Field:
    """Who may be drawn: of those no rule keeps away, those who cost at most the allowed regret more than the best."""
    read = await load(work, case.office, day, kind=OFFICER, briefly=True)
    unfit, prices = judged(read, case, during)
    asked = [replace(each, unfit=unfit.get(each.id, "")) for each in officers]
    able = sifted(asked)
    best = min((prices[each.id] for each in able.eligible if each.id in prices), default=0)
    return sifted([replace(each, regret=max(0, prices.get(each.id, best) - best)) for each in asked])


def judged(read: Loaded, case: Case, during: tuple[datetime, datetime]) -> tuple[dict[UUID, str], dict[UUID, int]]:
    """By officer: the rule of the plan that keeps the visit out of the day, and what it would cost there."""
    start, end = read.minute(during[0]), read.minute(during[1])
    need = Need(skills=asked_of(case.visit.order))
    visit = PlanVisit(
        id=str(case.visit.id),
        minutes=end - start,
        earliest=start,
        latest=start,
        site=str(case.visit.site_id or ""),
        needs=(need,),
        demanding=is_of_high_risk(case.visit.order, read.limits),
    )
    days = Timelines(read.named(but=case.visit.id))
    stop = Stop(visit, need, start)
    unfit, prices = {}, {}
    for name, timeline in days.of.items():
        rule = timeline.why(stop)
        if rule in ASKED:
            unfit[UUID(name)] = str(rule)
        prices[UUID(name)] = timeline.price(visit, need, start)
    return unfit, prices
