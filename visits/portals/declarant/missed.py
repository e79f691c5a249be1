"""/declarant/missed: appointments the firm did not keep, what follows and until when, and its appeals."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.no_shows import AppealNeedsWords, appeal, firm_limit, missed_of
from visits.errors import BadInput
from visits.portals.office.absences import listed, printed
from visits.portals.telling import at_office
from visits.roles import DECLARANTS, FIRM
from visits.sites.queries import offices
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/declarant/missed"


@get(PATH, roles=DECLARANTS)
async def shown(work: Work, request: Asked) -> Response[str]:
    """Thirty days back, newest first."""
    return await _page(work, request)


@post(PATH, roles=DECLARANTS)
async def contest(request: Asked) -> Response[Any]:
    """Say why one should not count; once."""
    database: Database = request.app.state.database
    form = await request.form()
    chosen, typed = str(form.get("appointment") or ""), str(form.get("reason") or "")
    try:
        wanted = UUID(chosen)
    except ValueError:
        raise BadInput(field="appointment") from None
    try:
        await database.run(request.user, appeal, wanted, typed)
    except AppealNeedsWords as refusal:
        said = sentence(request, refusal)

        async def again(work: Work) -> Response[str]:
            return await _page(work, request, chosen=chosen, typed=typed, error=said, status=422)

        return await database.run(request.user, again)
    return go(PATH, flash=N_("Votre contestation est envoyée. Le chef de visite répond en 5 jours."))


@get("/declarant/visits/{visit_id:uuid}/absences", roles=FIRM)
async def findings(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[str]:
    """The signed findings of one visit."""
    return await listed(work, request, visit_id, template="declarant/absences.html")


@get("/declarant/visits/{visit_id:uuid}/absences/pdf", roles=FIRM)
async def paper(request: Asked, visit_id: FromPath[UUID]) -> Response[bytes]:
    """A copy on paper."""
    return await printed(request, visit_id)


async def _page(
    work: Work, request: Asked, *, chosen: str = "", typed: str = "", error: str = "", status: int = 200
) -> Response[str]:
    limits, missed = [], []
    for office in await offices(work) if work.actor.firm else []:
        found = await missed_of(work, work.actor.firm, office.id)  # type: ignore[arg-type]
        if found:
            at_office(request, office)
            missed += found
        if limit := await firm_limit(work, work.actor.firm, office):  # type: ignore[arg-type]
            limits.append((f"{office.code} {office.name}", limit))
    return page(
        request,
        "declarant/missed.html",
        status=status,
        limits=limits,
        missed=missed,
        appeals=work.actor.is_a(*DECLARANTS),
        chosen=chosen,
        typed=typed,
        error=error,
    )


ROUTES = [shown, contest, findings, paper]
