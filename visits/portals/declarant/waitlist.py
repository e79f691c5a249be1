"""/declarant/visits/{id}/waitlist: wait for an earlier time, answer the one that is kept, or wait no longer."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import queries, rules, waitlist_rows
from visits.booking.offer import asked
from visits.booking.tables import Appointment, Waitlist
from visits.booking.waitlist import accept as accept_offer
from visits.booking.waitlist import as_public, join, leave, span
from visits.booking.waitlist import decline as decline_offer
from visits.booking.waitlist_rules import LEFT, WHOLE_DAY, NothingEarlier, NotWaiting, OfferOver, Wish
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput
from visits.journey.states import State
from visits.portals.telling import at_office, boxes
from visits.roles import DECLARANTS
from visits.sites.policies import Policies, policy
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import date_long, say, time_of
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

ONE_DAY = timedelta(days=1)
#: Hours a day may be narrowed to.
HOURS = range(6, 21)
Asked = Request[Any, Any, Any]


def address(visit_id: UUID) -> str:
    """The page of what a visit waits for."""
    return f"/declarant/visits/{visit_id}/waitlist"


@get("/declarant/visits/{visit_id:uuid}/waitlist", roles=DECLARANTS)
async def show(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The time that is kept, the place in the list, or the way onto it."""
    return await _page(work, request, visit_id, Form({}, language_of(request)))


@post("/declarant/visits/{visit_id:uuid}/waitlist", roles=DECLARANTS)
async def wait(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Onto the list, or the same place in it with other wishes."""
    database: Database = request.app.state.database
    form = await Form.of(request)
    wish = _wish(form)
    if not form.errors:
        try:
            await database.run(request.user, join, visit_id, wish)
        except NothingEarlier as refusal:
            form.blame(request, "day", refusal)
        else:
            return go(address(visit_id), flash=N_("Vous êtes sur la liste d'attente. Votre rendez-vous reste à vous."))

    async def again(work: Work) -> Response[Any]:
        return await _page(work, request, visit_id, form)

    return await database.run(request.user, again)


@post("/declarant/visits/{visit_id:uuid}/waitlist/accept", roles=DECLARANTS)
async def accept(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Take the kept time."""
    database: Database = request.app.state.database
    try:
        await database.run(request.user, accept_offer, visit_id, await _hold(request))
    except (OfferOver, rules.HoldExpired):
        return go(address(visit_id), flash=OfferOver.says, kind="warn")
    return go(f"/declarant/visits/{visit_id}/appointment", flash=N_("L'heure plus tôt est à vous."))


@post("/declarant/visits/{visit_id:uuid}/waitlist/decline", roles=DECLARANTS)
async def decline(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Pass the kept time on."""
    await decline_offer(work, visit_id, await _hold(request))
    return go(address(visit_id), flash=N_("L'heure est passée à la visite suivante. Vous restez sur la liste."))


@post("/declarant/visits/{visit_id:uuid}/waitlist/leave", roles=DECLARANTS)
async def go_away(work: Work, request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Off the list."""
    await leave(work, visit_id)
    return go(address(visit_id), flash=LEFT["asked"])


async def _page(work: Work, request: Asked, visit_id: UUID, form: Form) -> Response[Any]:
    case = await case_of(work, visit_id)
    if State(case.visit.state) not in (State.TO_BOOK, State.BOOKED):
        return go(f"/declarant/declarations/{case.declaration.id}", flash=NotWaiting.says, kind="warn")
    zone, language = at_office(request, case.office), language_of(request)
    entry = await waitlist_rows.entry_of(work, visit_id)
    kept = await waitlist_rows.open_offer(work, entry.id) if entry else None
    booked = (await queries.live_of(work, visit_id)).get("confirmed")
    wish = Wish.of(entry.options) if entry else Wish()
    typed = _wish(form) if form.values else wish
    days, late = await _days(work, case, booked)
    last = await waitlist_rows.last_entry_of(work, visit_id) if entry is None else None
    runs = kept is not None and kept[1].status == "held" and kept[0].until >= work.now
    return page(
        request,
        "declarant/waitlist.html",
        status=422 if form.errors else 200,
        case=case,
        boxes=boxes(case.declaration, language),
        entry=entry,
        ahead=await waitlist_rows.ahead(work, entry) if entry else 0,
        kept=kept[1] if kept is not None and runs else None,
        left=kept[0].until - work.now if kept is not None and runs else None,
        lasts=timedelta(minutes=policy(case.office, Policies).waitlist_minutes),
        booked=booked if State(case.visit.state) is State.BOOKED else None,
        wanted=_said(wish, language),
        days=[(each.isoformat(), date_long(each, language)) for each in days],
        chosen=[each.isoformat() for each in typed.days],
        begin=typed.begin,
        end=typed.end,
        froms=[(each * 60, _clock(each * 60, language)) for each in HOURS],
        tos=[(each * 60, _clock(each * 60, language)) for each in HOURS[1:]],
        late=late,
        ended=_why(last, language),
        form=form,
        address=address(visit_id),
        now=work.now,
        zone=zone,
    )


def _why(last: Waitlist | None, language: str) -> str:
    """Why the visit waits no longer, unless that was asked for."""
    return say(LEFT[last.reason], language) if last and last.reason in LEFT and last.reason != "asked" else ""


async def _days(work: Work, case: Case, booked: Appointment | None) -> tuple[list[date], bool]:
    """The days an earlier time could be on; whether it is too late for any."""
    try:
        wanted = await asked(as_public(work), case)
        within = span(work, wanted, booked)
    except (NotWaiting, NothingEarlier, rules.PlaceFirst):
        return [], True
    first, last = (each.astimezone(wanted.grid.zone).date() for each in (within.start, within.end))
    days = [first + each * ONE_DAY for each in range((last - first).days + 1)]
    return [each for each in days if each.isoweekday() < 6 or len(days) < 6], False


def _wish(form: Form) -> Wish:
    """What the form asks for; days that are none and hours that end before they begin are said."""
    days = []
    for each in form.many("day"):
        try:
            days.append(date.fromisoformat(each))
        except ValueError:
            form.refuse("day", N_("Choisissez des jours de la liste."))
    begin, end = (_minutes(form, name, usual) for name, usual in zip(("begin", "end"), WHOLE_DAY, strict=True))
    if end - begin < 30:
        form.refuse("end", N_("La fin vient après le début."))
    return Wish(days=tuple(sorted(days)), begin=begin, end=end)


def _minutes(form: Form, name: str, usual: int) -> int:
    typed = form.values.get(name, "")
    if not typed:
        return usual
    if not (typed.isdigit() and int(typed) in (*WHOLE_DAY, *(each * 60 for each in HOURS))):
        form.refuse(name, N_("Choisissez une heure de la liste."))
        return usual
    return int(typed)


def _said(wish: Wish, language: str) -> str:
    if wish.anything:
        return say(N_("n'importe quelle heure plus tôt"), language)
    days = ", ".join(date_long(each, language) for each in wish.days) or say(N_("tous les jours"), language)
    if (wish.begin, wish.end) == WHOLE_DAY:
        return days
    first, last = (_clock(each, language) for each in (wish.begin, wish.end))
    return say(N_("%(days)s, de %(first)s à %(last)s"), language, days=days, first=first, last=last)


def _clock(minutes: int, language: str) -> str:
    at = datetime(2026, 1, 1) + timedelta(minutes=min(minutes, WHOLE_DAY[1] - 1))
    return time_of(at, language)


async def _hold(request: Asked) -> UUID:
    try:
        return UUID(str((await request.form()).get("hold") or ""))
    except ValueError:
        raise BadInput(field="hold") from None


ROUTES = [show, wait, accept, decline, go_away]
