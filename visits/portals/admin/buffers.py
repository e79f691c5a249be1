"""/admin/policies/{office}/buffers: time booked before and after a visit, roads between sites; shown, then saved."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath
from sqlalchemy import func, select
from sqlmodel import col

from visits.booking.buffers import LONGEST, Buffer, Trip
from visits.booking.quotas_change import checked_buffers, checked_trips
from visits.booking.tables import Appointment
from visits.errors import Refusal
from visits.journey.states import BY_APPOINTMENT, LEVEL_NAMES, Level
from visits.portals.admin.calendars import KIND_NAMES
from visits.roles import ADMINS
from visits.sites import queries
from visits.sites.admin import set_policies
from visits.sites.policies import Policies, policy
from visits.sites.tables import KINDS, Office, Site
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
#: Minutes an administrator may type.
MOST = int(LONGEST.total_seconds() // 60)
ALL_LEVELS, EVERYWHERE = N_("toutes les visites"), N_("partout")
#: Sites whose roads still fit on one page.
ROADS = 8


def address(office_id: UUID) -> str:
    """The page of an office's buffers and roads."""
    return f"/admin/policies/{office_id}/buffers"


@get("/admin/policies/{office_id:uuid}/buffers", roles=ADMINS)
async def shown(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[str]:
    """What is in force."""
    return await _show(request, work, await queries.office_by_id(work, office_id), Form({}, language_of(request)))


@post("/admin/policies/{office_id:uuid}/buffers", roles=ADMINS)
async def add(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """Time before and after for one kind of resource; the same case again takes the new times."""
    form, office = await Form.of(request), await queries.office_by_id(work, office_id)
    sites = await queries.sites_of(work, office.id)
    made = Buffer(
        kind=form.choice("kind", KINDS),
        before=form.whole("before", 0, MOST),
        after=form.whole("after", 0, MOST),
        level=form.choice("level", map(str, BY_APPOINTMENT)) if form.values.get("level") else "",
        site=form.choice("site", (str(each.id) for each in sites)) if form.values.get("site") else "",
    )
    if form.errors:
        return await _show(request, work, office, form)
    same = (made.kind, made.level, made.site)
    kept = [each for each in _buffers(office) if (each.kind, each.level, each.site) != same]
    try:
        wanted = checked_buffers([*kept, made], [each.id for each in sites])
    except Refusal as refusal:
        form.blame(request, "kind", refusal)
        return await _show(request, work, office, form)
    if not form.ticked("confirmed"):
        return await _show(request, work, office, form, preview=made)
    await _save(work, office, buffers=tuple(each.as_json() for each in wanted))
    return go(address(office.id), flash=N_("Enregistré : vaut pour les rendez-vous pris à partir de maintenant."))


@post("/admin/policies/{office_id:uuid}/buffers/remove", roles=ADMINS)
async def remove(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """One case goes; what others took away meanwhile is gone already."""
    form, office = await Form.of(request), await queries.office_by_id(work, office_id)
    stored = _buffers(office)
    kept = [each for each in stored if repr(each) != form.values.get("rule", "")]
    if len(kept) == len(stored):
        return go(address(office.id), flash=N_("Cette règle n'est plus là."), kind="warn")
    await _save(work, office, buffers=tuple(each.as_json() for each in kept))
    return go(address(office.id), flash=N_("Retiré. Les rendez-vous déjà pris gardent leur temps."))


@post("/admin/policies/{office_id:uuid}/buffers/roads", roles=ADMINS)
async def set_roads(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """How long an officer needs between any two sites."""
    form, office = await Form.of(request), await queries.office_by_id(work, office_id)
    sites = await queries.sites_of(work, office.id)
    trips = [
        Trip(here=str(here.id), there=str(there.id), minutes=form.whole(_name(here, there), 0, MOST))
        for here, there in _pairs(sites)
    ]
    if form.errors:
        return await _show(request, work, office, form)
    await _save(work, office, trips=tuple(each.as_json() for each in checked_trips(trips, [each.id for each in sites])))
    return go(address(office.id), flash=N_("Enregistré : vaut pour les rendez-vous pris à partir de maintenant."))


def _buffers(office: Office) -> list[Buffer]:
    return [Buffer.of(each) for each in policy(office, Policies).buffers]


def _pairs(sites: Sequence[Site]) -> list[tuple[Site, Site]]:
    return list(combinations(sites[:ROADS], 2))


def _name(here: Site, there: Site) -> str:
    return f"road-{here.id}-{there.id}"


async def _save(work: Work, office: Office, **changes: Any) -> None:
    await set_policies(work, office.id, replace(policy(office, Policies), **changes))


async def _show(request: Asked, work: Work, office: Office, form: Form, preview: Buffer | None = None) -> Response[str]:
    request.state.tz = office.tz
    language, sites = language_of(request), await queries.sites_of(work, office.id)
    named = {str(each.id): f"{each.code} {each.name}" for each in sites}
    known = {frozenset({each.here, each.there}): each.minutes for each in map(Trip.of, policy(office, Policies).trips)}

    def where(rule: Buffer) -> str:
        level = say(LEVEL_NAMES[Level(rule.level)] if rule.level else ALL_LEVELS, language)
        return f"{level} · {named.get(rule.site, rule.site) if rule.site else say(EVERYWHERE, language)}"

    def row(rule: Buffer) -> tuple[str, str, str]:
        times = say(N_("%(before)s min avant, %(after)s min après"), language, before=rule.before, after=rule.after)
        return repr(rule), f"{say(KIND_NAMES[rule.kind], language)} : {times}", where(rule)

    return page(
        request,
        "admin/buffers.html",
        status=422 if form.errors else 200,
        bureau=office,
        form=form,
        rows=[row(each) for each in _buffers(office)],
        kinds=[(each, say(KIND_NAMES[each], language)) for each in KINDS],
        levels=[("", say(ALL_LEVELS, language))]
        + [(str(each), say(LEVEL_NAMES[each], language)) for each in Level if each in BY_APPOINTMENT],
        sites=[("", say(EVERYWHERE, language)), *named.items()],
        preview=row(preview) if preview else None,
        hour=60 + (preview.before + preview.after if preview else 0),
        ahead=await _to_come(work, office) if preview else 0,
        sent=[(name, value) for name, value in form.values.items() if value] if preview else [],
        roads=[
            (
                _name(here, there),
                f"{here.code} – {there.code}",
                form.values.get(_name(here, there), known.get(frozenset({str(here.id), str(there.id)}), 0)),
            )
            for here, there in _pairs(sites)
        ],
        most=MOST,
    )


async def _to_come(work: Work, office: Office) -> int:
    found = await work.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.status) == "confirmed",
            func.lower(col(Appointment.during)) > work.now,
        )
    )
    return int(found or 0)


ROUTES = [shown, add, remove, set_roads]
