"""Limits a group reaches by its own number: every visit of it counts, and the group begins where all of them may."""

from collections.abc import Sequence
from datetime import date

from scheduling import Bar, Day, QuotaKind, Reason, Why, windows
from visits.booking import quotas_rows
from visits.booking.offer import Asked
from visits.booking.quotas import Pool, Rules
from visits.booking.quotas_limits import reached
from visits.sites.policies import policy
from visits.store.work import Work

Bars = dict[date, tuple[Bar, ...]]


async def bars_of(work: Work, members: Sequence[Asked], after: Sequence[int], days: Sequence[Day]) -> Bars:
    """By day the starts of the first visit at which some limit is too small for all of them.

    `after` is how many steps later each of them begins.
    """
    rules = policy(members[0].case.office, Rules)
    found = await _quotas(work, rules, members, after, days)
    for day in await _full_days(work, rules, members, days):
        full = Bar(mask=members[0].grid.whole(day), reason=Reason(why=Why.FIRM, count=rules.bookings_per_firm))
        found[day] = (full, *found.get(day, ()))
    return found


async def _quotas(
    work: Work, rules: Rules, members: Sequence[Asked], after: Sequence[int], days: Sequence[Day]
) -> Bars:
    asked, grid, visits = members[0], members[0].grid, [each.case.visit.id for each in members]
    limits = [pool for pool in map(Pool.of, rules.quotas) if pool.quota.kind is QuotaKind.MOST]
    found: Bars = {}
    if not limits:
        return found
    begun = await quotas_rows.begun(work, asked.case.office.id, days[0].day, days[-1].day, but=visits)
    for pool in limits:
        mine = [later for member, later in zip(members, after, strict=True) if _counts(pool, member)]
        for day in [each.day for each in days] if mine and pool.quota.places >= 0 else ():
            for window in windows(pool.quota, grid, day):
                if not window.holds(work.now):
                    continue
                used = sum(
                    window.during.start <= each.at < window.during.end
                    and pool.counts(each.standing, level=each.level, site=each.site)
                    for each in begun.get(day, ())
                )
                starts, mask = window.starts(grid), 0
                for step in range(grid.steps(day)):
                    more = sum(starts >> (step + later) & 1 for later in mine)
                    mask |= (more > 0 and used + more > pool.quota.places) << step
                if mask:
                    reason = reached(asked.ask({}), window).reason
                    found[day] = (*found.get(day, ()), Bar(mask=mask, reason=reason))
    return found


def _counts(pool: Pool, member: Asked) -> bool:
    visit = member.case.visit
    return pool.counts(member.standing, level=visit.level, site=str(visit.site_id or ""))


async def _full_days(work: Work, rules: Rules, members: Sequence[Asked], days: Sequence[Day]) -> list[date]:
    """Days on which the firm has no appointments left for all of them; staff are not limited."""
    case, most = members[0].case, rules.bookings_per_firm
    firm = case.declaration.firm_id
    if firm is None or members[0].policy.staff or not most:
        return []
    visits = [each.case.visit.id for each in members]
    counts = await quotas_rows.firm_days_without(work, firm, case.office.id, days[0].day, days[-1].day, but=visits)
    return [each.day for each in days if counts.get(each.day, 0) + len(members) > most]
