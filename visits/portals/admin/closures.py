"""/admin/calendars/closures: an office or one of its sites is closed for hours or days, and says why."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.portals.admin.calendars import edit
from visits.portals.admin.spans import days_of, span_of
from visits.roles import CALENDAR_KEEPERS
from visits.sites import closures, queries
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.route import post

Asked = Request[Any, Any, Any]


@post("/admin/calendars/{office_id:uuid}/closures", roles=CALENDAR_KEEPERS)
async def close(request: Asked, office_id: FromPath[UUID]) -> Response[Any]:
    """Closed from one day to another, both included, or for hours."""
    form = await Form.of(request)
    async with request.app.state.database.work(request.user) as work:
        sites = {str(each.id): each.id for each in await queries.sites_of(work, office_id)}
    site_id = sites.get(form.choice("site", sites)) if form.values.get("site") else None
    start, end = span_of(form)
    reason = form.text("reason", longest=120)

    async def change(work: Work) -> object:
        return await closures.close(work, office_id, site_id, start, end, reason)

    return await edit(
        request,
        office_id,
        form,
        change,
        done=N_("La fermeture est enregistrée. Plus rien n'y est réservé."),
        blamed="to_day",
        days=days_of(start, end) if not form.errors else None,
    )


@post("/admin/calendars/closures/{closure_id:uuid}/withdraw", roles=CALENDAR_KEEPERS)
async def reopen(request: Asked, closure_id: FromPath[UUID]) -> Response[Any]:
    """The closure does not hold any more; it can be put back."""

    async def change(work: Work) -> object:
        return await closures.reopen(work, closure_id)

    done = N_("La fermeture est retirée. Vous pouvez la remettre.")
    return await _one_tap(request, closure_id, change, done=done)


@post("/admin/calendars/closures/{closure_id:uuid}/restore", roles=CALENDAR_KEEPERS)
async def close_again(request: Asked, closure_id: FromPath[UUID]) -> Response[Any]:
    """Undo of a withdrawal; appointments made meanwhile are named first."""

    async def change(work: Work) -> object:
        return await closures.close_again(work, closure_id)

    return await _one_tap(request, closure_id, change, done=N_("La fermeture est remise."))


async def _one_tap(request: Asked, closure_id: UUID, change: Any, *, done: str) -> Response[Any]:
    form = await Form.of(request)
    async with request.app.state.database.work(request.user) as work:
        closure = await queries.closure_by_id(work, closure_id)
        await queries.office_kept(work, closure.office_id)
    days = (closure.during.lower.date(), closure.during.upper.date())
    return await edit(request, closure.office_id, form, change, done=done, blamed="", days=days)


ROUTES = [close, reopen, close_again]
