"""/declarant/firm: the firm's own people; an importer's brokers."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.people import firms
from visits.people import queries as people
from visits.people.invite import LoginTaken
from visits.portals.admin.firms import read_newcomer
from visits.portals.admin.people import link_page
from visits.roles import NAMES, Role
from visits.sites.policies import spoken
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import NAMES as LANGUAGES
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

RESPONSIBLE = frozenset({Role.FIRM_ADMIN, Role.IMPORTER})
PATH = "/declarant/firm"


@get(PATH, roles=RESPONSIBLE)
async def shown(request: Asked, work: Work) -> Response[str]:
    """The own firm."""
    return await _show(request, work, Form({}, language_of(request)))


@post("/declarant/firm/people", roles=RESPONSIBLE)
async def add_clerk(request: Asked, work: Work) -> Response[Any]:
    """Invite somebody of the firm; the link is shown once."""
    form = await Form.of(request)
    newcomer = read_newcomer(form, await spoken(work))
    if form.errors:
        return await _show(request, work, form)
    try:
        link = await firms.add_clerk(work, newcomer, responsible=form.ticked("responsible"))
    except LoginTaken as refusal:
        form.blame(request, "login", refusal)
        return await _show(request, work, form)
    return link_page(request, link, back=PATH, frame="phone.html")


@post("/declarant/firm/people/{person_id:uuid}/link", roles=RESPONSIBLE)
async def clerk_link(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[str]:
    """A lost password."""
    return link_page(request, await firms.clerk_link(work, person_id), back=PATH, frame="phone.html")


@post("/declarant/firm/people/{person_id:uuid}/end", roles=RESPONSIBLE)
async def end_clerk(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[None]:
    """Somebody leaves the firm."""
    await firms.end_clerk(work, person_id)
    return go(PATH, flash=N_("L'accès est terminé et ses connexions arrêtées."))


@post("/declarant/firm/mandates", roles=frozenset({Role.IMPORTER}))
async def mandate(request: Asked, work: Work) -> Response[Any]:
    """Let a broker act for the importer."""
    form = await Form.of(request)
    code = form.text("broker", longest=20)
    if form.errors:
        return await _show(request, work, form)
    try:
        await firms.mandate(work, code)
    except firms.UnknownFirm as refusal:
        form.blame(request, "broker", refusal)
        return await _show(request, work, form)
    return go(PATH, flash=N_("Le cabinet est mandaté. Il voit vos déclarations sans déclarant."))


@post("/declarant/firm/mandates/{mandate_id:uuid}/end", roles=frozenset({Role.IMPORTER}))
async def end_mandate(request: Asked, work: Work, mandate_id: FromPath[UUID]) -> Response[None]:
    """The broker may not act any more."""
    await firms.end_mandate(work, mandate_id)
    return go(PATH, flash=N_("Le mandat est terminé. Vous pouvez le redonner à tout moment."))


async def _show(request: Asked, work: Work, form: Form) -> Response[str]:
    firm = await people.firm_by_id(work, firms.own_firm(work.actor))
    roles: dict[UUID, list[str]] = {}
    for each in await people.roles_in_firm(work, firm.id):
        roles.setdefault(each.person_id, []).append(NAMES[Role(each.role)])
    return page(
        request,
        "declarant/firm.html",
        status=422 if form.errors else 200,
        firm=firm,
        people=[(each, roles[each.id]) for each in await people.people_of_firm(work, firm.id)],
        mandates=await (people.mandates_of if firm.importer else people.mandates_for)(work, firm.id),
        form=form,
        spoken=[(each, LANGUAGES[each]) for each in await spoken(work)],
    )


ROUTES = [shown, add_clerk, clerk_link, end_clerk, mandate, end_mandate]
