"""Puts a report together from what was recorded: the same rows always give the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from visits.booking.where import where_of
from visits.declarations.queries import Case, lanes_of
from visits.documents.tables import Document
from visits.fieldwork.queries import record_of
from visits.fieldwork.rules import Record
from visits.fieldwork.tables import CheckIn
from visits.journey.states import SUSPENSIONS, Level
from visits.journey.tables import Visit
from visits.people.queries import agencies
from visits.people.tables import Tenant
from visits.reports import compare, queries
from visits.reports.content import (
    AgencyVerdict,
    Content,
    DeclarationKey,
    Lane,
    Office,
    Officer,
    Order,
    Party,
    Place,
    RuleHit,
    Sample,
    Suspension,
)
from visits.reports.draft import Draft
from visits.reports.words import AgencyAnswer, Extent, Fence, LaneColour, Mode, Quality
from visits.reports.words import Level as ReportLevel
from visits.roles import Role
from visits.store.tables import DomainEvent
from visits.store.work import Work

MODES = {
    Level.DOCUMENTS: Mode.DESK,
    Level.SCAN: Mode.SCANNER,
    Level.VIDEO: Mode.VIDEO,
    Level.PHYSICAL: Mode.ON_SITE,
    Level.JOINT: Mode.JOINT,
}
#: Qualities of those who make the visit; everybody else is present at it.
MAKERS = frozenset({Quality.INSPECTOR, Quality.VISIT_CHIEF, Quality.BRIGADE, Quality.AGENCY_OFFICER})


@dataclass(slots=True)
class Course:
    """How the visit went, from its events: a conversion begins it anew."""

    started: datetime | None = None
    ended: datetime | None = None
    suspensions: list[Suspension] = field(default_factory=list)
    paper: str = ""
    absent: set[str] = field(default_factory=set)
    lab: str = ""


async def content_of(work: Work, case: Case, *, report: UUID, version: int, draft: Draft, previous: str) -> Content:
    """The whole report as it stands; freezing it is another step."""
    record = await record_of(work, case.visit.id)
    course = course_of(await queries.events_of(work, case.visit.id))
    documents = await _documents(work, case.visit.id)
    pieces = compare.evidence(record, documents)
    declared = case.declaration.content
    order = _order(case.visit)
    currency = str((declared.get("totals") or {}).get("invoice_currency") or "")
    ended = course.ended or draft.ended if course.paper else course.ended
    return Content(
        report=report,
        visit=case.visit.reference,
        version=version,
        office=await _office(work, case),
        declaration=_declaration(case),
        lanes=await _lanes(work, case),
        order=order,
        mode=MODES[Level(case.visit.level)],
        place=await _place(work, case, record),
        officers=await _officers(work, case, record, draft),
        started=course.started or draft.started if course.paper else course.started,
        ended=ended,
        suspensions=tuple(course.suspensions),
        parties=_parties(record, draft),
        containers=compare.containers(order.containers, record),
        items=compare.items(declared.get("items") or (), order.items, record, currency),
        findings=compare.findings(record, pieces),
        samples=_samples(draft, course, ended or case.visit.state_since),
        evidence=pieces,
        verdicts=_verdicts(draft, course, order.agencies),
        documents_taken=draft.documents_taken,
        offences=draft.offences,
        duty=draft.duty,
        result=draft.result,
        proposed_lane=draft.proposed_lane,
        lane_reason=draft.lane_reason,
        conclusion=draft.conclusion,
        explanation=draft.explanation,
        legal_basis=draft.legal_basis or "",
        read_to_party=draft.read_to_party,
        invited_to_attend=draft.invited_to_attend,
        follows=await _follows(work, case.visit),
        paper_reason=course.paper,
        previous_digest=previous,
    )


# ---------- the case ----------


async def _office(work: Work, case: Case) -> Office:
    tenant = await work.session.get_one(Tenant, work.actor.tenant)
    section = str(case.office.policies.get("section") or "")
    return Office(administration=tenant.name, code=case.office.code, name=case.office.name, section=section)


def _declaration(case: Case) -> DeclarationKey:
    of = case.declaration
    assert of.year is not None
    assert of.registered_on is not None
    return DeclarationKey(
        office=of.office_code,
        year=of.year,
        serial=of.serial or "",
        number=of.number or "",
        registered_on=of.registered_on,
        declarant=of.declarant_name or "",
        licence=of.declarant_code or "",
        importer=of.consignee_name or "",
        version=of.version,
    )


async def _lanes(work: Work, case: Case) -> tuple[Lane, ...]:
    """Customs first, then the agencies by code."""
    chosen = await lanes_of(work, case.declaration.id)
    return tuple(
        Lane(
            colour=LaneColour(lane.colour),
            agency=agency or "",
            reason=lane.reason,
            hits=tuple(
                RuleHit(code=str(hit.get("rule") or hit.get("code") or ""), text=str(hit.get("text") or ""))
                for hit in lane.hits
            ),
        )
        for agency, lane in sorted(chosen.items(), key=lambda pair: pair[0] or "")
    )


def _order(visit: Visit) -> Order:
    """What was asked for; a control of documents opens no box."""
    asked: dict[str, Any] = visit.order
    desk = visit.level == Level.DOCUMENTS
    percent = asked.get("percent")
    return Order(
        level=ReportLevel(visit.level),
        extents=(Extent(asked["extent"]),) if asked.get("extent") else (),
        percent=Decimal(str(percent)) if percent is not None else None,
        containers=() if desk else tuple(asked.get("containers") or ()),
        position=str(asked.get("position") or ""),
        items=tuple(asked.get("items") or ()),
        agencies=tuple(asked.get("agencies") or ()),
        instructions=tuple(line for line in str(asked.get("instructions") or "").splitlines() if line.strip()),
    )


async def _place(work: Work, case: Case, record: Record) -> Place:
    """The site and its bay, or the premises and their address, and where the inspector's device was; a desk visit is
    made at the office."""
    where = await where_of(work, case.visit)
    if not where.name:
        return Place(name=f"{case.office.code} {case.office.name}", fence=Fence.UNKNOWN)
    arrivals = [row for row in record.check_ins if row.party == Quality.INSPECTOR]
    seen = next((row for row in reversed(arrivals) if row.latitude is not None), None)
    last = seen or (arrivals[-1] if arrivals else None)
    return Place(
        name=", ".join(part for part in (where.name, where.address if where.at_premises else where.bay) if part),
        latitude=compare.degrees(seen.latitude) if seen else None,
        longitude=compare.degrees(seen.longitude) if seen else None,
        accuracy_metres=round(seen.accuracy_metres) if seen and seen.accuracy_metres is not None else None,
        fence=Fence(last.fence) if last else Fence.UNKNOWN,
    )


async def _follows(work: Work, visit: Visit) -> str:
    parent = await work.session.get(Visit, visit.parent_id) if visit.parent_id else None
    return parent.reference if parent else ""


async def _documents(work: Work, visit_id: UUID) -> Sequence[Document]:
    rows = await work.session.scalars(
        select(Document)
        .where(col(Document.visit_id) == visit_id, col(Document.state) == "current")
        .order_by(col(Document.document_type), col(Document.at), col(Document.id))
    )
    return rows.all()


# ---------- the people ----------


async def _officers(work: Work, case: Case, record: Record, draft: Draft) -> tuple[Officer, ...]:
    """The drawn inspector, then the officers who arrived, then those the draft names; each once."""
    named = await queries.people_by_id(work, list(await makers(work, case, record, draft)))
    roles = {person.id: role for person, role in await queries.officers_of(work, case.office.id)}
    officers = [
        Officer(
            name=person.name,
            grade=person.quality,
            quality=Quality.VISIT_CHIEF
            if roles.get(person_id, Role.INSPECTOR) is not Role.INSPECTOR
            else Quality.INSPECTOR,
        )
        for person_id in await makers(work, case, record, draft)
        if (person := named.get(person_id))
    ]
    bodies = {agency.code: agency.name for agency in await agencies(work)}
    for row in _without_account(record):
        body = bodies.get(row.agency or "", row.agency or "")
        officer = Officer(name=row.name, grade="", quality=Quality(row.party), body=body)
        if officer not in officers and officer.name not in {known.name for known in officers}:
            officers.append(officer)
    return tuple(officers)


async def makers(work: Work, case: Case, record: Record, draft: Draft) -> dict[UUID, None]:
    """The ids of the officers who made the visit, in order: these may sign its report."""
    drawn = await queries.inspector_of(work, case.visit)
    first = [drawn.id] if drawn else []
    arrived = [
        row.person_id
        for row in record.check_ins
        if row.person_id and row.party in (Quality.INSPECTOR, Quality.VISIT_CHIEF)
    ]
    return dict.fromkeys([*first, *arrived, *draft.colleagues])


def _without_account(record: Record) -> list[CheckIn]:
    """Those who sign nothing here by an account of this office: agencies' officers, the brigade, a guest by name."""
    return [
        row
        for row in record.check_ins
        if Quality(row.party) in MAKERS and (row.person_id is None or row.party == Quality.AGENCY_OFFICER)
    ]


def _parties(record: Record, draft: Draft) -> tuple[Party, ...]:
    """Everybody present who did not make the visit, by arrival; each once."""
    parties: dict[tuple[str, str], Party] = {}
    for row in record.check_ins:
        if Quality(row.party) in MAKERS:
            continue
        known = parties.get((row.name, row.party))
        if known is None or row.left_at is not None:
            parties[row.name, row.party] = Party(
                name=row.name,
                quality=Quality(row.party),
                arrived=known.arrived if known else row.device_at or row.at,
                left=row.left_at,
            )
    if draft.present and (draft.present, str(draft.present_quality)) not in parties:
        parties[draft.present, draft.present_quality] = Party(name=draft.present, quality=draft.present_quality)
    return tuple(parties.values())


# ---------- the course ----------


def course_of(events: Sequence[DomainEvent]) -> Course:
    """Start, end and pauses of a visit as its events tell them. Pure."""
    course = Course()
    for event in events:
        at, facts = event.device_at or event.at, event.body
        match event.kind:
            case "visit_started":
                course.started = course.started or at
            case "visit_converted":
                course.started, course.ended, course.suspensions = None, None, []
            case "visit_suspended":
                reason = str(facts.get("reason") or "")
                course.suspensions.append(Suspension(since=at, reason=SUSPENSIONS.get(reason, (reason,))[0]))
            case "visit_resumed" if course.suspensions:
                open_ = course.suspensions.pop()
                course.suspensions.append(Suspension(since=open_.since, until=at, reason=open_.reason))
            case "visit_ended":
                course.ended = at
            case "paper_exception":
                course.paper = str(facts.get("reason") or "")
            case "agency_absent":
                course.absent.add(str(facts.get("agency") or ""))
            case "lab_result":
                course.lab = str(facts.get("conclusion") or "")
    return course


def _verdicts(draft: Draft, course: Course, called: Sequence[str]) -> tuple[AgencyVerdict, ...]:
    """What each called agency said; one that did not come has said so by that."""
    said = {verdict.agency: verdict for verdict in draft.verdicts}
    for agency in called:
        if agency in course.absent and agency not in said:
            said[agency] = AgencyVerdict(agency=agency, answer=AgencyAnswer.ABSENT)
    return tuple(said[agency] for agency in called if agency in said)


def _samples(draft: Draft, course: Course, at: datetime) -> tuple[Sample, ...]:
    if draft.sample is None:
        return ()
    taken = draft.sample
    return (
        Sample(
            code="E1",
            description=taken.description,
            taken_at=taken.at or at,
            quantity=taken.quantity,
            parts=max(1, len(taken.seals)),
            seals=taken.seals,
            laboratory=taken.laboratory,
            outcome=course.lab,
        ),
    )
