"""/chief/conflicts/{id}: two contents under one registration key, side by side; the chief accepts or refuses."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.declarations.queries import conflict_for_update, declaration_for, title_of
from visits.declarations.receive import decide
from visits.errors import BadInput
from visits.journey.states import OVER, State
from visits.portals.chief import register
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

ACCEPT, REFUSE = "accept", "refuse"

#: The words for the fields that differ most often; any other is shown by its name.
FIELDS: dict[str, str] = {
    "location_of_goods": N_("lieu des marchandises"),
    "gross_weight": N_("poids brut"),
    "net_weight": N_("poids net"),
    "gross_weight_sum": N_("somme des poids bruts"),
    "gross_weight_declared": N_("poids total annoncé"),
    "statistical_value": N_("valeur statistique"),
    "statistical_value_sum": N_("somme des valeurs statistiques"),
    "item_price": N_("prix"),
    "origin": N_("origine"),
    "description": N_("désignation"),
    "commercial_description": N_("désignation commerciale"),
    "commodity_code": N_("espèce tarifaire"),
    "full_commodity_code": N_("espèce tarifaire complète"),
    "hs6": N_("espèce à six chiffres"),
    "procedure": N_("régime"),
    "manifest": N_("manifeste"),
    "consignee.name": N_("nom du destinataire"),
    "consignee.code": N_("code du destinataire"),
    "exporter.name": N_("nom de l'exportateur"),
    "declarant.name": N_("nom du déclarant"),
    "declarant.code": N_("code du déclarant"),
    "declarant.reference": N_("référence du déclarant"),
    "transport.identity": N_("moyen de transport"),
    "packages.count": N_("nombre de colis"),
    "packages": N_("colis"),
    "packages_sum": N_("somme des colis"),
    "packages_declared": N_("nombre de colis annoncé"),
    "items_declared": N_("nombre d'articles annoncé"),
    "items_found": N_("nombre d'articles lus"),
    "number": N_("numéro"),
    "type": N_("type"),
    "invoice": N_("facture"),
    "cif": N_("valeur CAF"),
    "taxes": N_("droits et taxes"),
}
_PATH = re.compile(r"(?P<list>items|containers)\[(?P<which>[^\]]+)\]\.?(?P<rest>.*)\Z")


def field_name(path: str, language: str) -> str:
    """« article 2 : poids brut » for `items[2].gross_weight`."""
    matched = _PATH.match(path)
    if matched is None:
        known = FIELDS.get(path) or FIELDS.get(path.removeprefix("totals."))
        return say(known, language) if known else path
    where = N_("article %(which)s") if matched["list"] == "items" else N_("conteneur %(which)s")
    place = say(where, language, which=matched["which"])
    rest = matched["rest"]
    if not rest:
        return place
    known = FIELDS.get(rest)
    return f"{place} – {say(known, language) if known else rest}"


@get("/chief/conflicts/{conflict_id:uuid}", roles=CHIEFS)
async def compare(work: Work, request: Request, conflict_id: FromPath[UUID]) -> Response[str]:  # type: ignore[type-arg]
    """The differences, and the decision."""
    return await _page(work, request, conflict_id)


@post("/chief/conflicts/{conflict_id:uuid}", roles=CHIEFS)
async def settle(work: Work, request: Request, conflict_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Accept the new content as a version of its own, or refuse it; with the reason."""
    typed = await request.form()
    choice, reason = str(typed.get("choice", "")), str(typed.get("reason", "")).strip()[:500]
    errors = {}
    if choice not in (ACCEPT, REFUSE):
        errors["choice"] = N_("Choisissez le contenu qui vaut.")
    if not reason:
        errors["reason"] = N_("Écrivez la raison en quelques mots.")
    if errors:
        return await _page(work, request, conflict_id, choice=choice, reason=reason, errors=errors)
    declaration = await decide(work, conflict_id, accept=choice == ACCEPT, reason=reason)
    flash = (
        N_("Le nouveau contenu vaut maintenant. L'ancien est gardé comme version.")
        if choice == ACCEPT
        else N_("Le nouveau contenu est écarté. La déclaration reste comme elle était.")
    )
    return go(f"/chief/declarations/{declaration.id}", flash=flash)


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    conflict_id: UUID,
    *,
    choice: str = "",
    reason: str = "",
    errors: dict[str, str] | None = None,
) -> Response[str]:
    conflict = await conflict_for_update(work, conflict_id)
    declaration = await declaration_for(work, conflict.declaration_id)
    at_office(request, await office_by_id(work, work.actor.office))
    language = language_of(request)
    visits = await register.visits(work, declaration.id)
    return page(
        request,
        "chief/conflict.html",
        status=BadInput.status if errors else 200,
        name=title_of(declaration),
        declaration=declaration,
        conflict=conflict,
        sender=await register.sender_of(work, conflict.inbound_id),
        decided_by=await register.name_of(work, conflict.decided_by),
        rows=[(field_name(each["path"], language), each["old"], each["new"]) for each in conflict.differences],
        running=next((visit for visit in visits if State(visit.state) not in OVER), None),
        choice=choice,
        reason=reason,
        errors={name: say(text, language) for name, text in (errors or {}).items()},
    )


ROUTES = [compare, settle]
