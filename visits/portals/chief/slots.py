"""/chief/visits/{id}/slots: a time booked or moved for a declarant, within the notice if need be, with its reason."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import rules
from visits.booking.change import move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.offer import Offer, counted, offer
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.portals.chief.queries import Stranded, stranded
from visits.portals.slots import Telling, day_of, instant_of
from visits.portals.telling import at_office, boxes, city_of
from visits.roles import CHIEFS
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

#: Days shown at once; any later one of the sixty is reached by its address.
DAYS = 20


async def book(work: Work, visit_id: UUID, starts_at: datetime, reason: str) -> None:
    """Hold and confirm, or move, in one step: staff have decided when they send."""
    booked = (await offer(work, await case_of(work, visit_id))).booked
    if booked is not None:
        await move(work, booked.id, starts_at, reason=reason)
    else:
        await confirm(work, (await hold(work, visit_id, starts_at, reason=reason)).id)


@get("/chief/visits/{visit_id:uuid}/slots", roles=CHIEFS)
async def choose(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    visit_id: FromPath[UUID],
    day: FromQuery[str] = "",
    start: FromQuery[str] = "",
) -> Response[Any]:
    """The days and hours as staff see them; an hour proposed on the board is filled in, and still to be confirmed."""
    proposed = instant_of(start)
    return await _page(work, request, visit_id, day=day_of(day), start=proposed, proposed=proposed)


@post("/chief/visits/{visit_id:uuid}/slots", roles=CHIEFS)
async def decide(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Book it; what is missing or refused is said on the same page, and nothing typed is lost."""
    database: Database = request.app.state.database
    form = await request.form()
    day, start = day_of(str(form.get("day") or "")), instant_of(str(form.get("start") or ""))
    reason = str(form.get("reason") or "")
    errors = {} if start else {"start": N_("Choisissez une heure.")}
    if not reason.strip():
        errors["reason"] = rules.WhyNeeded.says
    refused: Refusal | None = None
    if start is not None and not errors:
        try:
            await database.run(request.user, book, visit_id, start, reason)
        except (
            rules.SlotTaken,
            rules.SlotPast,
            rules.TooFar,
            rules.SlotClosed,
            rules.TooLate,
            rules.SlotKept,
            rules.QuotaReached,
        ) as refusal:
            refused = refusal
        else:
            return go(f"/office/visits/{visit_id}", flash=N_("Le rendez-vous est pris."))

    async def again(work: Work) -> Response[str]:
        return await _page(work, request, visit_id, day=day, reason=reason, errors=errors, refused=refused, start=start)

    return await database.run(request.user, again)


async def _offer(work: Work, case: Case, lost: Stranded | None) -> Offer:
    """What can be booked; what a stranded appointment keeps counts as free, so that its own hour can be taken again."""
    found = await offer(work, case)
    if lost is None or found.booked is None:
        return found
    return await offer(work, case, giving=[found.booked])


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    visit_id: UUID,
    *,
    day: date | None,
    reason: str = "",
    errors: dict[str, str] | None = None,
    refused: Refusal | None = None,
    start: datetime | None = None,
    proposed: datetime | None = None,
) -> Response[str]:
    case = await case_of(work, visit_id)
    lost = next(iter(await stranded(work, visit_id)), None)
    found = await _offer(work, case, lost)
    zone, language = at_office(request, case.office), language_of(request)
    told = Telling(offer=found, language=language, zone=zone, anew=lost is not None)
    address = f"/chief/visits/{case.visit.id}/slots"
    [seen] = await counted(work, found, told.day(day))
    hours = told.hours(seen)
    same = next((each for each in hours if start and instant_of(str(each["value"])) == start), None)
    return page(
        request,
        "chief/slots.html",
        status=refused.status if refused else 422 if errors else 200,
        case=case,
        boxes=boxes(case.declaration, language),
        city=city_of(zone),
        length=found.asked.length * found.asked.grid.step,
        told=told,
        day=seen.day,
        lost=lost,
        days=told.days(address, most=DAYS),
        hours=hours,
        closed=told.closed(seen),
        address=address,
        booked=told.moment(found.booked.during.lower) if found.booked else "",
        reason=reason,
        chosen=same["value"] if same and same["free"] else "",
        proposed=told.moment(proposed) if proposed else "",
        fits=same is not None and bool(same["free"]),
        errors={name: say(text, language) for name, text in (errors or {}).items()},
        refused=sentence(request, refused) if refused else "",
        now=work.now,
    )


ROUTES = [choose, decide]
