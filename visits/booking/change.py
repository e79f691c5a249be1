"""Move or cancel an appointment, and close one that came to its end."""

from datetime import datetime
from uuid import UUID

from visits.booking import queries, rules
from visits.booking.confirm import DRAW, booked
from visits.booking.offer import asked, bookable, reason_of
from visits.booking.place import given_back, place, release
from visits.booking.premises_rows import home_of
from visits.booking.quotas_limits import firm_judged
from visits.booking.tables import Appointment
from visits.declarations.queries import Case, case_of
from visits.errors import NotFound
from visits.events import AppointmentCancelled
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move as move_visit
from visits.journey.states import Level, State, next_state
from visits.sites.queries import sites_of
from visits.store import jobs
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work, hurry

#: Event that ends an appointment without the declarant, and the appointment's last status. A visit that was made keeps
#: its parts: its officer and its bay were busy.
ENDS: dict[str, str] = {
    "visit_ended": "done",
    "paper_exception": "done",
    "goods_absent": "no_show_goods",
    "party_absent": "no_show_declarant",
    "customs_no_show": "no_show_customs",
    "agency_no_show": "no_show_agency",
    "visit_converted": "cancelled",
    "cancelled": "cancelled",
}


async def settle_place(work: Work, visit_id: UUID, site_id: UUID, *, provisional: bool = False) -> Case:
    """Say at which of the office's sites the goods are, where the declaration does not; or will be, at sea."""
    case = await case_of(work, visit_id, lock=True)
    if provisional:
        next_state(State(case.visit.state), "appointment_reserved", Level(case.visit.level), work.actor.roles)
    else:
        bookable(work, case)
    if site_id not in {each.id for each in await sites_of(work, case.office.id)}:
        raise NotFound()
    if case.visit.site_id is None and await home_of(work, visit_id) is None:
        case.visit.site_id = site_id
        case.visit.version += 1
        work.audit("visit_placed", case.visit.id, office=case.office.id, site=site_id)
    return case


async def move(work: Work, appointment_id: UUID, starts_at: datetime, *, reason: str = "") -> Appointment:
    """Another time in one step: the old place goes and the new one comes, or nothing changes.

    Moving to the time the visit has already changes nothing, unless a resource of it no longer works then: another
    one is taken.
    """
    await hurry(work)
    case = await case_of(work, (await queries.appointment_by_id(work, appointment_id)).visit_id, lock=True)
    was, why = await queries.appointment_by_id(work, appointment_id), reason_of(work, reason)
    live = await queries.live_of(work, case.visit.id)
    if was.status != "confirmed":
        raise rules.NotLive(status=was.status)
    if was.during.lower == starts_at and not await queries.is_stranded(work, was.id):
        return was
    bookable(work, case)
    wanted = await asked(work, case)
    rules.may_move(wanted.policy, starts_at=was.during.lower, now=work.now)
    held = live.get("held")
    giving = {was.id: "moved"} | ({held.id: "cancelled"} if held is not None else {})
    made = await place(work, wanted, starts_at, status="confirmed", giving=giving, supersedes=was.id, reason=why)
    await firm_judged(work, case, wanted.policy, made)
    if held is not None:
        given_back(work, case.visit, held.id)
    await booked(work, case, made, was=was, reason=why)
    return made


async def cancel(work: Work, appointment_id: UUID, *, reason: str = "") -> Appointment:
    """Give back a hold or an appointment; twice is once."""
    await hurry(work)
    case = await case_of(work, (await queries.appointment_by_id(work, appointment_id)).visit_id, lock=True)
    ending, why = await queries.appointment_by_id(work, appointment_id), reason_of(work, reason)
    live = await queries.live_of(work, case.visit.id)
    if ending.status in ("cancelled", "expired"):
        return ending
    if ending.status not in queries.LIVE:
        raise rules.NotLive(status=ending.status)
    held = live.get("held")
    if ending.status == "held":
        bookable(work, case)
        await release(work, case.office, {ending.id: "cancelled"}, reason=why)
        given_back(work, case.visit, ending.id)
    else:
        rules.may_cancel(starts_at=ending.during.lower, now=work.now)
        await to_book_again(work, case, ending, why)
        await release(
            work,
            case.office,
            {ending.id: "cancelled"} | ({held.id: "cancelled"} if held is not None else {}),
            reason=why,
        )
        if held is not None:
            given_back(work, case.visit, held.id)
    return await queries.appointment_by_id(work, ending.id)


async def to_book_again(work: Work, case: Case, ending: Appointment, reason: str) -> None:
    """The visit must be booked again: told, without inspector, without draw."""
    event = AppointmentCancelled(
        declaration=DeclarationId(case.declaration.id),
        visit=VisitId(case.visit.id),
        appointment=ending.id,
        reason=reason,
    )
    case.visit.inspector_id = case.visit.revealed_at = None
    await move_visit(work, case.visit, event, reason=reason)
    await jobs.forget(work, DRAW, case.visit.id)


async def close(work: Work, case: Case, status: str) -> None:
    """End what a visit has on the calendar, whose row the caller has locked; nothing live is nothing to do."""
    live = await queries.live_of(work, case.visit.id)
    ending = {each.id: status if each.status == "confirmed" else "cancelled" for each in live.values()}
    if status == "done":
        for each in [one for one in ending if ending[one] == "done"]:
            await queries.flip(work, await queries.appointment_by_id(work, each), status=ending.pop(each))
    if ending:
        await release(work, case.office, ending)
    await jobs.forget(work, DRAW, case.visit.id)


async def on_end(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: the visit went on or away without the declarant; a time it booked again meanwhile is left alone."""
    assert event.visit_id is not None
    case = await case_of(work, event.visit_id, lock=True)
    live = await queries.live_of(work, event.visit_id)
    booked_before = (each.made_at <= event.at for each in live.values())
    again = State(case.visit.state) is State.BOOKED
    if live and all(booked_before) and not again:
        await close(work, case, ENDS[event.kind])
