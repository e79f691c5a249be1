"""/terminal: which container is wanted where and when, today and tomorrow, and one button for each."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.fieldwork import checkin
from visits.ids import new_id
from visits.portals.inspector.course import spaced
from visits.portals.posted import sent_id, text
from visits.portals.start import start
from visits.portals.telling import at_office
from visits.portals.terminal import queries
from visits.portals.terminal.queries import Place
from visits.roles import Role
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.queries import office_by_id, sites_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say, time_of
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

TERMINALS = frozenset({Role.TERMINAL})

STATES: dict[str, tuple[str, str]] = {
    "to_place": ("act", N_("à placer")),
    "placed": ("done", N_("placé")),
    "absent": ("no", N_("non trouvé")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the list."""

    place: Place
    time: str
    name: str
    tag: tuple[str, str]
    #: The id of the deed, if the button is pressed.
    sent: UUID


@get("/terminal", roles=TERMINALS)
async def home(work: Work, request: Request[Any, Any, Any], site: FromQuery[str] = "") -> Response[str]:
    """The list, by day and hour."""
    office = await office_by_id(work, work.actor.office)
    zone = at_office(request, office)
    language = language_of(request)
    today = grid_of(office).day_of(work.now)
    sites = await sites_of(work, office.id)
    chosen = next((each for each in sites if each.code == site), None)
    places = await queries.to_place(work, (today, today + ONE_DAY), chosen.id if chosen else None)
    rows = [
        Row(
            place=each,
            time=time_of(each.starts_at, language, zone),
            name=spaced(each.container) if each.container else "",
            tag=STATES[each.state],
            sent=new_id(),
        )
        for each in places
    ]
    return page(
        request,
        "terminal/home.html",
        days=_by_day(rows, today),
        today=today,
        waiting=sum(each.state == "to_place" for each in places),
        rows=rows,
        sites=[("", say(N_("tous les lieux"), language)), *((each.code, each.name) for each in sites)],
        site=chosen.code if chosen else "",
        now=work.now,
        start=await start(work, "/terminal"),
    )


def _by_day(rows: list[Row], today: date) -> list[tuple[date, list[Row]]]:
    found = {day: list(each) for day, each in groupby(rows, key=lambda row: row.place.day)}
    return [(day, found[day]) for day in (today, today + ONE_DAY) if day in found]


@post("/terminal/visits/{visit_id:uuid}/placed", roles=TERMINALS)
async def placed(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """A container stands at its bay."""
    form = await request.form()
    box = text(form, "container")
    await checkin.placed(work, visit_id, id=sent_id(form), containers=[box] if box else [])
    site = text(form, "site")
    back = f"/terminal?site={quote(site)}" if site else "/terminal"
    return go(back, flash=N_("La mise en place est notée. Le vérificateur le voit."))


ROUTES = [home, placed]
