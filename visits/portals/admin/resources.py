"""/admin/offices/resources: the hours, absences and last day of one officer, bay or scanner.

Each edit names the appointments it would leave outside, before it is made.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.edit import Change, FallsOutside, Foreseen, edit_calendar
from visits.booking.materialise import materialise
from visits.portals.admin.calendars import KIND_NAMES, after, path_of
from visits.portals.admin.queries import Stranded, stranded_of
from visits.portals.admin.spans import days_of, span_of
from visits.roles import ADMINS, CALENDAR_KEEPERS, Role
from visits.sites import admin, queries
from visits.sites.cells import HIGHEST
from visits.sites.hours import grid_of
from visits.sites.languages import bits_of, others, spoken
from visits.sites.policies import Policies, policy
from visits.sites.rules import EndsBeforeItBegins, PastDay
from visits.sites.skills import skills_in
from visits.sites.tables import WorkTemplate
from visits.sites.week import DAYS, HoursUnclear, minutes_of, text_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

#: Reasons offered; another one may be typed.
ABSENT = (N_("congé"), N_("maladie"), N_("formation"), N_("mission"), N_("panne"), N_("entretien"))


@get("/admin/offices/resources/{resource_id:uuid}", roles=CALENDAR_KEEPERS)
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


@post("/admin/offices/resources/{resource_id:uuid}/skills", roles=ADMINS)
async def qualify(request: Asked, work: Work, resource_id: FromPath[UUID]) -> Response[Any]:
    """Other skills, other languages or another grade of an officer; the draw asks for them from now on."""
    form = await Form.of(request)
    grade = form.whole("grade", 0, HIGHEST)
    resource = await queries.resource_by_id(work, resource_id)
    office = await queries.office_kept(work, resource.office_id)
    values = policy(office, Policies)
    known, languages = skills_in(values.skills), others(values.language)
    if form.errors:
        return await _one(request, work, resource_id, form)
    ticked, speaks = form.many("skills"), form.many("languages")
    kept = resource.skills & ~sum(each.bit for each in known) & ~bits_of(languages)
    skills = sum(each.bit for each in known if str(each.number) in ticked)
    tongues = bits_of([code for code in languages if code in speaks])
    await admin.qualify(work, resource_id, skills=kept | skills | tongues, grade=grade)
    await materialise(work, office, resource_id=resource_id)
    return go(_path(resource_id), flash=N_("Le grade, les habilitations et les langues sont enregistrés."))


@post("/admin/offices/resources/{resource_id:uuid}/hours", roles=CALENDAR_KEEPERS)
async def set_hours(request: Asked, resource_id: FromPath[UUID]) -> Response[Any]:
    """Other weekly hours from a day on, or for a season."""
    form = await Form.of(request)
    first, last = form.day("first"), form.day("last", required=False)
    week = {isodow: _spans(request, form, f"day{isodow}") for isodow in DAYS}

    async def change(work: Work) -> object:
        return await admin.set_hours(work, resource_id, week, first or date.max, last)

    return await _edit(request, resource_id, form, change, done=N_("Les horaires sont enregistrés."), blamed="first")


@post("/admin/offices/resources/{resource_id:uuid}/absences", roles=CALENDAR_KEEPERS)
async def add_absence(request: Asked, resource_id: FromPath[UUID]) -> Response[Any]:
    """Away from one day to another, both included, or for hours of one day."""
    form = await Form.of(request)
    start, end = span_of(form)
    reason = form.text("reason", longest=120)

    async def change(work: Work) -> object:
        return await admin.add_absence(work, resource_id, start, end, reason)

    done = N_("L'absence est enregistrée. Plus rien n'y est réservé.")
    days = days_of(start, end) if not form.errors else None
    return await _edit(request, resource_id, form, change, done=done, blamed="to_day", days=days)


@post("/admin/offices/absences/{absence_id:uuid}/withdraw", roles=CALENDAR_KEEPERS)
async def withdraw(request: Asked, absence_id: FromPath[UUID]) -> Response[Any]:
    """The absence does not hold any more; it can be put back."""

    async def change(work: Work) -> object:
        return await admin.withdraw_absence(work, absence_id)

    return await _one_tap(request, absence_id, change, done=N_("L'absence est retirée. Vous pouvez la remettre."))


@post("/admin/offices/absences/{absence_id:uuid}/restore", roles=CALENDAR_KEEPERS)
async def restore(request: Asked, absence_id: FromPath[UUID]) -> Response[Any]:
    """Undo of a withdrawal; appointments made meanwhile are named first."""

    async def change(work: Work) -> object:
        return await admin.restore_absence(work, absence_id)

    return await _one_tap(request, absence_id, change, done=N_("L'absence est remise."))


async def _one_tap(request: Asked, absence_id: UUID, change: Change, *, done: str) -> Response[Any]:
    form = await Form.of(request)
    async with request.app.state.database.work(request.user) as work:
        absence, resource = await queries.absence_by_id(work, absence_id)
    lower, upper = absence.during.lower, absence.during.upper
    days = (lower.date(), upper.date()) if lower and upper else None
    return await _edit(request, resource.id, form, change, done=done, blamed="", days=days)


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
    request: Asked,
    resource_id: UUID,
    form: Form,
    change: Change,
    *,
    done: str,
    blamed: str,
    days: tuple[date, date] | None = None,
) -> Response[Any]:
    """Run one edit: made when nothing falls outside or it was confirmed, else shown with what would."""
    database = request.app.state.database
    stranded: tuple[UUID, ...] = ()
    plan: Foreseen | None = None
    async with database.work(request.user) as work:
        office = await queries.office_kept(work, (await queries.resource_by_id(work, resource_id)).office_id)
    if not form.errors:
        try:
            left = await database.run(
                request.user,
                edit_calendar,
                office.id,
                change,
                confirmed=form.ticked("confirmed"),
                resource_id=resource_id,
                days=days,
            )
        except FallsOutside as refusal:
            stranded, plan = refusal.facts["stranded"], refusal.facts["plan"]
        except (PastDay, EndsBeforeItBegins) as refusal:
            form.blame(request, blamed, refusal)
        else:
            return go(after(request, left, _path(resource_id)), flash=done, kind="warn" if left else "ok")
    async with database.work(request.user) as work:
        return await _one(request, work, resource_id, form, stranded=await stranded_of(work, stranded), plan=plan)


def _spans(request: Asked, form: Form, name: str) -> list[list[int]]:
    try:
        return minutes_of(form.values.get(name, ""))
    except HoursUnclear as refusal:
        form.blame(request, name, refusal)
        return []


async def _one(
    request: Asked,
    work: Work,
    resource_id: UUID,
    form: Form,
    *,
    stranded: Sequence[Stranded] = (),
    plan: Foreseen | None = None,
) -> Response[str]:
    resource = await queries.resource_by_id(work, resource_id)
    office = await queries.office_kept(work, resource.office_id)
    request.state.tz = office.tz
    today = grid_of(office).day_of(work.now)
    templates = await queries.templates_of_resource(work, resource.id, today)
    now = {each.isodow: each for each in templates if each.valid.contains(today)}
    values = policy(office, Policies)
    known, language = skills_in(values.skills), language_of(request)
    return page(
        request,
        "admin/resource.html",
        status=422 if form.errors else 409 if stranded else 200,
        bureau=office,
        site=await queries.site_by_id(work, resource.site_id) if resource.site_id else None,
        resource=resource,
        kind=KIND_NAMES[resource.kind],
        week=[(isodow, name, text_of(now[isodow].work) if isodow in now else "") for isodow, name in DAYS.items()],
        later=_later(templates, today),
        skills=[(str(each.number), each.name) for each in known],
        has=form.many("skills") if form.values else [str(each.number) for each in known if resource.skills & each.bit],
        tongues=[(code, say(name, language).capitalize()) for code, name in others(values.language).items()],
        speaks=form.many("languages") if form.values else spoken(resource.skills, values.language),
        absences=await queries.absences_of(work, resource.id, work.now),
        reasons=ABSENT,
        today=today,
        form=form,
        stranded=stranded,
        plan=plan,
        admin=request.user.is_a(Role.ADMIN),
        calendar=path_of(office.id),
        again=request.url.path,
    )


def _later(templates: Sequence[WorkTemplate], today: date) -> list[tuple[date, date | None, list[tuple[str, str]]]]:
    """Hours that begin on a later day: first and last day, then weekday and hours."""
    found: dict[tuple[date, date | None], list[tuple[str, str]]] = {}
    for each in templates:
        if each.valid.lower and each.valid.lower > today:
            last = each.valid.upper - timedelta(days=1) if each.valid.upper else None
            found.setdefault((each.valid.lower, last), []).append((DAYS[each.isodow], text_of(each.work)))
    return [(first, last, hours) for (first, last), hours in sorted(found.items(), key=lambda each: each[0][0])]


def _path(resource_id: UUID) -> str:
    return f"/admin/offices/resources/{resource_id}"


ROUTES = [shown, rename, qualify, set_hours, add_absence, withdraw, restore, end]
