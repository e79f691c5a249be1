"""What is told on which event, and at which moment before an appointment. Each reaction is safe to run twice: the key
of a notice is the event's, a reminder's that of its appointment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from visits.booking import landing
from visits.booking.language import language_asked
from visits.booking.prearrival import KEPT
from visits.booking.tables import Appointment
from visits.booking.where import Kind, where_of
from visits.declarations.queries import Case, case_of, declaration_for, title_of
from visits.declarations.tables import Declaration
from visits.documents.package import package_of
from visits.documents.types import name_of
from visits.ids import VisitId
from visits.journey.states import State
from visits.notices.notices import party_of, send
from visits.notify import queries
from visits.roles import FIRM
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.store import jobs
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

#: Kinds of due moments.
REMINDER_DAY, REMINDER_SOON, HOLD_NOTICE, DOCUMENTS = (
    "notice_day",
    "notice_soon",
    "notice_hold",
    "notice_documents",
)
DAY, SOON = timedelta(days=1), timedelta(hours=2)
#: A reminder this close to the booking itself reminds of nothing.
JUST_BOOKED = timedelta(hours=1)
#: Documents still missing are told of once more after this.
ONCE_MORE = timedelta(days=1)
VIDEO = N_("Par vidéo")
#: Reasons that are codes, in words for people; those without words are told by the notice itself.
CODES: dict[str, str] = {
    "withdrawn": "",
    "lane_changed": "",
    "ship_late": N_("navire en retard"),
    "package_late": N_("dossier pas accepté à temps"),
    "other_control": N_("autre contrôle décidé"),
}


async def on_reserved(work: Work, tools: Tools, event: DomainEvent) -> None:
    """A time is kept for goods at sea before the package is accepted; the booking itself sets the reminders."""
    case, found = await _case(work, event), await _appointment(work, event)
    if found is not None and State(case.visit.state) in KEPT:
        facts = await _facts(work, case, found)
        await _tell(work, case, "appointment_reserved", str(event.id), facts, appointment=found.id)


async def on_confirmed(work: Work, tools: Tools, event: DomainEvent) -> None:
    """A time was booked: told with the calendar entry; the reminders are set."""
    at_sea = await landing.expected(work, await _case(work, event)) is not None
    await _booked(work, event, "appointment_provisional" if at_sea else "appointment_confirmed")


async def on_settled(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The goods are on the quay: the time is certain, or waits for the package alone."""
    case, found = await _case(work, event), await _appointment(work, event)
    state = State(case.visit.state)
    if found is None or found.status != "confirmed" or state not in (*KEPT, State.BOOKED):
        return
    template = "appointment_settled" if state is State.BOOKED else "appointment_unpacked"
    await _tell(work, case, template, str(event.id), await _facts(work, case, found), appointment=found.id)


async def on_moved(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The booking has another time; or another place at the same time."""
    same = event.body["was"] == event.body["starts_at"]
    await _booked(
        work, event, "appointment_place" if same else "appointment_moved", was=event.body["was"], reason=_reason(event)
    )


async def on_cancelled(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The booking was given back, by the firm or by customs with its reason."""
    case, found = await _case(work, event), await _appointment(work, event)
    by_firm = event.role in {str(role) for role in FIRM}
    await _gone(work, case, found, event, "appointment_cancelled" if by_firm else "appointment_withdrawn")


async def on_withdrawn(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The whole visit was withdrawn; whoever had an appointment must not go there."""
    found = await queries.standing_before(work, event)
    if found is not None and found.during.upper > event.at:
        await _gone(work, await _case(work, event), found, event, "appointment_withdrawn")


async def on_missed(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Somebody or something was not there, or the video visit goes on on site: a new time is needed."""
    found = await queries.standing_before(work, event)
    if found is not None:
        case = await _case(work, event)
        facts = {"when": found.during.lower, "reason": _reason(event)}
        await _tell(work, case, "appointment_missed", str(event.id), facts, appointment=found.id)


async def on_held(work: Work, tools: Tools, event: DomainEvent) -> None:
    """A time is kept for a few minutes: shortly before the end somebody is told."""
    case = await _case(work, event)
    lead = timedelta(minutes=policy(case.office, Policies).hold_notice_minutes)
    found = await queries.appointment(work, UUID(str(event.body["appointment"])))
    if found is None or found.expires_at is None or not lead:
        return
    moment = found.expires_at - lead
    if moment > work.now:
        await jobs.at(work, moment, HOLD_NOTICE, found.id)


async def on_offered(work: Work, tools: Tools, event: DomainEvent) -> None:
    """A time became free and is kept for this visit of the waitlist."""
    found = await _appointment(work, event)
    if found is None or found.status != "held" or found.expires_at is None:
        return
    facts = {"when": found.during.lower, "until": found.expires_at}
    await _tell(work, await _case(work, event), "slot_offered", str(event.id), facts, expires_at=found.expires_at)


async def on_returned(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Customs sent the package back with all its defects."""
    case = await _case(work, event)
    package = await package_of(work, case.visit.id)
    names = list(dict.fromkeys(name_of(each.document_type) for each in package.defects))
    facts = {"count": event.body["defects"], "list": names}
    await _tell(work, case, "package_returned", str(event.id), facts)


async def on_opened(work: Work, tools: Tools, event: DomainEvent) -> None:
    """A control was decided: which documents are missing; once more the day after."""
    case = await _case(work, event)
    if await _missing(work, case, str(event.id)):
        await jobs.at(work, event.at + ONCE_MORE, DOCUMENTS, case.visit.id)


async def on_positioned(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The goods stand at the bay: told once for an appointment."""
    case = await _case(work, event)
    found = await queries.standing_before(work, event)
    if found is None or State(case.visit.state) is not State.BOOKED:
        return
    where = await where_of(work, case.visit, found)
    if where.at_premises:
        return  # the goods are the firm's own to bring out
    facts = {"when": found.during.lower, "place": where.line}
    await _tell(work, case, "goods_positioned", f"goods/{found.id}", facts, appointment=found.id)


async def on_blocked(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Nobody may be drawn: told once for an appointment, while it still waits for somebody."""
    case = await _case(work, event)
    found = await queries.standing_before(work, event)
    if found is None or State(case.visit.state) is not State.BOOKED or case.visit.inspector_id is not None:
        return
    facts = {"when": found.during.lower}
    await _tell(work, case, "inspector_awaited", f"awaited/{found.id}", facts, appointment=found.id)


async def on_report(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The officers signed: the declarant's turn."""
    await _tell(work, await _case(work, event), "report_ready", str(event.id), {})


async def on_release(work: Work, tools: Tools, event: DomainEvent) -> None:
    """The removal voucher exists; several visits of a declaration have one voucher."""
    declaration = await declaration_for(work, event.declaration_id)
    voucher = str(event.body["voucher"])
    await send(
        work,
        to=await _party(work, declaration, event.visit_id),
        template="voucher_released",
        facts={"title": title_of(declaration), "voucher": voucher},
        key=f"voucher/{declaration.id}/{voucher}",
        office=await office_by_id(work, event.office_id or declaration.office_id)
        if event.office_id or declaration.office_id
        else None,
        visit=event.visit_id,
        declaration=declaration.id,
    )


# ---------- moments ----------


async def remind(work: Work, tools: Tools, due: Due) -> None:
    """Moment: the day before, or two hours before, if the appointment still stands."""
    found = await queries.appointment(work, due.subject_id)
    if found is None or found.status != "confirmed" or work.now >= found.during.lower:
        return
    case = await case_of(work, found.visit_id)
    if State(case.visit.state) is not State.BOOKED:
        return
    facts = await _facts(work, case, found)
    kind = "reminder_day" if due.kind == REMINDER_DAY else "reminder_soon"
    facts |= {"hour": found.during.lower} if kind == "reminder_soon" else {}
    until = found.during.lower - (SOON if kind == "reminder_day" else timedelta())
    await _tell(work, case, kind, f"{due.kind}/{found.id}", facts, appointment=found.id, expires_at=until)


async def hold_notice(work: Work, tools: Tools, due: Due) -> None:
    """Moment: a kept time is about to be given back."""
    found = await queries.appointment(work, due.subject_id)
    if found is None or found.status != "held" or found.expires_at is None or work.now >= found.expires_at:
        return
    case = await case_of(work, found.visit_id)
    facts = {"when": found.during.lower, "until": found.expires_at}
    await _tell(
        work,
        case,
        "hold_ending",
        f"{due.kind}/{found.id}",
        facts,
        appointment=found.id,
        expires_at=found.expires_at,
    )


async def documents_again(work: Work, tools: Tools, due: Due) -> None:
    """Moment: documents are still missing."""
    case = await case_of(work, due.subject_id)
    if State(case.visit.state) is State.PACKAGE:
        await _missing(work, case, f"{DOCUMENTS}/{case.visit.id}")


# ---------- what they share ----------


async def _booked(work: Work, event: DomainEvent, template: str, **more: Any) -> None:
    case, found = await _case(work, event), await _appointment(work, event)
    if found is None:
        return
    facts = await _facts(work, case, found) | more
    expires = max(found.during.lower, work.now + timedelta(hours=1))
    await _tell(work, case, template, str(event.id), facts, appointment=found.id, expires_at=expires)
    for kind, before in ((REMINDER_DAY, DAY), (REMINDER_SOON, SOON)):
        moment = found.during.lower - before
        if moment > event.at + JUST_BOOKED:
            await jobs.at(work, moment, kind, found.id)


async def _gone(work: Work, case: Case, found: Appointment | None, event: DomainEvent, template: str) -> None:
    if found is None:
        return
    facts = await _facts(work, case, found) | {"reason": _reason(event)}
    facts["sequence"] += 1
    await _tell(work, case, template, str(event.id), facts, appointment=found.id)


async def _facts(work: Work, case: Case, found: Appointment) -> dict[str, Any]:
    """What is told of an appointment, with what its calendar entry needs."""
    thread, moves = await queries.thread_of(work, found)
    where = await where_of(work, case.visit, found)
    return {
        "when": found.during.lower,
        "ends": found.during.upper.isoformat(),
        "place": [VIDEO] if where.kind is Kind.VIDEO else where.line,
        "thread": str(thread),
        "sequence": moves,
    } | ({"language": [spoken]} if (spoken := language_asked(case)) else {})


async def _missing(work: Work, case: Case, key: str) -> bool:
    names = [name_of(each.document_type) for each in (await package_of(work, case.visit.id)).missing]
    if names:
        await _tell(work, case, "documents_missing", key, {"count": len(names), "list": names})
    return bool(names)


async def _tell(work: Work, case: Case, template: str, key: str, facts: Mapping[str, Any], **more: Any) -> None:
    """To the people of the firm the visit concerns."""
    await send(
        work,
        to=await _party(work, case.declaration, VisitId(case.visit.id)),
        template=template,
        facts={"title": case.title, "reference": case.visit.reference} | dict(facts),
        key=key,
        office=case.office,
        visit=case.visit.id,
        declaration=case.declaration.id,
        **more,
    )


async def _party(work: Work, declaration: Declaration, visit_id: UUID | None) -> list[UUID]:
    """The declarant's people; without a declarant of ours, the importer's."""
    firm = declaration.firm_id or declaration.importer_id
    return await party_of(work, firm, visit_id, importer=declaration.firm_id is None)


async def _case(work: Work, event: DomainEvent) -> Case:
    assert event.visit_id is not None
    return await case_of(work, event.visit_id)


async def _appointment(work: Work, event: DomainEvent) -> Appointment | None:
    return await queries.appointment(work, UUID(str(event.body["appointment"])))


def _reason(event: DomainEvent) -> str | list[str] | None:
    """What somebody typed, as it is; a code as words of ours, which are translated."""
    reason = str(event.body.get("reason") or "")
    if reason in CODES:
        return [CODES[reason]] if CODES[reason] else None
    return reason or None
