"""/declarant/visits/{id}/provisional: keep an hour for goods at sea while the package is made ready."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import landing, prearrival, rules
from visits.booking.change import settle_place
from visits.booking.offer import Offer
from visits.booking.where import where_of
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, Refusal
from visits.journey.states import State
from visits.portals.posted import sent_id, text
from visits.portals.slots import Telling, day_of, instant_of
from visits.portals.telling import at_office, boxes, place_name
from visits.roles import DECLARANTS
from visits.sites.queries import sites_of
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post


def address(visit_id: UUID) -> str:
    """The page of a visit's provisional time."""
    return f"/declarant/visits/{visit_id}/provisional"


@post("/declarant/declarations/{declaration_id:uuid}/announce", roles=DECLARANTS)
async def announce(work: Work, declaration_id: FromPath[UUID]) -> Response[Any]:
    """Ask for a visit before the ship and the lane; sent again it is the same visit."""
    visit = await prearrival.announce(work, declaration_id)
    return go(address(visit.id))


@get("/declarant/visits/{visit_id:uuid}/provisional", roles=DECLARANTS)
async def choose(
    work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID], day: FromQuery[str] = ""
) -> Response[Any]:
    """The ship, the hour kept, and the hours that can be kept instead."""
    case = await case_of(work, visit_id)
    if State(case.visit.state) not in prearrival.KEPT:
        return go(f"/declarant/declarations/{case.declaration.id}")
    return await _page(work, request, case, day=day)


@post("/declarant/visits/{visit_id:uuid}/provisional", roles=DECLARANTS)
async def keep(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Keep the chosen hour. Its transaction is its own: what was refused is undone before the page is made."""
    database: Database = request.app.state.database
    form = await request.form()
    day, start = text(form, "day"), instant_of(text(form, "start"))

    async def again(work: Work, refused: Refusal | None, status: int) -> Response[str]:
        return await _page(work, request, await case_of(work, visit_id), day=day, refused=refused, status=status)

    if text(form, "site"):
        await database.run(request.user, _settle, visit_id, text(form, "site"))
        return go(address(visit_id))
    if start is None:
        return await database.run(request.user, again, NoHour(), 422)
    try:
        await database.run(request.user, prearrival.reserve, visit_id, start)
    except Refusal as refusal:
        if refusal.status != 409 or isinstance(refusal, prearrival.NotAwaited):
            raise
        return await database.run(request.user, again, refusal, refusal.status)
    return go(address(visit_id), flash=N_("L'heure provisoire est gardée. Elle est confirmée au débarquement."))


@post("/declarant/visits/{visit_id:uuid}/provisional/give-up", roles=DECLARANTS)
async def give_up(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Give the hour back; sent twice it is given back once."""
    await prearrival.give_up(work, visit_id, sent_id(await request.form(), "appointment"))
    return go(address(visit_id), flash=N_("L'heure provisoire est rendue."))


class NoHour(Refusal):
    """The form came without an hour."""

    code, status = "no-hour", 422
    says = N_("Choisissez une heure.")


async def _settle(work: Work, visit_id: UUID, site: str) -> None:
    try:
        await settle_place(work, visit_id, UUID(site), provisional=True)
    except ValueError:
        raise BadInput(field="site") from None


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    case: Case,
    *,
    day: str,
    refused: Refusal | None = None,
    status: int = 200,
) -> Response[str]:
    zone, language = at_office(request, case.office), language_of(request)
    ship = await landing.arrival_of(work, case)
    try:
        found: Offer | None = await prearrival.choices(work, case)
        places: list[tuple[str, str, str]] = []
    except prearrival.NotAwaited:
        found, places = None, []
    except rules.PlaceFirst:
        found, places = None, [(str(each.id), each.name, each.address) for each in await sites_of(work, case.office.id)]
    kept = await prearrival.kept_of(work, case.visit.id)
    told = Telling(offer=found, language=language, zone=zone) if found else None
    seen = told.day(day_of(day)) if told else None
    return page(
        request,
        "declarant/provisional.html",
        status=status,
        case=case,
        boxes=boxes(case.declaration, language),
        ship=ship,
        there=ship is not None and landing.on_quay(ship, case.visit.order["containers"]),
        kept=kept,
        place=place_name(await where_of(work, case.visit), language),
        places=places,
        told=told,
        day=seen.day if seen else None,
        days=told.days(address(case.visit.id)) if told else [],
        hours=told.hours(seen) if told and seen else [],
        closed=told.closed(seen) if told and seen else "",
        ready=ship and landing.ready_at(ship, case.office),
        address=address(case.visit.id),
        refused=sentence(request, refused) if refused else "",
    )


ROUTES = [announce, choose, keep, give_up]
