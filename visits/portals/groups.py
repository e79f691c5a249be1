"""Groups on pages: which visits, at which hour all of them find a place, what was booked. The declarant's and the
chief's pages differ in their templates, and in that staff say why."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response

from visits.booking import groups, groups_rows, queries, rules
from visits.booking.groups import Pattern, Together
from visits.booking.groups_tables import VisitGroup
from visits.booking.no_shows import FirmLimited
from visits.booking.where import Kind, where_of
from visits.declarations.queries import title_of
from visits.declarations.tables import Declaration
from visits.errors import BadInput, Refusal
from visits.journey.states import LEVEL_NAMES, Level
from visits.journey.tables import Visit
from visits.portals.slots import Telling, day_of, instant_of
from visits.portals.telling import at_office, boxes, city_of, place_name
from visits.sites.queries import office_by_id, offices
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say, time_of
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence

Asked = Request[Any, Any, Any]

PATTERNS: dict[Pattern, tuple[str, str]] = {
    Pattern.IN_TURN: (N_("L'une après l'autre"), N_("Vous passez d'une visite à la suivante.")),
    Pattern.AT_ONCE: (N_("Toutes à la même heure"), N_("Il vous faut quelqu'un à chaque visite.")),
}
#: What is said of a group whose times no longer lie so.
APART: dict[Pattern, str] = {
    Pattern.IN_TURN: N_("Les heures ne se suivent plus."),
    Pattern.AT_ONCE: N_("Les heures ne sont plus les mêmes."),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Whose pages they are."""

    path: str
    #: The folder of their templates.
    templates: str
    #: Staff say why, and see the firm of each visit.
    staff: bool = False


async def choose_page(
    work: Work, request: Asked, side: Side, *, chosen: Sequence[str], error: Refusal | None = None, **more: Any
) -> Response[Any]:
    """The visits that wait for a time, by place and firm; those of one place can be booked together. Two premises are
    two places even by one name, and where nobody has said yet is none."""
    language = language_of(request)
    waiting = await groups_rows.to_book_together(work)
    office = await office_by_id(work, waiting[0][0].office_id) if waiting else (await offices(work))[0]
    at_office(request, office)
    places: dict[tuple[UUID | None, ...], tuple[str, list[tuple[str, str, str]]]] = {}
    for visit, declaration in waiting:
        where = await where_of(work, visit)
        if where.kind is Kind.OPEN:
            continue
        site, home = where.site, where.premises
        key = (
            visit.office_id,
            site.id if site else None,
            home.id if home else None,
            declaration.firm_id,
            None if declaration.firm_id else declaration.importer_id,
        )
        place = place_name(where, language)
        name = f"{declaration.declarant_name or '–'} · {place}" if side.staff else place
        places.setdefault(key, (name, []))[1].append(_item(visit, declaration, language))
    return page(
        request,
        f"{side.templates}/groups.html",
        status=error.status if error else 200,
        places=[(str(number), name, items) for number, (name, items) in enumerate(places.values()) if len(items) > 1],
        patterns=[(each.value, say(text, language), say(hint, language)) for each, (text, hint) in PATTERNS.items()],
        chosen=chosen,
        error=sentence(request, error) if error else "",
        most=groups.MOST,
        **more,
    )


def _item(visit: Visit, declaration: Declaration, language: str) -> tuple[str, str, str]:
    level = say(LEVEL_NAMES[Level(visit.level)], language)
    about = " · ".join(part for part in (level, declaration.goods, boxes(declaration, language)) if part)
    return str(visit.id), title_of(declaration), about


async def group_page(work: Work, request: Asked, side: Side, group_id: UUID, *, may: bool) -> Response[Any]:
    """The visits of a group, each with its time; what can be done with all of them."""
    group, cases = await groups.visible(work, group_id)
    zone, language = at_office(request, cases[0].office), language_of(request)
    rows = [(case, await queries.last_of(work, case.visit.id)) for case in cases]
    booked = [each for _, each in rows if each is not None and each.status == "confirmed"]
    first = min((each.during.lower for each in booked), default=None)
    where = await where_of(work, cases[0].visit)
    return page(
        request,
        f"{side.templates}/group.html",
        group=group,
        rows=rows,
        booked=len(booked),
        first=first,
        pattern=say(PATTERNS[Pattern(group.pattern)][0], language),
        apart="" if groups.lie_so(Pattern(group.pattern), booked) else say(APART[Pattern(group.pattern)], language),
        where=where,
        place=place_name(where, language),
        firm=cases[0].declaration.declarant_name or "–",
        changes=may and first is not None and first > work.now,
        city=city_of(zone),
        address=f"{side.path}/{group_id}",
    )


async def cancel_page(
    work: Work, request: Asked, side: Side, group_id: UUID, *, refused: Refusal | None = None
) -> Response[Any]:
    """What is given back, and the way back."""
    _, cases = await groups.visible(work, group_id)
    at_office(request, cases[0].office)
    live = [(case, (await queries.live_of(work, case.visit.id)).get("confirmed")) for case in cases]
    booked = [(case, each) for case, each in live if each is not None]
    if not booked:
        return go(f"{side.path}/{group_id}", flash=groups.GroupChanged.says, kind="warn")
    return page(
        request,
        f"{side.templates}/group_cancel.html",
        status=refused.status if refused else 200,
        booked=booked,
        address=f"{side.path}/{group_id}",
        error=sentence(request, refused) if refused else "",
    )


async def _tried(
    request: Asked,
    side: Side,
    done: Callable[[Work, datetime, str], Awaitable[UUID]],
    again: Callable[..., Awaitable[Response[Any]]],
    *,
    flash: str,
) -> Response[Any]:
    """Book or move in a transaction of its own; what is missing or refused is said above the same page."""
    database: Database = request.app.state.database
    form = await request.form()
    day, reason = str(form.get("day") or ""), str(form.get("reason") or "")
    start = instant_of(str(form.get("start") or ""))
    errors = {} if start else {"start": N_("Choisissez une heure.")}
    if side.staff and not reason.strip():
        errors["reason"] = rules.WhyNeeded.says
    if start is None or errors:
        return await database.run(request.user, again, day=day, reason=reason, errors=errors, start=start)
    try:
        group_id = await database.run(request.user, done, start, reason)
    except SAID as no:
        return await database.run(request.user, again, day=day, reason=reason, refused=no)
    return go(f"{side.path}/{group_id}", flash=flash)


async def book_them(request: Asked, side: Side) -> Response[Any]:
    """Book the visits of a form, or none; sent twice they are booked once."""
    form = await request.form()
    visits, pattern = ids_of(form.getall("v", [])), pattern_of(str(form.get("pattern") or ""))

    async def again(work: Work, /, **shown: Any) -> Response[Any]:
        found = await groups.together(work, await groups.cases_of(work, visits), pattern)
        return await hours_page(work, request, side, found, pattern, action=side.path, **shown)

    async def done(work: Work, start: datetime, reason: str) -> UUID:
        return (await groups.book(work, visits, start, pattern=pattern, reason=reason)).id

    return await _tried(request, side, done, again, flash=N_("Les visites sont réservées."))


async def move_them(request: Asked, side: Side, group_id: UUID) -> Response[Any]:
    """Move a group to the hour of a form, or none of it."""

    async def again(work: Work, /, **shown: Any) -> Response[Any]:
        return await moving_page(work, request, side, group_id, **shown)

    async def done(work: Work, start: datetime, reason: str) -> UUID:
        return (await groups.move(work, group_id, start, reason=reason)).id

    return await _tried(request, side, done, again, flash=N_("Les visites sont déplacées."))


async def moving_page(
    work: Work, request: Asked, side: Side, group_id: UUID, *, day: str = "", **shown: Any
) -> Response[Any]:
    """The hours all of a group can be moved to; their own places count as free."""
    group, cases = await groups.visible(work, group_id)
    live = {case.visit.id: (await queries.live_of(work, case.visit.id)).get("confirmed") for case in cases}
    left = [case for case in cases if live[case.visit.id] is not None]
    if not left:
        return go(f"{side.path}/{group_id}", flash=groups.GroupChanged.says, kind="warn")
    given = [each for each in live.values() if each is not None]
    found = await groups.together(work, left, Pattern(group.pattern), giving=given)
    return await hours_page(
        work,
        request,
        side,
        found,
        Pattern(group.pattern),
        day=day or given[0].day.isoformat(),
        action=f"{side.path}/{group_id}/slots",
        group=group,
        **shown,
    )


async def hours_page(
    work: Work,
    request: Asked,
    side: Side,
    found: Together,
    pattern: Pattern,
    *,
    action: str,
    day: str = "",
    group: VisitGroup | None = None,
    refused: Refusal | None = None,
    errors: dict[str, str] | None = None,
    start: datetime | None = None,
    reason: str = "",
) -> Response[Any]:
    """The hours for all of them, with what just happened above."""
    cases = [each.case for each in found.members]
    zone, language = at_office(request, cases[0].office), language_of(request)
    told = Telling(offer=found.offer, language=language, zone=zone)
    seen = told.day(day_of(day))
    chosen = urlencode([*(("v", str(case.visit.id)) for case in cases), ("pattern", pattern)])
    days = told.days(action if group else f"{side.path}/slots")
    for each in days:
        each["href"] = each["href"].replace("?", f"?{chosen}&") if group is None else each["href"]
    step = found.offer.asked.grid.step
    first = found.offer.first
    return page(
        request,
        f"{side.templates}/group_slots.html",
        status=refused.status if refused else 422 if errors else 200,
        cases=cases,
        group=group,
        back=f"{side.path}/{group.id}" if group else f"{side.path}?{chosen}",
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
        closed=told.closed(seen),
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
        errors={name: say(text, language) for name, text in (errors or {}).items()},
        start=start.isoformat() if start else "",
        reason=reason,
        firm=cases[0].declaration.declarant_name or "–",
    )


def ids_of(texts: Sequence[str]) -> list[UUID]:
    """The visits an address or a form names."""
    try:
        return [UUID(each) for each in texts]
    except ValueError:
        raise BadInput(field="v") from None


def pattern_of(text: str) -> Pattern:
    """How they lie in time; one after the other unless said otherwise."""
    return Pattern(text) if text in set(Pattern) else Pattern.IN_TURN
