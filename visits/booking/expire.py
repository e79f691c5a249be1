"""Holds that ran out are given back: at their moment, and by a sweep for any that were missed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from visits.booking import queries
from visits.booking.hold import AFTER, HOLD_END
from visits.booking.place import given_back, release
from visits.booking.tables import Appointment
from visits.declarations.queries import case_of
from visits.sites.queries import office_by_id
from visits.store import jobs
from visits.store.tables import Due
from visits.store.tools import Tools
from visits.store.work import Work


async def hold_end(work: Work, tools: Tools, due: Due) -> None:
    """Moment: give a hold back, unless it was confirmed or given back before."""
    found = await work.session.get(Appointment, due.subject_id)
    if found is None:
        return
    case = await case_of(work, found.visit_id, lock=True)
    held = await queries.appointment_by_id(work, due.subject_id)
    if held.status != "held" or held.expires_at is None:
        return
    if work.now <= held.expires_at:
        await jobs.at(work, held.expires_at + AFTER, HOLD_END, held.id)
        return
    await release(work, case.office, {held.id: "expired"})
    given_back(work, case.visit, held.id)


async def sweep(
    work: Work, office_id: UUID | None = None, *, during: Range[datetime] | None = None, limit: int = 100
) -> int:
    """Give back what ran out, passing over what somebody works on; returns how many."""
    found = await queries.expired_for_update(work, office_id, during=during, limit=limit)
    for office_id in sorted({held.office_id for held, _ in found}):
        office = await office_by_id(work, office_id)
        await release(work, office, {held.id: "expired" for held, _ in found if held.office_id == office_id})
    for held, visit in found:
        given_back(work, visit, held.id)
    return len(found)
