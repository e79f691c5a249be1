"""/chief/premises: firms ask for visits at their own premises; set the distance, grant or refuse."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import premises, premises_rows
from visits.errors import BadInput
from visits.portals.regular import STATES
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

PATH = "/chief/premises"
DONE = {
    "granted": N_("Le lieu est accordé. Le cabinet peut le choisir pour ses visites."),
    "refused": N_("La demande est refusée."),
    "ended": N_("Le lieu n'est plus accordé. Les visites réservées le restent."),
}


@get(PATH, roles=CHIEFS)
async def shown(work: Work, request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """What waits for a decision, then what is granted."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    language = language_of(request)
    rows = [
        {"found": each, "firm": firm.name, "state_name": say(STATES[each.state], language)}
        for each, firm, _ in await premises_rows.listed(work, "asked", "granted")
    ]
    return page(
        request,
        "chief/premises.html",
        asked=[each for each in rows if each["found"].state == "asked"][::-1],  # type: ignore[attr-defined]
        granted=[each for each in rows if each["found"].state == "granted"],  # type: ignore[attr-defined]
        most=policy(office, Policies).home_kilometres,
        now=work.now,
    )


@post("/chief/premises/{premises_id:uuid}", roles=CHIEFS)
async def decide(request: Request, premises_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Grant, refuse or end; what is missing or refused is said on the page."""
    database: Database = request.app.state.database
    form = await request.form()
    state = str(form.get("do") or "")
    if state not in DONE:
        raise BadInput(field="do")

    async def use_case(work: Work) -> None:
        await premises.decide(
            work,
            premises_id,
            state,
            kilometres=int(str(form.get("kilometres") or "-1")),
            minutes=int(str(form.get("minutes") or "-1")),
            reason=str(form.get("reason") or ""),
        )

    try:
        await database.run(request.user, use_case)
    except premises.NotSoFar:
        return go(PATH, flash=N_("Ce lieu est plus loin que la règle du bureau ne le permet."), kind="warn")
    except (BadInput, ValueError):
        return go(PATH, flash=N_("Donnez la distance et le trajet en chiffres, et la raison d'un refus."), kind="warn")
    return go(PATH, flash=DONE[state])


ROUTES = [shown, decide]
