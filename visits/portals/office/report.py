"""/office/reports/{visit}/pdf: a copy of a report for the staff of its office."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.portals.copying import copy
from visits.roles import CASE_READERS
from visits.web.route import get


@get("/office/reports/{visit_id:uuid}/pdf", roles=CASE_READERS)
async def paper(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[bytes]:
    """The copy on paper."""
    return await copy(request, visit_id)


ROUTES = [paper]
