"""/chief/appeals: firms that say why an appointment they did not keep should not count; a chief answers each once."""

from typing import Any
from uuid import UUID

from litestar import Request, Response

from visits.booking.no_shows import ANSWERED, AppealNeedsWords, decide, open_appeals
from visits.errors import BadInput
from visits.people.tables import Firm
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.queries import office_by_id
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/chief/appeals"


@get(PATH, roles=CHIEFS)
async def shown(work: Work, request: Asked) -> Response[str]:
    """What is to be answered, oldest first."""
    return await _page(work, request)


@post(PATH, roles=CHIEFS)
async def answer(request: Asked) -> Response[Any]:
    """Grant it or not, with the reason the firm reads."""
    database: Database = request.app.state.database
    form = await request.form()
    chosen, words, verdict = (str(form.get(name) or "") for name in ("appeal", "answer", "verdict"))
    try:
        wanted = UUID(chosen)
    except ValueError:
        raise BadInput(field="appeal") from None
    if verdict not in ("uphold", "refuse"):
        raise BadInput(field="verdict")
    try:
        await database.run(request.user, decide, wanted, upheld=verdict == "uphold", answer=words)
    except AppealNeedsWords as refusal:
        said = sentence(request, refusal)

        async def again(work: Work) -> Response[str]:
            return await _page(work, request, chosen=chosen, error=said, status=422)

        return await database.run(request.user, again)
    done = N_("Le rendez-vous ne compte plus.") if verdict == "uphold" else N_("Le rendez-vous compte encore.")
    return go(PATH, flash=done)


async def _page(work: Work, request: Asked, *, chosen: str = "", error: str = "", status: int = 200) -> Response[str]:
    at_office(request, await office_by_id(work, work.actor.office))
    rows = [
        (found, missed, visit, await work.session.get_one(Firm, found.firm_id))
        for found, missed, visit in await open_appeals(work)
    ]
    return page(
        request,
        "chief/appeals.html",
        status=status,
        rows=rows,
        lasts=ANSWERED,
        chosen=chosen,
        error=error,
        now=work.now,
    )


ROUTES = [shown, answer]
