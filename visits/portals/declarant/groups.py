"""/declarant/groups: choose several visits, see the hours at which all of them find a place, book them in one act."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import groups, groups_rows, queries, rules
from visits.booking.groups import Pattern, Together
from visits.booking.groups_tables import VisitGroup
from visits.booking.no_shows import FirmLimited
from visits.booking.where import where_of
from visits.declarations.queries import title_of
from visits.declarations.tables import Declaration
from visits.errors import BadInput, Refusal
from visits.journey.states import LEVEL_NAMES, Level
from visits.journey.tables import Visit
from visits.portals.slots import Telling, day_of, instant_of
from visits.portals.telling import at_office, boxes, city_of, place_name
from visits.roles import DECLARANTS, FIRM
from visits.sites.queries import office_by_id, offices
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say, time_of
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATTERNS: dict[Pattern, tuple[str, str]] = {
    Pattern.IN_TURN: (N_("L'une après l'autre"), N_("Vous passez d'une visite à la suivante.")),
    Pattern.AT_ONCE: (N_("Toutes à la même heure"), N_("Il vous faut quelqu'un à chaque visite.")),
}
#: What a page of hours says above itself; the other refusals have a page of their own.
SAID = (
    rules.SlotTaken,
    rules.SlotPast,
    rules.TooSoon,
    rules.TooFar,
    rules.SlotClosed,
    rules.SlotKept,
    rules.QuotaReached,
    rules.FirmDayFull,
    FirmLimited,
    rules.TooLate,
)
PATH = "/declarant/groups"


@get(PATH, roles=DECLARANTS)
async def choose(work: Work, request: Request, v: FromQuery[list[str] | None] = None) -> Response[Any]:  # type: ignore[type-arg]
    """The visits that wait for a time, by place; those of one place can be booked together."""
    return await _choose(work, request, chosen=v or [])


@get(f"{PATH}/slots", roles=DECLARANTS)
async def slots(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    v: FromQuery[list[str] | None] = None,
    pattern: FromQuery[str] = "",
    day: FromQuery[str] = "",
) -> Response[Any]:
    """The hours at which every chosen visit finds a place."""
    try:
        cases = await groups.cases_of(work, _ids(v or []))
    except groups.NotOneGroup as no:
        return await _choose(work, request, chosen=v or [], error=no)
    found = await groups.together(work, cases, _pattern(pattern))
    return await _hours(work, request, found, _pattern(pattern), day=day, action=PATH)


@post(PATH, roles=DECLARANTS)
async def book(request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """Book them all, or none; sent twice they are booked once."""
    form = await request.form()
    visits, pattern = _ids(form.getall("v", [])), _pattern(str(form.get("pattern") or ""))

    async def again(work: Work, /, **shown: Any) -> Response[Any]:
        found = await groups.together(work, await groups.cases_of(work, visits), pattern)
        return await _hours(work, request, found, pattern, action=PATH, **shown)

    async def done(work: Work) -> UUID:
        start = instant_of(str(form.get("start") or ""))
        assert start is not None
        return (await groups.book(work, visits, start, pattern=pattern)).id

    return await _try(request, form, done, again, flash=N_("Les visites sont réservées."))


@get(f"{PATH}/{{group_id:uuid}}", roles=FIRM)
async def show(work: Work, request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The visits of a group, each with its time; what can be done with all of them."""
    group, cases = await groups.visible(work, group_id)
    zone, language = at_office(request, cases[0].office), language_of(request)
    rows = [(case, await queries.last_of(work, case.visit.id)) for case in cases]
    booked = [each for _, each in rows if each is not None and each.status == "confirmed"]
    first = min((each.during.lower for each in booked), default=None)
    return page(
        request,
        "declarant/group.html",
        group=group,
        rows=rows,
        booked=len(booked),
        first=first,
        pattern=say(PATTERNS[Pattern(group.pattern)][0], language),
        where=(where := await where_of(work, cases[0].visit)),
        place=place_name(where, language),
        changes=first is not None and work.actor.is_a(*DECLARANTS) and first > work.now,
        city=city_of(zone),
        address=f"{PATH}/{group_id}",
    )


@get(f"{PATH}/{{group_id:uuid}}/slots", roles=DECLARANTS)
async def other_hours(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    group_id: FromPath[UUID],
    day: FromQuery[str] = "",
) -> Response[Any]:
    """The hours all of them can be moved to; their own places count as free."""
    return await _moving(work, request, group_id, day=day)


@post(f"{PATH}/{{group_id:uuid}}/slots", roles=DECLARANTS)
async def move(request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Move them all, or none."""
    form = await request.form()

    async def again(work: Work, /, **shown: Any) -> Response[Any]:
        return await _moving(work, request, group_id, **shown)

    async def done(work: Work) -> UUID:
        start = instant_of(str(form.get("start") or ""))
        assert start is not None
        return (await groups.move(work, group_id, start)).id

    return await _try(request, form, done, again, flash=N_("Les visites sont déplacées."))


@get(f"{PATH}/{{group_id:uuid}}/cancel", roles=DECLARANTS)
async def ask_cancel(work: Work, request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """What is given back, and the way back."""
    _, cases = await groups.visible(work, group_id)
    at_office(request, cases[0].office)
    live = [(case, (await queries.live_of(work, case.visit.id)).get("confirmed")) for case in cases]
    booked = [(case, each) for case, each in live if each is not None]
    if not booked:
        return go(f"{PATH}/{group_id}", flash=groups.GroupChanged.says, kind="warn")
    return page(request, "declarant/group_cancel.html", booked=booked, address=f"{PATH}/{group_id}")


@post(f"{PATH}/{{group_id:uuid}}/cancel", roles=DECLARANTS)
async def cancel(work: Work, group_id: FromPath[UUID]) -> Response[Any]:
    """Give them all back; twice is once."""
    await groups.cancel_all(work, group_id)
    return go(f"{PATH}/{group_id}", flash=N_("Les rendez-vous du groupe sont annulés."))


async def _try(
    request: Request[Any, Any, Any],
    form: Any,
    done: Callable[[Work], Awaitable[UUID]],
    again: Callable[..., Awaitable[Response[Any]]],
    *,
    flash: str,
) -> Response[Any]:
    """Book or move in a transaction of its own; what is refused is said above the same page."""
    database: Database = request.app.state.database
    day = str(form.get("day") or "")
    if instant_of(str(form.get("start") or "")) is None:
        return await database.run(request.user, again, day=day, error=N_("Choisissez une heure."))
    try:
        group_id = await database.run(request.user, done)
    except SAID as no:
        return await database.run(request.user, again, day=day, refused=no)
    return go(f"{PATH}/{group_id}", flash=flash)


async def _choose(
    work: Work, request: Request[Any, Any, Any], *, chosen: Sequence[str], error: Refusal | None = None
) -> Response[Any]:
    language = language_of(request)
    waiting = await groups_rows.to_book_together(work)
    office = await office_by_id(work, waiting[0][0].office_id) if waiting else (await offices(work))[0]
    at_office(request, office)
    places: dict[tuple[UUID, str, UUID | None], list[tuple[str, str, str]]] = {}
    for visit, declaration in waiting:
        key = visit.office_id, place_name(await where_of(work, visit), language), declaration.firm_id
        places.setdefault(key, []).append(_item(visit, declaration, language))
    return page(
        request,
        "declarant/groups.html",
        status=error.status if error else 200,
        places=[(str(number), key[1], items) for number, (key, items) in enumerate(places.items()) if len(items) > 1],
        patterns=[(each.value, say(text, language), say(hint, language)) for each, (text, hint) in PATTERNS.items()],
        chosen=chosen,
        error=sentence(request, error) if error else "",
        most=groups.MOST,
    )


def _item(visit: Visit, declaration: Declaration, language: str) -> tuple[str, str, str]:
    level = say(LEVEL_NAMES[Level(visit.level)], language)
    about = " · ".join(part for part in (level, declaration.goods, boxes(declaration, language)) if part)
    return str(visit.id), title_of(declaration), about


async def _moving(
    work: Work, request: Request[Any, Any, Any], group_id: UUID, *, day: str = "", **shown: Any
) -> Response[Any]:
    group, cases = await groups.visible(work, group_id)
    live = {case.visit.id: (await queries.live_of(work, case.visit.id)).get("confirmed") for case in cases}
    left = [case for case in cases if live[case.visit.id] is not None]
    if not left:
        return go(f"{PATH}/{group_id}", flash=groups.GroupChanged.says, kind="warn")
    given = [each for each in live.values() if each is not None]
    found = await groups.together(work, left, Pattern(group.pattern), giving=given)
    return await _hours(
        work,
        request,
        found,
        Pattern(group.pattern),
        day=day or given[0].day.isoformat(),
        action=f"{PATH}/{group_id}/slots",
        group=group,
        **shown,
    )


async def _hours(
    work: Work,
    request: Request[Any, Any, Any],
    found: Together,
    pattern: Pattern,
    *,
    action: str,
    day: str = "",
    group: VisitGroup | None = None,
    refused: Refusal | None = None,
    error: str = "",
) -> Response[Any]:
    """The hours for all of them, with what just happened above."""
    cases = [each.case for each in found.members]
    zone, language = at_office(request, cases[0].office), language_of(request)
    told = Telling(offer=found.offer, language=language, zone=zone)
    seen = told.day(day_of(day))
    chosen = urlencode([*(("v", str(case.visit.id)) for case in cases), ("pattern", pattern)])
    days = told.days(action if group else f"{PATH}/slots")
    for each in days:
        each["href"] = each["href"].replace("?", f"?{chosen}&") if group is None else each["href"]
    step = found.offer.asked.grid.step
    first = found.offer.first
    return page(
        request,
        "declarant/group_slots.html",
        status=refused.status if refused else 422 if error else 200,
        cases=cases,
        group=group,
        back=f"{PATH}/{group.id}" if group else f"{PATH}?{chosen}",
        action=action,
        pattern=pattern,
        pattern_name=say(PATTERNS[pattern][0], language),
        where=(where := await where_of(work, cases[0].visit)),
        place=place_name(where, language),
        city=city_of(zone),
        length=(found.after[-1] + found.members[-1].length) * step,
        day=seen.day,
        days=days,
        hours=told.hours(seen),
        told=told,
        first=told.moment(first.starts_at) if first else "",
        plan=[
            (case, time_of(first.starts_at + later * step, language, zone))
            for case, later in zip(cases, found.after, strict=True)
        ]
        if first
        else [],
        horizon=found.offer.asked.policy.horizon,
        refused=sentence(request, refused) if refused else "",
        error=say(error, language) if error else "",
    )


def _ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in texts]
    except ValueError:
        raise BadInput(field="v") from None


def _pattern(text: str) -> Pattern:
    return Pattern(text) if text in set(Pattern) else Pattern.IN_TURN


ROUTES = [choose, slots, book, show, other_hours, move, ask_cancel, cancel]
