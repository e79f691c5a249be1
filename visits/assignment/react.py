"""What the draw does when something happens elsewhere: a moment comes, a package, an appointment changes."""

from visits.assignment.draw import draw, draws_at, is_due, settle
from visits.booking.confirm import DRAW
from visits.declarations.queries import case_of
from visits.journey.states import Level
from visits.store import jobs
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work


async def on_due(work: Work, tools: Tools, due: Due) -> None:
    """The moment booking left for the visit: draw now. One left over from an earlier time waits for the new one."""
    case = await case_of(work, due.subject_id, lock=True)
    seat = await settle(work, case)
    if seat is None or seat.starts_at is None:
        return
    if is_due(work, case, seat):
        await draw(work, tools, case.visit.id)
        return
    moment = draws_at(case, seat.starts_at)
    await jobs.at(work, moment, DRAW, case.visit.id)


async def on_package(work: Work, tools: Tools, event: DomainEvent) -> None:
    """A check of documents needs no appointment: its package goes to a drawn officer's desk at once."""
    assert event.visit_id is not None
    case = await case_of(work, event.visit_id)
    if Level(case.visit.level) is Level.DOCUMENTS:
        await draw(work, tools, case.visit.id)


async def on_appointment(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The appointment was moved, given back or missed: whoever was drawn for the old one no longer has the visit."""
    assert event.visit_id is not None
    await settle(work, await case_of(work, event.visit_id, lock=True))
