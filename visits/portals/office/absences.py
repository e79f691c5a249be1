"""/office/visits/{id}/absences: what was found absent at a visit, signed by its officer, as pages and on paper."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.errors import BadInput, NotFound
from visits.portals.telling import at_office
from visits.reports.absence import absence_case, absences_of, may_sign, sign
from visits.reports.absence_paper import paper_of, print_absence
from visits.reports.absence_words import heads, told, voice_of
from visits.reports.content import short_hash
from visits.reports.sign import WrongPassword, count_try
from visits.roles import CASE_READERS, CHIEFS, FIRM, Role
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]


@get("/office/visits/{visit_id:uuid}/absences", roles=CASE_READERS)
async def shown(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[str]:
    """Each finding with its evidence; the ones to sign first."""
    return await listed(work, request, visit_id)


@post("/office/visits/{visit_id:uuid}/absences", roles=CHIEFS | {Role.INSPECTOR})
async def sign_one(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Sign with the password."""
    form = await request.form()
    step, database = _id(str(form.get("step") or "")), request.app.state.database
    await database.run(request.user, count_try)
    try:
        await database.run(request.user, sign, visit_id, step, password=str(form.get("password") or ""))
    except WrongPassword as refusal:
        said, status = sentence(request, refusal), refusal.status

        async def again(work: Work) -> Response[str]:
            return await listed(work, request, visit_id, refused=said, status=status)

        return await database.run(request.user, again)  # type: ignore[no-any-return]
    return go(f"/office/visits/{visit_id}/absences", flash=N_("Le constat est signé."))


@get("/office/visits/{visit_id:uuid}/absences/pdf", roles=CASE_READERS)
async def paper(request: Asked, visit_id: FromPath[UUID]) -> Response[bytes]:
    """A copy on paper."""
    return await printed(request, visit_id)


async def printed(request: Asked, visit_id: UUID) -> Response[bytes]:
    """The copy the query names, in its language or the reader's."""
    try:
        record = UUID(request.query_params.get("record", ""))
    except ValueError:
        raise NotFound() from None
    language = request.query_params.get("lang") or language_of(request)
    found = await request.app.state.database.run(request.user, paper_of, visit_id, record, language=language)
    return Response(
        await print_absence(found),
        media_type="application/pdf",
        headers={
            "content-disposition": f'attachment; filename="{found.file_name}"',
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        },
    )


async def listed(
    work: Work, request: Asked, visit_id: UUID, *, refused: str = "", status: int = 200, template: str = "", **more: Any
) -> Response[str]:
    """The findings of a visit as the reader may see them."""
    case = await absence_case(work, visit_id)
    at_office(request, case.office)
    language = language_of(request)
    found = [
        {
            "step": step,
            "record": record,
            "told": told(content, language),
            "heads": heads(voice_of(content, language)),
            "signs": record is None and may_sign(work, step),
            "short": short_hash(record.digest) if record else "",
        }
        for step, record, content in await absences_of(work, case)
    ]
    if not found and not work.actor.is_a(*FIRM):
        raise NotFound()
    return page(
        request,
        template or "office/absences.html",
        status=status,
        case=case,
        found=found,
        refused=refused,
        home=work.actor.home,
        **more,
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field="step") from None


ROUTES = [shown, sign_one, paper]
