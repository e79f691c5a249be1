"""/office/visits/{id}/draw: why this inspector, for those who answer for the draw and those who control it."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.assignment.queries import live_assignment
from visits.assignment.told import told_of
from visits.declarations.queries import case_of
from visits.portals.explained import for_staff
from visits.portals.telling import at_office
from visits.roles import DRAW_READERS
from visits.store.work import Work
from visits.web.pages import language_of, page
from visits.web.route import get


@get("/office/visits/{visit_id:uuid}/draw", roles=DRAW_READERS)
async def why(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """Every draw of the visit with its names, the newest first; reading it is noted."""
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    language = language_of(request)
    live = await live_assignment(work, visit_id)
    draws = [for_staff(each, language) for each in reversed(await told_of(work, visit_id))]
    work.audit("draw_seen", visit_id, office=case.office.id)
    return page(
        request,
        "office/draw.html",
        case=case,
        draws=draws,
        now_has=next((each for each in draws if live is not None and each["draw"].id == live.draw_id), None),
    )


ROUTES = [why]
