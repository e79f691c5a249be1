"""/integrator: the keys of other systems, what came in with them, and how to begin."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.clearance.refusals import sentence_of
from visits.clearance.tables import Inbound
from visits.clearance.verdict import NOTES
from visits.people import keys
from visits.people.queries import keys as all_keys
from visits.people.tables import ApiKey
from visits.portals.chief.messages import KINDS
from visits.portals.integrator import queries
from visits.roles import KEY_HOLDERS, NAMES, Role
from visits.sites.queries import offices, sites_of
from visits.sites.tables import Office, Site
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
HOME = "/integrator"

OUTCOMES: dict[str, tuple[str, str]] = {
    "accepted": ("done", N_("accepté")),
    "unchanged": ("done", N_("déjà connu")),
    "noted": ("act", N_("à regarder")),
    "conflict": ("act", N_("autre contenu")),
    "refused": ("no", N_("refusé")),
    "parked": ("run", N_("en attente")),
    "dismissed": ("", N_("classé")),
}


@get(HOME, roles=KEY_HOLDERS)
async def home(work: Work, request: Asked) -> Response[str]:
    """Keys, messages, and three lines to begin with."""
    return await _home(work, request, Form({}, language_of(request)))


@post(HOME + "/keys", roles=KEY_HOLDERS)
async def make(work: Work, request: Asked) -> Response[str]:
    """A new key, shown this once."""
    form = await Form.of(request)
    name = form.text("name", longest=60)
    known = {str(each.id): each for each in await _offices(work)}
    bound = keys.bound_to(work)
    chosen = form.choice("office", known if bound else ["", *known]) if bound or form.values.get("office") else ""
    sites = {str(each.id): each for each in await _sites(work)}
    site = sites[form.choice("site", sites)] if form.values.get("site") in sites else None
    if form.values.get("site") and site is None:
        form.choice("site", sites)
    if form.errors:
        return await _home(work, request, form)
    try:
        if site is not None:
            made = await keys.make_key(work, name, site.office_id, sites=[site.id])
        else:
            made = await keys.make_key(work, name, known[chosen].id if chosen else None)
    except keys.KeyNameTaken as refusal:
        form.blame(request, "name", refusal)
        return await _home(work, request, form)
    return page(request, "integrator/key.html", key=made.key, token=made.token, curl=_curl(request, site))


@post(HOME + "/keys/{key_id:uuid}/end", roles=KEY_HOLDERS)
async def end(work: Work, key_id: FromPath[UUID]) -> Response[None]:
    """A key opens nothing any more."""
    await keys.end_key(work, key_id)
    return go(HOME, flash=N_("La clé est fermée. Ce qui l'utilisait reçoit un refus."))


async def _home(work: Work, request: Asked, form: Form) -> Response[str]:
    language = language_of(request)
    bound = keys.bound_to(work)
    known = await _offices(work)
    if known:
        request.state.tz = known[0].tz
    codes = {each.id: each.code for each in known}
    choices = [(str(each.id), f"{each.code} {each.name}") for each in known]
    # Administrators read nothing of a case; a message speaks of one.
    reads = work.actor.is_a(Role.INTEGRATOR)
    return page(
        request,
        "integrator/home.html",
        status=422 if form.errors else 200,
        keys=[_key(each, codes, language) for each in await all_keys(work, bound)],
        messages=[_message(each, language) for each in await queries.newest_messages(work)] if reads else [],
        reads=reads,
        person=work.actor.person is not None,
        offices=choices if bound else [("", say(N_("tous les bureaux"), language)), *choices],
        sites=[("", say(N_("non, pour le dédouanement"), language)), *await _places(work, codes)],
        form=form,
        curl=_curl(request),
    )


async def _offices(work: Work) -> list[Office]:
    """The offices a key may be made for."""
    bound = keys.bound_to(work)
    return [each for each in await offices(work) if bound in (None, each.id)]


async def _sites(work: Work) -> list[Site]:
    """The sites a terminal's key may be made for."""
    return [site for office in await _offices(work) for site in await sites_of(work, office.id)]


async def _places(work: Work, codes: dict[UUID, str]) -> list[tuple[str, str]]:
    return [(str(each.id), f"{each.name} ({codes[each.office_id]})") for each in await _sites(work)]


def _curl(request: Asked, site: Site | None = None) -> str:
    address = request.app.state.settings.public_url.rstrip("/")
    if site is not None:
        return "\n".join(
            (
                'curl -H "Authorization: Bearer $KEY" \\',
                f"  '{address}/api/terminal/positioning?site={quote(site.code)}'",
            )
        )
    return "\n".join(
        (
            'curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/xml" \\',
            "  --data-binary @declaration.xml \\",
            f"  {address}/api/clearance/declarations",
        )
    )


def _key(each: ApiKey, codes: dict[UUID, str], language: str) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "role": say(NAMES[Role(each.role)], language),
        "office": codes.get(each.office_id, "") if each.office_id else "",
        "created_at": each.created_at,
        "ended_at": each.ended_at,
    }


def _message(each: Inbound, language: str) -> dict[str, Any]:
    note = NOTES.get(each.code)
    body = each.body or {}
    kind, outcome = OUTCOMES[each.outcome]
    why = say(note, language) if note else sentence_of(each.code, body.get("facts", body), language)
    return {
        "kind": say(KINDS.get(each.kind, each.kind), language),
        "about": each.about or each.name,
        "sender": each.sender,
        "at": each.received_at,
        "tag": (kind, say(outcome, language)),
        "why": why or each.detail,
        "code": each.code,
    }


ROUTES = [home, make, end]
