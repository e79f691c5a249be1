"""/declarant: what waits for the firm, what goes on elsewhere, what is done."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromQuery

from visits.actor import Actor
from visits.declarations.lane import LANE_NAMES, Colour
from visits.journey.states import LEVEL_NAMES, State
from visits.portals import queries
from visits.portals.queries import Cases, Listed
from visits.portals.start import start
from visits.portals.steps import next_step
from visits.portals.telling import at_office, boxes, city_of
from visits.roles import DECLARANTS, FIRM
from visits.sites.queries import offices
from visits.store.work import Work
from visits.web.language import say
from visits.web.pages import language_of, page, page_number
from visits.web.route import get

#: Finished cases shown on the first page; the others are one tap away.
FEW = 3


def week_began(now: datetime, zone: ZoneInfo) -> datetime:
    """Monday midnight of the office's week."""
    local = now.astimezone(zone)
    return datetime.combine(local.date() - timedelta(days=local.weekday()), time(), tzinfo=zone)


def view(listed: Listed, reader: Actor, language: str) -> dict[str, Any]:
    """One case as the list shows it."""
    step = next_step(listed.standing, reader)
    facts = {
        name: fact.astimezone(ZoneInfo(listed.office.tz)) if isinstance(fact, datetime) else fact
        for name, fact in step.facts.items()
    }
    lane = say(LANE_NAMES[Colour(listed.lane)], language) if listed.lane else ""
    level = say(LEVEL_NAMES[listed.standing.level], language)
    about = [boxes(listed.declaration, language), listed.declaration.consignee_name or ""]
    return {
        "title": listed.title,
        "href": f"/declarant/declarations/{listed.declaration.id}",
        "kind": " · ".join(part for part in (lane[:1].upper() + lane[1:], level) if part),
        "goods": listed.declaration.goods,
        "about": " · ".join(part for part in about if part),
        "step": step,
        "sentence": say(step.sentence, language, **facts),
        "since": listed.visit.state_since,
        "opened": listed.visit.opened_at,
        "released": listed.declaration.released_at,
        "state": listed.visit.state,
    }


@get("/declarant", roles=FIRM)
async def home(work: Work, request: Request, p: FromQuery[int] = 1) -> Response[str]:  # type: ignore[type-arg]
    """The reader's cases in two groups, and those done this week."""
    cases = await queries.open_cases(work, page_number(p))
    office = cases.rows[0].office if cases.rows else (await offices(work))[0]
    zone = at_office(request, office)
    done = (
        await queries.closed_cases(work, since=week_began(work.now, zone), limit=FEW)
        if cases.page == 1
        else Cases(rows=[])
    )
    language = language_of(request)
    views = [view(each, work.actor, language) for each in cases.rows]
    return page(
        request,
        "declarant/home.html",
        cases=cases,
        mine=[each for each in views if each["step"].mine],
        others=[each for each in views if not each["step"].mine],
        waiting=cases.total - cases.firms_turn,
        done=[view(each, work.actor, language) for each in done.rows],
        hidden=max(0, done.total - FEW),
        now=work.now,
        city=city_of(zone),
        books=work.actor.is_a(*DECLARANTS),
        together=_together(cases, work.actor.roles),
        start=await start(work, "/declarant"),
    )


def _together(cases: Cases, roles: frozenset[Any]) -> bool:
    """Do two visits of one place wait for a time that the reader may book?"""
    if roles.isdisjoint(DECLARANTS):
        return False
    waiting = [each for each in cases.rows if each.standing.state is State.TO_BOOK]
    places = [(each.visit.office_id, each.visit.site_id, each.declaration.firm_id) for each in waiting]
    return len(places) > len(set(places))


@get("/declarant/done", roles=FIRM)
async def done(work: Work, request: Request, p: FromQuery[int] = 1) -> Response[str]:  # type: ignore[type-arg]
    """Every finished case of the reader, newest first."""
    cases = await queries.closed_cases(work, page=page_number(p))
    at_office(request, cases.rows[0].office if cases.rows else (await offices(work))[0])
    language = language_of(request)
    return page(
        request,
        "declarant/done.html",
        cases=cases,
        done=[view(each, work.actor, language) for each in cases.rows],
        now=work.now,
    )


ROUTES = [home, done]
