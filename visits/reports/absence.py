"""The finding that somebody or something did not come (constat de carence): its facts, who signs them, its digest.

Facts are read from what was recorded when the absence was noted; what comes later does not change them. Signed, they
are frozen for ever, and their digest stands in the evidence chain.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlmodel import col

from visits import chain
from visits.booking.tables import Appointment
from visits.booking.where import where_of
from visits.declarations.queries import Case, case_of
from visits.declarations.tables import Declaration
from visits.errors import NotFound
from visits.fieldwork import queries as field
from visits.fieldwork.positioning import words_on
from visits.fieldwork.positions import Standing, standing
from visits.fieldwork.rules import said_at
from visits.fieldwork.tables import CheckIn, Step
from visits.fieldwork.words import Deed
from visits.ids import new_id
from visits.journey.queries import visit_by_id, visit_for_update
from visits.people.queries import agencies
from visits.reports.sign import proved
from visits.reports.tables import AbsenceRecord
from visits.reports.words import QUALITIES, Quality
from visits.roles import CHIEFS, FIRM, Role
from visits.sites.policies import Policies, policy
from visits.sites.tables import Office
from visits.store.work import Work
from visits.web.language import say

#: Which deed says that whose side did not come.
SIDES: dict[str, str] = {
    Deed.PARTY_ABSENT: "declarant",
    Deed.GOODS_ABSENT: "goods",
    Deed.CUSTOMS_NO_SHOW: "customs",
    Deed.AGENCY_ABSENT: "agency",
    Deed.AGENCY_NO_SHOW: "agency",
}


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was there, since when and until when, and how that is known."""

    party: str
    name: str
    agency: str = ""
    at: datetime
    left_at: datetime | None = None
    fence: str = "unknown"
    #: Said by the person's own device, or by the inspector.
    own: bool = False


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The last word on one container before the absence was noted."""

    container: str
    position: str
    reason: str = ""
    at: datetime | None = None


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """What the finding says."""

    #: The deed that noted it.
    record: UUID
    side: str
    agency: str = ""
    office_code: str
    office_name: str
    section: str = ""
    legal_basis: str = ""
    visit: str
    declaration: str
    firm: str = ""
    consignee: str = ""
    site: str = ""
    bay: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    grace_minutes: int
    noted_at: datetime
    reason: str = ""
    presences: list[Presence]
    places: list[Place]
    tz: str


async def absence_case(work: Work, visit_id: UUID) -> Case:
    """The visit, for whoever may see it, and for the officer who noted an absence and has it no more."""
    try:
        return await case_of(work, visit_id)
    except NotFound:
        if work.actor.is_a(Role.INSPECTOR) and any(
            step.person_id == work.actor.person for step in await _steps(work, visit_id)
        ):
            visit = await visit_by_id(work, visit_id)
            return Case(
                visit=visit,
                declaration=await work.session.get_one(Declaration, visit.declaration_id),
                office=await work.session.get_one(Office, visit.office_id),
            )
        raise


async def absences_of(work: Work, case: Case) -> list[tuple[Step, AbsenceRecord | None, Absence]]:
    """Every absence noted at a visit, newest first: as signed, or as it would be signed now."""
    rows = await work.session.scalars(select(AbsenceRecord).where(col(AbsenceRecord.visit_id) == case.visit.id))
    signed = {each.step_id: each for each in rows}
    found = []
    for step in reversed(await _steps(work, case.visit.id)):
        record = signed.get(step.id)
        if record is None and work.actor.is_a(*FIRM):
            continue
        found.append((step, record, from_stored(record) if record else await _facts(work, case, step)))
    return found


async def any_signed(work: Work, visit_id: UUID) -> bool:
    """Is there a finding its firm can read?"""
    found = select(col(AbsenceRecord.id)).where(col(AbsenceRecord.visit_id) == visit_id).limit(1)
    return await work.session.scalar(found) is not None


def may_sign(work: Work, step: Step) -> bool:
    """The officer who noted it signs; what a declarant noted, or an officer left unsigned, a chief of the office."""
    return work.actor.is_a(*CHIEFS) or (work.actor.is_a(Role.INSPECTOR) and step.person_id == work.actor.person)


async def sign(work: Work, visit_id: UUID, step_id: UUID, *, password: str) -> AbsenceRecord:
    """Freeze and sign; signing twice gives the same record, by whomever."""
    signer = await proved(work, password)
    case = await absence_case(work, visit_id)
    await visit_for_update(work, visit_id)
    step = await work.session.get(Step, step_id)
    if step is None or step.visit_id != visit_id or step.kind not in SIDES or not may_sign(work, step):
        raise NotFound()
    known = await work.session.scalar(select(AbsenceRecord).where(col(AbsenceRecord.step_id) == step_id))
    if known is not None:
        return known
    content = await _facts(work, case, step)
    made = AbsenceRecord(
        id=new_id(),
        visit_id=visit_id,
        office_id=case.office.id,
        step_id=step_id,
        appointment_id=(missed.id if (missed := await _missed(work, step)) else None),
        side=content.side,
        content=msgspec.to_builtins(content),
        digest=digest_of(content),
        person_id=signer.id,
        name=signer.name,
        quality=signer.quality or say(QUALITIES[Quality.INSPECTOR], "fr"),
        signed_at=work.now,
    )
    work.session.add(made)
    await work.session.flush()
    work.audit("absence_recorded", made.id, office=case.office.id, side=made.side, digest=made.digest)
    return made


def digest_of(content: Absence) -> str:
    """The SHA-256 of the finding, in hexadecimal."""
    return chain.digest(msgspec.to_builtins(content)).hex()


def from_stored(record: AbsenceRecord) -> Absence:
    """The finding as it was signed."""
    return msgspec.convert(record.content, Absence)


async def _steps(work: Work, visit_id: UUID) -> list[Step]:
    rows = await work.session.scalars(
        select(Step)
        .where(col(Step.visit_id) == visit_id, col(Step.kind).in_(tuple(SIDES)))
        .order_by(col(Step.at), col(Step.id))
    )
    return list(rows)


async def _missed(work: Work, step: Step) -> Appointment | None:
    """The appointment the deed was about: the newest that stood when it was noted."""
    return await work.session.scalar(
        select(Appointment)
        .where(
            col(Appointment.visit_id) == step.visit_id,
            col(Appointment.status).not_in(("held", "expired")),
            col(Appointment.made_at) <= step.at,
        )
        .order_by(col(Appointment.made_at).desc(), col(Appointment.id).desc())
        .limit(1)
    )


async def _facts(work: Work, case: Case, step: Step) -> Absence:
    missed, values = await _missed(work, step), policy(case.office, Policies)
    side, code = SIDES[step.kind], str(step.body.get("agency") or "")
    where = await where_of(work, case.visit, missed) if missed else None
    record = await field.record_of(work, case.visit.id)
    since = missed.made_at if missed else None
    words = [
        each
        for each in (await words_on(work, {case.visit.id})).get(case.visit.id, [])
        if each.at <= step.at and (since is None or said_at(each)[0] >= since)
    ]
    boxes = list(case.visit.order.get("containers") or [""])
    grace = {"agency": values.grace_agency_minutes, "customs": values.grace_customs_minutes}
    return Absence(
        record=step.id,
        side=side,
        agency=next((each.name for each in await agencies(work) if each.code == code), code),
        office_code=case.office.code,
        office_name=case.office.name,
        section=values.section,
        legal_basis=values.legal_basis,
        visit=case.visit.reference,
        declaration=case.title,
        firm=case.declaration.declarant_name or "",
        consignee=case.declaration.consignee_name or "",
        site=(where.line if where.at_premises else where.name) if where else "",
        bay=where.bay if where else "",
        starts_at=missed.during.lower if missed else None,
        ends_at=missed.during.upper if missed else None,
        grace_minutes=grace.get(side, values.grace_minutes),
        noted_at=step.device_at or step.at,
        reason=str(step.body.get("reason") or ""),
        presences=[_presence(row, step) for row in record.check_ins if _counts(row, step, missed)],
        places=[_place(box, standing(box, words)) for box in boxes if side in ("goods", "declarant") or words],
        tz=case.office.tz,
    )


def _counts(row: CheckIn, step: Step, missed: Appointment | None) -> bool:
    return row.at <= step.at and (missed is None or row.at >= missed.made_at)


def _presence(row: CheckIn, step: Step) -> Presence:
    gone = row.left_at if row.left_at is not None and row.left_at <= step.at else None
    return Presence(
        party=row.party,
        name=row.name,
        agency=row.agency or "",
        at=row.device_at or row.at,
        left_at=gone,
        fence=row.fence,
        own=row.person_id is not None,
    )


def _place(box: str, said: Standing) -> Place:
    return Place(container=box, position=said.position, reason=said.reason, at=said.at)
