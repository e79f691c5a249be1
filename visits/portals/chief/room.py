"""/chief/urgent/…/room: who would give way to an urgent visit today, seen first, then done as it was seen."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from scheduling import Outcome, Way
from visits.assignment import queries
from visits.assignment.displace import (
    MendFirst,
    NobodyGivesWay,
    NotUrgent,
    StillFree,
    asks,
    make_room,
)
from visits.assignment.repair import Draft
from visits.assignment.repair_apply import RuleBroken
from visits.assignment.rules import NobodyEligible
from visits.assignment.witness import WitnessAwaited
from visits.booking.replan_apply import PlanChanged
from visits.booking.rules import PlaceFirst, WhyNeeded
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.ids import new_id
from visits.portals.chief.repair import row_of
from visits.portals.chief.replan import uuid_of
from visits.portals.slots import instant_of
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import duration, say_many, time_of
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/chief/urgent/{visit_id:uuid}/room"
#: Why there is nothing to see, and where to go on.
NOTHING = (NotUrgent, MendFirst, StillFree, NobodyGivesWay, NobodyEligible, PlaceFirst)


@get(PATH, roles=CHIEFS)
async def look(work: Work, request: Asked, visit_id: FromPath[UUID], start: FromQuery[str] = "") -> Response[Any]:
    """The starts it could have, and what becomes of the others with one of them; nothing is kept yet."""
    return await _page(work, request, visit_id, instant_of(start))


@post(PATH, roles=CHIEFS)
async def take(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Do what was seen; if it would be otherwise by now, that is shown, and nothing is done."""
    database: Database = request.app.state.database
    form = await request.form()
    seen, reason = frozenset(str(each) for each in form.getall("seen", [])), str(form.get("reason") or "")
    run_id, start = uuid_of(str(form.get("run") or ""), "run"), instant_of(str(form.get("start") or ""))
    refused: Refusal
    try:
        if start is None:
            raise PlanChanged(count=1)
        await database.run(request.user, make_room, request.app.state.tools, run_id, visit_id, start, seen, reason)
    except (PlanChanged, RuleBroken, WhyNeeded, WitnessAwaited, *NOTHING) as no:
        refused = no
    else:
        told = N_("La visite urgente a son heure. Les déclarants concernés sont prévenus.")
        return go(f"/chief/repair/{run_id}", flash=told)

    async def again(work: Work) -> Response[Any]:
        return await _page(work, request, visit_id, start, seen=seen, reason=reason, refused=refused)

    return await database.run(request.user, again)


async def _page(
    work: Work,
    request: Asked,
    visit_id: UUID,
    start: datetime | None,
    *,
    seen: frozenset[str] | None = None,
    reason: str = "",
    refused: Refusal | None = None,
) -> Response[Any]:
    case = await case_of(work, visit_id)
    zone, language = at_office(request, case.office), language_of(request)
    found: list[Way] = []
    draft: Draft | None = None
    nothing: Refusal | None = None
    times: dict[int, datetime] = {}
    try:
        asked = await asks(work, visit_id)
        found = asked.starts()
        if not found:
            raise NobodyGivesWay()
        times = {way.start: asked.seen.read.at(way.start) for way in found}
        chosen = next((each for each, at in times.items() if at == start), found[0].start)
        draft = asked.draft(chosen)
    except NOTHING as no:
        nothing = no
    except PlanChanged:
        # It has a time by now: what it has is told where it was chosen.
        return go(f"/chief/urgent/{visit_id}")
    missing = isinstance(refused, WhyNeeded)
    changed = seen if refused and not missing else None
    others = draft.others if draft else ()
    names = await queries.names_of(work, [line.had for line in others if line.had])
    return page(
        request,
        "chief/room.html",
        status=refused.status if refused else 200,
        case=case,
        choices=[_choice(way, times[way.start], visit_id, language, zone) for way in found],
        at=draft.urgent.starts_at if draft and draft.urgent else None,
        able=draft.urgent.able if draft and draft.urgent else 0,
        rows=[row_of(line, names, language, zone, changed) for line in others],
        keeps=sum(line.fate.outcome is Outcome.KEEPS for line in others),
        moves=sum(line.fate.outcome is Outcome.MOVES for line in others),
        waits=timedelta(minutes=sum(line.fate.waits for line in others)),
        seen=sorted(draft.seen) if draft else [],
        run=new_id(),
        reason=reason,
        nothing=sentence(request, nothing) if nothing else "",
        mend=isinstance(nothing, MendFirst),
        call=isinstance(nothing, NotUrgent),
        refused=sentence(request, refused) if refused and not missing and not nothing else "",
        errors={"reason": sentence(request, refused)} if refused and missing else {},
        now=work.now,
    )


def _choice(way: Way, at: datetime, visit_id: UUID, language: str, zone: Any) -> tuple[str, str, str, datetime]:
    """A start: its page, its hour, what it does to others."""
    others = [each for each in way.mended.fates if each.visit != str(visit_id)]
    moves = [each for each in others if each.outcome is Outcome.MOVES]
    waits = timedelta(minutes=sum(each.waits for each in moves))
    told = [
        say_many(N_("%(num)s visite change d'heure"), N_("%(num)s visites changent d'heure"), len(moves), language)
        + (f" ({duration(waits, language)})" if moves else ""),
        say_many(
            N_("%(num)s change seulement de vérificateur ou d'aire"),
            N_("%(num)s changent seulement de vérificateur ou d'aire"),
            len(others) - len(moves),
            language,
        ),
    ]
    kept = [text for text, count in zip(told, (len(moves), len(others) - len(moves)), strict=True) if count]
    return (
        f"/chief/urgent/{visit_id}/room?start={at.isoformat().replace('+', '%2B')}",
        time_of(at, language, zone),
        " · ".join(kept),
        at,
    )


ROUTES = [look, take]
