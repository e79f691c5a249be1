"""When a visit leaves its straight way: goods or people absent, another level, paper, withdrawal, seizure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.declarations.lane import Order, minutes_for
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, Refusal
from visits.events import (
    AgencyAbsent,
    Cancelled,
    Event,
    GoodsAbsent,
    GoodsSeized,
    LabAwaited,
    LabResult,
    PaperException,
    PartyAbsent,
    VisitConverted,
)
from visits.fieldwork import queries
from visits.fieldwork.words import INTERESTED, Deed
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.states import Clock, Level
from visits.journey.tables import Visit
from visits.roles import CHIEFS
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.queries import site_for
from visits.store.work import Work
from visits.texts import N_

#: Longest sentence kept as a reason.
REASON = 500


class TooEarly(Refusal):
    """The grace time after the start of the slot is not over."""

    code, status = "too-early", 409
    says = N_("Attendez jusqu'au %(until)s : chacun a %(grace)s après l'heure du rendez-vous.")


class SomebodyCame(Refusal):
    """The declarant is recorded as present."""

    code, status = "somebody-came", 409
    says = N_("Le déclarant est noté présent depuis le %(since)s.")


class SayWhy(Refusal):
    """A side branch without a reason."""

    code, status = "say-why", 422
    says = N_("Écrivez la raison en quelques mots.")


class NobodyDrawn(Refusal):
    """A visit on paper that no inspector has, so that nobody could write its report."""

    code, status = "nobody-drawn", 409
    says = N_("Aucun vérificateur n'est tiré pour cette visite. Faites d'abord le tirage.")


class Decision(StrEnum):
    """What happens when an agency's officer does not come."""

    PROCEED = "proceed"
    WAIT = "wait"


async def goods_absent(
    work: Work, visit_id: UUID, *, id: UUID, reason: str = "", device_at: datetime | None = None
) -> Visit:
    """The goods were not presented within the grace time; the time is given back and another one is to be chosen."""
    case = await _case(work, visit_id, id)
    body = {"reason": _short(reason)}
    if await queries.deed(work, case.visit, Deed.GOODS_ABSENT, id=id, device_at=device_at, body=body):
        await _after_grace(work, case)
        await _move(work, case, GoodsAbsent, body, device_at=device_at)
        _without_inspector(case.visit)
    return case.visit


async def party_absent(
    work: Work, visit_id: UUID, *, id: UUID, reason: str = "", device_at: datetime | None = None
) -> Visit:
    """The declarant did not come within the grace time: the finding of absence (constat de carence)."""
    case = await _case(work, visit_id, id)
    body = {"reason": _short(reason)}
    if await queries.deed(work, case.visit, Deed.PARTY_ABSENT, id=id, device_at=device_at, body=body):
        await _after_grace(work, case)
        today = grid_of(case.office).day_of(work.now)
        for row in (await queries.record_of(work, visit_id)).check_ins:
            if row.party in INTERESTED and row.left_at is None and grid_of(case.office).day_of(row.at) == today:
                raise SomebodyCame(since=_local(case, row.at))
        await _move(work, case, PartyAbsent, body, device_at=device_at)
        _without_inspector(case.visit)
        work.audit("party_absent", case.visit.id, office=case.office.id, reason=body["reason"])
    return case.visit


async def agency_absent(
    work: Work,
    visit_id: UUID,
    *,
    id: UUID,
    agency: str,
    decision: Decision,
    reason: str = "",
    device_at: datetime | None = None,
) -> Visit:
    """An invited agency's officer did not come within the grace time: go on without, or wait."""
    case = await _case(work, visit_id, id)
    if agency not in case.visit.order["agencies"]:
        raise BadInput(field=N_("organisme"))
    body = {"agency": agency, "decision": decision, "reason": _short(reason)}
    if await queries.deed(work, case.visit, Deed.AGENCY_ABSENT, id=id, device_at=device_at, body=body):
        await _after_grace(work, case, agency=True)
        clock = Clock.AGENCY if decision is Decision.WAIT else Clock.CUSTOMS
        facts = {"agency": agency, "decision": decision}
        await _move(work, case, AgencyAbsent, facts, clock=clock, device_at=device_at)
    return case.visit


async def convert(work: Work, visit_id: UUID, *, id: UUID, reason: str, device_at: datetime | None = None) -> Visit:
    """A visit by video becomes one on site: another order, another appointment; what was recorded stays."""
    case = await _case(work, visit_id, id)
    visit = case.visit
    body = {"reason": _said(reason)}
    if not await queries.deed(work, visit, Deed.CONVERTED, id=id, device_at=device_at, body=body):
        return visit
    await _move(work, case, VisitConverted, body, device_at=device_at)
    _without_inspector(visit)
    visit.level = Level.JOINT if visit.order["agencies"] else Level.PHYSICAL
    order = Order(level=Level(visit.level), **(visit.order | {"extent": "PARTIAL", "percent": 30}))
    visit.order, visit.minutes = order.as_json(), minutes_for(order)
    site = await site_for(work, visit.office_id, case.declaration.location_of_goods)
    visit.site_id = site.id if site else visit.site_id
    return visit


async def paper_exception(work: Work, visit_id: UUID, *, id: UUID, reason: str) -> Visit:
    """The visit was made on paper; its report is typed in afterwards and says so."""
    case = await _chiefs(work, visit_id)
    body = {"reason": _said(reason)}
    if await queries.deed(work, case.visit, Deed.PAPER, id=id, body=body):
        await _move(work, case, PaperException, body)
        if case.visit.inspector_id is None:
            raise NobodyDrawn()
        work.audit("paper_exception", case.visit.id, office=case.office.id, reason=body["reason"])
    return case.visit


async def cancel(work: Work, visit_id: UUID, *, id: UUID, reason: str) -> Visit:
    """The chief withdraws the visit."""
    case = await _chiefs(work, visit_id)
    body = {"reason": _said(reason)}
    if await queries.deed(work, case.visit, Deed.CANCELLED, id=id, body=body):
        await _move(work, case, Cancelled, body)
        work.audit("visit_cancelled", case.visit.id, office=case.office.id, reason=body["reason"])
    return case.visit


async def lab_awaited(work: Work, visit_id: UUID, *, id: UUID, reason: str, device_at: datetime | None = None) -> Visit:
    """The report waits for a laboratory, which holds the clock."""
    case = await _case(work, visit_id, id)
    body = {"reason": _said(reason)}
    if await queries.deed(work, case.visit, Deed.LAB_AWAITED, id=id, device_at=device_at, body=body):
        await _move(work, case, LabAwaited, body, device_at=device_at)
    return case.visit


async def lab_result(
    work: Work, visit_id: UUID, *, id: UUID, conclusion: str, device_at: datetime | None = None
) -> Visit:
    """The laboratory answered; the report can be written."""
    case = await _case(work, visit_id, id)
    body = {"conclusion": _said(conclusion)}
    if await queries.deed(work, case.visit, Deed.LAB_RESULT, id=id, device_at=device_at, body=body):
        await _move(work, case, LabResult, body, device_at=device_at)
    return case.visit


async def seize(work: Work, visit_id: UUID, *, id: UUID, reason: str) -> Visit:
    """The goods are seized; the visit is over."""
    case = await _chiefs(work, visit_id)
    body = {"reason": _said(reason)}
    if await queries.deed(work, case.visit, Deed.SEIZED, id=id, body=body):
        await _move(work, case, GoodsSeized, body)
        work.audit("goods_seized", case.visit.id, office=case.office.id, reason=body["reason"])
    return case.visit


# ---------- the pieces ----------


def grace_of(case: Case, *, agency: bool = False) -> timedelta:
    """How long the declarant, or an agency's officer, may be late (policy of the office)."""
    values = policy(case.office, Policies)
    return timedelta(minutes=values.grace_agency_minutes if agency else values.grace_minutes)


async def _case(work: Work, visit_id: UUID, id: UUID) -> Case:
    """The visit, locked: for its inspector, or for a chief of the office."""
    if work.actor.is_a(*CHIEFS):
        return await case_of(work, visit_id, lock=True)
    return await queries.mine(work, visit_id, sent=id)


async def _chiefs(work: Work, visit_id: UUID) -> Case:
    """The visit, locked; the state table refuses whoever is no chief."""
    return await case_of(work, visit_id, lock=True)


async def _after_grace(work: Work, case: Case, *, agency: bool = False) -> None:
    """Refuse before the grace time after the start of the slot is over."""
    appointment = await queries.appointment_of(work, case.visit.id)
    if appointment is None:
        return
    grace = grace_of(case, agency=agency)
    until = appointment.during.lower + grace
    if work.now < until:
        raise TooEarly(until=_local(case, until), grace=grace)


def _without_inspector(visit: Visit) -> None:
    """The visit is booked again, and drawn again; its appointment ends in reaction to the event."""
    visit.inspector_id = visit.revealed_at = None


def _local(case: Case, at: datetime) -> datetime:
    """An instant in the office's zone, for a sentence."""
    return at.astimezone(ZoneInfo(case.office.tz))


async def _move(
    work: Work,
    case: Case,
    make: Callable[..., Event],
    facts: dict[str, Any],
    *,
    clock: Clock | None = None,
    device_at: datetime | None = None,
) -> None:
    event = make(
        declaration=DeclarationId(case.declaration.id), visit=VisitId(case.visit.id), device_at=device_at, **facts
    )
    await move(work, case.visit, event, reason=facts.get("reason") or facts.get("decision") or "", clock=clock)


def _short(text: str) -> str:
    return " ".join(text.split())[:REASON]


def _said(text: str) -> str:
    if not text.strip():
        raise SayWhy()
    return _short(text)
