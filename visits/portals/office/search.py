"""/search: a declaration by its number, a box, a name, a vessel, a report number or a voucher; within one's rights."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromQuery

from visits.journey.states import STATE_NAMES, State
from visits.portals import queries
from visits.portals.queries import PAGE, Hit
from visits.portals.telling import at_office
from visits.reports.numbers import parsed
from visits.reports.queries import by_number
from visits.roles import CASE_READERS, CHIEFS, FIRM, SEARCHERS, Role
from visits.sites.queries import office_by_id, offices
from visits.store.work import Work
from visits.web.language import say
from visits.web.pages import language_of, page, page_number
from visits.web.route import get

#: Fewer characters would list half the office.
SHORTEST = 2
LONGEST = 100


@get("/search", roles=SEARCHERS)
async def search(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    q: FromQuery[str] = "",
    p: FromQuery[int] = 1,
) -> Response[str]:
    """What was typed, and what was found."""
    firm = not work.actor.roles.isdisjoint(FIRM) and work.actor.roles.isdisjoint(CASE_READERS)
    at_office(request, await office_by_id(work, work.actor.office) if work.actor.office else (await offices(work))[0])
    typed = " ".join(q.split())[:LONGEST]
    number = page_number(p)
    asked = len(typed) >= SHORTEST
    hits = await queries.search(work, typed, await _report(work, typed), number) if asked else []
    language = language_of(request)
    address = urlencode({"q": typed})
    return page(
        request,
        "office/search.html",
        shell="phone.html" if firm else "desk.html",
        typed=typed,
        asked=asked,
        short=bool(typed) and not asked,
        rows=[_row(hit, firm, work.actor.roles, language) for hit in hits[:PAGE]],
        previous=f"/search?{address}&p={number - 1}" if number > 1 else "",
        next=f"/search?{address}&p={number + 1}" if len(hits) > PAGE else "",
    )


async def _report(work: Work, typed: str) -> UUID | None:
    """The visit of the report whose number was typed, if there is one."""
    number = parsed(typed)
    report = await by_number(work, *number) if number else None
    return report.visit_id if report else None


def _row(hit: Hit, firm: bool, roles: frozenset[Role], language: str) -> dict[str, Any]:
    declaration, visit = hit.declaration, hit.visit
    if firm:
        href = f"/declarant/declarations/{declaration.id}"
    elif visit is not None:
        href = f"/office/visits/{visit.id}"
    else:
        href = f"/chief/declarations/{declaration.id}" if not roles.isdisjoint(CHIEFS) else ""
    state = say(STATE_NAMES[State(visit.state)], language) if visit else ""
    boxes = [box["number"] for box in declaration.content.get("containers") or ()]
    shown = [*boxes[:3], *(["…"] if len(boxes) > 3 else [])]
    about = [declaration.consignee_name or "", declaration.goods, ", ".join(shown)]
    return {
        "href": href,
        "title": hit.title,
        "state": state,
        "about": " · ".join(part for part in about if part),
        "voucher": declaration.voucher or "",
    }


ROUTES = [search]
