"""/admin/offices: offices with their sites, officers and closed days."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import alarms
from visits.people import queries as people
from visits.portals.admin.calendars import KIND_NAMES
from visits.roles import ADMINS
from visits.sites import admin, published, queries
from visits.sites.admin import CodeTaken, OfficeFacts
from visits.sites.hours import grid_of
from visits.sites.tables import Office, Resource
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

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
    if not published.knows(office.country):
        return go(
            _path(office.id),
            flash=N_("Le bureau est ouvert. Aucun calendrier publié pour ce pays : saisissez ses jours fériés."),
            kind="warn",
        )
    return go(_path(office.id), flash=N_("Le bureau est ouvert, avec les jours fériés du pays. Ajoutez ses sites."))


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
        alarmed=sum((await alarms.counts(work)).values()),
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


async def _one(request: Asked, work: Work, office_id: UUID, form: Form) -> Response[str]:
    office = await queries.office_by_id(work, office_id)
    request.state.tz = office.tz
    resources = await queries.resources_of(work, office.id)
    sites = await queries.sites_of(work, office.id)
    today = grid_of(office).day_of(work.now)
    return page(
        request,
        "admin/office.html",
        status=422 if form.errors else 200,
        bureau=office,
        sites=[
            (site, [each.name for each in resources if each.site_id == site.id and _runs(work, office, each)])
            for site in sites
        ],
        officers=[each for each in resources if each.person_id],
        kinds=KIND_NAMES,
        closed=sorted((await queries.holidays_of(work, office.id, today, today + timedelta(days=365))).items())[:3],
        form=form,
    )


def _runs(work: Work, office: Office, resource: Resource) -> bool:
    return resource.active_to is None or resource.active_to >= work.now.astimezone(ZoneInfo(office.tz)).date()


def _path(office_id: UUID) -> str:
    return f"/admin/offices/{office_id}"


ROUTES = [listed, add, shown, rename]
