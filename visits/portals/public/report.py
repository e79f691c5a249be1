"""/public/reports: is this copy genuine? For anybody who holds one, without a name, a value or a photo."""

from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath

from visits.portals.telling import city_of
from visits.reports.check import Checked, Standing, check
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say, say_many
from visits.web.pages import go, language_of, page
from visits.web.route import PUBLIC, get

AnyRequest = Request[Any, Any, Any]

#: The answer first: title, what it means, tag and its word.
ANSWERS: dict[Standing, tuple[str, str, str, str]] = {
    Standing.GENUINE: (N_("Ce rapport est authentique"), "", "done", N_("Original")),
    Standing.UNVALIDATED: (
        N_("Ce rapport est signé, pas encore validé"),
        N_("Le chef de visite doit encore le valider. Il n'a pas de numéro."),
        "act",
        N_("À valider"),
    ),
    Standing.SUPERSEDED: (
        N_("Ce rapport a été remplacé"),
        N_("Il était authentique. Une version plus récente existe ou s'écrit : demandez-la au bureau."),
        "line",
        N_("Remplacé"),
    ),
    Standing.RETURNED: (
        N_("Cette version n'a pas été validée"),
        N_("Le chef de visite l'a retournée. Elle ne vaut pas rapport."),
        "no",
        N_("Retournée"),
    ),
    Standing.ANNULLED: (N_("Ce rapport est annulé"), N_("Il ne vaut plus rapport."), "no", N_("Annulé")),
    Standing.ALTERED: (
        N_("Ce rapport ne correspond plus à sa signature"),
        N_("Ce qui est enregistré n'est pas ce qui a été signé. Ne vous y fiez pas, et signalez-le."),
        "no",
        N_("À examiner"),
    ),
    Standing.NUMBER: (
        N_("Un rapport porte ce numéro"),
        N_("Un numéro se devine. Pour vérifier votre papier, écrivez les quatre groupes sous le code QR."),
        "line",
        N_("Numéro connu"),
    ),
    Standing.UNKNOWN: (
        N_("Ce rapport n'est pas connu ici"),
        N_("Relisez les quatre groupes sous le code QR. S'ils sont justes, ce papier ne vient pas de ce service."),
        "no",
        N_("Inconnu"),
    ),
}


@get("/public/reports", roles=PUBLIC)
async def ask(request: AnyRequest) -> Response[Any]:
    """The form; what was typed has an address of its own."""
    typed = request.query_params.get("code", "").strip()[:100]
    if typed:
        return go(f"/public/reports/{quote(typed, safe='')}")
    return page(request, "public/report_ask.html")


@get("/public/reports/{code:str}", roles=PUBLIC)
async def verify(work: Work, request: AnyRequest, code: FromPath[str]) -> Response[str]:
    """The verdict on a copy."""
    checked = await check(work, code[:100])
    request.state.tz = checked.tz
    language = language_of(request)
    title, lead, tag, word = ANSWERS[checked.standing]
    return page(
        request,
        "public/report.html",
        status=404 if checked.standing is Standing.UNKNOWN else 200,
        title=say(title, language),
        lead=say(lead, language) if lead else "",
        tag=(tag, say(word, language)),
        checked=checked,
        standing=checked.standing,
        verdict=say(checked.verdict, language) if checked.verdict else "",
        signers=_signers(checked, language),
        total=checked.officers + checked.declarants + checked.agencies,
        city=city_of(ZoneInfo(checked.tz)),
        now=work.now,
        typed=code if checked.standing is Standing.UNKNOWN else "",
    )


def _signers(checked: Checked, language: str) -> str:
    """« 2 agents, 1 déclarant »: how many, never who."""
    counted = (
        (checked.officers, N_("%(num)s agent"), N_("%(num)s agents")),
        (checked.agencies, N_("%(num)s organisme"), N_("%(num)s organismes")),
        (checked.declarants, N_("%(num)s déclarant"), N_("%(num)s déclarants")),
    )
    told = [say_many(one, many, count, language) for count, one, many in counted if count]
    if checked.refused:
        told.append(say(N_("refus du déclarant"), language))
    return ", ".join(told)


ROUTES = [ask, verify]
