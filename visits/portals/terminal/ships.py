"""/terminal/ships: which ships are awaited, what stands on the quay; announced, put back and discharged by hand."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response

from visits.booking import landing
from visits.errors import Refusal
from visits.portals.posted import text
from visits.portals.terminal.home import TERMINALS, where
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATH = "/terminal/ships"
#: How long a discharged ship stays on the list.
SHOWN = timedelta(days=3)


class BadHour(Refusal):
    """Day or hour of the arrival is missing, or none."""

    code, status = "bad-arrival", 422
    says = N_("Donnez le jour et l'heure de l'arrivée prévue.")


@get(PATH, roles=TERMINALS)
async def ships(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """The list, the awaited first."""
    office, _, _, _ = await where(work, request, "")
    return await _page(work, request, office)


@post(PATH, roles=TERMINALS)
async def announce(work: Work, request: Request[Any, Any, Any]) -> Response[Any]:
    """A ship is expected, or later than it was; the same again changes nothing."""
    office, zone, _, _ = await where(work, request, "")
    form = await request.form()
    typed = {name: text(form, name) for name in ("manifest", "vessel", "day", "hour")}
    try:
        _, changed = await landing.expect(work, office, typed["manifest"], _moment(typed, zone), vessel=typed["vessel"])
    except (BadHour, landing.ManifestNeeded, landing.FarAway) as refusal:
        field = "manifest" if isinstance(refusal, landing.ManifestNeeded) else "day"
        return await _page(work, request, office, typed, {field: sentence(request, refusal)})
    told = N_("Le navire est annoncé. Les rendez-vous qui l'attendent suivent.")
    return go(PATH, flash=told if changed else N_("Ce navire est déjà débarqué : rien n'est changé."))


@post(PATH + "/landed", roles=TERMINALS)
async def landed(work: Work, request: Request[Any, Any, Any]) -> Response[Any]:
    """The whole ship is discharged, or the containers named; sent again it is said once."""
    office, _, _, _ = await where(work, request, "")
    form = await request.form()
    boxes = [each.upper() for each in text(form, "containers").replace(",", " ").replace(";", " ").split()]
    if text(form, "part") and not boxes:
        return await _page(work, request, office, errors={"containers": say(NAME_THEM, language_of(request))})
    await landing.land(work, office, text(form, "manifest"), containers=boxes[: landing.MOST_BOXES])
    return go(PATH, flash=N_("Le débarquement est noté. Les rendez-vous concernés sont confirmés."))


NAME_THEM = N_("Nommez les conteneurs débarqués.")


def _moment(typed: dict[str, str], zone: ZoneInfo) -> datetime:
    """The office's own day and hour as an instant."""
    try:
        found = datetime.fromisoformat(f"{typed['day']}T{typed['hour']}")
    except ValueError:
        raise BadHour() from None
    if found.tzinfo is not None:
        raise BadHour()
    return found.replace(tzinfo=zone)


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    office: Office,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[str]:
    found = await landing.calls(work, office.id, work.now - SHOWN)
    return page(
        request,
        "terminal/ships.html",
        status=422 if errors else 200,
        calls=found,
        awaited=sum(each.landed_at is None for each, _ in found),
        typed=typed or {},
        errors=errors or {},
    )


ROUTES = [ships, announce, landed]
