"""/chief/regular: firms ask for a regular hour of the week; grant it, refuse it with a reason, end it."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import regular, regular_rows
from visits.errors import BadInput
from visits.portals.regular import STATES, told
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

PATH = "/chief/regular"
DONE = {
    "grant": N_("L'heure régulière est accordée. Les places sont gardées."),
    "refuse": N_("La demande est refusée."),
    "end": N_("L'heure régulière est terminée. Les visites réservées le restent."),
}


@get(PATH, roles=CHIEFS)
async def shown(work: Work, request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """What firms ask for, then what is kept."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    language = language_of(request)
    known = await regular_rows.listed(work, *STATES)
    days = await regular_rows.days_of(work, [each.id for each, *_ in known], work.now)
    rows = [
        told(hours, site, of, days.get(hours.id, []), language) | {"firm": firm.name} for hours, firm, site, of in known
    ]
    return page(
        request,
        "chief/regular.html",
        asked=[each for each in rows if each["state"] == "asked"][::-1],
        granted=[each for each in rows if each["state"] == "granted"],
        most=policy(office, Policies).regular_per_day,
        now=work.now,
    )


@post("/chief/regular/{regular_id:uuid}", roles=CHIEFS)
async def decide(work: Work, request: Request, regular_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Grant, refuse or end."""
    form = await request.form()
    what, reason = str(form.get("do") or ""), str(form.get("reason") or "")
    if what not in DONE:
        raise BadInput(field="do")
    if what == "refuse" and not reason.strip():
        return go(PATH, flash=N_("Donnez la raison du refus : le cabinet la lit."), kind="warn")
    if what == "grant":
        await regular.grant(work, regular_id, reason=reason)
    elif what == "refuse":
        await regular.refuse(work, regular_id, reason=reason)
    else:
        await regular.end(work, regular_id, reason=reason)
    return go(PATH, flash=DONE[what])


ROUTES = [shown, decide]
