"""/chief/reports/{visit}: a report beside its evidence; the chief validates it, returns it, or opens it again."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.declarations.queries import case_of
from visits.errors import NotFound, Refusal
from visits.fieldwork.queries import record_of
from visits.journey.states import Level, State, possible
from visits.portals.signing import typed_in, whole
from visits.portals.telling import at_office
from visits.reports import queries, view
from visits.reports.compare import code_of
from visits.reports.content import content_digest, from_stored, short_hash
from visits.reports.copies import printed
from visits.reports.numbers import number_text
from visits.reports.tables import ReportVersion
from visits.reports.validate import PATIENCE, RETURNS, Hearing, amend, give_back, hearing, returned_for, validate
from visits.reports.words import Answer, SignerKind
from visits.roles import CASE_READERS, CHIEFS
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

AnyRequest = Request[Any, Any, Any]

#: What is said of a version.
STATES: dict[str, tuple[str, str]] = {
    "signed": ("act", N_("à valider")),
    "validated": ("done", N_("validée")),
    "returned": ("no", N_("retournée")),
    "amended": ("line", N_("remplacée")),
    "annulled": ("no", N_("annulée")),
}
#: How the declarant's side stands with the report.
HEARD: dict[Hearing, str] = {
    Hearing.ANSWERED: N_("Le déclarant a répondu."),
    Hearing.ABSENT: N_("Personne n'était là pour le déclarant."),
    Hearing.UNCONFIRMED: N_("Le déclarant n'a pas répondu en 72 heures : le rapport le dira."),
    Hearing.AWAITED: N_("Le déclarant peut encore répondre jusqu'au %(until)s."),
}
ANSWERS: dict[str, str] = {
    Answer.SIGNED: N_("Le déclarant a signé."),
    Answer.RESERVED: N_("Le déclarant a signé avec réserves."),
    Answer.REFUSED: N_("Le déclarant a refusé de signer."),
}


async def show(
    work: Work,
    request: AnyRequest,
    visit_id: UUID,
    *,
    version: int | None = None,
    typed: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    """A version of the report, the newest unless one is named, with what the chief may do with it."""
    case = await case_of(work, visit_id)
    zone, language = at_office(request, case.office), language_of(request)
    report = await queries.report_of(work, visit_id)
    versions = await queries.versions_of(work, visit_id)
    frozen = next((each for each in versions if version in (None, each.version)), None)
    if report is None or frozen is None:
        raise NotFound()
    content = from_stored(frozen.content)
    given = await queries.signatures_of(work, frozen.id)
    signatures = tuple(printed(one) for one in given)
    heard = hearing(content, given, frozen_at=frozen.frozen_at, now=work.now)
    answered = next((one.verdict for one in given if one.kind == SignerKind.DECLARANT), "")
    may = possible(State(case.visit.state), Level(case.visit.level), work.actor.roles)
    newest = frozen.version == report.version
    evidence = (await record_of(work, visit_id)).evidence
    known = {piece.sha256 for piece in content.evidence}
    number = number_text(report.year, case.office.code, report.number) if report.year and report.number else ""
    return page(
        request,
        "chief/report.html",
        status=refusal.status if refusal else 200,
        refusal=sentence(request, refusal) if refusal else "",
        refused=refusal.code if refusal else "",
        typed=typed or {},
        case=case,
        report=report,
        number=number,
        frozen=frozen,
        newest=newest,
        whole=content_digest(content) == frozen.digest,
        groups=short_hash(frozen.digest),
        view=view.view(content, language=language, tz=case.office.tz),
        signatures=view.signed(content, signatures, language=language, tz=case.office.tz),
        grade=view.grade(content, signatures, language=language, tz=case.office.tz),
        heard=heard,
        heard_text=say(
            ANSWERS[answered] if answered else HEARD[heard],
            language,
            until=(frozen.frozen_at + PATIENCE).astimezone(zone),
        ),
        own=any(one.kind == SignerKind.OFFICER and one.person_id == work.actor.person for one in given),
        may_validate=newest and "report_validated" in may,
        may_amend=newest and "report_amended" in may and frozen.state == "validated",
        reasons=[(code, say(words, language)) for code, words in RETURNS.items()],
        shots=[(piece, code_of(piece)) for piece in evidence if piece.sha256 in known],
        versions=[_told(each, language) for each in versions],
    )


def _told(frozen: ReportVersion, language: str) -> tuple[ReportVersion, str, str, str]:
    """A version with its tag and why it was left."""
    kind, words = STATES[frozen.state]
    why = " – ".join(say(each, language) for each in returned_for(frozen) if each)
    return frozen, kind, say(words, language), why


async def _done(
    request: AnyRequest, visit_id: UUID, typed: dict[str, str], use_case: Any, flash: str, **named: Any
) -> Response[Any]:
    """Do it in a transaction of its own; a refusal shows the report again, with what was typed."""
    database = request.app.state.database
    try:
        await database.run(request.user, use_case, visit_id, version=whole(typed, "version"), **named)
    except Refusal as refusal:
        if refusal.status in (401, 404):
            raise
        told = refusal

        async def shown(work: Work) -> Response[str]:
            return await show(work, request, visit_id, typed=typed, refusal=told)

        return await database.run(request.user, shown)  # type: ignore[no-any-return]
    return go(f"/chief/reports/{visit_id}", flash=flash)


@get("/chief/reports/{visit_id:uuid}", roles=CASE_READERS)
async def report(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[str]:
    """The newest version, or the one named in the query."""
    asked = request.query_params.get("version", "")
    return await show(work, request, visit_id, version=int(asked) if asked.isascii() and asked.isdigit() else None)


@post("/chief/reports/{visit_id:uuid}/validate", roles=CHIEFS)
async def accept(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Validate."""
    return await _done(request, visit_id, await typed_in(request), validate, N_("Le rapport est validé et numéroté."))


@post("/chief/reports/{visit_id:uuid}/return", roles=CHIEFS)
async def send_back(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Return with a coded reason."""
    typed = await typed_in(request)
    named = {"reason": typed.get("reason", ""), "remark": typed.get("remark", "")}
    return await _done(request, visit_id, typed, give_back, N_("Le rapport est retourné au vérificateur."), **named)


@post("/chief/reports/{visit_id:uuid}/amend", roles=CHIEFS)
async def reopen(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Open again as a new version."""
    typed = await typed_in(request)
    named = {"reason": typed.get("why", "")}
    return await _done(request, visit_id, typed, amend, N_("Le rapport est rouvert. Il garde son numéro."), **named)


ROUTES = [report, accept, send_back, reopen]
