"""/agency: the joint visits the agency is invited to, what is ahead first, then the last thirty days."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Request, Response

from visits.booking import landing
from visits.journey.states import OVER, STATE_NAMES, State
from visits.portals.agency import queries
from visits.portals.agency.queries import Invited
from visits.portals.start import start
from visits.portals.steps import flag_of, holder_of
from visits.portals.telling import at_office, place_name
from visits.roles import Role
from visits.sites.hours import grid_of
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import language_of, page
from visits.web.route import get

AGENCIES = frozenset({Role.AGENCY_OFFICER})
#: How long a visit that is over stays on the list.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One visit of the list."""

    invited: Invited
    title: str
    goods: str
    place: str
    href: str
    state: str
    #: The flag and the name of who must act; empty when it is over.
    owner: str
    holder: str
    today: bool


@get("/agency", roles=AGENCIES)
async def home(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """What is ahead, then what was."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    language = language_of(request)
    today = grid_of(office).day_of(work.now)
    found = await queries.invited(work, today - KEPT)
    awaited = await landing.awaited(work, office.id, {each.case.visit.id for each in found})
    rows = [row_of(each, language, today=each.day == today, awaited=each.case.visit.id in awaited) for each in found]
    return page(
        request,
        "agency/home.html",
        agency=await queries.my_agency(work),
        ahead=[row for row in rows if row.invited.ahead],
        past=[row for row in reversed(rows) if not row.invited.ahead],
        now=work.now,
        start=await start(work, "/agency"),
    )


def row_of(invited: Invited, language: str, *, today: bool, awaited: bool) -> Row:
    """A visit in the reader's words."""
    visit, state = invited.case.visit, State(invited.case.visit.state)
    owner = "" if state in OVER else flag_of(visit.clock)
    return Row(
        invited=invited,
        title=invited.case.title if invited.case.declaration.number else visit.reference,
        goods=invited.case.declaration.goods,
        place=place_name(invited.where, language),
        href=f"/agency/visits/{visit.id}",
        state=say(N_("provisoire, confirmé au débarquement") if awaited else STATE_NAMES[state], language),
        owner=owner,
        holder=say(holder_of(visit.clock), language) if owner else "",
        today=today,
    )


ROUTES = [home]
