"""Reads and writes of visits. Visit rows are locked in the order of their ids (product, Decided 1)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from visits.errors import NotFound
from visits.journey.tables import Transition, Visit
from visits.store.work import Work


async def visit_for_update(work: Work, visit_id: UUID) -> Visit:
    """The visit, locked until the end of the transaction."""
    found = await work.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


async def visit_by_id(work: Work, visit_id: UUID) -> Visit:
    """The visit as it stands."""
    found = await work.session.get(Visit, visit_id)
    if found is None:
        raise NotFound()
    return found


async def visits_of(work: Work, declaration_id: UUID) -> Sequence[Visit]:
    """All visits of a declaration, oldest first."""
    rows = await work.session.scalars(
        select(Visit).where(Visit.declaration_id == declaration_id).order_by(Visit.opened_at, Visit.id)  # type: ignore[arg-type]
    )
    return rows.all()


async def transitions_of(work: Work, visit_id: UUID) -> Sequence[Transition]:
    """Every change of state of a visit, oldest first."""
    rows = await work.session.scalars(
        select(Transition).where(Transition.visit_id == visit_id).order_by(Transition.at, Transition.id)  # type: ignore[arg-type]
    )
    return rows.all()
