"""Open a visit: one control decision on one declaration."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from visits.events import VisitOpened
from visits.ids import DeclarationId, VisitId, new_id, reference
from visits.journey.states import CLOCKS, Level, State
from visits.journey.tables import Transition, Visit
from visits.store.work import Work

_NUMBER = text("select nextval('visit_number')")


async def open_visit(
    work: Work,
    *,
    declaration_id: UUID,
    office_id: UUID,
    level: Level,
    order: dict[str, Any],
    minutes: int,
    site_id: UUID | None = None,
    parent_id: UUID | None = None,
    sample: bool = False,
) -> Visit:
    """Open a visit with its order. The caller makes sure that there is only one for the same decision."""
    number = (await work.session.execute(_NUMBER)).scalar_one()
    visit = Visit(
        id=new_id(),
        reference=reference("V", number),
        declaration_id=declaration_id,
        office_id=office_id,
        site_id=site_id,
        parent_id=parent_id,
        level=level,
        order=order,
        minutes=minutes,
        state=State.PACKAGE,
        state_since=work.now,
        clock=CLOCKS[State.PACKAGE],
        opened_at=work.now,
        sample=sample,
    )
    work.session.add(visit)
    await work.session.flush()
    work.session.add(
        Transition(
            visit_id=visit.id,
            event=VisitOpened.code,
            source="",
            target=State.PACKAGE,
            clock=visit.clock,
            person_id=work.actor.person,
            at=work.now,
        )
    )
    work.emit(
        VisitOpened(
            declaration=DeclarationId(declaration_id),
            visit=VisitId(visit.id),
            reference=visit.reference,
            level=level,
            parent=parent_id,
        )
    )
    return visit
