"""/declarant/visits/{id}/report: read the signed report, answer it, take a copy in three languages."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.declarations.queries import case_of
from visits.errors import NotFound, Refusal
from visits.journey.states import State
from visits.portals.copying import copy
from visits.portals.signing import answer_in, typed_in
from visits.portals.telling import at_office
from visits.reports import queries, view
from visits.reports.content import from_stored, short_hash
from visits.reports.copies import printed
from visits.reports.numbers import number_text
from visits.reports.sign import answer
from visits.reports.validate import PATIENCE
from visits.reports.words import Answer, SignerKind
from visits.roles import FIRM
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

AnyRequest = Request[Any, Any, Any]

#: The first line, by what the declarant's side did.
TITLES: dict[str, str] = {
    Answer.SIGNED: N_("Vous avez signé le rapport"),
    Answer.RESERVED: N_("Vous avez signé avec réserves"),
    Answer.REFUSED: N_("Vous avez refusé de signer"),
}
DONE: dict[str, str] = {
    Answer.SIGNED: N_("Votre signature est enregistrée."),
    Answer.RESERVED: N_("Vos réserves sont imprimées sur le rapport."),
    Answer.REFUSED: N_("Votre refus est noté. Le dossier continue."),
}


async def show(
    work: Work,
    request: AnyRequest,
    visit_id: UUID,
    *,
    typed: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    """The newest version and what there is to do with it; until it is signed, who writes it."""
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    language = language_of(request)
    report = await queries.report_of(work, visit_id)
    frozen = await queries.version_of(work, visit_id)
    if report is None or frozen is None:
        if State(case.visit.state) not in (State.RUNNING, State.SUSPENDED, State.ENDED, State.LAB):
            raise NotFound()
        return page(request, "declarant/report_awaited.html", case=case)
    content = from_stored(frozen.content)
    given = await queries.signatures_of(work, frozen.id)
    mine = next((one for one in given if one.kind == SignerKind.DECLARANT), None)
    signatures = tuple(printed(one) for one in given)
    open_ = frozen.state == "signed" and case.visit.state == State.SIGNED
    number = number_text(report.year, case.office.code, report.number) if report.year and report.number else ""
    return page(
        request,
        "declarant/report.html",
        status=refusal.status if refusal else 200,
        refusal=sentence(request, refusal) if refusal else "",
        typed=typed or {},
        case=case,
        frozen=frozen,
        number=number if frozen.validated_at else "",
        title=say(TITLES[mine.verdict], language) if mine else "",
        mine=mine,
        on_tablet=mine is not None and mine.person_id is None,
        to_answer=open_ and mine is None,
        until=frozen.frozen_at + PATIENCE,
        being_corrected=frozen.state in ("returned", "amended"),
        groups=short_hash(frozen.digest),
        view=view.view(content, language=language, tz=case.office.tz),
        signatures=view.signed(content, signatures, language=language, tz=case.office.tz),
        grade=view.grade(content, signatures, language=language, tz=case.office.tz),
        name=work.actor.name,
    )


@get("/declarant/visits/{visit_id:uuid}/report", roles=FIRM)
async def report(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[str]:
    """Read, and answer."""
    return await show(work, request, visit_id)


@post("/declarant/visits/{visit_id:uuid}/report", roles=FIRM)
async def give_answer(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Sign, sign with reserves, or refuse; once."""
    typed = await typed_in(request)
    database = request.app.state.database
    try:
        given = await database.run(request.user, answer, visit_id, **answer_in(typed))
    except Refusal as refusal:
        if refusal.status in (401, 404):
            raise
        told = refusal

        async def shown(work: Work) -> Response[str]:
            return await show(work, request, visit_id, typed=typed, refusal=told)

        return await database.run(request.user, shown)  # type: ignore[no-any-return]
    return go(f"/declarant/visits/{visit_id}/report", flash=DONE[given.verdict])


@get("/declarant/visits/{visit_id:uuid}/report/pdf", roles=FIRM)
async def paper(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[bytes]:
    """The copy on paper."""
    return await copy(request, visit_id)


ROUTES = [report, give_answer, paper]
