"""/chief/urgent: an urgent visit put into a day that is planned and named, at a start that is free (else `room.py`)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.assignment import insert, queries, waiting
from visits.assignment.rules import NobodyEligible
from visits.booking import queries as booking
from visits.booking import rules
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.journey.states import STATE_NAMES, State
from visits.portals.slots import day_of, instant_of
from visits.portals.telling import at_office, boxes
from visits.roles import CHIEFS
from visits.sites.hours import grid_of
from visits.sites.queries import office_by_id
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import date_near, day_time, duration, say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
#: Days among which the chief chooses: those on which somebody works, today first.
DAYS = 4
#: How far ahead they are looked for.
AHEAD = timedelta(days=10)
#: Starts proposed for a day.
MOST = 4


@get("/chief/urgent", roles=CHIEFS)
async def pick(work: Work, request: Asked) -> Response[str]:
    """The visits that have no time, those called urgent first."""
    at_office(request, await office_by_id(work, work.actor.office))
    found = await waiting.without_time(work)
    language = language_of(request)
    return page(
        request,
        "chief/urgent.html",
        rows=[(each, boxes(each.case.declaration, language)) for each in found],
        most=waiting.MOST,
        now=work.now,
    )


@get("/chief/urgent/{visit_id:uuid}", roles=CHIEFS)
async def look(work: Work, request: Asked, visit_id: FromPath[UUID], day: FromQuery[str] = "") -> Response[str]:
    """The starts it could have, what each costs, and who would wait; nothing is kept yet."""
    return await _page(work, request, visit_id, day_of(day))


@post("/chief/urgent/{visit_id:uuid}", roles=CHIEFS)
async def take(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Book the chosen start; sent twice it is booked once."""
    database: Database = request.app.state.database
    form = await request.form()
    day, start = day_of(str(form.get("day") or "")), instant_of(str(form.get("start") or ""))
    reason = str(form.get("reason") or "")
    errors = {} if start and day else {"start": N_("Choisissez une heure.")}
    if not reason.strip():
        errors["reason"] = rules.WhyNeeded.says
    refused: Refusal | None = None
    if start and day and not errors:
        try:
            await database.run(
                request.user, insert.insert, request.app.state.tools, visit_id, day, reason=reason, starts_at=start
            )
        except (rules.SlotTaken, rules.SlotPast, rules.SlotKept, rules.QuotaReached, NobodyEligible) as refusal:
            refused = refusal
        else:
            return go(
                f"/office/visits/{visit_id}", flash=N_("La visite urgente a son heure. Le déclarant est prévenu.")
            )

    async def again(work: Work) -> Response[str]:
        return await _page(work, request, visit_id, day, start=start, reason=reason, errors=errors, refused=refused)

    return await database.run(request.user, again)


async def _days(work: Work, case: Case) -> list[date]:
    today = grid_of(case.office).day_of(work.now)
    works = await queries.work_days(work, case.office.id, today, today + AHEAD)
    return [day for day, bits in works if bits][:DAYS]


async def _page(
    work: Work,
    request: Asked,
    visit_id: UUID,
    day: date | None,
    *,
    start: datetime | None = None,
    reason: str = "",
    errors: dict[str, str] | None = None,
    refused: Refusal | None = None,
) -> Response[str]:
    case = await case_of(work, visit_id)
    zone, language = at_office(request, case.office), language_of(request)
    state, days = State(case.visit.state), await _days(work, case)
    found: list[insert.Proposal] = []
    nobody: Refusal | None = None
    booked = (await booking.live_of(work, visit_id)).get("confirmed") if state is State.BOOKED else None
    day = day if day in days else next(iter(days), None)
    if state is State.TO_BOOK and day is not None:
        try:
            found = await insert.proposals(work, visit_id, day, most=MOST)
        except (NobodyEligible, rules.PlaceFirst) as no:
            nobody = no
    return page(
        request,
        "chief/urgent_visit.html",
        status=refused.status if refused else 422 if errors else 200,
        case=case,
        boxes=boxes(case.declaration, language),
        length=timedelta(minutes=case.visit.minutes),
        open=state is State.TO_BOOK,
        state_name=say(STATE_NAMES[state], language),
        booked=day_time(booked.during.lower, language, zone) if booked else "",
        days=[(each, date_near(each, language)) for each in days],
        day=day,
        choices=[_choice(each, case, work.now, language, zone) for each in found],
        chosen=start.isoformat() if start else found[0].starts_at.isoformat() if found else "",
        reason=reason,
        errors={name: say(text, language) for name, text in (errors or {}).items()},
        refused=sentence(request, refused) if refused else "",
        nobody=sentence(request, nobody) if nobody else "",
        now=work.now,
    )


def _choice(each: insert.Proposal, case: Case, now: datetime, language: str, zone: Any) -> tuple[str, str, str]:
    """A start as a radio: its hour, how long the visit waits, what it costs the officers."""
    told = say(
        N_("Elle attend %(wait)s. Personne d'autre n'attend. Route et charge en plus : %(cost)s min."),
        language,
        wait=duration(each.starts_at - now, language),
        cost=each.cost,
    )
    return each.starts_at.isoformat(), day_time(each.starts_at, language, zone), told


ROUTES = [pick, look, take]
