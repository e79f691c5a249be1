"""What an office's chiefs must do now: the visits that wait for them, in one query."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import col

from visits.assignment.tables import Reassignment
from visits.booking.tables import Appointment
from visits.clearance.tables import LinkState, Outbound
from visits.declarations.queries import visible_visits
from visits.declarations.tables import Declaration
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.portals.queries import PAGE, Listed, listed, select_cases
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
