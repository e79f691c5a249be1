"""/chief/walkin: somebody stands at the counter without an appointment: the first free time now, and a ticket."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import queries, rules
from visits.booking.next_free import NothingToday, first_today, walk_in
from visits.booking.offer import offer
from visits.booking.token_keys import confirmation
from visits.booking.where import where_of
from visits.declarations.queries import case_of
from visits.errors import NotFound, Refusal
from visits.journey.states import LEVEL_NAMES, STATE_NAMES, Level, State
from visits.portals import queries as cases
from visits.portals.slots import Telling
from visits.portals.telling import at_office, boxes, place_name
from visits.roles import CHIEFS
from visits.sites.queries import office_by_id
from visits.store.work import Database, Work
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

#: Rows of a search at the counter: whoever types three figures more gets one.
MOST = 10


@get("/chief/walkin", roles=CHIEFS)
async def find(work: Work, request: Request, q: FromQuery[str] = "") -> Response[Any]:  # type: ignore[type-arg]
    """Find the visit of whoever stands there."""
    at_office(request, await office_by_id(work, work.actor.office))
    typed, language = " ".join(q.split())[:100], language_of(request)
    hits = [each for each in await cases.search(work, typed, None, 1) if each.visit] if len(typed) > 1 else []
    return page(
        request,
        "chief/walkin.html",
        typed=typed,
        rows=[
            {
                "href": f"/chief/visits/{hit.visit.id}/walkin",
                "title": hit.title,
                "state": say(STATE_NAMES[State(hit.visit.state)], language),
                "about": " · ".join(part for part in (hit.declaration.consignee_name, hit.declaration.goods) if part),
            }
            for hit in hits[:MOST]
            if hit.visit is not None
        ],
    )


@get("/chief/visits/{visit_id:uuid}/walkin", roles=CHIEFS)
async def look(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The first possible time now; nothing is taken by looking."""
    return await _page(work, request, visit_id)


@post("/chief/visits/{visit_id:uuid}/walkin", roles=CHIEFS)
async def take(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Take it and show the ticket; refused clearly when nothing is free."""
    database: Database = request.app.state.database
    reason = str((await request.form()).get("reason") or "")
    try:
        await database.run(request.user, walk_in, visit_id, reason=reason)
    except (NothingToday, rules.WhyNeeded) as no:
        refused: Refusal = no

        async def again(work: Work) -> Response[Any]:
            return await _page(work, request, visit_id, reason=reason, refused=refused)

        return await database.run(request.user, again)
    return go(f"/chief/visits/{visit_id}/ticket")


@get("/chief/visits/{visit_id:uuid}/ticket", roles=CHIEFS)
async def ticket(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The appointment on paper: the hour, the place, the reference and its signed code."""
    case = await case_of(work, visit_id)
    found = (await queries.live_of(work, visit_id)).get("confirmed")
    if found is None or State(case.visit.state) is not State.BOOKED:
        raise NotFound()
    at_office(request, case.office)
    language = language_of(request)
    return page(
        request,
        "chief/ticket.html",
        case=case,
        found=found,
        code=await confirmation(work, request.app.state.tools.vault, case, found),
        where=(where := await where_of(work, case.visit)),
        place=place_name(where, language, bay=True),
        level_name=say(LEVEL_NAMES[Level(case.visit.level)], language),
        boxes=boxes(case.declaration, language),
        now=work.now,
    )


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    visit_id: UUID,
    *,
    reason: str = "",
    refused: Refusal | None = None,
) -> Response[Any]:
    case = await case_of(work, visit_id)
    zone, language = at_office(request, case.office), language_of(request)
    state = State(case.visit.state)
    booked = (await queries.live_of(work, visit_id)).get("confirmed") if state is State.BOOKED else None
    found = None
    if state is State.TO_BOOK:
        try:
            found = await offer(work, case)
        except rules.PlaceFirst as no:
            refused = refused or no
    slot, told = (first_today(found), Telling(offer=found, language=language, zone=zone)) if found else (None, None)
    return page(
        request,
        "chief/walkin_visit.html",
        status=refused.status if refused else 200,
        case=case,
        boxes=boxes(case.declaration, language),
        where=(where := await where_of(work, case.visit)),
        place=place_name(where, language, bay=True),
        level_name=say(LEVEL_NAMES[Level(case.visit.level)], language),
        state_name=say(STATE_NAMES[state], language),
        looked=found is not None,
        booked=booked,
        slot=slot,
        later=told.moment(found.first.starts_at) if found and told and found.first and not slot else "",
        reasons=told.reasons() if told and not slot else [],
        reason=reason,
        refused=sentence(request, refused) if refused else "",
    )


ROUTES = [find, look, take, ticket]
