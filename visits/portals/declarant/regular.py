"""/declarant/regular: a firm's regular hours: ask for one, use a kept place, give it back."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import groups_rows, regular, regular_rows, rules
from visits.booking.offer import policy_of
from visits.declarations.queries import title_of
from visits.errors import BadInput, Refusal
from visits.journey.states import LEVEL_NAMES, Level
from visits.portals.asking import Asking, typed_in
from visits.portals.regular import STATES, choices, told
from visits.portals.telling import at_office
from visits.roles import DECLARANTS
from visits.sites.queries import office_by_id, offices, sites_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATH = "/declarant/regular"


@get(PATH, roles=DECLARANTS)
async def shown(work: Work, request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """What is kept, for which visits, and a form to ask for more."""
    return await _page(work, request)


@post(PATH, roles=DECLARANTS)
async def ask(request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """Ask for an hour of the week; a chief decides."""
    form = await typed_in(request)
    try:
        site, level = UUID(form["site"]), Level(form["level"])
        figures = {name: int(form[name]) for name in ("isodow", "minute", "minutes", "weeks")}
        purpose = form["purpose"]
    except (KeyError, ValueError):
        raise BadInput(field="site, level, isodow, minute, minutes, weeks, purpose") from None

    async def deed(work: Work) -> None:
        await regular.ask(work, site, level, purpose=purpose, **figures)

    return await ASKING.tried(
        request, deed, then=PATH, typed=form, flash=N_("La demande est partie. Un chef de visite décide.")
    )


@post("/declarant/regular/days/{day_id:uuid}/use", roles=DECLARANTS)
async def use(request: Request, day_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Book a visit at the kept place."""
    try:
        visit_id = UUID((await typed_in(request)).get("visit", ""))
    except ValueError:
        raise BadInput(field="visit") from None

    async def deed(work: Work) -> None:
        await regular.use(work, day_id, visit_id)

    return await ASKING.tried(request, deed, then=f"/declarant/visits/{visit_id}/appointment")


@post("/declarant/regular/{regular_id:uuid}/end", roles=DECLARANTS)
async def end(work: Work, regular_id: FromPath[UUID]) -> Response[Any]:
    """Give back what is still kept."""
    await regular.end(work, regular_id)
    return go(PATH, flash=N_("L'heure régulière est terminée. Les visites réservées le restent."))


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    *,
    refused: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[Any]:
    known = await regular_rows.listed(work, *STATES)
    office = known[0][3] if known else (await offices(work))[0]
    office = await office_by_id(work, office.id)
    at_office(request, office)
    language = language_of(request)
    days = await regular_rows.days_of(work, [each.id for each, *_ in known], work.now)
    waiting = await groups_rows.to_book_together(work)
    rows = []
    for hours, _, site, of in known:
        fitting = [
            (str(visit.id), title_of(declaration))
            for visit, declaration in waiting
            if (visit.site_id, visit.level, declaration.firm_id) == (hours.site_id, hours.level, hours.firm_id)
        ]
        rows.append(told(hours, site, of, days.get(hours.id, []), language) | {"fitting": fitting})
    return page(
        request,
        "declarant/regular.html",
        status=refused.status if refused else 200,
        rows=rows,
        sites=[(str(each.id), each.name) for of in await offices(work) for each in await sites_of(work, of.id)],
        levels=[(each.value, say(LEVEL_NAMES[each], language)) for each in regular.LEVELS],
        weeks=[(str(each), str(each)) for each in range(1, regular.MOST_WEEKS + 1)],
        typed=typed or {},
        refused=sentence(request, refused) if refused else "",
        notice=policy_of(work, office).notice,
        **choices(office, language),
    )


ASKING = Asking(
    page=_page,
    said=(
        BadInput,
        regular.RegularFull,
        regular.RegularOver,
        regular.NotThisVisit,
        rules.SlotTaken,
        rules.SlotClosed,
        rules.TooSoon,
        rules.FirmDayFull,
    ),
)
ROUTES = [shown, ask, use, end]
