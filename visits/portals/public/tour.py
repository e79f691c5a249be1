"""/tour/{name}/{step}: the first steps of a role, a page each; seen once, not proposed again."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from visits.errors import NotFound
from visits.people.queries import see_tour
from visits.portals.queries import oldest_in
from visits.portals.steps import next_step
from visits.portals.tours import Step, Tour, tour_called
from visits.roles import EVERYBODY, Role
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.route import get, post


@get("/tour/{name:str}/{number:int}", roles=EVERYBODY)
async def step(
    work: Work,
    request: Request[Any, Any, Any],
    name: FromPath[str],
    number: FromPath[int],
) -> Response[str]:
    """One step; its link leads to the screen, and to the reader's own case where there is one."""
    tour = _mine(work, name)
    if not 1 <= number <= len(tour.steps):
        raise NotFound()
    shown = tour.steps[number - 1]
    own = await _own(work, shown)
    return page(
        request,
        "tour/step.html",
        tour=tour,
        number=number,
        step=shown,
        href=own or shown.href,
        none_yet=bool(shown.states) and not own,
        gloves=tour.role is Role.INSPECTOR,
    )


@post("/tour/{name:str}/seen", roles=EVERYBODY)
async def seen(work: Work, name: FromPath[str]) -> Response[None]:
    """The reader knows the way, on every device."""
    tour = _mine(work, name)
    if work.actor.person:
        await see_tour(work, work.actor.person, tour.name)
    return go(tour.home, flash=N_("Les premiers pas restent dans l'aide."))


def _mine(work: Work, name: str) -> Tour:
    tour = tour_called(name, work.actor.roles)
    if tour is None:
        raise NotFound()
    return tour


async def _own(work: Work, shown: Step) -> str:
    """The screen of the step for the reader's oldest case there; empty without one."""
    if not shown.states:
        return ""
    case = await oldest_in(work, shown.states)
    if case is None:
        return ""
    if work.actor.is_a(Role.AGENCY_OFFICER):
        return f"/agency/visits/{case.visit.id}"
    return next_step(case.standing, work.actor).href


ROUTES = [step, seen]
