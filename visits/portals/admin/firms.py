"""/admin/firms: brokers and importers, known by the code of the declarations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.declarations.claim import claim
from visits.people import firms
from visits.people import queries as people
from visits.people.invite import LoginTaken, Newcomer
from visits.portals.admin import queries
from visits.portals.admin.people import link_page
from visits.roles import ADMINS
from visits.sites.policies import spoken
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import NAMES as LANGUAGES
from visits.web.pages import go, language_of, page, page_number
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

KINDS = {"broker": N_("Cabinet agréé, ou déclarant"), "importer": N_("Importateur ou exportateur")}


@get("/admin/firms", roles=ADMINS)
async def listed(request: Asked, work: Work, q: FromQuery[str] = "", p: FromQuery[int] = 1) -> Response[str]:
    """Every firm, found by name or code."""
    return await _list(request, work, Form({}, language_of(request)), q.strip(), page_number(p))


@post("/admin/firms", roles=ADMINS)
async def invite(request: Asked, work: Work) -> Response[Any]:
    """Invite a firm by its code: made if it is new, its declarations linked, its first person invited."""
    form = await Form.of(request)
    code, name = form.text("code", longest=20).upper(), form.text("name", longest=120)
    importer = form.choice("kind", KINDS) == "importer"
    newcomer = read_newcomer(form, await spoken(work))
    if form.errors:
        return await _list(request, work, form)
    try:
        async with work.session.begin_nested():
            firm = await firms.add_firm(work, code, name, importer=importer)
            await claim(work, firm)
            link = await firms.invite_to_firm(work, firm, newcomer)
    except firms.FirmKnown as refusal:
        form.blame(request, "code", refusal)
    except LoginTaken as refusal:
        form.blame(request, "login", refusal)
    else:
        return link_page(request, link, back=f"/admin/firms/{firm.id}")
    return await _list(request, work, form)


def read_newcomer(form: Form, languages: Sequence[str]) -> Newcomer:
    """The first person of a firm, or a clerk, as typed."""
    return Newcomer(
        login=form.text("login", longest=60),
        name=form.text("person", longest=120),
        language=form.choice("language", languages),
    )


@get("/admin/firms/{firm_id:uuid}", roles=ADMINS)
async def shown(request: Asked, work: Work, firm_id: FromPath[UUID]) -> Response[str]:
    """One firm: people, mandates, open or closed."""
    return await _one(request, work, firm_id, Form({}, language_of(request)))


@post("/admin/firms/{firm_id:uuid}/people", roles=ADMINS)
async def invite_another(request: Asked, work: Work, firm_id: FromPath[UUID]) -> Response[Any]:
    """One more person who is responsible for the firm, when the last one is gone."""
    form = await Form.of(request)
    newcomer = read_newcomer(form, await spoken(work))
    firm = await people.firm_by_id(work, firm_id)
    if form.errors:
        return await _one(request, work, firm_id, form)
    try:
        link = await firms.invite_to_firm(work, firm, newcomer)
    except LoginTaken as refusal:
        form.blame(request, "login", refusal)
        return await _one(request, work, firm_id, form)
    return link_page(request, link, back=f"/admin/firms/{firm_id}")


@post("/admin/firms/{firm_id:uuid}/close", roles=ADMINS)
async def close(request: Asked, work: Work, firm_id: FromPath[UUID]) -> Response[None]:
    """Nobody of the firm gets in."""
    await firms.close_firm(work, firm_id)
    return go(f"/admin/firms/{firm_id}", flash=N_("Le cabinet est fermé et ses connexions arrêtées."))


@post("/admin/firms/{firm_id:uuid}/open", roles=ADMINS)
async def reopen(request: Asked, work: Work, firm_id: FromPath[UUID]) -> Response[None]:
    """Let them in again."""
    await firms.open_firm(work, firm_id)
    return go(f"/admin/firms/{firm_id}", flash=N_("Le cabinet est rouvert."))


async def _list(request: Asked, work: Work, form: Form, q: str = "", current: int = 1) -> Response[str]:
    found, total = await queries.firms_matching(work, q, current)
    return page(
        request,
        "admin/firms.html",
        status=422 if form.errors else 200,
        rows=found,
        total=total,
        q=q,
        current=current,
        last=max(1, -(-total // queries.PAGE)),
        form=form,
        kinds=KINDS,
        spoken=[(each, LANGUAGES[each]) for each in await spoken(work)],
    )


async def _one(request: Asked, work: Work, firm_id: UUID, form: Form) -> Response[str]:
    firm = await people.firm_by_id(work, firm_id)
    mandates = await (people.mandates_of if firm.importer else people.mandates_for)(work, firm.id)
    return page(
        request,
        "admin/firm.html",
        status=422 if form.errors else 200,
        firm=firm,
        people=await people.people_of_firm(work, firm.id),
        mandates=[other for _, other in mandates],
        form=form,
        spoken=[(each, LANGUAGES[each]) for each in await spoken(work)],
    )


ROUTES = [listed, invite, shown, invite_another, close, reopen]
