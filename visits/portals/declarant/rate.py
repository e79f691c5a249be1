"""/declarant/visits/{id}/rate: three questions about a finished visit."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.declarations.queries import Case
from visits.performance import queries
from visits.performance.rate import DIMENSIONS, MARKS, MarkMissing, RatedAlready, rate, to_rate
from visits.portals.telling import at_office
from visits.roles import DECLARANTS
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post


@get("/declarant/visits/{visit_id:uuid}/rate", roles=DECLARANTS)
async def ask(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The questions, until they are answered."""
    case = await to_rate(work, visit_id)
    if await queries.rating_of(work, visit_id):
        return go(f"/declarant/declarations/{case.declaration.id}", flash=RatedAlready.says)
    return _form(request, case)


@post("/declarant/visits/{visit_id:uuid}/rate", roles=DECLARANTS)
async def answer(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The answers; an incomplete form comes back as it was filled in."""
    form = await request.form()
    given = {name: str(form.get(name) or "") for name in DIMENSIONS}
    remark = str(form.get("remark") or "")
    scores = {name: int(mark) for name, mark in given.items() if mark.isdecimal()}
    try:
        rating = await rate(work, visit_id, scores, remark)
    except MarkMissing:
        return _form(request, await to_rate(work, visit_id), given=given, remark=remark)
    case = await to_rate(work, rating.visit_id)
    return go(f"/declarant/declarations/{case.declaration.id}", flash=N_("Votre avis est enregistré. Merci."))


def _form(
    request: Request[Any, Any, Any], case: Case, *, given: dict[str, str] | None = None, remark: str = ""
) -> Response[str]:
    at_office(request, case.office)
    language = language_of(request)
    missing = say(N_("Donnez une note de 1 à 5."), language)
    errors = {name: missing for name, mark in (given or {}).items() if mark not in map(str, MARKS)}
    return page(
        request,
        "declarant/rate.html",
        status=422 if errors else 200,
        case=case,
        dimensions=[(name, say(question, language)) for name, question in DIMENSIONS.items()],
        marks=[(str(mark), say(text, language)) for mark, text in MARKS.items()],
        given=given or {},
        remark=remark,
        errors=errors,
    )


ROUTES = [ask, answer]
