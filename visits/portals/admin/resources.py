"""/admin/offices/resources: the hours, absences and last day of one officer, bay or scanner.

Each edit says how many appointments it would leave outside, before it is made.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.portals.admin.calendars import FallsOutside, edit_calendar
from visits.portals.admin.offices import KIND_NAMES
from visits.roles import ADMINS
from visits.sites import admin, queries
from visits.sites.hours import grid_of
from visits.sites.rules import EndsBeforeItBegins, PastDay
from visits.sites.tables import WorkTemplate
from visits.sites.week import DAYS, HoursUnclear, minutes_of, text_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import MISSING, Form
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
Change = Callable[[Work], Awaitable[object]]

#: Reasons offered; another one may be typed.
ABSENT = (N_("congé"), N_("maladie"), N_("formation"), N_("mission"), N_("panne"), N_("entretien"))


@get("/admin/offices/resources/{resource_id:uuid}", roles=ADMINS)
async def shown(request: Asked, work: Work, resource_id: FromPath[UUID]) -> Response[str]:
    """One calendar."""
    return await _one(request, work, resource_id, Form({}, language_of(request)))


@post("/admin/offices/resources/{resource_id:uuid}/name", roles=ADMINS)
async def rename(request: Asked, work: Work, resource_id: FromPath[UUID]) -> Response[Any]:
    """Another name."""
    form = await Form.of(request)
    name = form.text("name", longest=80)
    if form.errors:
        return await _one(request, work, resource_id, form)
    await admin.rename_resource(work, resource_id, name)
    return go(_path(resource_id), flash=N_("Le nom est enregistré."))


@post("/admin/offices/resources/{resource_id:uuid}/hours", roles=ADMINS)
async def set_hours(request: Asked, resource_id: FromPath[UUID]) -> Response[Any]:
    """Other weekly hours from a day on."""
    form = await Form.of(request)
    first = form.day("first")
    week = {isodow: _spans(request, form, f"day{isodow}") for isodow in DAYS}

    async def change(work: Work) -> object:
        return await admin.set_hours(work, resource_id, week, first or date.max)

    return await _edit(request, resource_id, form, change, done=N_("Les horaires sont enregistrés."), blamed="first")


@post("/admin/offices/resources/{resource_id:uuid}/absences", roles=ADMINS)
async def add_absence(request: Asked, resource_id: FromPath[UUID]) -> Response[Any]:
    """Away from one day to another, both included, or for hours of one day."""
    form = await Form.of(request)
    first, last = form.day("from_day"), form.day("to_day", required=False)
    begin, end = _clock(form, "from_time"), _clock(form, "to_time")
    reason = form.text("reason", longest=120)

    async def change(work: Work) -> object:
        day = first or date.max
        start = datetime.combine(day, begin or time())
        until = (
            datetime.combine(last or day, end) if end else datetime.combine((last or day) + timedelta(days=1), time())
        )
        return await admin.add_absence(work, resource_id, start, until, reason)

    done = N_("L'absence est enregistrée. Plus rien n'y est réservé.")
    return await _edit(request, resource_id, form, change, done=done, blamed="to_day")


@post("/admin/offices/absences/{absence_id:uuid}/withdraw", roles=ADMINS)
async def withdraw(request: Asked, work: Work, absence_id: FromPath[UUID]) -> Response[None]:
    """The absence does not hold any more; it can be put back."""
    _, resource = await queries.absence_by_id(work, absence_id)

    async def change(work: Work) -> object:
        return await admin.withdraw_absence(work, absence_id)

    await edit_calendar(work, resource.office_id, change, confirmed=True)
    return go(_path(resource.id), flash=N_("L'absence est retirée. Vous pouvez la remettre."))


@post("/admin/offices/absences/{absence_id:uuid}/restore", roles=ADMINS)
async def restore(request: Asked, absence_id: FromPath[UUID]) -> Response[Any]:
    """Undo of a withdrawal; appointments made meanwhile are counted first."""
    form = await Form.of(request)
    async with request.app.state.database.work(request.user) as work:
        _, resource = await queries.absence_by_id(work, absence_id)

    async def change(work: Work) -> object:
        return await admin.restore_absence(work, absence_id)

    return await _edit(request, resource.id, form, change, done=N_("L'absence est remise."), blamed="")


@post("/admin/offices/resources/{resource_id:uuid}/end", roles=ADMINS)
async def end(request: Asked, resource_id: FromPath[UUID]) -> Response[Any]:
    """The last day of a bay, scanner or officer; an empty day takes the end back."""
    form = await Form.of(request)
    last = form.day("last_day", required=False)

    async def change(work: Work) -> object:
        return await admin.end_resource(work, resource_id, last)

    done = N_("Le dernier jour est enregistré.") if last else N_("Il n'y a plus de dernier jour.")
    return await _edit(request, resource_id, form, change, done=done, blamed="last_day")


async def _edit(
    request: Asked, resource_id: UUID, form: Form, change: Change, *, done: str, blamed: str
) -> Response[Any]:
    """Run one edit: made when nothing falls outside or it was confirmed, else shown with the count."""
    database, outside = request.app.state.database, 0
    if not form.errors:
        async with database.work(request.user) as work:
            office_id = (await queries.resource_by_id(work, resource_id)).office_id
        try:
            stranded = await database.run(
                request.user, edit_calendar, office_id, change, confirmed=form.ticked("confirmed")
            )
        except FallsOutside as refusal:
            outside = refusal.facts["count"]
        except (PastDay, EndsBeforeItBegins) as refusal:
            form.blame(request, blamed, refusal)
        else:
            return go(_path(resource_id), flash=done, kind="warn" if stranded else "ok")
    async with database.work(request.user) as work:
        return await _one(request, work, resource_id, form, outside=outside)


def _spans(request: Asked, form: Form, name: str) -> list[list[int]]:
    try:
        return minutes_of(form.values.get(name, ""))
    except HoursUnclear as refusal:
        form.blame(request, name, refusal)
        return []


def _clock(form: Form, name: str) -> time | None:
    value = form.values.get(name, "")
    try:
        return time.fromisoformat(value) if value else None
    except ValueError:
        form.refuse(name, MISSING)
        return None


async def _one(request: Asked, work: Work, resource_id: UUID, form: Form, *, outside: int = 0) -> Response[str]:
    resource = await queries.resource_by_id(work, resource_id)
    office = await queries.office_by_id(work, resource.office_id)
    request.state.tz = office.tz
    today = grid_of(office).day_of(work.now)
    templates = await queries.templates_of_resource(work, resource.id, today)
    now = {each.isodow: each for each in templates if each.valid.contains(today)}
    return page(
        request,
        "admin/resource.html",
        status=422 if form.errors else 409 if outside else 200,
        bureau=office,
        site=await queries.site_by_id(work, resource.site_id) if resource.site_id else None,
        resource=resource,
        kind=KIND_NAMES[resource.kind],
        week=[(isodow, name, text_of(now[isodow].work) if isodow in now else "") for isodow, name in DAYS.items()],
        later=_later(templates, today),
        absences=await queries.absences_of(work, resource.id, work.now),
        reasons=ABSENT,
        today=today,
        form=form,
        outside=outside,
        again=request.url.path,
    )


def _later(templates: Any, today: date) -> list[tuple[date, list[tuple[str, str]]]]:
    """Hours that begin on a later day: the day, then weekday and hours."""
    starts: dict[date, list[tuple[str, str]]] = {}
    each: WorkTemplate
    for each in templates:
        if each.valid.lower and each.valid.lower > today:
            starts.setdefault(each.valid.lower, []).append((DAYS[each.isodow], text_of(each.work)))
    return sorted(starts.items())


def _path(resource_id: UUID) -> str:
    return f"/admin/offices/resources/{resource_id}"


ROUTES = [shown, rename, set_hours, add_absence, withdraw, restore, end]
