"""/declarant/premises: a firm's own premises: ask that visits may be made there, choose them for a visit, go back."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import groups_rows, premises, premises_rows
from visits.declarations.queries import title_of
from visits.errors import BadInput, Refusal
from visits.portals.declarant.slots import address
from visits.portals.regular import STATES
from visits.portals.telling import at_office
from visits.roles import DECLARANTS
from visits.sites.policies import Policies, policy
from visits.sites.queries import offices
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATH = "/declarant/premises"
SAID = (BadInput, premises.NotSoFar, premises.NotHere)


@get(PATH, roles=DECLARANTS)
async def shown(work: Work, request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """What was granted, for which visits, and a form to ask."""
    return await _page(work, request)


@post(PATH, roles=DECLARANTS)
async def ask(request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """Ask; a chief decides."""
    form = {name: str(value) for name, value in (await request.form()).items()}

    async def use_case(work: Work) -> None:
        await premises.ask(
            work,
            UUID(form["office"]),
            called=form["called"],
            address=form["address"],
            kilometres=int(form["kilometres"]),
            minutes=int(form["minutes"]),
        )

    try:
        return await _try(request, use_case, PATH, form, N_("La demande est partie. Un chef de visite décide."))
    except (KeyError, ValueError):
        return await _again(request, BadInput(field="kilometres"), form)


@post("/declarant/premises/{premises_id:uuid}/use", roles=DECLARANTS)
async def use(request: Request, premises_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """This visit is made there; then its hour is chosen."""
    try:
        visit_id = UUID(str((await request.form()).get("visit") or ""))
    except ValueError:
        raise BadInput(field="visit") from None

    async def use_case(work: Work) -> None:
        await premises.choose(work, visit_id, premises_id)

    return await _try(request, use_case, address(visit_id), {}, N_("La visite se fera chez vous. Choisissez l'heure."))


@post("/declarant/visits/{visit_id:uuid}/home/leave", roles=DECLARANTS)
async def leave(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Back to the site."""

    async def use_case(work: Work) -> None:
        await premises.leave(work, visit_id)

    return await _try(request, use_case, address(visit_id), {}, N_("La visite se fera sur place. Choisissez l'heure."))


async def _try(
    request: Request[Any, Any, Any], use_case: Any, then: str, form: dict[str, str], flash: str
) -> Response[Any]:
    database: Database = request.app.state.database
    try:
        await database.run(request.user, use_case)
    except SAID as no:
        return await _again(request, no, form)
    return go(then, flash=flash)


async def _again(request: Request[Any, Any, Any], refused: Refusal, form: dict[str, str]) -> Response[Any]:
    database: Database = request.app.state.database

    async def again(work: Work) -> Response[Any]:
        return await _page(work, request, refused=refused, typed=form)

    return await database.run(request.user, again)


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    *,
    refused: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[Any]:
    every = await offices(work)
    at_office(request, every[0])
    language = language_of(request)
    waiting = await groups_rows.to_book_together(work)
    homes = {visit.id: await premises_rows.home_of(work, visit.id) for visit, _ in waiting if visit.site_id is None}
    rows = []
    for each, _, office in await premises_rows.listed(work, *STATES):
        mine = [
            (str(visit.id), title_of(declaration), homes.get(visit.id))
            for visit, declaration in waiting
            if visit.office_id == each.office_id
            and visit.level in premises.LEVELS
            and each.firm_id in (declaration.firm_id, declaration.importer_id)
        ]
        rows.append(
            {
                "found": each,
                "office": office.name,
                "state_name": say(STATES[each.state], language),
                "fitting": [(value, title) for value, title, home in mine if home is None or home.id != each.id],
                "there": [(value, title) for value, title, home in mine if home is not None and home.id == each.id],
            }
        )
    allowing = [each for each in every if policy(each, Policies).home_kilometres]
    return page(
        request,
        "declarant/premises.html",
        status=refused.status if refused else 200,
        rows=rows,
        offices=[
            (
                str(each.id),
                say(
                    N_("%(name)s, jusqu'à %(kilometres)s km"),
                    language,
                    name=each.name,
                    kilometres=policy(each, Policies).home_kilometres,
                ),
            )
            for each in allowing
        ],
        typed=typed or {},
        refused=sentence(request, refused) if refused else "",
    )


ROUTES = [shown, ask, use, leave]
