"""/chief/notices: what was told to declarants, what did not arrive and why, and a button to try it again."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.declarations.queries import case_of
from visits.errors import NotFound
from visits.notices import notices, queries
from visits.portals.noticed import AGAIN, rows
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, language_of, page, page_number
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/chief/notices"
PAGE = 50
#: What the links above the list show.
FILTERS: dict[str, tuple[str, ...]] = {
    "": (),
    "lost": ("failed", "expired"),
    "nobody": ("unreachable",),
    "waiting": ("waiting",),
}


@get(PATH, roles=CHIEFS)
async def outbox(
    request: Asked, work: Work, show: FromQuery[str] = "", visit: FromQuery[str] = "", p: FromQuery[int] = 1
) -> Response[str]:
    """The office's notices, the newest first; `visit` keeps those of one visit."""
    office = await office_by_id(work, work.actor.office)
    zone, language = at_office(request, office), language_of(request)
    states = FILTERS.get(show, ())
    number = page_number(p)
    if visit:
        case = await case_of(work, _id(visit))
        found = list(await queries.notices_of_visit(work, case.visit.id))
    else:
        case = None
        offset = (number - 1) * PAGE
        found = list(await queries.outbox(work, office.id, states=states, limit=PAGE + 1, offset=offset))
    return page(
        request,
        "chief/notices.html",
        rows=rows(found[:PAGE], language, zone, work.now),
        lost=await queries.lost(work, office.id),
        show=show if show in FILTERS else "",
        name=case.title if case else "",
        number=number,
        more=not visit and len(found) > PAGE,
    )


@post(PATH + "/{notice_id:uuid}/again", roles=CHIEFS)
async def again(work: Work, notice_id: FromPath[UUID]) -> Response[None]:
    """Try one again now."""
    notice = await queries.notice_by_id(work, notice_id, lock=True)
    if notice.office_id is None or notice.office_id != work.actor.office:
        raise NotFound()
    if notice.state not in AGAIN:
        return go(PATH, flash=N_("Cet avis n'a plus besoin d'un essai."), kind="warn")
    await notices.again(work, notice)
    return go(PATH, flash=N_("L'avis repart."))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


ROUTES = [outbox, again]
