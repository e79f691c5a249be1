"""/admin/offices/agencies: the controlling agencies beside customs."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromQuery

from visits.people import firms, queries
from visits.roles import ADMINS
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]


@get("/admin/offices/agencies", roles=ADMINS)
async def listed(request: Asked, work: Work, edit: FromQuery[str] = "") -> Response[str]:
    """Every agency, and a form for another or for the one chosen."""
    return await _list(request, work, Form({}, language_of(request)), edit)


@post("/admin/offices/agencies", roles=ADMINS)
async def save(request: Asked, work: Work) -> Response[Any]:
    """A new agency, or other words for a known one."""
    form = await Form.of(request)
    known = {str(each.id): each for each in await queries.agencies(work)}
    chosen = known.get(form.values.get("agency", ""))
    code = chosen.code if chosen else form.text("code", longest=12).upper()
    name, competence = form.text("name", longest=120), form.text("competence", required=False, longest=200)
    if form.errors:
        return await _list(request, work, form, form.values.get("agency", ""))
    agency_id: UUID | None = chosen.id if chosen else None
    try:
        await firms.set_agency(work, agency_id, code, name, competence)
    except firms.AgencyTaken as refusal:
        form.blame(request, "code", refusal)
        return await _list(request, work, form)
    return go("/admin/offices/agencies", flash=N_("L'organisme est enregistré."))


async def _list(request: Asked, work: Work, form: Form, edit: str = "") -> Response[str]:
    agencies = await queries.agencies(work)
    return page(
        request,
        "admin/agencies.html",
        status=422 if form.errors else 200,
        agencies=agencies,
        chosen=next((each for each in agencies if str(each.id) == edit), None),
        form=form,
    )


ROUTES = [listed, save]
