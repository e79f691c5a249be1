"""/declarant/visits/{id}/wishes: up to three hours in one message, for a poor line; the first free one is booked."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import rules
from visits.booking.offer import Offer, offer
from visits.booking.wishes import MOST, BookedMeanwhile, NoWishFits, book_first
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.portals.declarant.slots import address
from visits.portals.slots import Telling, instant_of
from visits.portals.telling import at_office, boxes
from visits.roles import DECLARANTS
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

#: Hours a list offers; a fortnight on the half hour is more than a thumb wants to scroll.
LISTED = 120


@get("/declarant/visits/{visit_id:uuid}/wishes", roles=DECLARANTS)
async def wish(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Three lists of free hours; a visit without a place is led to say it first."""
    try:
        found = await offer(work, await case_of(work, visit_id))
    except rules.PlaceFirst:
        return go(address(visit_id))
    return _page(request, found)


@post("/declarant/visits/{visit_id:uuid}/wishes", roles=DECLARANTS)
async def book(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Book the first that fits; sent twice it is booked once. What is refused is told above fresh lists."""
    database: Database = request.app.state.database
    form = await request.form()
    typed = [str(form.get(f"wish{each}") or "") for each in range(1, MOST + 1)]
    wishes = [at for each in typed if (at := instant_of(each)) is not None]
    refused: Refusal | None = None
    if wishes:
        try:
            await database.run(
                request.user, book_first, visit_id, wishes, instead_of=_id(str(form.get("instead_of") or ""))
            )
        except BookedMeanwhile as no:
            return go(f"/declarant/visits/{visit_id}/appointment", flash=no.says, kind="warn")
        except (NoWishFits, rules.TooManyHolds, rules.TooLate) as no:
            refused = no
        else:
            return go(f"/declarant/visits/{visit_id}/appointment")

    async def again(work: Work) -> Response[Any]:
        return _page(request, await offer(work, await case_of(work, visit_id)), typed=typed, refused=refused, told=True)

    return await database.run(request.user, again)


def _page(
    request: Request[Any, Any, Any],
    found: Offer,
    *,
    typed: list[str] | None = None,
    refused: Refusal | None = None,
    told: bool = False,
) -> Response[Any]:
    case = found.asked.case
    zone, language = at_office(request, case.office), language_of(request)
    telling = Telling(offer=found, language=language, zone=zone)
    starts = [slot.starts_at for day in found.days for slot in day.shown() if slot.free][:LISTED]
    status = (refused.status if refused else 422) if told else 200
    return page(
        request,
        "declarant/wishes.html",
        status=status,
        case=case,
        boxes=boxes(case.declaration, language),
        address=f"/declarant/visits/{case.visit.id}/wishes",
        slots=address(case.visit.id),
        hours=[(at.isoformat(), telling.moment(at)) for at in starts],
        typed=typed or [""] * MOST,
        booked=found.booked,
        booked_text=telling.moment(found.booked.during.lower) if found.booked else "",
        horizon=found.asked.policy.horizon,
        refused=sentence(request, refused) if refused else "",
        error=say(N_("Choisissez au moins une heure."), language) if told and refused is None else "",
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ROUTES = [wish, book]
