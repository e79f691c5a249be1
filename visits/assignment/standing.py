"""How every officer stands for a visit, and what the visit asks of its inspector.

The draw, the plan, the insertion and whoever explains them all read it here, so that one set of rules decides.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from visits.assignment import queries, standing_rows
from visits.assignment.rules import Officer, Policy, Wanted
from visits.booking.strain import is_of_high_risk
from visits.declarations.tables import Declaration
from visits.journey.tables import Visit
from visits.sites.languages import asked_of
from visits.store.work import Work

#: Visits of this long ago and since weigh in the shares.
LATELY = timedelta(days=30)


async def officers_for(
    work: Work,
    visit: Visit,
    declaration: Declaration,
    limits: Policy,
    *,
    day: date,
    during: tuple[datetime, datetime] | None = None,
    mine: tuple[UUID, int] | None = None,
) -> list[Officer]:
    """Every officer of the office, by id. `mine` is who keeps the visit's place, and its steps: free for it."""
    return await standing_rows.officers(
        work, visit, declaration, day=day, during=during, limits=limits, lately=LATELY, mine=mine
    )


async def wanted_for(work: Work, visit: Visit, limits: Policy, *, mask: int = 0, on_site: bool = True) -> Wanted:
    """What the visit asks; a check of documents asks for no site."""
    return Wanted(
        mask=mask,
        skills=asked_of(visit.order),
        grade=grade_for(visit, limits),
        site_id=visit.site_id if on_site else None,
        earlier=await standing_rows.drawn_before(work, visit.id) if visit.parent_id else (),
        replaced=await queries.replaced_in(work, visit.id),
        policy=limits,
    )


def grade_for(visit: Visit, limits: Policy) -> int:
    """The least grade: what the order says, and more for high risk (pure)."""
    asked = int(visit.order.get("grade") or 0)
    return max(asked, limits.high_risk_grade) if is_of_high_risk(visit.order, limits) else asked
