"""/chief/visits/{id}/why: « Pourquoi pas 9 h ? » – which rule removed which resource, hour by hour."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from scheduling import Explained
from visits.booking import rules
from visits.booking.explain import REMOVALS, ROLES, Explanation, explain
from visits.booking.explain_rows import PEOPLE
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.portals.slots import NOTES, Telling, day_of, instant_of
from visits.portals.telling import at_office, boxes
from visits.roles import CHIEFS
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import natural, say, say_many, time_of
from visits.web.pages import language_of, page
from visits.web.problem import sentence
from visits.web.route import get

#: Days whose tiles are shown.
DAYS = 20


@get("/chief/visits/{visit_id:uuid}/why", roles=CHIEFS)
async def why(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    visit_id: FromPath[UUID],
    day: FromQuery[str] = "",
    at: FromQuery[str] = "",
) -> Response[Any]:
    """A whole day by the hour, and one hour in every detail."""
    case = await case_of(work, visit_id)
    zone, language = at_office(request, case.office), language_of(request)
    chosen, refused = instant_of(at), None
    try:
        found = await explain(work, case, day=day_of(day) or (chosen.astimezone(zone).date() if chosen else None))
    except (rules.TooFar, rules.SlotPast) as no:
        refused = no
        found = await explain(work, case)
    seen = tuple(found.day if each.day == found.day.day else each for each in found.offer.days)
    told = Telling(offer=replace(found.offer, days=seen), language=language, zone=zone)
    shown = {slot.starts_at for slot in found.day.shown()} | ({chosen} if chosen else set())
    starts = [each for each in found.starts if each.starts_at in shown]
    one = next((each for each in starts if each.starts_at == chosen), None) or next(
        (each for each in starts if not each.offered), starts[0] if starts else None
    )
    address = f"/chief/visits/{visit_id}/why"
    return page(
        request,
        "chief/why.html",
        status=refused.status if refused else 200,
        case=case,
        boxes=boxes(case.declaration, language),
        refused=_said(request, refused),
        day=found.day.day,
        days=[each | {"free": True} for each in told.days(address, most=DAYS)],
        hours=[
            {
                "href": f"{address}?day={found.day.day}&at={each.starts_at.isoformat().replace('+', '%2B')}#one",
                "time": time_of(each.starts_at, language, zone),
                "offered": each.offered,
                "note": _note(found, each, language),
                "current": each is one,
            }
            for each in starts
        ],
        time=time_of(one.starts_at, language, zone) if one else "",
        one=one,
        rules=[say(text, language, **facts) for text, facts in (found.offer.said(r, found.day.day) for r in one.rules)]
        if one
        else [],
        roles=_roles(found, one, language) if one else [],
        slots=f"/chief/visits/{visit_id}/slots?day={found.day.day}",
    )


def _roles(found: Explanation, start: Explained[UUID], language: str) -> list[dict[str, Any]]:
    rows = []
    for role in start.roles:
        name = say(ROLES[found.kinds[role.role]], language)
        agency = found.agencies.get(role.role, "")
        lines = [(found.names[key], say(REMOVALS[rule], language), False) for key, rule in role.removed]
        lines += [(found.names[key], say(N_("peut servir"), language), True) for key in role.left]
        rows.append(
            {
                "name": f"{name} ({agency})" if agency else name,
                "one": f"{name} " if found.kinds[role.role] in PEOPLE else "",
                "left": len(role.left),
                "verdict": say_many(N_("%(num)s peut servir"), N_("%(num)s peuvent servir"), len(role.left), language)
                if role.left
                else say(N_("personne ni rien n'est libre"), language),
                "lines": sorted(lines, key=lambda line: natural(line[0])),
            }
        )
    return rows


def _note(found: Explanation, start: Explained[UUID], language: str) -> str:
    if start.offered:
        return say(N_("proposée"), language)
    reason = found.day.why(start.step)
    return say(NOTES[reason.why], language) if reason is not None else ""


def _said(request: Request[Any, Any, Any], refused: Refusal | None) -> str:
    return sentence(request, refused) if refused else ""


ROUTES = [why]
