"""/admin/calendars: when an office is open. Closed days, closures, and the way to everything that can be busy there.

An edit that would leave appointments outside names them first; nothing is changed until somebody confirms.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.edit import Change, FallsOutside, Foreseen, edit_calendar
from visits.errors import Refusal
from visits.portals.admin.queries import Stranded, stranded_of
from visits.roles import CALENDAR_KEEPERS, CHIEFS, Role
from visits.sites import holidays, published, queries
from visits.sites.hours import grid_of
from visits.sites.tables import Holiday, Office, Resource
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

KIND_NAMES = {
    "officer": N_("vérificateur"),
    "agency_officer": N_("agent d'organisme"),
    "bay": N_("aire de visite"),
    "scanner": N_("scanner"),
    "forklift": N_("chariot élévateur"),
}
#: How the kinds follow each other on a page.
GROUPS = (
    (N_("Vérificateurs"), "officer"),
    (N_("Agents d'organismes"), "agency_officer"),
    (N_("Aires de visite"), "bay"),
    (N_("Scanners"), "scanner"),
    (N_("Chariots élévateurs"), "forklift"),
)
#: Files of calendars: name in the address, what it holds.
FILES = {
    "days": N_("Jours fermés"),
    "hours": N_("Horaires"),
    "absences": N_("Absences"),
    "closures": N_("Fermetures"),
    "resources": N_("Aires et équipements"),
}
ONE_DAY = timedelta(days=1)


@get("/admin/calendars", roles=CALENDAR_KEEPERS)
async def listed(request: Asked, work: Work) -> Response[Any]:
    """The offices whose calendars somebody keeps; who keeps one only is led there."""
    if not request.user.is_a(Role.ADMIN):
        return go(path_of(request.user.office))
    found = await queries.offices(work)
    if len(found) == 1:
        return go(path_of(found[0].id))
    rows = []
    for office in found:
        rows.append((office, await _next_closed(work, office, grid_of(office).day_of(work.now))))
    return page(request, "admin/calendars.html", rows=rows)


@get("/admin/calendars/{office_id:uuid}", roles=CALENDAR_KEEPERS)
async def shown(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[str]:
    """One office's calendar."""
    return await one(request, work, office_id, Form({}, language_of(request)))


@post("/admin/calendars/{office_id:uuid}/region", roles=CALENDAR_KEEPERS)
async def set_region(request: Asked, office_id: FromPath[UUID]) -> Response[Any]:
    """The part of the country whose holidays count."""
    form = await Form.of(request)
    region = form.text("region", required=False, longest=6)

    async def change(work: Work) -> object:
        return await holidays.set_region(work, office_id, region)

    return await edit(
        request, office_id, form, change, done=N_("La région est enregistrée, avec ses jours fériés."), blamed="region"
    )


async def edit(
    request: Asked,
    office_id: UUID,
    form: Form,
    change: Change,
    *,
    done: str,
    blamed: str,
    for_all: bool = False,
    days: tuple[date, date] | None = None,
) -> Response[Any]:
    """Run one edit of an office's calendar (of every office's): made, or shown again with what it would leave outside.

    A refusal of the rules stands beside the field it is about.
    """
    database = request.app.state.database
    stranded: tuple[UUID, ...] = ()
    plan: Foreseen | None = None
    if not form.errors:
        try:
            left = await database.run(
                request.user,
                edit_calendar,
                None if for_all else office_id,
                change,
                confirmed=form.ticked("confirmed"),
                days=days,
            )
            return go(after(request, left, path_of(office_id)), flash=done, kind="warn" if left else "ok")
        except FallsOutside as refusal:
            stranded, plan = refusal.facts["stranded"], refusal.facts["plan"]
        except Refusal as refusal:
            if not blamed or refusal.status != 422:
                raise
            form.blame(request, blamed, refusal)
    async with database.work(request.user) as work:
        return await one(request, work, office_id, form, stranded=await stranded_of(work, stranded), plan=plan)


def after(request: Asked, left: Sequence[UUID], path: str) -> str:
    """Where an edit leads: a chief who left appointments outside sees the plan to place them anew."""
    return "/chief/replan" if left and request.user.is_a(*CHIEFS) else path


async def one(
    request: Asked,
    work: Work,
    office_id: UUID,
    form: Form,
    *,
    stranded: Sequence[Stranded] = (),
    plan: Foreseen | None = None,
) -> Response[str]:
    """The page of one office, with what was typed and what an edit would leave outside."""
    office = await queries.office_kept(work, office_id)
    request.state.tz, request.state.office_name = office.tz, office.name
    today = grid_of(office).day_of(work.now)
    days = await queries.holidays_from(work, office.id, today)
    sites = await queries.sites_of(work, office.id)
    resources = await queries.resources_of(work, office.id)
    admin = request.user.is_a(Role.ADMIN)
    return page(
        request,
        "admin/calendar.html",
        status=422 if form.errors else 409 if stranded else 200,
        bureau=office,
        admin=admin,
        today=today,
        next=min(
            (await queries.holidays_of(work, office.id, today, today + timedelta(days=365))).items(), default=None
        ),
        tentative=[each for each in days if each.tentative and not _gone(each)],
        days=[(each, _scope(each, office), _gone(each), _mine(each, admin)) for each in days],
        known=published.knows(office.country),
        regions=published.regions(office.country),
        closures=await queries.closures_from(work, office.id, work.now),
        sites=sites,
        site_names={each.id: f"{each.code} {each.name}" for each in sites},
        groups=[(title, _of_kind(resources, kind, today)) for title, kind in GROUPS],
        files=FILES,
        one_day=ONE_DAY,
        form=form,
        stranded=stranded,
        plan=plan,
        again=request.url.path,
    )


async def _next_closed(work: Work, office: Office, today: date) -> tuple[date, str] | None:
    found = await queries.holidays_of(work, office.id, today, today + timedelta(days=365))
    return min(found.items(), default=None)


def _of_kind(resources: Sequence[Resource], kind: str, today: date) -> list[Resource]:
    return [each for each in resources if each.kind == kind and (each.active_to is None or each.active_to >= today)]


def _scope(holiday: Holiday, office: Office) -> str:
    """For whom a day is closed."""
    if holiday.office_id:
        return N_("ce bureau")
    if holiday.region:
        return dict(published.regions(office.country)).get(holiday.region, holiday.region)
    return N_("tout le pays") if holiday.country else N_("tous les bureaux")


def _gone(holiday: Holiday) -> bool:
    """Does the day not count any more?"""
    return holiday.withdrawn_at is not None or (holiday.works and holiday.stands_for is not None)


def _mine(holiday: Holiday, admin: bool) -> bool:
    """May the reader put the day back?"""
    return admin or holiday.office_id is not None


def path_of(office_id: UUID | None) -> str:
    """The address of an office's calendar."""
    return f"/admin/calendars/{office_id}"


ROUTES = [listed, shown, set_region]
