"""/chief/assignment: visits nobody may be drawn for, replacements that need a second chief, and why who was drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.assignment import queries, replace, waiting
from visits.assignment.draw import draw_now, draws_at, who_could_come
from visits.assignment.rules import REASONS, SENTENCES, TOLD, NobodyEligible, Policy
from visits.assignment.told import told_of
from visits.declarations.queries import case_of
from visits.errors import BadInput
from visits.portals.chief.postings import postings
from visits.portals.explained import for_staff
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.languages import NAMES
from visits.sites.policies import policy
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A visit without inspector, and who stands where."""

    seen: waiting.Seen
    #: Since when: the moment of the draw, or of the state if that came later.
    since: datetime
    #: How many could be drawn if one tried now.
    ready: int
    excluded: list[tuple[str, str]]
    #: The language the visit asks for beside the office's own, if it does.
    language: str = ""


@get("/chief/assignment", roles=CHIEFS)
async def board(work: Work, request: Asked) -> Response[str]:
    """The three lists."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    freeze = timedelta(minutes=policy(office, Policy).freeze_minutes)
    alone = await waiting.without_inspector(work, freeze)
    return page(
        request,
        "chief/assignment.html",
        blocked=[await _blocked(work, each, language_of(request)) for each in alone],
        late=await waiting.late(work),
        requests=await waiting.asked(work),
        drawn=await waiting.with_inspector(work),
        reasons=TOLD,
        me=work.actor.person,
        now=work.now,
        postings=await postings(work, office),
    )


async def _blocked(work: Work, seen: waiting.Seen, language: str) -> Blocked:
    field = await who_could_come(work, seen.case)
    began = seen.case.visit.state_since
    since = max(began, draws_at(seen.case, seen.starts_at)) if seen.starts_at else began
    if field is None:
        return Blocked(seen=seen, since=since, ready=0, excluded=[])
    names = await queries.names_of(work, [each for each, _ in field.excluded])
    return Blocked(
        seen=seen,
        since=since,
        ready=len(field.eligible),
        excluded=[(names.get(each, ""), say(SENTENCES[code], language)) for each, code in field.excluded],
        language=say(NAMES[asked], language) if (asked := seen.case.visit.order.get("language")) else "",
    )


@post("/chief/assignment/{visit_id:uuid}/draw", roles=CHIEFS)
async def again(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Try a blocked draw again; it is still a draw."""
    try:
        await draw_now(work, request.app.state.tools, visit_id)
    except NobodyEligible:
        return go("/chief/assignment", flash=N_("Personne ne peut encore être tiré. Rien n'a changé."), kind="warn")
    return go(f"/chief/assignment/{visit_id}", flash=N_("Le vérificateur est tiré au sort."))


@get("/chief/assignment/{visit_id:uuid}", roles=CHIEFS)
async def one(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[str]:
    """Why this inspector, and the way to ask for another draw."""
    return await _one(work, request, visit_id)


@post("/chief/assignment/{visit_id:uuid}", roles=CHIEFS)
async def ask(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Ask for another draw, with a reason; a second chief decides."""
    typed = await request.form()
    reason, remark = str(typed.get("reason", "")), str(typed.get("remark", "")).strip()[:500]
    if reason not in REASONS:
        errors = {"reason": N_("Choisissez un motif dans la liste.")}
        return await _one(work, request, visit_id, reason=reason, remark=remark, errors=errors)
    await replace.ask(work, visit_id, reason, remark)
    return go("/chief/assignment", flash=N_("La demande attend l'avis d'un autre chef. Rien ne change d'ici là."))


@post("/chief/assignment/requests/{request_id:uuid}", roles=CHIEFS)
async def decide(work: Work, request: Asked, request_id: FromPath[UUID]) -> Response[Any]:
    """The second pair of eyes."""
    typed = await request.form()
    choice = str(typed.get("choice", ""))
    if choice not in ("agree", "refuse"):
        raise BadInput(field="choice")
    made = await replace.decide(work, request.app.state.tools, request_id, agree=choice == "agree")
    if choice == "refuse":
        flash = N_("Le remplacement est refusé. Le vérificateur reste le même.")
    elif made is None:
        flash = N_("Le vérificateur est retiré. Personne d'autre ne peut être tiré pour l'instant.")
    else:
        flash = N_("Un autre vérificateur est tiré au sort.")
    return go("/chief/assignment", flash=flash)


async def _one(
    work: Work,
    request: Asked,
    visit_id: UUID,
    *,
    reason: str = "",
    remark: str = "",
    errors: dict[str, str] | None = None,
) -> Response[str]:
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    language = language_of(request)
    draws = [for_staff(each, language) for each in reversed(await told_of(work, visit_id))]
    live = await queries.live_assignment(work, visit_id)
    seat = await queries.seat_of(work, visit_id)
    work.audit("draw_seen", visit_id, office=case.office.id)
    return page(
        request,
        "chief/assignment_visit.html",
        status=BadInput.status if errors else 200,
        case=case,
        starts_at=seat[0].during.lower if seat else None,
        live=live,
        now_has=next((each for each in draws if live is not None and each["draw"].id == live.draw_id), None),
        draws=draws,
        asked=await queries.open_reassignment(work, visit_id),
        reasons=[(code, say(text, language)) for code, text in REASONS.items()],
        reason=reason,
        remark=remark,
        errors={name: say(text, language) for name, text in (errors or {}).items()},
    )


ROUTES = [board, again, decide, one, ask]
