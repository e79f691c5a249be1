"""Turn a hold into an appointment, or into the new time of one."""

from datetime import datetime
from uuid import UUID

from visits.booking import queries, rules
from visits.booking.offer import policy_of
from visits.booking.place import release
from visits.booking.tables import Appointment
from visits.declarations.queries import Case, case_of
from visits.events import AppointmentConfirmed, AppointmentMoved
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move as move_visit
from visits.journey.states import State
from visits.sites.tables import Site
from visits.store import jobs
from visits.store.work import Work, hurry

DRAW = "draw"


async def confirm(work: Work, hold_id: UUID) -> Appointment:
    """Confirm a hold that has not run out; confirming twice gives the same appointment."""
    await hurry(work)
    case = await case_of(work, (await queries.appointment_by_id(work, hold_id)).visit_id, lock=True)
    held, whole = await queries.held_by_id(work, hold_id)
    if held.status == "confirmed":
        return held
    if held.status not in ("held", "expired"):
        raise rules.NotLive(status=held.status)
    rules.still_held(until=held.expires_at if held.status == "held" else None, now=work.now)
    if not whole:
        raise rules.HoldExpired(until=held.expires_at)
    was = await queries.appointment_by_id(work, held.supersedes) if held.supersedes else None
    if was is not None and was.status == "confirmed":
        await release(work, case.office, {was.id: "moved"})
    await queries.flip(work, held, status="confirmed")
    await booked(work, case, held, was=was, reason=held.reason)
    return held


async def booked(
    work: Work, case: Case, appointment: Appointment, *, was: Appointment | None = None, reason: str = ""
) -> None:
    """Tell that a visit has a (new) time, and set the moment of its draw (product, Decided 10)."""
    visit, starts_at, ends_at = case.visit, appointment.during.lower, appointment.during.upper
    about, of = DeclarationId(case.declaration.id), VisitId(visit.id)
    if was is not None and State(visit.state) is State.BOOKED:
        event: AppointmentMoved | AppointmentConfirmed = AppointmentMoved(
            declaration=about,
            visit=of,
            appointment=appointment.id,
            was=was.during.lower,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
        )
    else:
        site = await work.session.get(Site, appointment.site_id) if appointment.site_id else None
        event = AppointmentConfirmed(
            declaration=about,
            visit=of,
            appointment=appointment.id,
            starts_at=starts_at,
            ends_at=ends_at,
            site=site.code if site else "",
        )
    visit.inspector_id = visit.revealed_at = None
    await move_visit(work, visit, event, reason=reason)
    await to_draw(work, case, starts_at)


async def to_draw(work: Work, case: Case, starts_at: datetime) -> None:
    """Set the moment of the draw of a visit that starts then, and no other; at once where it has come."""
    await jobs.only(work, max(work.now, starts_at - policy_of(work, case.office).freeze), DRAW, case.visit.id)
