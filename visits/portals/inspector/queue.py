"""/inspector/queue: packages to check in the office, and reports the chief sent back."""

from typing import Any

from litestar import Request, Response

from visits.declarations.queries import title_of
from visits.portals.inspector import queries
from visits.portals.start import start
from visits.portals.telling import at_office
from visits.roles import INSPECTORS
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.web.pages import page
from visits.web.route import get

#: Packages shown at once; the oldest come first.
MOST = 50


@get("/inspector/queue", roles=INSPECTORS)
async def queue(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """What waits at the desk."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    packages = await queries.packages(work, limit=MOST + 1)
    return page(
        request,
        "inspector/queue.html",
        packages=packages[:MOST],
        more=len(packages) > MOST,
        returned=await queries.returned(work),
        now=work.now,
        start=await start(work, "/inspector/queue"),
        title_of=title_of,
    )


ROUTES = [queue]
