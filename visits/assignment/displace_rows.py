"""Reads of a day on which visits may have to give way: why each goes before others, and which keep their time."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from visits.assignment.vacant_rows import came
from visits.booking.replan_tables import ReplanStep
from visits.booking.tables import Appointment, VisitUrgency
from visits.journey.tables import Visit
from visits.store.work import Work


async def urgent(work: Work, visit_ids: Collection[UUID]) -> set[UUID]:
    """Those of these visits a chief called urgent last."""
    rows = await work.session.execute(
        select(col(VisitUrgency.visit_id), col(VisitUrgency.urgent))
        .where(col(VisitUrgency.visit_id).in_(visit_ids))
        .order_by(col(VisitUrgency.visit_id), col(VisitUrgency.at).desc(), col(VisitUrgency.id).desc())
        .ext(distinct_on(col(VisitUrgency.visit_id)))
    )
    return {visit for visit, said in rows if said}


async def not_to_move(work: Work, visit_ids: Collection[UUID]) -> set[UUID]:
    """Those whose declarant is there already, or whose time the office has changed once."""
    moved = exists().where(
        col(ReplanStep.visit_id) == col(Visit.id),
        col(ReplanStep.made_id) == col(Appointment.id),
        col(ReplanStep.outcome) == "moves",
        col(ReplanStep.state) == "applied",
    )
    rows = await work.session.scalars(
        select(col(Visit.id))
        .join(Appointment, col(Appointment.visit_id) == col(Visit.id))
        .where(
            col(Visit.id).in_(visit_ids),
            col(Appointment.status) == "confirmed",
            or_(came("declarant", "importer"), moved),
        )
    )
    return set(rows)
