"""/declarant/visits/{id}/ticket: the number at the scanner, its code, how many pass before; printed as it stands."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.ticket import ticket_of
from visits.declarations.queries import case_of
from visits.errors import NotFound
from visits.portals.telling import at_office
from visits.roles import FIRM
from visits.sites.hours import grid_of
from visits.store.work import Work
from visits.web.pages import page
from visits.web.route import get


@get("/declarant/visits/{visit_id:uuid}/ticket", roles=FIRM)
async def ticket(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """The ticket as it stands now; a visit that is not scanned, or has no time, has none."""
    case = await case_of(work, visit_id)
    found = await ticket_of(work, case.visit)
    if found is None:
        raise NotFound()
    at_office(request, case.office)
    return page(
        request,
        "declarant/ticket.html",
        case=case,
        ticket=found,
        code=found.code(case.office),
        today=grid_of(case.office).day_of(work.now) == found.day,
        now=work.now,
    )


ROUTES = [ticket]
