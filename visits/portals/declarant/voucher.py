"""/declarant/declarations/{id}/voucher: the removal voucher with its code, to show at the gate or to print."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.clearance.gate import code_of
from visits.declarations.queries import declaration_for, title_of
from visits.errors import NotFound
from visits.portals.inspector.course import spaced
from visits.portals.telling import at_office
from visits.roles import FIRM
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.web.pages import page
from visits.web.route import get


@get("/declarant/declarations/{declaration_id:uuid}/voucher", roles=FIRM)
async def voucher(work: Work, request: Request[Any, Any, Any], declaration_id: FromPath[UUID]) -> Response[str]:
    """The voucher as it stands; there is none before it is issued."""
    declaration = await declaration_for(work, declaration_id)
    if not declaration.voucher:
        raise NotFound()
    office = await office_by_id(work, declaration.office_id)
    at_office(request, office)
    return page(
        request,
        "declarant/voucher.html",
        declaration=declaration,
        name=title_of(declaration),
        code=code_of(office.code, declaration.voucher),
        boxes=[spaced(each["number"]) for each in declaration.content.get("containers") or ()],
    )


ROUTES = [voucher]
