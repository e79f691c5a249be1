"""Reads and writes of reports, their frozen versions and their signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.declarations.queries import Case, case_of
from visits.errors import NotFound
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people.queries import running
from visits.people.tables import Firm, Membership, Person
from visits.reports.content import Content, from_stored
from visits.reports.numbers import number_text
from visits.reports.tables import Report, ReportVersion, Signature
from visits.roles import CHIEFS, Role
from visits.sites.tables import Office, Resource
from visits.store.tables import Audit, DomainEvent
from visits.store.work import Work

#: Roles that can make a visit and sign its report as an officer.
OFFICERS = frozenset({Role.INSPECTOR}) | CHIEFS

_ORDER = ("officer", "agency", "declarant")

_HEAD = text(
    "insert into report_head (office_id, digest) values (:office, '')"
    " on conflict (office_id) do update set digest = report_head.digest returning digest"
)
_MOVE_HEAD = text("update report_head set digest = :digest where office_id = :office")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushable:
    """A validated report with everything that goes to the clearance system."""

    content: Content
    digest: str
    number: str
    version: int
    validated_at: datetime
    validated_by: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The clearance system has a version."""

    act: str
    at: datetime


# ---------- reports and versions ----------


async def report_of(work: Work, visit_id: UUID) -> Report | None:
    """The report of a visit, if anything was written yet."""
    return await work.session.scalar(select(Report).where(col(Report.visit_id) == visit_id))


async def report_for_update(work: Work, case: Case) -> Report:
    """The report of a visit, made on first use; locked."""
    await work.session.execute(
        insert(Report)
        .values(id=new_id(), visit_id=case.visit.id, office_id=case.office.id, version=0, draft={}, at=work.now)
        .on_conflict_do_nothing(index_elements=["visit_id"])
    )
    found = await work.session.scalar(
        select(Report)
        .where(col(Report.visit_id) == case.visit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert found is not None
    return found


async def versions_of(work: Work, visit_id: UUID) -> Sequence[ReportVersion]:
    """Every frozen version of a visit's report, newest first."""
    rows = await work.session.scalars(
        select(ReportVersion)
        .join(Report, col(Report.id) == col(ReportVersion.report_id))
        .where(col(Report.visit_id) == visit_id)
        .order_by(col(ReportVersion.version).desc())
    )
    return rows.all()


async def version_of(work: Work, visit_id: UUID, version: int | None = None) -> ReportVersion | None:
    """One frozen version, or the newest; the visit's access is the caller's to check."""
    rows = await versions_of(work, visit_id)
    return next((row for row in rows if version in (None, row.version)), None)


async def signatures_of(work: Work, version_id: UUID) -> Sequence[Signature]:
    """The answers to a version: officers, agencies, then the declarant's side; each group oldest first."""
    rows = await work.session.scalars(
        select(Signature).where(col(Signature.version_id) == version_id).order_by(col(Signature.at), col(Signature.id))
    )
    return sorted(rows, key=lambda one: _ORDER.index(one.kind))


async def head_for_update(work: Work, office_id: UUID) -> str:
    """The digest of the office's newest frozen version, locked; empty before the first."""
    return str((await work.session.execute(_HEAD, {"office": office_id})).scalar_one())


async def move_head(work: Work, office_id: UUID, digest: str) -> None:
    """The office's newest version has this digest."""
    await work.session.execute(_MOVE_HEAD, {"office": office_id, "digest": digest})


async def pushable(work: Work, visit_id: UUID, version: int | None = None) -> Pushable | None:
    """The newest validated version of a visit's report (or this one), to be handed to the clearance system."""
    case = await case_of(work, visit_id)
    report = await report_of(work, visit_id)
    rows = await versions_of(work, visit_id)
    frozen = next((row for row in rows if row.state == "validated" and version in (None, row.version)), None)
    if report is None or frozen is None or frozen.validated_at is None or frozen.validated_by is None:
        return None
    assert report.year is not None
    assert report.number is not None
    chief = await work.session.get_one(Person, frozen.validated_by)
    return Pushable(
        content=from_stored(frozen.content),
        digest=frozen.digest,
        number=number_text(report.year, case.office.code, report.number),
        version=frozen.version,
        validated_at=frozen.validated_at,
        validated_by=chief.name,
        signatures=tuple(await signatures_of(work, frozen.id)),
    )


async def received(work: Work, visit_id: UUID, version: int) -> Received | None:
    """When and under which act number the clearance system took a version."""
    event = await work.session.scalar(
        select(DomainEvent)
        .where(
            col(DomainEvent.stream_id) == visit_id,
            col(DomainEvent.kind) == "report_acknowledged",
            col(DomainEvent.body)["version"].as_integer() == version,
        )
        .order_by(col(DomainEvent.seq))
        .limit(1)
    )
    if event is None:
        return None
    return Received(act=str(event.body["act"]), at=event.device_at or event.at)


# ---------- for anybody who holds a copy ----------


async def by_code(work: Work, code: str) -> ReportVersion | None:
    """The version whose digest begins with these hexadecimal digits; sixteen of them at least."""
    return await work.session.scalar(
        select(ReportVersion).where(col(ReportVersion.digest) >= code, col(ReportVersion.digest) < code + "g").limit(1)
    )


async def by_number(work: Work, year: int, office_code: str, number: int) -> Report | None:
    """The report with this number."""
    return await work.session.scalar(
        select(Report)
        .join(Office, col(Office.id) == col(Report.office_id))
        .where(col(Office.code) == office_code, col(Report.year) == year, col(Report.number) == number)
    )


async def report_by_id(work: Work, report_id: UUID) -> tuple[Report, Visit, Office]:
    """A report with its visit and office, for the public check; the answer shows no name and no value."""
    row = (
        await work.session.execute(
            select(Report, Visit, Office)
            .join(Visit, col(Visit.id) == col(Report.visit_id))
            .join(Office, col(Office.id) == col(Report.office_id))
            .where(col(Report.id) == report_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1], row[2]


async def version_by_digest(work: Work, digest: str) -> ReportVersion | None:
    """The version with this whole digest."""
    return await work.session.scalar(select(ReportVersion).where(col(ReportVersion.digest) == digest).limit(1))


async def audited(work: Work, action: str, subjects: Sequence[UUID]) -> dict[str, dict[str, Any]]:
    """What the audit holds of some subjects, by subject: the record that cannot be changed afterwards."""
    rows = await work.session.scalars(
        select(Audit).where(col(Audit.action) == action, col(Audit.subject).in_([str(each) for each in subjects]))
    )
    return {row.subject: row.body for row in rows}


async def frozen_facts(work: Work, report_id: UUID) -> Sequence[dict[str, Any]]:
    """The digests recorded when versions of a report were frozen."""
    rows = await work.session.scalars(
        select(col(Audit.body)).where(col(Audit.action) == "report_signed", col(Audit.subject) == str(report_id))
    )
    return rows.all()


async def numbers_until(work: Work, office_id: UUID, year: int, number: int) -> int:
    """How many reports of an office and year have a number up to this one."""
    found = await work.session.scalar(
        select(func.count()).where(
            col(Report.office_id) == office_id, col(Report.year) == year, col(Report.number).between(1, number)
        )
    )
    return int(found or 0)


# ---------- people ----------


async def is_inspector(work: Work, visit: Visit) -> bool:
    """Is the actor the inspector drawn for the visit?"""
    drawn = await inspector_of(work, visit)
    return drawn is not None and drawn.id == work.actor.person


async def is_officer_of(work: Work, person_id: UUID, office_id: UUID) -> bool:
    """May this person make visits of the office?"""
    return any(person.id == person_id for person, _ in await officers_of(work, office_id))


async def officers_of(work: Work, office_id: UUID) -> Sequence[tuple[Person, Role]]:
    """Those who can make visits of an office, by name."""
    rows = await work.session.execute(
        select(Person, col(Membership.role))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            col(Membership.office_id) == office_id,
            col(Membership.role).in_(OFFICERS),
            col(Person.state) == "active",
            running(work.now),
        )
        .order_by(col(Person.name), col(Person.id), col(Membership.role))
    )
    people = {person.id: (person, Role(role)) for person, role in rows.all()}
    return list(people.values())


async def people_by_id(work: Work, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Some people."""
    rows = await work.session.scalars(select(Person).where(col(Person.id).in_(ids)))
    return {row.id: row for row in rows}


async def inspector_of(work: Work, visit: Visit) -> Person | None:
    """The person drawn for a visit."""
    if visit.inspector_id is None:
        return None
    return await work.session.scalar(
        select(Person)
        .join(Resource, col(Resource.person_id) == col(Person.id))
        .where(col(Resource.id) == visit.inspector_id)
    )


async def firm_name(work: Work, firm_id: UUID | None) -> str:
    """The name of a firm."""
    found = await work.session.get(Firm, firm_id) if firm_id else None
    return found.name if found else ""


async def events_of(work: Work, visit_id: UUID) -> Sequence[DomainEvent]:
    """What happened at a visit, in order."""
    rows = await work.session.scalars(
        select(DomainEvent).where(col(DomainEvent.stream_id) == visit_id).order_by(col(DomainEvent.seq))
    )
    return rows.all()
