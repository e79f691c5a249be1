"""Customs or an agency did not come: the visit gets another time first of all, and nothing counts against its firm."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.assignment import vacant_rows
from visits.booking.tables import Appointment
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, NotFound, Refusal
from visits.events import AgencyNoShow, CustomsNoShow
from visits.fieldwork import queries
from visits.fieldwork.branches import REASON, SayWhy, TooEarly, grace_of
from visits.fieldwork.geofence import Fence
from visits.fieldwork.rules import Record
from visits.fieldwork.tables import CheckIn
from visits.fieldwork.words import INTERESTED, Deed, Party
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.states import STATE_NAMES, Clock, State, WrongState
from visits.journey.tables import Visit
from visits.roles import CHIEFS, DECLARANTS
from visits.sites.policies import Policies, policy
from visits.store.work import Work
from visits.texts import N_


class BeThereFirst(Refusal):
    """The declarant says that nobody came, and was not noted as present within the grace time."""

    code, status = "be-there-first", 409
    says = N_("Vous n'êtes pas noté présent à l'heure du rendez-vous. Appelez le bureau.")


class InspectorCame(Refusal):
    """An inspector is recorded as present."""

    code, status = "inspector-came", 409
    says = N_("Le vérificateur est noté présent depuis le %(since)s.")


class InspectorInVisit(Refusal):
    """The inspector is in another visit that has begun: late, and a repair of the day does more than a no-show."""

    code, status = "inspector-in-visit", 409
    says = N_(
        "Le vérificateur est encore dans une autre visite : il est en retard, pas absent. Réparez la journée : un "
        "autre vient, ou la visite commence plus tard."
    )


class AgencyCame(Refusal):
    """An officer of the agency is recorded as present."""

    code, status = "agency-came", 409
    says = N_("L'organisme est noté présent depuis le %(since)s.")


async def customs_no_show(work: Work, visit_id: UUID, *, id: UUID, reason: str = "") -> Visit:
    """No inspector came. Said by the declarant who was there, on the record alone; or by a chief, with the reason.

    Where the inspector is still in another visit, a chief has better means; who waited in vain need not know that.
    """
    case = await case_of(work, visit_id, lock=True)
    if not work.actor.is_a(*CHIEFS, *DECLARANTS):
        raise NotFound()
    why = " ".join(reason.split())[:REASON]
    if work.actor.is_a(*CHIEFS) and not why:
        raise SayWhy()
    if await queries.deed(work, case.visit, Deed.CUSTOMS_NO_SHOW, id=id, body={"reason": why}):
        missed, record = await _missed(work, case), await queries.record_of(work, visit_id)
        grace = timedelta(minutes=policy(case.office, Policies).grace_customs_minutes)
        _after(work, case, missed, grace)
        came = here(record, missed, {Party.INSPECTOR})
        if came:
            raise InspectorCame(since=_local(case, came[0].at))
        if not work.actor.is_a(*CHIEFS) and not waited(record, missed, grace):
            raise BeThereFirst()
        drawn = await vacant_rows.waiting(work, visit_id)
        elsewhere = drawn is not None and drawn.elsewhere
        if elsewhere and work.actor.is_a(*CHIEFS):
            raise InspectorInVisit()
        event = CustomsNoShow(declaration=DeclarationId(case.declaration.id), visit=VisitId(visit_id), reason=why)
        await move(work, case.visit, event, reason=why, clock=Clock.CUSTOMS)
        case.visit.inspector_id = case.visit.revealed_at = None
        work.audit("customs_no_show", case.visit.id, office=case.office.id, appointment=missed.id, elsewhere=elsewhere)
    return case.visit


async def agency_no_show(
    work: Work, visit_id: UUID, *, id: UUID, agency: str, reason: str = "", device_at: datetime | None = None
) -> Visit:
    """An invited agency's officer did not come, and the visit cannot be made without: it gets another time."""
    if work.actor.is_a(*CHIEFS):
        case = await case_of(work, visit_id, lock=True)
    else:
        case = await queries.mine(work, visit_id, sent=id)
    if agency not in case.visit.order["agencies"]:
        raise BadInput(field=N_("organisme"))
    body = {"agency": agency, "reason": " ".join(reason.split())[:REASON]}
    if await queries.deed(work, case.visit, Deed.AGENCY_NO_SHOW, id=id, device_at=device_at, body=body):
        missed, record = await _missed(work, case), await queries.record_of(work, visit_id)
        _after(work, case, missed, grace_of(case, agency=True))
        came = [row for row in here(record, missed, {Party.AGENCY_OFFICER}) if row.agency == agency]
        if came:
            raise AgencyCame(since=_local(case, came[0].at))
        about = DeclarationId(case.declaration.id)
        event = AgencyNoShow(declaration=about, visit=VisitId(visit_id), device_at=device_at, **body)
        await move(work, case.visit, event, reason=body["reason"], clock=Clock.AGENCY)
        case.visit.inspector_id = case.visit.revealed_at = None
        work.audit("agency_no_show", case.visit.id, office=case.office.id, appointment=missed.id, agency=agency)
    return case.visit


def here(record: Record, missed: Appointment, parties: set[Party]) -> list[CheckIn]:
    """Who of these is at the place now, noted from the day of the appointment on."""
    since = missed.during.lower - timedelta(hours=12)
    return [row for row in record.check_ins if row.party in parties and row.left_at is None and row.at >= since]


def waited(record: Record, missed: Appointment, grace: timedelta) -> bool:
    """Was the declarant's side at the place within the grace time, and not seen elsewhere by its own device?"""
    until = missed.during.lower + grace
    return any(
        row.fence != Fence.OUTSIDE and row.at <= until
        for row in here(record, missed, {Party(each) for each in INTERESTED})
    )


async def _missed(work: Work, case: Case) -> Appointment:
    found = await queries.appointment_of(work, case.visit.id)
    if found is None or State(case.visit.state) is not State.BOOKED:
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event="no_show")
    return found


def _after(work: Work, case: Case, missed: Appointment, grace: timedelta) -> None:
    until = missed.during.lower + grace
    if work.now < until:
        raise TooEarly(until=_local(case, until), grace=grace)


def _local(case: Case, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(case.office.tz))
