"""Reads of premises and of the visits made there."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlmodel import col

from visits.actor import Actor
from visits.booking.premises_tables import HomeVisit, Premises
from visits.errors import NotFound
from visits.people.tables import Firm
from visits.roles import CHIEFS, DECLARANTS, Role
from visits.sites.tables import Office
from visits.store.work import Work


def _visible(actor: Actor) -> ColumnElement[bool]:
    """A firm's own, and those of a chief's office; deny unless a rule says so."""
    if actor.is_a(Role.SYSTEM):
        return true()
    rules: list[ColumnElement[bool]] = []
    if actor.is_a(*DECLARANTS) and actor.firm is not None:
        rules.append(col(Premises.firm_id) == actor.firm)
    if actor.is_a(*CHIEFS) and actor.office is not None:
        rules.append(col(Premises.office_id) == actor.office)
    return or_(*rules) if rules else false()


async def premises_for_update(work: Work, premises_id: UUID) -> Premises:
    """Premises the actor may see, locked."""
    found = await work.session.scalar(
        select(Premises)
        .where(col(Premises.id) == premises_id, _visible(work.actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


async def listed(work: Work, *states: str) -> list[tuple[Premises, Firm, Office]]:
    """Premises the actor may see, the newest first."""
    rows = await work.session.execute(
        select(Premises, Firm, Office)
        .join(Firm, col(Firm.id) == col(Premises.firm_id))
        .join(Office, col(Office.id) == col(Premises.office_id))
        .where(_visible(work.actor), col(Premises.state).in_(states))
        .order_by(col(Premises.asked_at).desc(), col(Premises.id).desc())
        .limit(100)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def count_of_firm(work: Work, firm_id: UUID, office_id: UUID) -> int:
    """How many premises a firm asked for or has at an office."""
    found = await work.session.scalar(
        select(func.count())
        .select_from(Premises)
        .where(
            col(Premises.firm_id) == firm_id,
            col(Premises.office_id) == office_id,
            col(Premises.state).in_(("asked", "granted")),
        )
    )
    return int(found or 0)


async def home_of(work: Work, visit_id: UUID, *, at: datetime | None = None) -> Premises | None:
    """The premises a visit is made at, or was to be made at some time ago, if not at a site; whoever may see the visit
    may see where it is."""
    then = is_live()
    if at is not None:
        then = (col(HomeVisit.at) <= at) & (then | (col(HomeVisit.left_at) >= at))
    return await work.session.scalar(
        select(Premises)
        .join(HomeVisit, col(HomeVisit.premises_id) == col(Premises.id))
        .where(col(HomeVisit.visit_id) == visit_id, then)
        .order_by(col(HomeVisit.at).desc())
        .limit(1)
    )


async def chosen_for(work: Work, visit_id: UUID) -> HomeVisit | None:
    """The choice itself."""
    return await work.session.scalar(select(HomeVisit).where(col(HomeVisit.visit_id) == visit_id, is_live()))


async def homes_of(work: Work, visit_ids: Iterable[UUID]) -> dict[UUID, Premises]:
    """The premises of those visits that are made at some."""
    rows = await work.session.execute(
        select(col(HomeVisit.visit_id), Premises)
        .join(Premises, col(Premises.id) == col(HomeVisit.premises_id))
        .where(col(HomeVisit.visit_id).in_(list(visit_ids)), is_live())
    )
    return {row[0]: row[1] for row in rows}


def is_live() -> ColumnElement[bool]:
    """The choice of the same query counts now."""
    return col(HomeVisit.left_at).is_(None)
