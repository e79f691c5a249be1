"""/inspector/visits/{id}/report: write the report, read it whole, sign it, and lay it before the declarant."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, NotFound, Refusal, Stale
from visits.fieldwork.queries import record_of
from visits.journey.states import State
from visits.portals.signing import answer_in, typed_in, whole
from visits.portals.telling import at_office
from visits.reports import draft as drafts
from visits.reports import queries, view
from visits.reports.assemble import makers
from visits.reports.content import from_stored
from visits.reports.copies import printed
from visits.reports.draft import draft_from, draft_of, typed_of
from visits.reports.rules import GAPS, suggest_result
from visits.reports.sign import Preview, answer, cosign, count_try, preview, sign
from visits.reports.validate import returned_for
from visits.reports.words import AGENCIES, LANES, PARTY, QUALITIES, RESULTS, Result, SignerKind
from visits.roles import INSPECTORS
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

AnyRequest = Request[Any, Any, Any]

#: Refusals that are no answer to what was typed: shown as pages of their own.
AWAY = frozenset({401, 404})

#: Where each gap is filled: a field of this page, or a page of the visit.
FIELDS: dict[str, str] = {
    "result": "#result",
    "result-too-good": "#result",
    "conclusion": "#conclusion",
    "legal-basis": "#legal_basis",
    "invited": "#invited_to_attend",
    "read-out": "#read_to_party",
    "party": "#present",
    "agency": "#agencies",
    "duty": "#duty",
    "offence": "#offence",
    "seizure": "#seized",
    "sample": "#sample",
    "laboratory": "#laboratory",
    "start": "#started",
    "end": "#ended",
    "times": "#started",
}


def base_of(visit_id: UUID) -> str:
    """The address of the report of a visit."""
    return f"/inspector/visits/{visit_id}/report"


async def _mine(work: Work, visit_id: UUID) -> Case:
    case = await case_of(work, visit_id)
    if not await queries.is_inspector(work, case.visit):
        raise NotFound()
    return case


# ---------- what is shown ----------


async def show(
    work: Work,
    request: AnyRequest,
    visit_id: UUID,
    *,
    step: str = "",
    typed: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    """The report as its state asks: to be written, to be read and signed, or signed and to be answered."""
    case = await _mine(work, visit_id)
    at_office(request, case.office)
    shared = {
        "case": case,
        "base": base_of(visit_id),
        "place": case.title,
        "now": work.now,
        "refusal": sentence(request, refusal) if refusal else "",
        "refused": refusal.code if refusal else "",
        "typed": typed or {},
        "status": refusal.status if refusal else 200,
    }
    match State(case.visit.state):
        case State.ENDED | State.LAB if step == "sign" and case.visit.state == State.ENDED:
            return await _to_sign(work, request, case, shared)
        case State.ENDED | State.LAB:
            return await _to_write(work, request, case, shared, typed)
    if await queries.version_of(work, visit_id) is None:
        return go(f"/inspector/visits/{visit_id}")
    return await _signed(work, request, case, shared)


async def _to_write(
    work: Work, request: AnyRequest, case: Case, shared: dict[str, Any], typed: dict[str, str] | None
) -> Response[str]:
    language = language_of(request)
    report = await queries.report_of(work, case.visit.id)
    draft = draft_of(report, case.office)
    seen = await preview(work, case)
    content = seen.content
    suggested = suggest_result(
        content.findings,
        offences=content.offences,
        duty=content.duty,
        samples=content.samples,
        verdicts=content.verdicts,
    )
    returned = await queries.version_of(work, case.visit.id)
    drawn = await queries.inspector_of(work, case.visit)
    officers = await queries.officers_of(work, case.office.id)
    # A browser leaves out what nobody ticked: blanks stand in for it.
    blank = typed_of(drafts.Draft(), case.office)
    shared["typed"] = blank | typed if typed else typed_of(draft, case.office)
    return page(
        request,
        "inspector/report.html",
        **shared,
        revision=draft.revision,
        gaps=_gaps(seen, case, language),
        next_gap=_next(seen),
        suggested=suggested,
        suggestion=say(RESULTS[suggested], language),
        results=[(each.value, say(RESULTS[each], language)) for each in Result],
        lanes=[("", say(N_("Pas de proposition"), language))]
        + [(each.value, say(words, language)) for each, words in LANES.items()],
        qualities=[(each.value, say(QUALITIES[each], language)) for each in drafts.PRESENT],
        colleagues=[(str(person.id), person.name) for person, _ in officers if drawn is None or person.id != drawn.id],
        agencies=list(content.order.agencies),
        answers=[("", say(N_("Pas encore d'avis"), language))]
        + [(each.value, say(words, language)) for each, words in AGENCIES.items()],
        came=any(party.quality in PARTY for party in content.parties if party.name != draft.present),
        paper=bool(content.paper_reason),
        waiting=case.visit.state == State.LAB,
        view=view.view(content, language=language, tz=case.office.tz),
        returned=[say(words, language) for words in returned_for(returned) if words] if returned else [],
        returned_state=returned.state if returned else "",
    )


async def _to_sign(work: Work, request: AnyRequest, case: Case, shared: dict[str, Any]) -> Response[Any]:
    language = language_of(request)
    seen = await preview(work, case)
    if seen.gaps:
        return go(base_of(case.visit.id), flash=N_("Le rapport n'est pas complet : voyez ce qui manque."), kind="warn")
    return page(
        request,
        "inspector/report_sign.html",
        **shared,
        seal=seen.seal,
        view=view.view(seen.content, language=language, tz=case.office.tz),
    )


async def _signed(work: Work, request: AnyRequest, case: Case, shared: dict[str, Any]) -> Response[str]:
    language = language_of(request)
    frozen = await queries.version_of(work, case.visit.id)
    assert frozen is not None
    content = from_stored(frozen.content)
    given = await queries.signatures_of(work, frozen.id)
    signatures = tuple(printed(one) for one in given)
    draft = draft_of(await queries.report_of(work, case.visit.id), case.office)
    named = await makers(work, case, await record_of(work, case.visit.id), draft)
    people = await queries.people_by_id(work, list(named))
    signed_by = {one.person_id for one in given}
    party = next((party for party in content.parties if party.quality in PARTY), None)
    return page(
        request,
        "inspector/report_signed.html",
        **shared,
        frozen=frozen,
        open=case.visit.state == State.SIGNED,
        view=view.view(content, language=language, tz=case.office.tz),
        signatures=view.signed(content, signatures, language=language, tz=case.office.tz),
        grade=view.grade(content, signatures, language=language, tz=case.office.tz),
        answered=any(one.kind == SignerKind.DECLARANT for one in given),
        party=party.name if party else "",
        cosigners=[person for person_id, person in people.items() if person_id not in signed_by],
        agencies=list(content.order.agencies),
    )


def _gaps(seen: Preview, case: Case, language: str) -> list[tuple[str, str]]:
    """Everything missing, each with the address where it is filled."""
    visit = f"/inspector/visits/{case.visit.id}"
    return [(FIELDS.get(code, visit), say(GAPS[code], language)) for code in seen.gaps]


def _next(seen: Preview) -> str:
    """What the main button says while something is missing: the next missing thing."""
    return GAPS[seen.gaps[0]].rstrip(".") if seen.gaps else ""


# ---------- deeds ----------


async def _again(
    request: AnyRequest, visit_id: UUID, refusal: Refusal, *, step: str = "", typed: dict[str, str] | None = None
) -> Response[Any]:
    """The page with the refusal and what was typed; a password is never sent back."""
    if refusal.status in AWAY:
        raise refusal
    kept = {name: value for name, value in (typed or {}).items() if name != "password"}

    async def shown(work: Work) -> Response[Any]:
        return await show(work, request, visit_id, step=step, typed=kept or None, refusal=refusal)

    return await request.app.state.database.run(request.user, shown)  # type: ignore[no-any-return]


@get("/inspector/visits/{visit_id:uuid}/report", roles=INSPECTORS)
async def write(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """The report as it stands."""
    return await show(work, request, visit_id)


@post("/inspector/visits/{visit_id:uuid}/report", roles=INSPECTORS)
async def save(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Keep the draft, and go on to sign it if that was asked."""
    typed = await typed_in(request)

    async def use_case(work: Work) -> list[tuple[str, str]]:
        case = await _mine(work, visit_id)
        draft = draft_from(typed, case.office, tuple(case.visit.order.get("agencies") or ()))
        await drafts.save(work, visit_id, draft, revision=whole(typed, "revision"))
        return _gaps(await preview(work, case), case, language_of(request))

    try:
        gaps = await request.app.state.database.run(request.user, use_case)
    except (BadInput, Stale) as refusal:
        return await _again(request, visit_id, refusal, typed=typed)
    base = base_of(visit_id)
    if typed.get("then") in ("sign", "next") and not gaps:
        return go(f"{base}/sign")
    if typed.get("then") == "next":
        place = gaps[0][0]
        return go(base + place if place.startswith("#") else place)
    return go(base, flash=N_("Le brouillon est enregistré."))


@get("/inspector/visits/{visit_id:uuid}/report/sign", roles=INSPECTORS)
async def read(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """The whole report before it is signed."""
    return await show(work, request, visit_id, step="sign")


@post("/inspector/visits/{visit_id:uuid}/report/sign", roles=INSPECTORS)
async def sign_report(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Freeze and sign what was shown."""
    typed = await typed_in(request)
    database = request.app.state.database
    try:
        await database.run(request.user, count_try)
        await database.run(
            request.user,
            sign,
            visit_id,
            password=typed.get("password", ""),
            seal=typed.get("seal", ""),
            strokes=typed.get("officer_drawing", ""),
        )
    except Refusal as refusal:
        return await _again(request, visit_id, refusal, step="sign")
    return go(base_of(visit_id), flash=N_("Le rapport est signé. Lisez-le au déclarant et demandez sa réponse."))


@post("/inspector/visits/{visit_id:uuid}/report/cosign", roles=INSPECTORS)
async def cosign_report(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Another officer signs on this tablet."""
    typed = await typed_in(request)
    database, login = request.app.state.database, typed.get("login", "").strip()
    try:
        await database.run(request.user, count_try, login)
        await database.run(
            request.user,
            cosign,
            visit_id,
            version=whole(typed, "version"),
            login=login,
            password=typed.get("password", ""),
            strokes=typed.get("second_drawing", ""),
        )
    except Refusal as refusal:
        return await _again(request, visit_id, refusal, typed=typed)
    return go(base_of(visit_id), flash=N_("La seconde signature est enregistrée."))


@post("/inspector/visits/{visit_id:uuid}/report/answer", roles=INSPECTORS)
async def answer_here(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """The declarant answers on the inspector's tablet."""
    typed = await typed_in(request)
    try:
        await request.app.state.database.run(request.user, answer, visit_id, **answer_in(typed))
    except Refusal as refusal:
        return await _again(request, visit_id, refusal, typed=typed)
    return go(base_of(visit_id), flash=N_("La réponse du déclarant est enregistrée."))


ROUTES = [write, save, read, sign_report, cosign_report, answer_here]
