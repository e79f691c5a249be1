"""What stands in a visit's way though resources are free: roads between sites, places kept for others, limits.

The same answer is shown in a search and judges a booking; a booking asks it while nobody else books the day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling import Bar, Grid, Reason, Room, Wanted, Why, Window, keep, windows
from scheduling import QuotaKind as Kind
from visits.booking import buffers_rows, no_shows, quotas_rows
from visits.booking.buffers import Around, Roads
from visits.booking.queries import Masks
from visits.booking.quotas import (
    PUBLIC,
    STAFF,
    URGENT,
    WAITING,
    Pool,
    Rules,
    Standing,
    goods_classes,
    in_order,
)
from visits.booking.rules import FirmDayFull, Policy, TooManyHolds
from visits.booking.search import NOTHING_SHUT, Shut
from visits.booking.tables import Appointment, DayBits
from visits.declarations.queries import Case
from visits.journey.states import State
from visits.sites.policies import policy
from visits.store.work import Work

Bars = Mapping[date, tuple[Bar, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What stands in a visit's way on the days of a period."""

    shut: Shut = NOTHING_SHUT
    #: Limits that remove starts, and windows in which places are kept, by day.
    bars: Bars = field(default_factory=dict)
    kept: Bars = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one visit asks about."""

    case: Case
    grid: Grid
    policy: Policy
    standing: Standing
    length: int
    #: What would be given back to it.
    spare: Masks

    @property
    def site(self) -> str:
        """Where it is, as the rules write it."""
        return str(self.case.visit.site_id or "")


async def standing_of(work: Work, case: Case, *, staff: bool) -> Standing:
    """How a visit stands among others. What needs a look into its history counts only where there are quotas."""
    rules, visit = policy(case.office, Rules), case.visit
    declaration = case.declaration
    firms = (declaration.declarant_code, declaration.consignee_code)
    classes = goods_classes(rules, declaration.content, visit.order.get("items") or (), firms)
    if rules.quotas:
        if await quotas_rows.is_urgent(work, visit.id):
            classes.add(URGENT)
        since = await quotas_rows.to_book_since(work, visit.id)
        if since is not None and work.now - since >= timedelta(days=rules.wait_days):
            classes.add(WAITING)
    return Standing(audience=STAFF if staff else PUBLIC, classes=in_order(classes))


async def alone(work: Work, ask: Ask, starts_at: datetime) -> None:
    """Where more counts than the rows that are taken, wait until nobody else books that day of the office."""
    office = ask.case.office
    if policy(office, Rules).quotas or (ask.site and policy(office, Around).trips):
        await buffers_rows.one_at_a_time(work, office.id, ask.grid.day_of(starts_at))


async def limits_of(work: Work, ask: Ask, first: date, last: date) -> Limits:
    """What stands in the way from one day to another; nothing, without a question, where an office has no such rule."""
    office, rules = ask.case.office, policy(ask.case.office, Rules)
    roads = Roads.of(policy(office, Around), ask.grid)
    far: Masks = {}
    if roads and ask.site:
        known = await buffers_rows.stays(work, office.id, first, last, but=[ask.case.visit.id])
        far = buffers_rows.too_far(roads, known, ask.site)
    bars, kept, held_back = await _quotas(work, ask, rules, first, last) if rules.quotas else ({}, {}, {})
    for day in await _full_days(work, ask, rules, first, last):
        full = Bar(mask=ask.grid.whole(day), reason=Reason(why=Why.FIRM, count=rules.bookings_per_firm))
        bars[day] = (full, *bars.get(day, ()))
    return Limits(shut=Shut(far=far, kept=held_back) if far or held_back else NOTHING_SHUT, bars=bars, kept=kept)


async def _quotas(
    work: Work, ask: Ask, rules: Rules, first: date, last: date
) -> tuple[dict[date, tuple[Bar, ...]], dict[date, tuple[Bar, ...]], Masks]:
    """The quotas that bind a visit: bars of limits that are reached, windows that are kept, and what they keep."""
    office, level = ask.case.office, ask.case.visit.level
    pools = [
        pool
        for each in rules.quotas
        if (pool := Pool.of(each)).binds(ask.standing, level=level, site=ask.site) and pool.quota.places >= 0
    ]
    if not pools:
        return {}, {}, {}
    begun = await quotas_rows.begun(work, office.id, first, last, but=[ask.case.visit.id])
    kinds = sorted({kind for pool in pools if pool.quota.kind is Kind.KEPT for kind in pool.kinds})
    rooms: dict[date, list[DayBits]] = {}
    for row in await quotas_rows.rooms(work, office.id, first, last, kinds) if kinds else ():
        rooms.setdefault(row.day, []).append(row)
    bars: dict[date, tuple[Bar, ...]] = {}
    kept: dict[date, tuple[Bar, ...]] = {}
    held_back: dict[tuple[date, UUID], int] = {}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        keeping: list[tuple[Wanted, Sequence[UUID]]] = []
        for pool in pools:
            for window in windows(pool.quota, ask.grid, day):
                if not window.holds(work.now):
                    continue
                used = sum(
                    window.during.start <= each.at < window.during.end
                    and pool.counts(each.standing, level=each.level, site=each.site)
                    for each in begun.get(day, ())
                )
                left = max(0, pool.quota.places - used)
                if pool.quota.kind is Kind.MOST and left == 0:
                    bars[day] = (*bars.get(day, ()), reached(ask, window))
                elif pool.quota.kind is Kind.KEPT and left > 0:
                    kept[day] = (*kept.get(day, ()), _window(ask, window))
                    steps = window.steps(ask.grid) & ask.grid.since(day, work.now)
                    fits = [row.resource_id for row in rooms.get(day, ()) if stands_at(pool, row)]
                    keeping.append((Wanted(mask=steps, places=left, kinds=pool.kinds), fits))
        for resource, mask in keep(_rooms(rooms.get(day, ()), ask.spare), keeping).items():
            held_back[day, resource] = mask
    return bars, kept, held_back


def stands_at(pool: Pool, row: DayBits) -> bool:
    """Can this resource serve where the places are kept?"""
    return not pool.site or row.site_id is None or str(row.site_id) == pool.site


def _rooms(rows: Iterable[DayBits], spare: Masks) -> dict[UUID, Room]:
    return {
        row.resource_id: Room(
            kind=row.kind,
            free=(row.free | spare.get((row.day, row.resource_id), 0)) & row.work,
            skills=row.skills,
        )
        for row in rows
    }


def reached(ask: Ask, window: Window) -> Bar:
    """The starts a limit removes, and what is told of it."""
    reason = Reason(
        why=Why.QUOTA, count=window.quota.places, whom=window.quota.whom, until=_local(ask, window.released_at)
    )
    return Bar(mask=window.starts(ask.grid), reason=reason)


def _window(ask: Ask, window: Window) -> Bar:
    """The starts whose visit would reach into the window."""
    steps, mask = window.steps(ask.grid), 0
    for shift in range(ask.length):
        mask |= steps >> shift
    return Bar(mask=mask, reason=Reason(why=Why.KEPT, whom=window.quota.whom, until=_local(ask, window.released_at)))


def _local(ask: Ask, at: datetime | None) -> datetime | None:
    return at.astimezone(ask.grid.zone) if at is not None else None


async def _full_days(work: Work, ask: Ask, rules: Rules, first: date, last: date) -> list[date]:
    """Days on which the firm has as many appointments as it may."""
    firm, most = ask.case.declaration.firm_id, rules.bookings_per_firm
    if firm is None or ask.policy.staff or not most:
        return []
    counts = await quotas_rows.firm_days(work, firm, ask.case.office.id, first, last, but=ask.case.visit.id)
    return sorted(day for day, count in counts.items() if count >= most)


async def firm_judged(
    work: Work, case: Case, limits: Policy, made: Appointment, *, holds: int | None = None, missed: int | None = None
) -> None:
    """Hoarding is refused, judged once the time is taken and nobody else books for the firm: so many unconfirmed times
    at once, so many appointments a day. Staff who book for a declarant are not limited."""
    firm, most = case.declaration.firm_id, policy(case.office, Rules).bookings_per_firm
    if firm is None or limits.staff:
        return
    if holds is not None and holds >= limits.holds:
        raise TooManyHolds(most=limits.holds)
    if State(case.visit.state) is not State.BOOKED and missed != 0:
        await no_shows.judge(work, case)
    if most:
        if holds is None:
            await quotas_rows.lock_firm(work, firm)
        count = await quotas_rows.firm_days(work, firm, case.office.id, made.day, made.day, but=case.visit.id)
        if count.get(made.day, 0) >= most:
            raise FirmDayFull(most=most)
