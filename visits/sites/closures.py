"""Closures of an office or of one of its sites: whole days or hours, with the reason people read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from visits.errors import NotFound
from visits.ids import new_id
from visits.sites import queries
from visits.sites.hours import grid_of
from visits.sites.rules import instants, not_past
from visits.sites.tables import Closure
from visits.store.work import Work


async def close(
    work: Work, office_id: UUID, site_id: UUID | None, start: datetime, end: datetime, reason: str
) -> Closure:
    """Nothing of the office, or of the site, works from one local time to another; the same twice is one closure."""
    office = await queries.office_kept(work, office_id)
    if site_id and (await queries.site_by_id(work, site_id)).office_id != office.id:
        raise NotFound()
    first, last = instants(office.tz, start, end)
    not_past(grid_of(office).day_of(last), grid_of(office).day_of(work.now))
    for known in await queries.closures_between(work, office.id, first, last):
        if (known.site_id, known.during.lower, known.during.upper) == (site_id, first, last):
            known.reason = reason
            return known
    made = Closure(
        id=new_id(),
        office_id=office.id,
        site_id=site_id,
        during=Range(first, last),
        reason=reason,
        made_by=work.actor.person,
        at=work.now,
    )
    work.session.add(made)
    await work.session.flush()
    work.audit("closure_added", made.id, office=office.id, site=str(site_id or ""))
    return made


async def reopen(work: Work, closure_id: UUID) -> Closure:
    """The closure does not hold any more; reopening twice is quiet."""
    closure = await _kept(work, closure_id)
    if closure.withdrawn_at is None:
        closure.withdrawn_at = work.now
        work.audit("closure_withdrawn", closure.id, office=closure.office_id)
        await work.session.flush()
    return closure


async def close_again(work: Work, closure_id: UUID) -> Closure:
    """Undo of a reopening."""
    closure = await _kept(work, closure_id)
    if closure.withdrawn_at is not None:
        closure.withdrawn_at = None
        work.audit("closure_restored", closure.id, office=closure.office_id)
        await work.session.flush()
    return closure


async def _kept(work: Work, closure_id: UUID) -> Closure:
    closure = await queries.closure_by_id(work, closure_id)
    await queries.office_kept(work, closure.office_id)
    return closure
