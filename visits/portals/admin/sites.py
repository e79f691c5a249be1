"""/admin/offices/sites: a terminal or warehouse, its fence and codes, and what can be busy there."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.edit import edit_calendar
from visits.portals.admin.calendars import KIND_NAMES
from visits.roles import ADMINS
from visits.sites import admin, queries
from visits.sites.admin import CodeTaken, SiteFacts
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]


@get("/admin/offices/{office_id:uuid}/sites/new", roles=ADMINS)
async def ask_new(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[str]:
    """The form of a new site."""
    return await _new(request, work, office_id, Form({}, language_of(request)))


@post("/admin/offices/{office_id:uuid}/sites/new", roles=ADMINS)
async def add(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """A new site."""
    form = await Form.of(request)
    facts = _facts(form, code=form.text("code", longest=17).upper())
    if form.errors:
        return await _new(request, work, office_id, form)
    try:
        site = await admin.add_site(work, office_id, facts)
    except CodeTaken as refusal:
        form.blame(request, "code", refusal)
        return await _new(request, work, office_id, form)
    return go(f"/admin/offices/sites/{site.id}", flash=N_("Le site est ajouté. Ajoutez maintenant ses aires."))


@get("/admin/offices/sites/{site_id:uuid}", roles=ADMINS)
async def shown(request: Asked, work: Work, site_id: FromPath[UUID]) -> Response[str]:
    """One site."""
    return await _one(request, work, site_id, Form({}, language_of(request)))


@post("/admin/offices/sites/{site_id:uuid}", roles=ADMINS)
async def edit(request: Asked, work: Work, site_id: FromPath[UUID]) -> Response[Any]:
    """Other facts of a site."""
    form = await Form.of(request)
    facts = _facts(form, code="")
    if form.errors:
        return await _one(request, work, site_id, form)
    await admin.edit_site(work, site_id, facts)
    return go(f"/admin/offices/sites/{site_id}", flash=N_("Le site est enregistré."))


@post("/admin/offices/sites/{site_id:uuid}/places", roles=ADMINS)
async def add_place(request: Asked, work: Work, site_id: FromPath[UUID]) -> Response[Any]:
    """A bay, scanner or forklift; its hours begin with the usual ones."""
    form = await Form.of(request)
    kind, name = form.choice("kind", admin.PLACES), form.text("place", longest=80)
    site = await queries.site_by_id(work, site_id)
    if form.errors:
        return await _one(request, work, site_id, form)

    async def change(work: Work) -> object:
        return await admin.add_place(work, site.id, kind, name)

    await edit_calendar(work, site.office_id, change, confirmed=True)
    return go(
        f"/admin/offices/sites/{site_id}",
        flash=N_("C'est ajouté, avec les horaires habituels. Ouvrez-le pour les changer."),
    )


def _facts(form: Form, *, code: str) -> SiteFacts:
    latitude, longitude = form.decimal("latitude", -90, 90), form.decimal("longitude", -180, 180)
    if (latitude is None) != (longitude is None):
        form.refuse("longitude" if longitude is None else "latitude", N_("Donnez la latitude et la longitude."))
    return SiteFacts(
        code=code,
        name=form.text("name", longest=120),
        address=form.text("address", required=False, longest=200),
        latitude=latitude,
        longitude=longitude,
        fence_metres=form.whole("fence_metres", 20, 10000),
        locations=form.text("locations", required=False, longest=400).replace(",", " ").upper().split(),
    )


async def _new(request: Asked, work: Work, office_id: UUID, form: Form) -> Response[str]:
    office = await queries.office_by_id(work, office_id)
    return page(request, "admin/site_new.html", status=422 if form.errors else 200, bureau=office, form=form)


async def _one(request: Asked, work: Work, site_id: UUID, form: Form) -> Response[str]:
    site = await queries.site_by_id(work, site_id)
    office = await queries.office_by_id(work, site.office_id)
    request.state.tz = office.tz
    resources = await queries.resources_of(work, office.id)
    return page(
        request,
        "admin/site.html",
        status=422 if form.errors else 200,
        bureau=office,
        site=site,
        typed={
            "name": site.name,
            "address": site.address,
            "latitude": site.latitude,
            "longitude": site.longitude,
            "fence_metres": site.fence_metres,
            "locations": " ".join(site.locations),
        }
        | form.values,
        places=[each for each in resources if each.site_id == site.id],
        kinds=KIND_NAMES,
        addable=[(kind, KIND_NAMES[kind]) for kind in admin.PLACES],
        form=form,
    )


ROUTES = [ask_new, add, shown, edit, add_place]
