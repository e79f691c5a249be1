"""Visits whose inspector is away, did not come, or let a check of documents lie: another is drawn without being asked.

Who is away loses the visit even if nobody else may be drawn; who is only late keeps it then, and the chief is told
once, with the rule that blocks it. So no visit is left without somebody who answers for it.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling import Grid
from visits.actor import system
from visits.assignment import vacant_rows
from visits.assignment.draw import blocked
from visits.assignment.replace import replace
from visits.assignment.rules import NobodyEligible, NotAssigned, NotDrawable, Policy
from visits.assignment.tables import Draw
from visits.declarations.queries import Case, case_of
from visits.ids import TenantId
from visits.journey.states import Level, State
from visits.sites.hours import grid_of
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

log = logging.getLogger("visits.assignment")

ABSENT, NO_SHOW, EXPIRED = "absent", "no_show", "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A visit somebody has and has not begun, with all that says whether he or she still will."""

    visit: UUID
    #: Away at the time of the visit, or no longer in service.
    away: bool = False
    #: Since when the inspector is awaited at a visit that has a time: the promised start, or the draw that came later.
    starts_at: datetime | None = None
    #: The declarant or the importer is there; the inspector is.
    party_came: bool = False
    inspector_came: bool = False
    #: Still in a visit that has begun: late because of it, and no no-show. Who comes instead is for the repair.
    elsewhere: bool = False
    #: How long the inspector was on duty since the check of documents lies at the desk.
    lay: timedelta = timedelta(0)


def why_lost(waiting: Waiting, limits: Policy, now: datetime) -> str | None:
    """Why another inspector is to be drawn, if so (pure)."""
    if waiting.away:
        return ABSENT
    if waiting.starts_at is not None:
        late = now >= waiting.starts_at + timedelta(minutes=limits.grace_customs_minutes)
        awaited = waiting.party_came and not waiting.inspector_came and not waiting.elsewhere
        return NO_SHOW if late and awaited else None
    expires = timedelta(hours=limits.desk_hours)
    return EXPIRED if expires and waiting.lay >= expires else None


async def fill_vacant(work: Work, tools: Tools, visit_id: UUID) -> Draw | None:
    """Draw again for a visit whose inspector does not come; nothing happens where he or she does.

    Twice is once: whoever was drawn anew is not away. NobodyEligible where somebody late cannot be replaced: then
    nothing has changed.
    """
    case = await case_of(work, visit_id, lock=True)
    reason = await _why(work, case)
    if reason is None or (reason != ABSENT and await vacant_rows.told(work, visit_id)):
        return None
    return await replace(work, tools, visit_id, reason)


async def lay_before_chief(work: Work, visit_id: UUID, rule: str) -> None:
    """The chief reads once that somebody is late and which rule keeps everybody else away."""
    case = await case_of(work, visit_id, lock=True)
    if await _why(work, case) is not None and not await vacant_rows.told(work, visit_id):
        blocked(work, case, rule)


async def _why(work: Work, case: Case) -> str | None:
    grid, limits = grid_of(case.office), policy(case.office, Policy)
    row = await vacant_rows.waiting(work, case.visit.id)
    return why_lost(await _read(work, grid, row), limits, work.now) if row is not None else None


async def not_come(work: Work, office: Office, day: date) -> set[UUID]:
    """Who did not come on a day, as far as it shows: replaced for it, or late with nobody to take the visit over. A
    person who was heard of since is there."""
    grid, limits = grid_of(office), policy(office, Policy)
    found = await vacant_rows.replaced_today(work, office.id, day)
    for row in await vacant_rows.late_today(work, office.id, day):
        if row.starts_at is not None and why_lost(await _read(work, grid, row), limits, work.now) == NO_SHOW:
            found[row.officer] = max(row.starts_at, found.get(row.officer, row.starts_at))
    return {officer for officer, since in found.items() if not await vacant_rows.heard_of(work, officer, since)}


async def _read(work: Work, grid: Grid, row: vacant_rows.Row) -> Waiting:
    at_desk = Level(row.level) is Level.DOCUMENTS
    lay = timedelta(0)
    if at_desk and State(row.state) is State.AT_DESK:
        since = max(row.assigned_at, row.state_since)
        days = await vacant_rows.worked(work, row.officer, grid.day_of(since), grid.day_of(work.now))
        lay = on_duty(grid, days, since, work.now)
    return Waiting(
        visit=row.visit,
        away=row.away,
        # Whoever was drawn after the start is waited for as long from then on.
        starts_at=row.starts_at and max(row.starts_at, row.assigned_at),
        party_came=row.party_came,
        inspector_came=row.inspector_came,
        elsewhere=row.elsewhere,
        lay=lay,
    )


def on_duty(grid: Grid, days: list[tuple[date, int]], since: datetime, now: datetime) -> timedelta:
    """How long somebody was on duty between two instants, in whole steps (pure)."""
    steps = sum((bits & grid.since(day, since) & ~grid.since(day, now)).bit_count() for day, bits in days)
    return steps * grid.step


async def keep_filled(tools: Tools, tenant: TenantId) -> int:
    """The periodic job: every visit whose inspector does not come, each in a transaction of its own; how many got
    another. What was asked of a visit that has begun since has nothing left to decide."""
    filled = 0
    async with tools.database.work(system(tenant)) as work:
        await vacant_rows.lapse(work)
        lost = await vacant_rows.suspects(work)
    for visit_id in lost:
        try:
            made = await tools.database.run(system(tenant), fill_vacant, tools, visit_id)
        except NobodyEligible as refusal:
            await tools.database.run(system(tenant), lay_before_chief, visit_id, refusal.facts["code"])
        except (NotAssigned, NotDrawable):
            log.info("visit %s has moved on", visit_id)
        else:
            filled += made is not None
    return filled
