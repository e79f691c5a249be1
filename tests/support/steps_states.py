"""Visits in any state, moved there event by event as the right people; for tests that only look at states."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from tests.support.stage import Stage
from visits import events
from visits.booking.tables import Appointment
from visits.declarations.lane import Colour
from visits.declarations.queries import declaration_for
from visits.events import Event
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.states import SUSPENSIONS, State
from visits.journey.tables import Visit
from visits.sites.tables import Office
from visits.store.work import Work

#: The way to each state: (who, event, its facts), after the state it starts from.
PATHS: dict[State, tuple[State | None, tuple[tuple[str, type[Event], dict[str, Any]], ...]]] = {
    State.PACKAGE: (None, ()),
    State.CHECKING: (State.PACKAGE, (("declarant", events.PackageSubmitted, {"documents": 4}),)),
    State.TO_BOOK: (State.CHECKING, (("chief", events.PackageAccepted, {}),)),
    State.BOOKED: (State.TO_BOOK, (("declarant", events.AppointmentConfirmed, {}),)),
    State.RUNNING: (
        State.BOOKED,
        (
            ("system", events.InspectorAssigned, {"draw": UUID(int=1)}),
            ("declarant", events.PartyCheckedIn, {"party": "declarant"}),
            ("inspector1", events.VisitStarted, {}),
        ),
    ),
    State.SUSPENDED: (State.RUNNING, (("inspector1", events.VisitSuspended, {"reason": "terminal"}),)),
    State.ENDED: (State.RUNNING, (("inspector1", events.VisitEnded, {}),)),
    State.LAB: (State.ENDED, (("inspector1", events.LabAwaited, {"reason": "analyse"}),)),
    State.SIGNED: (
        State.ENDED,
        (("inspector1", events.ReportSigned, {"version": 1, "digest": "ab" * 32, "officers": 1}),),
    ),
    State.VALIDATED: (
        State.SIGNED,
        (("chief", events.ReportValidated, {"version": 1, "number": "CIAB1/2026/000001"}),),
    ),
    State.PUSHED: (State.VALIDATED, (("system", events.ReportPushed, {"version": 1, "link": "clearance"}),)),
    State.ACKNOWLEDGED: (State.PUSHED, (("system", events.ReportAcknowledged, {"version": 1, "act": "A-1"}),)),
    State.RELEASED: (
        State.ACKNOWLEDGED,
        (("system", events.ReleaseIssued, {"voucher": "BAE-1", "source": "message"}),),
    ),
    State.SEIZED: (State.ACKNOWLEDGED, (("chief", events.GoodsSeized, {"reason": "contrefaçon"}),)),
    State.CANCELLED: (State.PACKAGE, (("chief", events.Cancelled, {"reason": "retrait"}),)),
}


async def happen(
    stage: Stage,
    visit: Visit,
    who: str,
    kind: type[Event],
    *,
    device_at: datetime | None = None,
    **facts: Any,
) -> Visit:
    """One event of a visit as somebody."""

    async def use_case(work: Work) -> None:
        locked = await visit_for_update(work, visit.id)
        event = kind(
            declaration=DeclarationId(visit.declaration_id), visit=VisitId(visit.id), device_at=device_at, **facts
        )
        cause = SUSPENSIONS.get(facts.get("reason", "")) if kind is events.VisitSuspended else None
        await move(work, locked, event, reason=facts.get("reason", ""), clock=cause[1] if cause else None)
        if kind is events.ReleaseIssued:
            declaration = await declaration_for(work, visit.declaration_id, lock=True)
            declaration.voucher, declaration.released_at = facts["voucher"], work.now
            locked.closed_at = work.now

    await stage.run(who, use_case)
    return await stage.visit(visit.id)


async def booked(stage: Stage, visit: Visit, starts_at: datetime, minutes: int = 60) -> Visit:
    """A confirmed appointment as the booking would leave it, without its resources."""
    ends_at = starts_at + timedelta(minutes=minutes)
    appointment = new_id()
    async with stage.work() as work:
        office = await work.session.get_one(Office, visit.office_id)
        work.session.add(
            Appointment(
                id=appointment,
                visit_id=visit.id,
                office_id=office.id,
                site_id=visit.site_id,
                day=starts_at.date(),
                during=Range(starts_at, ends_at, bounds="[)"),
                status="confirmed",
                made_at=work.now,
            )
        )
    facts = {"appointment": appointment, "starts_at": starts_at, "ends_at": ends_at, "site": "TC01"}
    return await happen(stage, visit, "declarant", events.AppointmentConfirmed, **facts)


async def assigned(stage: Stage, visit: Visit, inspector: str = "inspector1") -> Visit:
    """The visit with its inspector, as the draw would leave it."""
    async with stage.work() as work:
        locked = await visit_for_update(work, visit.id)
        locked.inspector_id = stage.resources[inspector].id
    return await stage.visit(visit.id)


async def at_state(
    stage: Stage, state: State, *, colour: Colour = Colour.RED, minutes: float = 10, visit: Visit | None = None
) -> Visit:
    """A visit in a state; the clock moves by `minutes` before each event."""
    if state is State.AT_DESK:
        at_desk = await at_state(stage, State.CHECKING, colour=Colour.YELLOW, minutes=minutes)
        return await happen(stage, at_desk, "chief", events.PackageAccepted)
    before, path = PATHS[state]
    found = await at_state(stage, before, colour=colour, minutes=minutes, visit=visit) if before else visit
    found = found or await stage.opened(colour)
    for who, kind, facts in path:
        stage.clock.move(minutes=minutes)
        if kind is events.AppointmentConfirmed:
            found = await booked(stage, found, stage.clock.now() + timedelta(minutes=60))
        elif kind is events.InspectorAssigned:
            found = await assigned(stage, await happen(stage, found, who, kind, **facts))
        else:
            found = await happen(stage, found, who, kind, **facts)
    return found
