"""/declarant/visits/{id}/slots: choose a day and an hour, have it kept, check, book; the same pages move a visit."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import rules
from visits.booking.change import settle_place
from visits.booking.confirm import confirm as confirm_hold
from visits.booking.durations import why
from visits.booking.hold import hold as hold_slot
from visits.booking.language import offered
from visits.booking.no_shows import FirmLimited
from visits.booking.offer import Offer, counted, looked, offer
from visits.booking.where import where_of
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, Refusal
from visits.journey.states import Level
from visits.portals.slots import Telling, day_of, instant_of
from visits.portals.telling import at_office, boxes, city_of, place_name
from visits.roles import DECLARANTS
from visits.sites.languages import NAMES
from visits.sites.policies import Policies, policy
from visits.sites.queries import sites_of
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say, time_of
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

CHECK = "check"
#: Losing a race for the nearest time as well is bad luck; after so many the person chooses again.
TRIES = 3


def address(visit_id: UUID) -> str:
    """The page of a visit's slots."""
    return f"/declarant/visits/{visit_id}/slots"


@get("/declarant/visits/{visit_id:uuid}/slots", roles=DECLARANTS)
async def choose(work: Work, request: Request, visit_id: FromPath[UUID], day: FromQuery[str] = "") -> Response[Any]:  # type: ignore[type-arg]
    """The days and the hours; first the place, where the declaration does not say it."""
    case = await case_of(work, visit_id)
    try:
        found = await offer(work, case)
    except rules.PlaceFirst:
        return await _places(work, request, case)
    await looked(work, found)
    return await _page(work, request, found, day=day_of(day))


@post("/declarant/visits/{visit_id:uuid}/place", roles=DECLARANTS)
async def place(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Where the goods are."""
    form = await request.form()
    chosen = str(form.get("site") or "")
    if not chosen:
        return await _places(work, request, await case_of(work, visit_id), error=N_("Choisissez un lieu."))
    try:
        await settle_place(work, visit_id, UUID(chosen))
    except ValueError:
        raise BadInput(field="site") from None
    return go(address(visit_id))


@post("/declarant/visits/{visit_id:uuid}/slots", roles=DECLARANTS)
async def keep(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Keep the chosen hour; if a rival was quicker, the nearest one is kept instead and the same page says so.

    The hold has a transaction of its own: what was refused is undone before the page is made.
    """
    database: Database = request.app.state.database
    form = await request.form()
    day, start = day_of(str(form.get("day") or "")), instant_of(str(form.get("start") or ""))

    async def again(work: Work, /, **shown: Any) -> Response[str]:
        return await _page(work, request, await offer(work, await case_of(work, visit_id)), day=day, **shown)

    if start is None:
        return await database.run(request.user, again, error=N_("Choisissez une heure."), status=422)
    try:
        await database.run(request.user, hold_slot, visit_id, start)
    except rules.SlotTaken:
        got = await _nearest(request, visit_id, start)
        day = None if got else day
        return await database.run(request.user, again, lost=start, status=409)
    except (
        rules.SlotPast,
        rules.TooSoon,
        rules.TooFar,
        rules.SlotClosed,
        rules.TooManyHolds,
        rules.TooLate,
        rules.SlotKept,
        rules.QuotaReached,
        rules.FirmDayFull,
        FirmLimited,
    ) as no:
        return await database.run(request.user, again, refused=no, status=no.status)
    return go(f"{address(visit_id)}/check" if form.get("then") == CHECK else address(visit_id))


@get("/declarant/visits/{visit_id:uuid}/slots/check", roles=DECLARANTS)
async def check(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """What will be booked, once more, while the hour is kept."""
    case = await case_of(work, visit_id)
    found = await offer(work, case)
    if found.held is None or found.held.expires_at is None:
        return go(address(visit_id), flash=rules.HoldExpired.says, kind="warn")
    zone, language = at_office(request, case.office), language_of(request)
    return page(
        request,
        "declarant/slots_check.html",
        case=case,
        boxes=boxes(case.declaration, language),
        held=found.held,
        booked=found.booked,
        where=(where := await where_of(work, case.visit)),
        place=place_name(where, language),
        told=Telling(offer=found, language=language, zone=zone),
        left=found.held.expires_at - work.now,
        total=found.asked.policy.hold,
        guests=list(found.asked.names.values()),
    )


@post("/declarant/visits/{visit_id:uuid}/slots/confirm", roles=DECLARANTS)
async def confirm(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Book; sent twice it is booked once."""
    database: Database = request.app.state.database
    form = await request.form()
    try:
        hold_id = UUID(str(form.get("hold") or ""))
    except ValueError:
        raise BadInput(field="hold") from None
    try:
        await database.run(request.user, confirm_hold, hold_id)
    except (rules.HoldExpired, rules.NotLive) as refusal:
        return go(address(visit_id), flash=refusal.says, kind="warn")
    return go(f"/declarant/visits/{visit_id}/appointment")


async def ground(work: Work, visit_id: UUID, language: str) -> str:
    """Where the length of a visit comes from, in words."""
    found = await why(work, visit_id)
    return say(found[0], language, **found[1]) if found else ""


async def _nearest(request: Request[Any, Any, Any], visit_id: UUID, lost: datetime) -> bool:
    """Keep the time nearest to the lost one; False if there is none or others take each before us."""
    database: Database = request.app.state.database

    async def nearest(work: Work) -> datetime | None:
        slot = (await offer(work, await case_of(work, visit_id))).nearest(lost)
        return slot.starts_at if slot else None

    for _ in range(TRIES):
        start = await database.run(request.user, nearest)
        if start is None:
            return False
        try:
            await database.run(request.user, hold_slot, visit_id, start)
        except rules.SlotTaken:
            continue
        except rules.TooManyHolds:
            return False
        return True
    return False


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    found: Offer,
    *,
    day: date | None,
    lost: datetime | None = None,
    refused: Refusal | None = None,
    error: str = "",
    status: int = 200,
) -> Response[str]:
    """The page of slots as it stands now, with what just happened above it."""
    case = found.asked.case
    zone, language = at_office(request, case.office), language_of(request)
    told = Telling(offer=found, language=language, zone=zone)
    held, [seen] = found.held, await counted(work, found, told.day(day))
    return page(
        request,
        "declarant/slots.html",
        status=status,
        case=case,
        boxes=boxes(case.declaration, language),
        level=Level(case.visit.level),
        where=(where := await where_of(work, case.visit)),
        place=place_name(where, language),
        tongue=say(NAMES[tongue], language) if (tongue := case.visit.order.get("language")) else "",
        tongues=await _tongues(work, case, language) if found.booked is None else [],
        city=city_of(zone),
        length=found.asked.length * found.asked.grid.step,
        ground=await ground(work, case.visit.id, language),
        address=address(case.visit.id),
        told=told,
        day=seen.day,
        days=told.days(address(case.visit.id)),
        hours=told.hours(seen),
        closed=told.closed(seen),
        first=told.moment(found.first.starts_at) if found.first else "",
        horizon=found.asked.policy.horizon,
        held=held,
        held_text=told.moment(held.during.lower) if held else "",
        kept=told.kept(lost),
        booked=found.booked,
        left=held.expires_at - work.now if held and held.expires_at else None,
        total=found.asked.policy.hold,
        lost=time_of(lost, language, zone) if lost else "",
        refused=sentence(request, refused) if refused else "",
        limited=isinstance(refused, FirmLimited),
        error=say(error, language) if error else "",
    )


async def _tongues(work: Work, case: Case, language: str) -> list[tuple[str, str]]:
    """The languages the visit may be held in, the office's own first; empty where there is no other."""
    own, now = policy(case.office, Policies).language, str(case.visit.order.get("language") or "")
    beside = {code: NAMES[code] for code in NAMES if code == now} | await offered(work, case.office)
    named = sorted((say(name, language).capitalize(), code) for code, name in beside.items())
    return [("", say(NAMES[own], language).capitalize()), *((code, name) for name, code in named)] if named else []


async def _places(work: Work, request: Request[Any, Any, Any], case: Case, *, error: str = "") -> Response[str]:
    """Step one of three, only where the declaration does not say where the goods are."""
    at_office(request, case.office)
    language = language_of(request)
    return page(
        request,
        "declarant/slots_place.html",
        status=422 if error else 200,
        case=case,
        boxes=boxes(case.declaration, language),
        sites=[(str(each.id), each.name, each.address) for each in await sites_of(work, case.office.id)],
        error=say(error, language) if error else "",
    )


ROUTES = [choose, place, keep, check, confirm]
