"""What binds appointments that are placed anew as it binds any booking: quotas, a firm's day, roads between sites."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from scheduling import Grid, Limit, QuotaKind, Room, Wanted, keep, windows
from visits.booking import buffers_rows, quotas_rows, replan_rows
from visits.booking.buffers import Around, Roads
from visits.booking.buffers_rows import Stays
from visits.booking.offer import Asked
from visits.booking.queries import Masks
from visits.booking.quotas import PUBLIC, Pool, Rules
from visits.booking.quotas_limits import stands_at
from visits.booking.tables import Appointment, DayBits
from visits.declarations.queries import Case
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.work import Work

#: No visit: everything that is booked counts.
NONE = UUID(int=0)


async def limits_of(
    work: Work, office: Office, asking: Iterable[Asked], rows: Sequence[DayBits], grid: Grid, days: Sequence[date]
) -> list[Limit]:
    """The windows of the office's quotas and the days of the firms concerned, with what each counts now."""
    rules = policy(office, Rules)
    return [
        *await _quotas(work, office, rules, rows, grid, days),
        *await _firms(work, office, rules, {each.case.declaration.firm_id for each in asking}, grid, days),
    ]


def counted_by(wanted: Asked) -> frozenset[str]:
    """The limits a visit counts for, wherever it begins within one."""
    standing, level, site = wanted.standing, wanted.case.visit.level, str(wanted.case.visit.site_id or "")
    pools = {name for name, pool in _pools(_rules(wanted)) if pool.counts(standing, level=level, site=site)}
    return frozenset(pools | _firm(wanted.case))


def bound_by(wanted: Asked) -> frozenset[str]:
    """The limits that stand in a visit's way. What the office booked for a firm is not held against the firm."""
    standing, level, site = wanted.standing, wanted.case.visit.level, str(wanted.case.visit.site_id or "")
    pools = {name for name, pool in _pools(_rules(wanted)) if pool.binds(standing, level=level, site=site)}
    return frozenset(pools | (_firm(wanted.case) if standing.audience == PUBLIC else set()))


def far_from(roads: Roads, known: Stays, site: str, today: date) -> dict[tuple[int, str], int]:
    """By day and officer the steps at which he or she is on the way from or to another site, known where they are."""
    found = buffers_rows.too_far(roads, known, site) if roads and site else {}
    return {((day - today).days, str(resource)): mask for (day, resource), mask in found.items()}


async def alone(work: Work, office: Office, days: Sequence[date]) -> None:
    """Where more counts than the rows that are taken, wait until nobody else books these days of the office."""
    if policy(office, Rules).quotas or policy(office, Around).trips:
        for day in days:
            await buffers_rows.one_at_a_time(work, office.id, day)


async def firm_too_full(work: Work, case: Case, day: date) -> bool:
    """Has a firm more appointments on a day than it may, judged once nobody else books for it?"""
    firm, most = case.declaration.firm_id, policy(case.office, Rules).bookings_per_firm
    if firm is None or not most:
        return False
    await quotas_rows.lock_firm(work, firm)
    count = await quotas_rows.firm_days(work, firm, case.office.id, day, day, but=NONE)
    return count.get(day, 0) > most


async def admits(work: Work, wanted: Asked, was: Appointment, now: Appointment, *, taken: Masks, spare: Masks) -> bool:
    """May a visit have its former time again, of which it would take these steps and give back those?"""
    office, grid, binds, counts = wanted.case.office, wanted.grid, bound_by(wanted), counted_by(wanted)
    rows = await replan_rows.bits(work, office.id, was.day, was.day)
    day, step = grid.step_of(was.during.lower)
    inside = 1 << grid.step_of(now.during.lower)[1] if now.status == "confirmed" and now.day == day else 0
    limits = [each for each in await limits_of(work, office, [wanted], rows, grid, [day]) if each.name in binds]
    for each in limits:
        reached = each.kind is QuotaKind.MOST and each.used >= each.places and each.starts >> step & 1
        if reached and not (each.name in counts and each.starts & inside):
            return False
    keeping = [
        (Wanted(mask=each.steps, places=max(0, each.places - each.used), kinds=each.kinds), each.fits)
        for each in limits
        if each.kind is QuotaKind.KEPT
    ]
    rooms = rooms_of(rows, day).get(0, {})
    free = {name: replace(room, free=room.free | spare.get((day, UUID(name)), 0)) for name, room in rooms.items()}
    left = {name: replace(room, free=room.free & ~taken.get((day, UUID(name)), 0)) for name, room in free.items()}
    return len(keep(left, keeping)) == len(keep(free, keeping))


async def _quotas(
    work: Work, office: Office, rules: Rules, rows: Sequence[DayBits], grid: Grid, days: Sequence[date]
) -> list[Limit]:
    begun = await quotas_rows.begun(work, office.id, days[0], days[-1]) if rules.quotas else {}
    found = []
    for name, pool in _pools(rules):
        for number, day in enumerate(days):
            fits = tuple(str(row.resource_id) for row in rows if row.day == day and row.work and stands_at(pool, row))
            for window in windows(pool.quota, grid, day):
                if not window.holds(work.now):
                    continue
                used = sum(
                    window.during.start <= each.at < window.during.end
                    and pool.counts(each.standing, level=each.level, site=each.site)
                    for each in begun.get(day, ())
                )
                found.append(
                    Limit(
                        name=name,
                        kind=pool.quota.kind,
                        day=number,
                        places=pool.quota.places,
                        used=used,
                        starts=window.starts(grid),
                        steps=window.steps(grid) & grid.since(day, work.now),
                        kinds=pool.kinds,
                        fits=fits,
                    )
                )
    return found


async def _firms(
    work: Work, office: Office, rules: Rules, firms: Iterable[UUID | None], grid: Grid, days: Sequence[date]
) -> list[Limit]:
    found = []
    for firm in sorted(each for each in firms if each is not None) if rules.bookings_per_firm else ():
        counts = await quotas_rows.firm_days(work, firm, office.id, days[0], days[-1], but=NONE)
        found += [
            Limit(
                name=str(firm),
                kind=QuotaKind.MOST,
                day=(day - days[0]).days,
                places=rules.bookings_per_firm,
                used=count,
                starts=grid.whole(day),
            )
            for day, count in sorted(counts.items())
        ]
    return found


def rooms_of(rows: Iterable[DayBits], today: date) -> dict[int, dict[str, Room]]:
    """The resources of which places may be kept, by day."""
    found: dict[int, dict[str, Room]] = {}
    for row in rows:
        if row.work:
            room = Room(kind=row.kind, free=row.free & row.work, skills=row.skills)
            found.setdefault((row.day - today).days, {})[str(row.resource_id)] = room
    return found


def _rules(wanted: Asked) -> Rules:
    return policy(wanted.case.office, Rules)


def _pools(rules: Rules) -> list[tuple[str, Pool]]:
    """The office's quotas that can bind, each with a name of its own."""
    pools = [(f"quota {number}", Pool.of(stored)) for number, stored in enumerate(rules.quotas)]
    return [(name, pool) for name, pool in pools if pool.quota.places >= 0]


def _firm(case: Case) -> set[str]:
    return {str(case.declaration.firm_id)} if case.declaration.firm_id is not None else set()
