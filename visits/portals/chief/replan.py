"""/chief/replan: appointments whose officer or place fell away, placed anew at once: seen, applied, undone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from scheduling import LIMITED, Outcome
from visits.booking import groups_rows, replan_rows
from visits.booking.prearrival import KEPT
from visits.booking.replan import Draft, Line, draft_of
from visits.booking.replan_apply import PlanChanged, apply
from visits.booking.replan_regular import PlaceLine
from visits.booking.replan_tables import ReplanPlace, ReplanRun, ReplanStep
from visits.booking.replan_undo import UndoTooLate, undo
from visits.booking.rules import WhyNeeded
from visits.errors import BadInput
from visits.ids import new_id
from visits.journey.states import State
from visits.people.tables import Firm
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Resource
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say, say_many
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/chief/replan"

#: What a line says becomes of its appointment.
OUTCOMES: dict[Outcome, str] = {
    Outcome.KEEPS: N_("garde son heure"),
    Outcome.MOVES: N_("change d'heure"),
    Outcome.LEFT: N_("sans solution"),
}
#: What is said of visits booked one after the other, by whether one officer takes them all.
TOGETHER: dict[bool, str] = {
    True: N_("avec les visites touchées de son groupe, un seul agent"),
    False: N_("se sépare de son groupe : aucun agent ne peut prendre toutes les visites touchées à leurs heures"),
}
#: Roles that are a place or a machine.
PLACES = frozenset({"bay", "scanner", "forklift"})
#: Which role blocks an appointment that finds no time.
BLOCKS: dict[str, str] = {
    "officer": N_("Aucun agent n'est libre ces prochains jours."),
    "bay": N_("Aucune aire n'est libre ces prochains jours."),
    "scanner": N_("Aucun scanner n'est libre ces prochains jours."),
    "forklift": N_("Aucun chariot n'est libre ces prochains jours."),
    "agency": N_("Aucun agent de l'organisme n'est libre ces prochains jours."),
    LIMITED: N_("Les places libres sont gardées pour d'autres visites, ou leur nombre est limité."),
    "": N_("Tout est libre à un moment, jamais ensemble."),
}


def uuid_of(text: str, field: str) -> UUID:
    """An id a form sends back."""
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field=field) from None


@get(PATH, roles=CHIEFS)
async def shown(work: Work, request: Asked) -> Response[str]:
    """The plan as it would be applied now, and what was applied lately."""
    return await _page(work, request)


@post(PATH, roles=CHIEFS)
async def take(request: Asked) -> Response[Any]:
    """Apply what was seen; what changed meanwhile is shown instead, and nothing is applied."""
    database: Database = request.app.state.database
    form = await request.form()
    seen, reason = frozenset(str(each) for each in form.getall("seen", [])), str(form.get("reason") or "")
    run_id = uuid_of(str(form.get("run") or ""), "run")
    try:
        await database.run(request.user, apply, run_id, seen, reason)
    except PlanChanged as refusal:
        told = sentence(request, refusal)

        async def again(work: Work) -> Response[str]:
            return await _page(work, request, seen=seen, reason=reason, refused=told, status=409)

        return await database.run(request.user, again)
    except WhyNeeded as refusal:
        missing = sentence(request, refusal)

        async def asked(work: Work) -> Response[str]:
            return await _page(work, request, errors={"reason": missing}, status=422)

        return await database.run(request.user, asked)
    return go(PATH, flash=N_("Le plan est appliqué. Les déclarants concernés reçoivent un message."))


@post("/chief/replan/{run_id:uuid}/undo", roles=CHIEFS)
async def take_back(request: Asked, run_id: FromPath[UUID]) -> Response[Any]:
    """Put back what still stands as it was applied."""
    database: Database = request.app.state.database
    try:
        back, stay = await database.run(request.user, undo, run_id)
    except UndoTooLate as refusal:
        return go(PATH, flash=sentence(request, refusal), kind="warn")
    language = language_of(request)
    text = say_many(N_("%(num)s rendez-vous remis."), N_("%(num)s rendez-vous remis."), back, language)
    if stay:
        text += " " + say_many(
            N_("%(num)s a changé depuis et reste."), N_("%(num)s ont changé depuis et restent."), stay, language
        )
    return go(PATH, flash=text, kind="warn" if stay else "ok")


async def _page(
    work: Work,
    request: Asked,
    *,
    seen: frozenset[str] | None = None,
    reason: str = "",
    refused: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    language = language_of(request)
    draft = await draft_of(work, office)
    names = {str(each.id): each.name for each in await _resources(work, draft)}
    lasts = timedelta(minutes=policy(office, Policies).undo_minutes)
    runs = [await _run(work, each, lasts) for each in await replan_rows.runs_of(work, office.id)]
    return page(
        request,
        "chief/replan.html",
        status=status,
        rows=[_row(line, names, language, seen) | {"group": await _group(work, line)} for line in draft.lines],
        places=[await _place(work, each, language, seen) for each in draft.places],
        seen=sorted(draft.seen),
        gone=len(seen - draft.seen) if seen is not None else 0,
        keeps=draft.count(Outcome.KEEPS),
        moves=draft.count(Outcome.MOVES),
        left=draft.count(Outcome.LEFT),
        cancelled=sum(
            each.outcome is Outcome.LEFT and State(each.asked.case.visit.state) not in KEPT for each in draft.lines
        ),
        waits=timedelta(minutes=draft.minutes),
        run=new_id(),
        reason=reason,
        refused=refused,
        errors=errors or {},
        runs=runs,
        now=work.now,
    )


async def _resources(work: Work, draft: Draft) -> list[Resource]:
    wanted = {UUID(each) for line in draft.lines for each in line.answer.resources.values()}
    return [found for each in sorted(wanted) if (found := await work.session.get(Resource, each)) is not None]


def _row(line: Line, names: Mapping[str, str], language: str, seen: frozenset[str] | None) -> dict[str, Any]:
    """One line; the place that changes is named, an officer is nobody's to know before the draw."""
    lost = {part.role for part in line.parts if part.stranded_since is not None}
    given = line.answer.resources
    other = [names.get(given[role], "") for role in sorted(lost.intersection(PLACES)) if role in given]
    if given and lost.difference(PLACES):
        other.append(say(N_("un autre agent"), language))
    return {
        "line": line,
        "case": line.asked.case,
        "provisional": State(line.asked.case.visit.state) in KEPT,
        "outcome": say(OUTCOMES[line.outcome], language),
        "together": say(TOGETHER[line.answer.whole], language) if line.answer.whole is not None else "",
        "other": ", ".join(each for each in other if each),
        "why": say(BLOCKS.get(line.answer.rule.partition(":")[0], BLOCKS[""]), language)
        if line.outcome is Outcome.LEFT
        else "",
        "changed": seen is not None and line.seen not in seen,
    }


async def _group(work: Work, line: Line) -> int:
    """How many visits were booked with one that loses its time or officer; 0 if it was booked alone."""
    if line.outcome is Outcome.KEEPS and line.answer.whole is None:
        return 0
    _, count = await groups_rows.group_of(work, line.asked.case.visit.id) or (None, 0)
    return count


async def _place(work: Work, line: PlaceLine, language: str, seen: frozenset[str] | None) -> dict[str, Any]:
    """A place kept for a firm every week: with somebody else, or given up."""
    firm = await work.session.get_one(Firm, line.place.hours.firm_id)
    return {
        "firm": firm.name,
        "when": line.place.was.during.lower,
        "keeps": line.outcome is Outcome.KEEPS,
        "why": "" if line.outcome is Outcome.KEEPS else say(N_("Rien d'autre n'est libre à cette heure."), language),
        "changed": seen is not None and line.seen not in seen,
    }


async def _run(work: Work, run: ReplanRun, lasts: timedelta) -> dict[str, Any]:
    steps, places = await replan_rows.steps_of(work, run.id), await replan_rows.places_of(work, run.id)
    done: list[ReplanStep | ReplanPlace] = [*(step for step, _ in steps), *places]
    until = run.at + lasts
    return {
        "run": run,
        "count": sum(each.outcome != Outcome.LEFT for each in done),
        "left": sum(each.outcome == Outcome.LEFT for each in done),
        "back": sum(each.state == "undone" for each in done),
        "refused": sum(step.answer == "refused" for step, _ in steps),
        "until": until
        if run.undone_at is None and work.now <= until and any(each.resources for each in done)
        else None,
    }


ROUTES = [shown, take, take_back]
