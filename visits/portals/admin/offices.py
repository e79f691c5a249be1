"""/admin/offices: offices with their sites, officers and closed days."""

from datetime import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from litestar import Request, Response
from litestar.params import FromPath

from visits.people import queries as people
from visits.portals.admin.calendars import FallsOutside, edit_calendar
from visits.roles import ADMINS
from visits.sites import admin, holidays, queries
from visits.sites.admin import CodeTaken, OfficeFacts
from visits.sites.hours import grid_of
from visits.sites.rules import PastDay
from visits.sites.tables import Office, Resource
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
#: How an office may cut its day: steps of 15 minutes from 06:00, or of 30 from 00:00 where nights are worked.
GRIDS = {"day": (15, time(6)), "night": (30, time(0))}


@get("/admin/offices", roles=ADMINS)
async def listed(request: Asked, work: Work) -> Response[str]:
    """Every office, and a form for another."""
    return await _list(request, work, Form({}, language_of(request)))


@post("/admin/offices", roles=ADMINS)
async def add(request: Asked, work: Work) -> Response[Any]:
    """A new office."""
    form = await Form.of(request)
    code, name = form.text("code", longest=12).upper(), form.text("name", longest=120)
    tz = form.text("tz", longest=60)
    if tz and tz not in available_timezones():
        form.refuse("tz", N_("Fuseau inconnu. Écrivez-le comme « Africa/Abidjan »."))
    country, currency = form.text("country", longest=2).upper(), form.text("currency", longest=3).upper()
    grid = form.choice("grid", GRIDS)
    if form.errors:
        return await _list(request, work, form)
    minutes, start = GRIDS[grid]
    facts = OfficeFacts(
        code=code, name=name, tz=tz, country=country, currency=currency, grid_minutes=minutes, day_start=start
    )
    try:
        office = await admin.add_office(work, facts)
    except CodeTaken as refusal:
        form.blame(request, "code", refusal)
        return await _list(request, work, form)
    return go(_path(office.id), flash=N_("Le bureau est ouvert. Ajoutez maintenant ses sites."))


async def _list(request: Asked, work: Work, form: Form) -> Response[str]:
    rows = []
    for office in await queries.offices(work):
        resources = await queries.resources_of(work, office.id)
        sites = await queries.sites_of(work, office.id)
        officers = [each for each in resources if each.kind == "officer" and _runs(work, office, each)]
        rows.append((office, len(sites), len(officers)))
    return page(
        request,
        "admin/offices.html",
        status=422 if form.errors else 200,
        rows=rows,
        agencies=await people.agencies(work),
        form=form,
    )


@get("/admin/offices/{office_id:uuid}", roles=ADMINS)
async def shown(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[str]:
    """One office."""
    return await _one(request, work, office_id, Form({}, language_of(request)))


@post("/admin/offices/{office_id:uuid}/name", roles=ADMINS)
async def rename(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """Another name."""
    form = await Form.of(request)
    name = form.text("name", longest=120)
    if form.errors:
        return await _one(request, work, office_id, form)
    await admin.rename_office(work, office_id, name)
    return go(_path(office_id), flash=N_("Le nom est enregistré."))


@post("/admin/offices/{office_id:uuid}/holidays", roles=ADMINS)
async def add_holiday(request: Asked, office_id: FromPath[UUID]) -> Response[Any]:
    """A closed day, of this office or of all; appointments on it are counted before it is set."""
    form = await Form.of(request)
    day, name = form.day("day"), form.text("holiday", longest=80)
    whole_country = form.choice("where", ("office", "country")) == "country"
    where = None if whole_country else office_id
    database, outside = request.app.state.database, 0
    if not form.errors and day:

        async def change(work: Work) -> object:
            office = await queries.office_by_id(work, office_id)
            if day < grid_of(office).day_of(work.now):
                raise PastDay()
            return await holidays.add_holiday(work, where, day, name)

        try:
            await database.run(request.user, edit_calendar, where, change, confirmed=form.ticked("confirmed"))
            return go(_path(office_id), flash=N_("Le jour fermé est enregistré. Plus personne n'y réserve."))
        except PastDay as refusal:
            form.blame(request, "day", refusal)
        except FallsOutside as refusal:
            outside = refusal.facts["count"]
    async with database.work(request.user) as work:
        return await _one(request, work, office_id, form, outside=outside)


@post("/admin/offices/holidays/{holiday_id:uuid}/remove", roles=ADMINS)
async def remove_holiday(request: Asked, work: Work, holiday_id: FromPath[UUID]) -> Response[None]:
    """An ordinary day again."""
    holiday = await queries.holiday_by_id(work, holiday_id)
    office_id = holiday.office_id

    async def change(work: Work) -> object:
        return await holidays.remove_holiday(work, holiday_id)

    await edit_calendar(work, office_id, change, confirmed=True)
    return go(_path(office_id) if office_id else "/admin/offices", flash=N_("Le jour est de nouveau ouvert."))


async def _one(request: Asked, work: Work, office_id: UUID, form: Form, *, outside: int = 0) -> Response[str]:
    office = await queries.office_by_id(work, office_id)
    request.state.tz = office.tz
    resources = await queries.resources_of(work, office.id)
    sites = await queries.sites_of(work, office.id)
    today = grid_of(office).day_of(work.now)
    return page(
        request,
        "admin/office.html",
        status=422 if form.errors else 409 if outside else 200,
        bureau=office,
        sites=[
            (site, [each.name for each in resources if each.site_id == site.id and _runs(work, office, each)])
            for site in sites
        ],
        officers=[each for each in resources if each.person_id],
        kinds=KIND_NAMES,
        today=today,
        holidays=await queries.holidays_from(work, office.id, today),
        form=form,
        outside=outside,
    )


def _runs(work: Work, office: Office, resource: Resource) -> bool:
    return resource.active_to is None or resource.active_to >= work.now.astimezone(ZoneInfo(office.tz)).date()


def _path(office_id: UUID) -> str:
    return f"/admin/offices/{office_id}"


ROUTES = [listed, add, shown, rename, add_holiday, remove_holiday]
