"""/declarant/visits/{id}/arrive: « I am here », said by the declarant's own telephone on the day."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.tables import Appointment
from visits.booking.where import where_of
from visits.declarations.queries import Case, case_of
from visits.fieldwork import checkin, queries
from visits.fieldwork.branches import TooEarly
from visits.fieldwork.no_shows import BeThereFirst, InspectorCame, customs_no_show, here
from visits.fieldwork.rules import Record
from visits.fieldwork.tables import CheckIn
from visits.fieldwork.words import INTERESTED, Party
from visits.ids import new_id
from visits.journey.states import State, WrongState
from visits.portals.posted import fix_of, sent_id
from visits.portals.telling import at_office
from visits.roles import DECLARANTS, FIRM
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.problem import sentence
from visits.web.route import get, post


@get("/declarant/visits/{visit_id:uuid}/arrive", roles=FIRM)
async def arrive(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """Where to be, when, and one button on the day."""
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    appointment = await queries.appointment_of(work, visit_id)
    today = grid_of(case.office).day_of(work.now)
    record = await queries.record_of(work, visit_id)
    present = [row for row in record.check_ins if row.party in INTERESTED and row.left_at is None]
    return page(
        request,
        "declarant/arrive.html",
        case=case,
        appointment=appointment,
        where=await where_of(work, case.visit),
        today=appointment is not None and appointment.day == today,
        present=present,
        sent=new_id(),
        nobody_came=_nobody_came(work, case, appointment, record, present),
        noted_until=_until(case, appointment),
    )


@post("/declarant/visits/{visit_id:uuid}/arrive", roles=FIRM)
async def arrived(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Note the arrival."""
    form = await request.form()
    await checkin.arrive(work, visit_id, id=sent_id(form), fix=fix_of(form))
    return go(f"/declarant/visits/{visit_id}/arrive", flash=N_("Votre arrivée est notée. Le vérificateur est prévenu."))


@post("/declarant/visits/{visit_id:uuid}/nobody-came", roles=DECLARANTS)
async def nobody_came(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """No inspector came within the grace time: another time is kept, first of all."""
    form = await request.form()
    try:
        await request.app.state.database.run(request.user, customs_no_show, visit_id, id=sent_id(form))
    except (TooEarly, BeThereFirst, InspectorCame, WrongState) as refusal:
        return go(f"/declarant/visits/{visit_id}/arrive", flash=sentence(request, refusal), kind="warn")
    return go(
        f"/declarant/declarations/{(await _declaration(request, visit_id))}",
        flash=N_("C'est noté, et rien ne compte contre vous. La première heure libre vous est proposée."),
    )


async def _declaration(request: Request[Any, Any, Any], visit_id: UUID) -> UUID:
    async with request.app.state.database.work(request.user) as work:
        return (await case_of(work, visit_id)).declaration.id


def _until(case: Case, appointment: Appointment | None) -> datetime | None:
    """Until when an inspector may be late."""
    grace = timedelta(minutes=policy(case.office, Policies).grace_customs_minutes)
    return appointment.during.lower + grace if appointment else None


def _nobody_came(
    work: Work, case: Case, appointment: Appointment | None, record: Record, present: list[CheckIn]
) -> bool:
    """May the declarant say so now?"""
    until = _until(case, appointment)
    if appointment is None or until is None or not present or State(case.visit.state) is not State.BOOKED:
        return False
    return work.now >= until and work.actor.is_a(*DECLARANTS) and not here(record, appointment, {Party.INSPECTOR})


ROUTES = [arrive, arrived, nobody_came]
