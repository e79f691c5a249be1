"""Keep a time for a few minutes. The hold takes real places; confirming it only flips its status."""

from datetime import datetime, timedelta
from uuid import UUID

from visits.booking import queries
from visits.booking.offer import Asked, asked, bookable, reason_of
from visits.booking.place import given_back, place
from visits.booking.quotas_limits import firm_judged
from visits.booking.rules import may_move
from visits.booking.tables import Appointment
from visits.declarations.queries import Case, case_of
from visits.events import SlotHeld
from visits.ids import DeclarationId, VisitId
from visits.journey.states import State
from visits.store import jobs
from visits.store.work import Work, hurry

HOLD_END = "hold_end"
#: The last instant of a hold still counts.
AFTER = timedelta(microseconds=1)


async def hold(work: Work, visit_id: UUID, starts_at: datetime, *, reason: str = "") -> Appointment:
    """Hold a start for a visit; asking for the same start again gives the same hold, not a longer one.

    A hold of a booked visit will replace the booking, which keeps its place until then.
    """
    await hurry(work)
    case = await case_of(work, visit_id, lock=True)
    state, why = bookable(work, case), reason_of(work, reason)
    wanted = await asked(work, case)
    live = await queries.live_of(work, visit_id)
    held, booked = live.get("held"), live.get("confirmed")
    if held is not None and _runs(held, work.now) and held.during.lower == starts_at:
        return held
    if booked is not None and state is State.BOOKED:
        may_move(wanted.policy, starts_at=booked.during.lower, now=work.now)
    giving: dict[UUID, str] = {}
    if booked is not None and state is State.TO_BOOK:
        giving[booked.id] = "cancelled"  # what is left of a visit that came back to be booked again
    if held is not None:
        giving[held.id] = "cancelled" if _runs(held, work.now) else "expired"
    supersedes = booked.id if booked is not None and state is State.BOOKED else None
    made = await place(work, wanted, starts_at, status="held", giving=giving, supersedes=supersedes, reason=why)
    if held is not None:
        given_back(work, case.visit, held.id)
    await _within_limit(work, case, wanted, made)
    assert made.expires_at is not None
    await jobs.at(work, made.expires_at + AFTER, HOLD_END, made.id)
    work.emit(
        SlotHeld(
            declaration=DeclarationId(case.declaration.id),
            visit=VisitId(case.visit.id),
            appointment=made.id,
            starts_at=made.during.lower,
            until=made.expires_at,
        )
    )
    return made


async def _within_limit(work: Work, case: Case, wanted: Asked, made: Appointment) -> None:
    """Hoarding is refused: a firm keeps only so many unconfirmed times at once, and so many visits a day."""
    if case.declaration.firm_id is None or wanted.policy.staff:
        return
    holds, missed = await queries.holds_of_firm(work, case.declaration.firm_id, apart_from=case.visit.id)
    await firm_judged(work, case, wanted.policy, made, holds=holds, missed=missed)


def _runs(held: Appointment, now: datetime) -> bool:
    return held.expires_at is not None and now <= held.expires_at
