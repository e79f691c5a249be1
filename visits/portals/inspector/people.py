"""/inspector/visits/{id}/people: who is there, and the goods at the bay."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.fieldwork import checkin
from visits.fieldwork.words import Party
from visits.portals.inspector.visit import base_of, perform, show
from visits.portals.posted import choice, device_at, fix_of, sent_id, text
from visits.roles import INSPECTORS
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import get, post


@get("/inspector/visits/{visit_id:uuid}/people", roles=INSPECTORS)
async def people(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """Who came."""
    return await show(work, request, visit_id, step="people")


@post("/inspector/visits/{visit_id:uuid}/people", roles=INSPECTORS)
async def present(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Note somebody as present, with name and quality; an agency's officer with the agency."""
    form = await request.form()
    party = choice(form, "party", Party, N_("qualité"))
    answer = await perform(
        request,
        visit_id,
        "people",
        checkin.check_in,
        visit_id,
        id=sent_id(form),
        party=party,
        called=text(form, "called"),
        agency=text(form, "agency") or None,
        fix=fix_of(form) if party is Party.INSPECTOR else None,
        device_at=device_at(form),
    )
    return go(f"{base_of(visit_id)}/people") if answer.status_code == 303 else answer


@post("/inspector/visits/{visit_id:uuid}/people/{check_in:uuid}/leave", roles=INSPECTORS)
async def leave(request: Request[Any, Any, Any], visit_id: FromPath[UUID], check_in: FromPath[UUID]) -> Response[Any]:
    """Somebody went away."""
    answer = await perform(request, visit_id, "people", checkin.leave, visit_id, check_in)
    return go(f"{base_of(visit_id)}/people") if answer.status_code == 303 else answer


@post("/inspector/visits/{visit_id:uuid}/goods", roles=INSPECTORS)
async def goods(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """The containers stand at the bay."""
    form = await request.form()
    boxes = [str(each) for each in form.getall("container", [])]
    return await perform(
        request,
        visit_id,
        "",
        checkin.goods_presented,
        visit_id,
        id=sent_id(form),
        containers=boxes,
        device_at=device_at(form),
    )


ROUTES = [people, present, leave, goods]
