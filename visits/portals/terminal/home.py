"""/terminal: which container is wanted where and when, today and tomorrow; each is said to be placed, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import landing
from visits.errors import NotAllowed
from visits.fieldwork.positioning import Said, say
from visits.fieldwork.positions import POSITION_NAMES, Position
from visits.ids import new_id
from visits.journey.states import BLOCKS
from visits.portals.inspector.course import spaced
from visits.portals.posted import choice, sent_id, text
from visits.portals.start import start
from visits.portals.telling import at_office
from visits.portals.terminal import queries
from visits.portals.terminal.queries import Place
from visits.roles import Role
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.queries import office_by_id, sites_of
from visits.sites.tables import Office, Site
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say as told
from visits.web.language import time_of
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

TERMINALS = frozenset({Role.TERMINAL})

TAGS: dict[Position, str] = {
    Position.TO_PLACE: "act",
    Position.PLACED: "done",
    Position.MISSING: "no",
    Position.BLOCKED: "no",
}
#: What is told after a word was noted.
NOTED: dict[Position, str] = {
    Position.PLACED: N_("La mise en place est notée. Le vérificateur le voit."),
    Position.MISSING: N_("« Non trouvé » est noté. Le bureau et le déclarant le voient."),
    Position.BLOCKED: N_("Le blocage est noté avec sa raison. Le bureau et le déclarant le voient."),
    Position.TO_PLACE: N_("Votre réponse est reprise. Le conteneur est de nouveau à placer."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the list."""

    place: Place
    time: str
    name: str
    tag: tuple[str, str]
    #: Why it is blocked, in words.
    why: str
    #: The goods are still at sea.
    awaited: bool


@get("/terminal", roles=TERMINALS)
async def home(work: Work, request: Request[Any, Any, Any], site: FromQuery[str] = "") -> Response[str]:
    """The list, by day, hour and bay."""
    office, zone, sites, chosen = await where(work, request, site)
    language = language_of(request)
    today = grid_of(office).day_of(work.now)
    found = await queries.places(work, today, today + ONE_DAY, site=chosen.id if chosen else None)
    rows = await rows_of(work, office, found, language, zone)
    return page(
        request,
        "terminal/home.html",
        days=_by_day(rows, (today, today + ONE_DAY)),
        today=today,
        waiting=sum(row.place.open and row.place.position is Position.TO_PLACE for row in rows),
        stuck=sum(row.place.open and row.place.position in (Position.MISSING, Position.BLOCKED) for row in rows),
        rows=rows,
        sites=[("", told(N_("tous les lieux"), language)), *((each.code, each.name) for each in sites)],
        site=chosen.code if chosen else "",
        reasons=[(code, told(words, language)) for code, words in BLOCKS.items()],
        new_id=new_id,
        now=work.now,
        start=await start(work, "/terminal"),
    )


@post("/terminal/visits/{visit_id:uuid}/position", roles=TERMINALS)
async def position(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """A word on one container: placed, not found, blocked, or taken back. Sent again it is noted once."""
    a_person(work)
    form = await request.form()
    said = Said(
        id=sent_id(form),
        container=text(form, "container"),
        position=choice(form, "position", Position, N_("état")),
        reason=text(form, "reason"),
        note=text(form, "note"),
    )
    await say(work, visit_id, said)
    site = text(form, "site")
    return go("/terminal" + (f"?{urlencode({'site': site})}" if site else ""), flash=NOTED[said.position])


async def where(
    work: Work, request: Request[Any, Any, Any], site: str
) -> tuple[Office, ZoneInfo, Sequence[Site], Site | None]:
    """The office of whoever asks, its zone and sites, and the one asked for."""
    a_person(work)
    office = await office_by_id(work, work.actor.office)
    sites = await sites_of(work, office.id)
    return office, at_office(request, office), sites, next((each for each in sites if each.code == site), None)


async def rows_of(work: Work, office: Office, found: list[Place], language: str, zone: ZoneInfo) -> list[Row]:
    """The lines of a list, in words."""
    awaited = await landing.awaited(work, office.id, {each.visit for each in found})
    return [
        Row(
            place=each,
            time=time_of(each.starts_at, language, zone),
            name=spaced(each.container) if each.container else "",
            tag=(TAGS[each.position], told(POSITION_NAMES[each.position], language)),
            why=told(BLOCKS[each.standing.reason], language) if each.standing.reason in BLOCKS else "",
            awaited=each.visit in awaited,
        )
        for each in found
    ]


def a_person(work: Work) -> None:
    """The pages are for people; another system has the interface."""
    if work.actor.person is None:
        raise NotAllowed()


def _by_day(rows: list[Row], days: tuple[date, ...]) -> list[tuple[date, list[Row]]]:
    found = {day: list(each) for day, each in groupby(rows, key=lambda row: row.place.day)}
    return [(day, found[day]) for day in days if day in found]


ROUTES = [home, position]
