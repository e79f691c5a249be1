"""/inspector/visits/{id}/items/{n}: one item, declared and found; and findings in words, of an item or of none."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.fieldwork import findings, queries, rules
from visits.fieldwork.findings import Seen
from visits.fieldwork.words import Facet, Kind, Method
from visits.portals.inspector.visit import base_of, perform, show
from visits.portals.posted import Form, choice, device_at, item_of, sent_id, text
from visits.roles import INSPECTORS
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import get, post

#: How a facet is looked at unless somebody says otherwise.
METHODS = {
    Facet.QUANTITY: Method.COUNT,
    Facet.PACKAGES: Method.COUNT,
    Facet.GROSS_WEIGHT: Method.WEIGH,
    Facet.NET_WEIGHT: Method.WEIGH,
}


@get("/inspector/visits/{visit_id:uuid}/items/{number:int}", roles=INSPECTORS)
async def item(
    work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID], number: FromPath[int]
) -> Response[str]:
    """Declared and found."""
    return await show(work, request, visit_id, step=f"items/{number}")


@post("/inspector/visits/{visit_id:uuid}/items/{number:int}", roles=INSPECTORS)
async def found(request: Request[Any, Any, Any], visit_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """Record what the page shows: each figure typed; and, with `whole`, everything else as declared."""
    form = await request.form()

    async def deeds(work: Work) -> None:
        await _record(work, visit_id, number, form)

    step = f"items/{number}"
    answer = await perform(request, visit_id, step, deeds)
    return go(f"{base_of(visit_id)}/{step}") if answer.status_code == 303 and not text(form, "whole") else answer


async def _record(work: Work, visit_id: UUID, number: int, form: Form) -> None:
    case = await queries.writable(work, visit_id, device_at(form))
    lines = {each["number"]: each for each in case.declaration.content.get("items") or ()}
    said = rules.declared_of(lines.get(number, {}))
    state = rules.item_state(await queries.record_of(work, visit_id), number)
    for facet in Facet:
        typed = text(form, f"found-{facet}")
        if not typed or _as_before(facet, typed, said, state, asked=text(form, "edit") == facet):
            continue
        seen = Seen(
            id=sent_id(form, f"id-{facet}"),
            facet=facet,
            item=number,
            found=typed,
            unit=text(form, f"unit-{facet}"),
            method=METHODS.get(facet),
            remark=text(form, f"remark-{facet}"),
            device_at=device_at(form),
        )
        await findings.record(work, visit_id, seen)
    if text(form, "whole"):
        await findings.conform(work, visit_id, id=sent_id(form), item=number, device_at=device_at(form))


def _as_before(
    facet: Facet, typed: str, said: dict[Facet, rules.Declared], state: rules.ItemState, *, asked: bool
) -> bool:
    """A field left as the page showed it says nothing new, unless it was opened on purpose."""
    standing = state.facets.get(facet)
    shown = standing.found if standing else said[facet].text if facet in said else ""
    return (not asked or standing is not None) and rules.tidy(facet, typed) == shown


@get("/inspector/visits/{visit_id:uuid}/other", roles=INSPECTORS)
async def other(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """A finding in words."""
    return await show(work, request, visit_id, step="other")


@post("/inspector/visits/{visit_id:uuid}/other", roles=INSPECTORS)
async def noted(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Record a finding in words: undeclared goods, condition, licence…"""
    form = await request.form()

    async def deeds(work: Work) -> None:
        seen = Seen(
            id=sent_id(form),
            kind=choice(form, "kind", Kind, N_("constat")),
            item=item_of(form),
            container=text(form, "container") or None,
            remark=text(form, "remark"),
            device_at=device_at(form),
        )
        await findings.record(work, visit_id, seen)

    return await _stay(request, visit_id, deeds)


@post("/inspector/visits/{visit_id:uuid}/findings/{finding_id:uuid}/undo", roles=INSPECTORS)
async def undo(request: Request[Any, Any, Any], visit_id: FromPath[UUID], finding_id: FromPath[UUID]) -> Response[Any]:
    """Take a finding back; both rows stay."""
    form = await request.form()
    back = item_of(form)

    async def deeds(work: Work) -> None:
        await findings.withdraw(work, visit_id, finding_id, id=sent_id(form), device_at=device_at(form))

    return await _stay(request, visit_id, deeds, step=f"items/{back}" if back is not None else "other")


async def _stay(request: Request[Any, Any, Any], visit_id: UUID, deeds: Any, *, step: str = "other") -> Response[Any]:
    answer = await perform(request, visit_id, step, deeds)
    return go(f"{base_of(visit_id)}/{step}") if answer.status_code == 303 else answer


ROUTES = [item, found, other, noted, undo]
