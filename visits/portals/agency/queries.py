"""Reads of an agency: the joint visits it is invited to, by time, and the report its officer signed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlmodel import col

from visits.booking.premises_rows import is_live
from visits.booking.premises_tables import HomeVisit, Premises
from visits.booking.tables import Appointment
from visits.booking.where import Where, bay_of
from visits.declarations.queries import Case, visible_visits
from visits.declarations.tables import Declaration
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.people.queries import agencies
from visits.reports.tables import Report, ReportVersion, Signature
from visits.reports.words import SignerKind
from visits.sites.tables import Office, Site
from visits.store.work import Work

#: States in which the agency is still expected, or at work.
AHEAD = frozenset({State.BOOKED, State.RUNNING, State.SUSPENDED})
#: Versions that stand: later ones may have replaced an amended one.
STANDING = ("validated", "amended")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """One joint visit with its time and place."""

    case: Case
    where: Where
    day: date
    starts_at: datetime
    ends_at: datetime

    @property
    def ahead(self) -> bool:
        """Is the agency still expected, or at work?"""
        return State(self.case.visit.state) in AHEAD


async def invited(work: Work, since: date) -> list[Invited]:
    """The joint visits of the actor's agency with a time from a day on, by time; each visit once, at its last time."""
    rows = await work.session.execute(
        _select()
        .where(visible_visits(work.actor), col(Appointment.day) >= since)
        .order_by(func.lower(col(Appointment.during)), col(Visit.id))
    )
    found = {row[0].id: _invited(row) for row in rows}
    return sorted(found.values(), key=lambda each: each.starts_at)


async def invited_to(work: Work, visit_id: UUID) -> Invited | None:
    """The last time and place of one visit the actor may see."""
    rows = await work.session.execute(
        _select()
        .where(visible_visits(work.actor), col(Visit.id) == visit_id)
        .order_by(func.lower(col(Appointment.during)).desc())
        .limit(1)
    )
    row = rows.first()
    return _invited(row) if row else None


async def my_version(work: Work, visit_id: UUID) -> int | None:
    """The newest validated version of a visit's report that the actor signed for an agency."""
    return await work.session.scalar(
        select(func.max(col(ReportVersion.version)))
        .join(Report, col(Report.id) == col(ReportVersion.report_id))
        .join(Signature, col(Signature.version_id) == col(ReportVersion.id))
        .where(
            col(Report.visit_id) == visit_id,
            col(ReportVersion.state).in_(STANDING),
            col(Signature.kind) == SignerKind.AGENCY,
            col(Signature.person_id) == work.actor.person,
        )
    )


async def my_agency(work: Work) -> str:
    """What the actor's agency is called."""
    return next((each.name for each in await agencies(work) if each.id == work.actor.agency), "")


def _invited(row: Any) -> Invited:
    visit, declaration, office, appointment, site, home, bay = row
    return Invited(
        case=Case(visit=visit, declaration=declaration, office=office),
        where=Where.of(Level(visit.level), site, home, bay),
        day=appointment.day,
        starts_at=appointment.during.lower,
        ends_at=appointment.during.upper,
    )


def _select() -> Select[Any]:
    return (
        select(Visit, Declaration, Office, Appointment, Site, Premises, bay_of())
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Office, col(Office.id) == col(Visit.office_id))
        .join(
            Appointment,
            and_(col(Appointment.visit_id) == col(Visit.id), col(Appointment.status).in_(["confirmed", "done"])),
        )
        .outerjoin(Site, col(Site.id) == func.coalesce(col(Appointment.site_id), col(Visit.site_id)))
        .outerjoin(HomeVisit, and_(col(HomeVisit.visit_id) == col(Visit.id), is_live()))
        .outerjoin(Premises, col(Premises.id) == col(HomeVisit.premises_id))
    )
