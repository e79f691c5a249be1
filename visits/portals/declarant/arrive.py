"""/declarant/visits/{id}/arrive: « I am here », said by the declarant's own telephone on the day."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.declarations.queries import case_of
from visits.fieldwork import checkin, queries
from visits.fieldwork.words import INTERESTED
from visits.ids import new_id
from visits.portals.posted import fix_of, sent_id
from visits.portals.telling import at_office
from visits.roles import FIRM
from visits.sites.hours import grid_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.route import get, post


@get("/declarant/visits/{visit_id:uuid}/arrive", roles=FIRM)
async def arrive(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """Where to be, when, and one button on the day."""
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    appointment = await queries.appointment_of(work, visit_id)
    site, _ = await queries.place_of(work, case.visit)
    today = grid_of(case.office).day_of(work.now)
    come = [row for row in (await queries.record_of(work, visit_id)).check_ins if row.party in INTERESTED]
    return page(
        request,
        "declarant/arrive.html",
        case=case,
        appointment=appointment,
        site=site,
        today=appointment is not None and appointment.day == today,
        present=[row for row in come if row.left_at is None],
        sent=new_id(),
    )


@post("/declarant/visits/{visit_id:uuid}/arrive", roles=FIRM)
async def arrived(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Note the arrival."""
    form = await request.form()
    await checkin.arrive(work, visit_id, id=sent_id(form), fix=fix_of(form))
    return go(f"/declarant/visits/{visit_id}/arrive", flash=N_("Votre arrivée est notée. Le vérificateur est prévenu."))


ROUTES = [arrive, arrived]
