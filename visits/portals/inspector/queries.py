"""Reads of what waits at an inspector's desk."""

from sqlalchemy import func, select
from sqlmodel import col

from visits.declarations.tables import Declaration
from visits.journey.states import State
from visits.journey.tables import Transition, Visit
from visits.sites.tables import Resource
from visits.store.work import Work


async def packages(work: Work, *, limit: int) -> list[tuple[Visit, Declaration]]:
    """Packages of the office that wait for an officer, the oldest first."""
    rows = await work.session.execute(
        select(Visit, Declaration)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Visit.office_id) == work.actor.office, col(Visit.state) == State.CHECKING)
        .order_by(col(Visit.state_since), col(Visit.id))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows.all()]


async def returned(work: Work) -> list[tuple[Visit, Declaration, str]]:
    """The actor's visits whose report came back, with the chief's reason."""
    mine = select(col(Resource.id)).where(col(Resource.person_id) == work.actor.person)
    back = (
        select(col(Transition.visit_id), func.max(col(Transition.at)).label("at"))
        .where(col(Transition.event) == "report_returned")
        .group_by(col(Transition.visit_id))
        .subquery()
    )
    rows = await work.session.execute(
        select(Visit, Declaration, col(Transition.reason))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(back, back.c.visit_id == col(Visit.id))
        .join(
            Transition,
            (col(Transition.visit_id) == col(Visit.id))
            & (col(Transition.event) == "report_returned")
            & (col(Transition.at) == back.c.at),
        )
        .where(col(Visit.inspector_id).in_(mine), col(Visit.state) == State.ENDED)
        .order_by(back.c.at, col(Visit.id))
    )
    return [(row[0], row[1], row[2]) for row in rows.all()]
