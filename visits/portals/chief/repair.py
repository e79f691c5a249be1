"""/chief/repair: today after an absence, an overrun or a no-show: seen first, mended in one step, the names by draw."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath

from scheduling import Outcome
from visits.assignment import queries
from visits.assignment.repair import Line, draft_of
from visits.assignment.repair_apply import RuleBroken, apply
from visits.assignment.rules import ABSENCES, SENTENCES
from visits.booking import replan_rows
from visits.booking.edit import edit_calendar
from visits.booking.replan_apply import PlanChanged
from visits.booking.rules import WhyNeeded
from visits.declarations.queries import case_of
from visits.errors import BadInput, NotFound, Refusal
from visits.ids import new_id
from visits.portals.chief.replan import OUTCOMES, uuid_of
from visits.portals.supervisor import queries as board
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.admin import add_absence
from visits.sites.hours import grid_of
from visits.sites.queries import office_by_id
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import day_time, duration, say, time_of
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/chief/repair"

#: Why a visit does not hold.
CAUSES: dict[str, str] = {
    "off_duty": N_("vérificateur ou lieu indisponible"),
    "busy": N_("la visite précédente n'est pas finie"),
    "no_show": N_("le vérificateur ne s'est pas présenté"),
    "nobody": N_("sans vérificateur"),
    "along": N_("fait place à une autre, à la même heure"),
    "displaced": N_("fait place à la visite urgente"),
}
#: How long somebody is away from now on; 0: for the rest of the day.
SPANS: dict[str, tuple[int, str]] = {
    "0": (0, N_("jusqu'à la fin de la journée")),
    "60": (60, N_("1 heure")),
    "120": (120, N_("2 heures")),
    "240": (240, N_("4 heures")),
}


@get(PATH, roles=CHIEFS)
async def shown(work: Work, request: Asked) -> Response[str]:
    """What would become of today's visits; who comes instead is nobody's to know before it is drawn."""
    return await _page(work, request)


@post(PATH, roles=CHIEFS)
async def take(request: Asked) -> Response[Any]:
    """Mend what was seen; if it would be mended otherwise by now, that is shown, and nothing is done."""
    database: Database = request.app.state.database
    form = await request.form()
    seen, reason = frozenset(str(each) for each in form.getall("seen", [])), str(form.get("reason") or "")
    run_id = uuid_of(str(form.get("run") or ""), "run")
    refused: Refusal
    try:
        await database.run(request.user, apply, request.app.state.tools, run_id, seen, reason)
    except (PlanChanged, RuleBroken, WhyNeeded) as no:
        refused = no
    else:
        return go(f"{PATH}/{run_id}", flash=N_("La journée est réparée. Les déclarants concernés sont prévenus."))

    async def again(work: Work) -> Response[str]:
        return await _page(work, request, seen=seen, reason=reason, refused=refused)

    return await database.run(request.user, again)


@post("/chief/repair/absence", roles=CHIEFS)
async def away(work: Work, request: Asked) -> Response[Any]:
    """Somebody is not there from now on; the calendars say so, and the page shows what that tears."""
    form = await request.form()
    officer, why = uuid_of(str(form.get("officer") or ""), "officer"), str(form.get("why") or "")
    span = SPANS.get(str(form.get("span") or ""))
    if span is None or why not in ABSENCES:
        raise BadInput(field="span" if span is None else "why")
    office = await office_by_id(work, work.actor.office)
    if officer not in await queries.officer_ids(work, office.id):
        raise NotFound()
    start, end = _hours(work.now.astimezone(ZoneInfo(office.tz)), span[0])

    async def change(inner: Work) -> object:
        return await add_absence(inner, officer, start, end, why)

    await edit_calendar(work, office.id, change, confirmed=True, resource_id=officer)
    return go(PATH, flash=N_("L'absence est notée. Voici ce qu'elle change."))


def _hours(now: datetime, minutes: int) -> tuple[datetime, datetime]:
    """From now on, on the office's own clock, until so much later or midnight."""
    start = now.replace(second=0, microsecond=0, tzinfo=None)
    midnight = start.replace(hour=0, minute=0) + timedelta(days=1)
    return start, min(midnight, start + timedelta(minutes=minutes)) if minutes else midnight


@get("/chief/repair/{run_id:uuid}", roles=CHIEFS)
async def done(work: Work, request: Asked, run_id: FromPath[UUID]) -> Response[str]:
    """What was done, visit by visit, with the draw of each name."""
    run = await replan_rows.run_for_update(work, run_id)
    office = await office_by_id(work, run.office_id)
    zone, language = at_office(request, office), language_of(request)
    rows: list[dict[str, Any]] = []
    for step, visit in sorted(await replan_rows.steps_of(work, run.id), key=lambda each: each[0].was_at):
        live = await queries.live_assignment(work, visit.id)
        names = await queries.names_of(work, [live.resource_id]) if live else {}
        rows.append(
            {
                "case": await case_of(work, visit.id),
                "name": names.get(live.resource_id, "") if live else "",
                "outcome": Outcome(step.outcome),
                "said": say(OUTCOMES[Outcome(step.outcome)], language),
                "was": time_of(step.was_at, language, zone),
                "at": time_of(step.starts_at, language, zone),
                "rule": say(SENTENCES.get(step.rule, step.rule), language) if step.rule else "",
            }
        )
    return page(request, "chief/repair_done.html", run=run, when=day_time(run.at, language, zone), rows=rows)


async def _page(
    work: Work,
    request: Asked,
    *,
    seen: frozenset[str] | None = None,
    reason: str = "",
    refused: Refusal | None = None,
) -> Response[str]:
    office = await office_by_id(work, work.actor.office)
    zone, language = at_office(request, office), language_of(request)
    draft = await draft_of(work, office)
    names = await queries.names_of(work, [line.had for line in draft.lines if line.had])
    counts = {each: sum(line.fate.outcome is each for line in draft.lines) for each in Outcome}
    missing = isinstance(refused, WhyNeeded)
    officers = await board.officers(work, office.id, grid_of(office).day_of(work.now))
    return page(
        request,
        "chief/repair.html",
        status=refused.status if refused else 200,
        rows=[row_of(line, names, language, zone, seen if refused and not missing else None) for line in draft.lines],
        keeps=counts[Outcome.KEEPS],
        moves=counts[Outcome.MOVES],
        left=counts[Outcome.LEFT],
        waits=timedelta(minutes=sum(line.fate.waits for line in draft.lines)),
        seen=sorted(draft.seen),
        run=new_id(),
        reason=reason,
        refused=sentence(request, refused) if refused and not missing else "",
        errors={"reason": sentence(request, refused)} if refused and missing else {},
        officers=[(str(each), name) for each, name in officers],
        spans=[(key, say(text, language)) for key, (_, text) in SPANS.items()],
        whys=[(key, say(text, language)) for key, text in ABSENCES.items()],
        now=work.now,
    )


def row_of(
    line: Line, names: dict[UUID, str], language: str, zone: ZoneInfo, seen: frozenset[str] | None
) -> dict[str, Any]:
    """One visit: before, why, after; the name to come stays open."""
    fate = line.fate
    assert line.was is not None
    was, at = time_of(line.was.during.lower, language, zone), time_of(line.starts_at, language, zone)
    if fate.outcome is Outcome.LEFT:
        after = say(
            N_("au chef de visite : %(rule)s"), language, rule=say(SENTENCES.get(fate.rule, fate.rule), language)
        )
    elif fate.outcome is Outcome.MOVES:
        after = say(
            N_("%(at)s, attend %(wait)s"), language, at=at, wait=duration(timedelta(minutes=fate.waits), language)
        )
    else:
        after = say(N_("%(at)s, à l'heure promise"), language, at=at)
    return {
        "case": line.case,
        "was": was,
        "had": names.get(line.had, "") if line.had else "",
        "cause": say(CAUSES.get(line.cause, line.cause), language),
        "outcome": fate.outcome,
        "said": say(OUTCOMES[fate.outcome], language),
        "after": after,
        "able": line.able,
        "changed": seen is not None and line.seen not in seen,
    }


ROUTES = [shown, take, away, done]
