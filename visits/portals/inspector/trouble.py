"""/inspector/visits/{id}/trouble: goods, declarant or agency absent; a video that must become a visit on site."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.errors import Refusal
from visits.fieldwork import branches, no_shows
from visits.fieldwork.branches import Decision
from visits.portals.chief.visit import REBOOK
from visits.portals.inspector.visit import AWAY, again, perform, show
from visits.portals.posted import choice, device_at, sent_id, text
from visits.roles import INSPECTORS
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import get, post

DAY = "/inspector/day"


@get("/inspector/visits/{visit_id:uuid}/trouble", roles=INSPECTORS)
async def trouble(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """What can be said when the visit does not take place as planned."""
    return await show(work, request, visit_id, step="trouble")


@post("/inspector/visits/{visit_id:uuid}/goods-absent", roles=INSPECTORS)
async def goods_absent(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """The goods did not come."""
    told = N_("L'absence de la marchandise est enregistrée. Le déclarant choisit un autre rendez-vous.")
    return await _leave(request, visit_id, branches.goods_absent, told, signs=True)


@post("/inspector/visits/{visit_id:uuid}/party-absent", roles=INSPECTORS)
async def party_absent(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """The declarant did not come."""
    told = N_("La carence (personne absente) est enregistrée. Le déclarant choisit un autre rendez-vous.")
    return await _leave(request, visit_id, branches.party_absent, told, signs=True)


@post("/inspector/visits/{visit_id:uuid}/convert", roles=INSPECTORS)
async def convert(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """From video to a visit on site."""
    told = N_("La visite se fera sur place. Le déclarant choisit un autre rendez-vous.")
    return await _leave(request, visit_id, branches.convert, told)


@post("/inspector/visits/{visit_id:uuid}/agency-absent", roles=INSPECTORS)
async def agency_absent(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """An agency's officer did not come."""
    form = await request.form()
    if text(form, "decision") == REBOOK:
        told = N_("La visite garde sa place : la première heure libre lui est proposée. Signez le constat.")
        return await _leave(request, visit_id, no_shows.agency_no_show, told, signs=True, agency=text(form, "agency"))
    return await perform(
        request,
        visit_id,
        "trouble",
        branches.agency_absent,
        visit_id,
        id=sent_id(form),
        agency=text(form, "agency"),
        decision=choice(form, "decision", Decision, N_("décision")),
        reason=text(form, "reason"),
        device_at=device_at(form),
    )


async def _leave(
    request: Request[Any, Any, Any], visit_id: UUID, branch: Any, told: str, *, signs: bool = False, **facts: Any
) -> Response[Any]:
    """A branch after which the visit is no longer on this tablet; an absence is signed next."""
    form = await request.form()
    try:
        await request.app.state.database.run(
            request.user,
            branch,
            visit_id,
            id=sent_id(form),
            reason=text(form, "reason"),
            device_at=device_at(form),
            **facts,
        )
    except Refusal as refusal:
        if refusal.status in AWAY:
            raise
        return await again(request, visit_id, "trouble", refusal)
    return go(f"/office/visits/{visit_id}/absences" if signs else DAY, flash=told)


ROUTES = [trouble, goods_absent, party_absent, convert, agency_absent]
