"""/agency/visits/{id}: what an agency needs for its part of a joint visit, and « I am here »."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import landing
from visits.declarations.queries import Case, case_of
from visits.errors import NotFound
from visits.fieldwork import checkin
from visits.fieldwork.queries import record_of
from visits.ids import new_id
from visits.portals.agency import queries
from visits.portals.agency.home import AGENCIES, row_of
from visits.portals.copying import copy
from visits.portals.inspector.course import items_of, name_of, spaced
from visits.portals.posted import fix_of, sent_id
from visits.portals.telling import at_office
from visits.sites.hours import grid_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import counted, country, dotted, number, weight
from visits.web.pages import go, language_of, page
from visits.web.route import get, post


@get("/agency/visits/{visit_id:uuid}", roles=AGENCIES)
async def visit(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """Where, when, which goods; nothing of their value, of their owner or of another agency."""
    case = await case_of(work, visit_id)
    invited = await queries.invited_to(work, visit_id)
    if invited is None:
        raise NotFound()
    at_office(request, case.office)
    today = grid_of(case.office).day_of(work.now)
    awaited = await landing.awaited(work, case.office.id, {case.visit.id})
    language = language_of(request)
    here = [row for row in (await record_of(work, visit_id)).check_ins if row.person_id == work.actor.person]
    return page(
        request,
        "agency/visit.html",
        row=row_of(invited, language, today=invited.day == today, awaited=case.visit.id in awaited),
        invited=invited,
        boxes=[spaced(box) for box in case.visit.order["containers"]],
        items=_items(case, language),
        present=next((row for row in here if row.left_at is None), None),
        signed=await queries.my_version(work, visit_id),
        sent=new_id(),
    )


def _items(case: Case, language: str) -> list[dict[str, Any]]:
    """The items to be looked at, or all of them where the order names none."""
    ordered = case.visit.order["items"]
    return [_item(item, language) for number, item in items_of(case).items() if not ordered or number in ordered]


def _item(item: Mapping[str, Any], language: str) -> dict[str, Any]:
    packages = item.get("packages") or {}
    return {
        "number": item["number"],
        "name": name_of(item),
        "code": dotted(item.get("commodity_code") or item.get("hs6") or ""),
        "origin": country(item["origin"], language) if item.get("origin") else "",
        "packages": _packages(packages, language),
        "net": weight(Decimal(item["net_weight"]), language) if item.get("net_weight") else "",
    }


def _packages(packages: Mapping[str, Any], language: str) -> str:
    """« 420 cartons »."""
    if not packages.get("count"):
        return str(packages.get("kind_name") or "")
    figure = Decimal(packages["count"])
    return f"{number(figure, language)} {counted(packages.get('kind_name') or '', figure)}".strip()


@post("/agency/visits/{visit_id:uuid}/arrive", roles=AGENCIES)
async def arrive(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Note the arrival."""
    form = await request.form()
    await checkin.join(work, visit_id, id=sent_id(form), fix=fix_of(form))
    return go(f"/agency/visits/{visit_id}", flash=N_("Votre arrivée est notée. Le vérificateur la voit."))


@get("/agency/visits/{visit_id:uuid}/report", roles=AGENCIES)
async def report(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[bytes]:
    """A copy of the validated report for the officer who signed it."""
    version = await request.app.state.database.run(request.user, _mine, visit_id)
    return await copy(request, visit_id, version=version)


async def _mine(work: Work, visit_id: UUID) -> int:
    await case_of(work, visit_id)
    version = await queries.my_version(work, visit_id)
    if version is None:
        raise NotFound()
    return version


ROUTES = [visit, arrive, report]
