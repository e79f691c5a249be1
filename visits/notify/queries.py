"""Reads of appointments and cases for notices and for the path by text alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.booking.tables import Appointment
from visits.declarations.queries import Case, visible_visits
from visits.declarations.tables import Declaration
from visits.ids import new_id
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.notices.tables import TextMessage, UssdSession
from visits.sites.tables import Office
from visits.store.tables import DomainEvent
from visits.store.work import Work

#: Events that give a visit an appointment, and those that take it away.
GIVEN = ("appointment_reserved", "appointment_confirmed", "appointment_moved")
TAKEN = ("appointment_cancelled", "goods_absent", "party_absent", "visit_converted")


async def appointment(work: Work, appointment_id: UUID) -> Appointment | None:
    """The appointment as it stands."""
    return await work.session.get(Appointment, appointment_id, populate_existing=True)


async def thread_of(work: Work, found: Appointment) -> tuple[UUID, int]:
    """The first appointment of a chain of moves, and how many moves lie between."""
    moves, first = 0, found
    while first.supersedes is not None:
        before = await work.session.get(Appointment, first.supersedes)
        if before is None:
            break
        moves, first = moves + 1, before
    return first.id, moves


async def standing_before(work: Work, event: DomainEvent) -> Appointment | None:
    """The appointment a visit had when an event took it away; None if it had none."""
    last = await work.session.scalar(
        select(DomainEvent)
        .where(
            col(DomainEvent.stream_id) == event.stream_id,
            col(DomainEvent.seq) < event.seq,
            col(DomainEvent.kind).in_((*GIVEN, *TAKEN)),
        )
        .order_by(col(DomainEvent.seq).desc())
        .limit(1)
    )
    if last is None or last.kind not in GIVEN:
        return None
    return await appointment(work, UUID(str(last.body["appointment"])))


async def cases_to_come(
    work: Work, states: Sequence[State], *, limit: int
) -> Sequence[tuple[Case, Appointment | None]]:
    """Cases the actor may see in these states, those with the nearest appointment first."""
    rows = await work.session.execute(
        select(Visit, Declaration, Office, Appointment)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Office, col(Office.id) == col(Visit.office_id))
        .outerjoin(Appointment, (col(Appointment.visit_id) == col(Visit.id)) & (col(Appointment.status) == "confirmed"))
        .where(col(Visit.state).in_(states), visible_visits(work.actor))
        .order_by(col(Appointment.during).asc().nulls_last(), col(Visit.state_since), col(Visit.id))
        .limit(limit)
    )
    return [(Case(visit=row[0], declaration=row[1], office=row[2]), row[3]) for row in rows]


async def office_of_visit(work: Work, visit_id: UUID) -> Office | None:
    """The office a visit belongs to."""
    return await work.session.scalar(
        select(Office).join(Visit, col(Visit.office_id) == col(Office.id)).where(col(Visit.id) == visit_id)
    )


# ---------- what came in by text ----------


async def text_message(work: Work, source: str, message_id: str, address: str) -> TextMessage:
    """The message with this id of a gateway, made once, locked."""
    await work.session.execute(
        insert(TextMessage)
        .values(id=new_id(), source=source, message_id=message_id, address=address, outcome="", answer="", at=work.now)
        .on_conflict_do_nothing(index_elements=["tenant_id", "source", "message_id"])
    )
    found = await work.session.execute(
        select(TextMessage)
        .where(col(TextMessage.source) == source, col(TextMessage.message_id) == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.scalar_one()


async def ussd_session(work: Work, session: str, address: str, person_id: UUID | None) -> UssdSession:
    """The menu with this id, made once, locked."""
    values: dict[str, Any] = {"session": session, "address": address, "person_id": person_id, "at": work.now}
    await work.session.execute(
        insert(UssdSession)
        .values(id=new_id(), screens={}, choices={}, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "session"])
    )
    found = await work.session.execute(
        select(UssdSession)
        .where(col(UssdSession.session) == session)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.scalar_one()


def starts(options: Sequence[str]) -> list[datetime]:
    """Stored starts as instants."""
    return [datetime.fromisoformat(each) for each in options]
