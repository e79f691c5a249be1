"""/declarant/premises: a firm's own premises: ask that visits may be made there, choose them for a visit, go back."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import groups_rows, premises, premises_rows
from visits.declarations.queries import title_of
from visits.errors import BadInput, Refusal
from visits.notices.contacts import BadPhone
from visits.portals.asking import Asking, typed_in
from visits.portals.declarant.slots import address
from visits.portals.regular import STATES
from visits.portals.telling import at_office
from visits.roles import DECLARANTS
from visits.sites.policies import Policies, policy
from visits.sites.queries import offices
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATH = "/declarant/premises"


@get(PATH, roles=DECLARANTS)
async def shown(work: Work, request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """What was granted, for which visits, and a form to ask."""
    return await _page(work, request)


@post(PATH, roles=DECLARANTS)
async def ask(request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """Ask; a chief decides."""
    form = await typed_in(request)

    async def deed(work: Work) -> None:
        await premises.ask(
            work,
            _id(form, "office"),
            called=form.get("called", ""),
            address=form.get("address", ""),
            kilometres=_whole(form, "kilometres"),
            minutes=_whole(form, "minutes"),
            contact=form.get("contact", ""),
            phone=form.get("phone", ""),
        )

    return await ASKING.tried(
        request, deed, then=PATH, typed=form, flash=N_("La demande est partie. Un chef de visite décide.")
    )


@post("/declarant/premises/{premises_id:uuid}/contact", roles=DECLARANTS)
async def meet(request: Request, premises_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Who opens the door to the officers from now on."""
    form = await typed_in(request)

    async def deed(work: Work) -> None:
        await premises.met_by(work, premises_id, contact=form.get("contact", ""), phone=form.get("phone", ""))

    typed = {f"{name}-{premises_id}": text for name, text in form.items()}
    return await ASKING.tried(
        request, deed, then=PATH, typed=typed, flash=N_("Le vérificateur verra ce nom et ce numéro.")
    )


@post("/declarant/premises/{premises_id:uuid}/use", roles=DECLARANTS)
async def use(request: Request, premises_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """This visit is made there; then its hour is chosen."""
    visit_id = _id(await typed_in(request), "visit")

    async def deed(work: Work) -> None:
        await premises.choose(work, visit_id, premises_id)

    return await ASKING.tried(
        request, deed, then=address(visit_id), flash=N_("La visite se fera chez vous. Choisissez l'heure.")
    )


@post("/declarant/visits/{visit_id:uuid}/home/leave", roles=DECLARANTS)
async def leave(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Back to the site."""

    async def deed(work: Work) -> None:
        await premises.leave(work, visit_id)

    return await ASKING.tried(
        request, deed, then=address(visit_id), flash=N_("La visite se fera sur place. Choisissez l'heure.")
    )


def _id(form: dict[str, str], name: str) -> UUID:
    try:
        return UUID(form.get(name, ""))
    except ValueError:
        raise BadInput(field=name) from None


def _whole(form: dict[str, str], name: str) -> int:
    try:
        return int(form.get(name, ""))
    except ValueError:
        raise BadInput(field=name) from None


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
    homes = await premises_rows.homes_of(work, [visit.id for visit, _ in waiting])
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


ASKING = Asking(page=_page, said=(BadInput, BadPhone, premises.NotSoFar, premises.NotHere))
ROUTES = [shown, ask, meet, use, leave]
