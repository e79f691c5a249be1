"""What an office's chiefs must do now: the visits that wait for them, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, exists, func, or_, select, true
from sqlmodel import col

from visits.assignment.tables import Reassignment
from visits.booking.prearrival import KEPT
from visits.booking.tables import Appointment, BookingPart
from visits.clearance.tables import LinkState, Outbound
from visits.declarations.queries import visible_visits
from visits.declarations.tables import Declaration
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.portals.queries import PAGE, Listed, listed, select_cases
from visits.sites.tables import Resource
from visits.store.work import Work

#: A booked visit without inspector is urgent from here on: the draw of the same day is over.
SOON = timedelta(minutes=120)
#: A desk visit is drawn at once; one still without inspector after this was blocked.
AT_ONCE = timedelta(minutes=5)


async def waiting_visits(work: Work) -> list[Listed]:
    """Packages to check, visits without inspector, reports to validate, acts and vouchers to key; oldest first."""
    near = exists().where(
        col(Appointment.visit_id) == col(Visit.id),
        col(Appointment.status) == "confirmed",
        func.lower(Appointment.during) <= work.now + SOON,
    )
    by_hand = exists().where(col(Outbound.visit_id) == col(Visit.id), col(Outbound.state) == "manual")
    no_link = exists().where(
        col(Outbound.visit_id) == col(Visit.id),
        or_(
            col(Outbound.link) == "manual",
            col(Outbound.link).in_(select(col(LinkState.name)).where(col(LinkState.down_since).is_not(None))),
        ),
    )
    nobody = col(Visit.inspector_id).is_(None)
    rows = await work.session.execute(
        select_cases()
        .where(
            visible_visits(work.actor),
            or_(
                col(Visit.state).in_((State.CHECKING, State.SIGNED)),
                and_(col(Visit.state) == State.BOOKED, nobody, near),
                and_(col(Visit.state) == State.AT_DESK, nobody, col(Visit.state_since) <= work.now - AT_ONCE),
                and_(col(Visit.state).in_((State.VALIDATED, State.PUSHED)), by_hand),
                and_(col(Visit.state) == State.ACKNOWLEDGED, no_link),
            ),
        )
        .order_by(col(Visit.state_since), col(Visit.id))
        .limit(4 * PAGE)
    )
    return [listed(row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """An appointment whose place or officer no longer works at its time, after a change of calendar."""

    visit: Visit
    declaration: Declaration
    starts_at: datetime
    since: datetime
    #: The bays and scanners that are closed then.
    places: list[str]
    #: Is an officer missing? The one who is kept for the place is nobody's to know before the draw.
    officer: bool


async def stranded(work: Work, visit_id: UUID | None = None) -> list[Stranded]:
    """The appointments that must be placed anew, the one longest so first; or that of one visit."""
    of_a_person = col(Resource.kind).in_(("officer", "agency_officer"))
    place = case((of_a_person, None), else_=col(Resource.name))
    rows = await work.session.execute(
        select(
            Visit,
            Declaration,
            func.lower(Appointment.during).label("starts_at"),
            func.min(col(BookingPart.stranded_since)).label("since"),
            func.array_remove(func.array_agg(place), None).label("places"),
            func.bool_or(of_a_person).label("officer"),
        )
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Appointment, col(Appointment.visit_id) == col(Visit.id))
        .join(BookingPart, col(BookingPart.appointment_id) == col(Appointment.id))
        .join(Resource, col(Resource.id) == col(BookingPart.resource_id))
        .where(
            visible_visits(work.actor),
            col(Visit.state).in_((State.BOOKED, *KEPT)),
            col(Appointment.status) == "confirmed",
            col(BookingPart.live),
            col(BookingPart.stranded_since).is_not(None),
            col(Visit.id) == visit_id if visit_id else true(),
        )
        .group_by(col(Visit.id), col(Declaration.id), col(Appointment.id))
        .order_by(func.min(col(BookingPart.stranded_since)), func.lower(Appointment.during), col(Visit.id))
        .limit(4 * PAGE)
    )
    return [
        Stranded(
            visit=row[0],
            declaration=row[1],
            starts_at=row.starts_at,
            since=row.since,
            places=sorted(row.places),
            officer=row.officer,
        )
        for row in rows
    ]


async def asked_replacements(work: Work) -> Sequence[tuple[Reassignment, Visit, Declaration]]:
    """Replacements another chief asked for, waiting for a second opinion; oldest first."""
    rows = await work.session.execute(
        select(Reassignment, Visit, Declaration)
        .join(Visit, col(Visit.id) == col(Reassignment.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(
            visible_visits(work.actor),
            col(Reassignment.state) == "open",
            col(Reassignment.asked_by) != work.actor.person,
        )
        .order_by(col(Reassignment.asked_at), col(Reassignment.id))
        .limit(PAGE)
    )
    return [(row[0], row[1], row[2]) for row in rows]
