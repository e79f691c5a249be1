"""/admin/calendars/holidays: closed days. Close one, move one that follows the moon, confirm it, open it again.

An administrator speaks for every office the day is for, a supervisor for the own office only.
"""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.portals.admin.calendars import edit
from visits.roles import CALENDAR_KEEPERS, Role
from visits.sites import holidays, queries
from visits.sites.hours import grid_of
from visits.sites.rules import not_past
from visits.sites.tables import Holiday
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.route import post

Asked = Request[Any, Any, Any]


@post("/admin/calendars/{office_id:uuid}/holidays", roles=CALENDAR_KEEPERS)
async def close_day(request: Asked, office_id: FromPath[UUID]) -> Response[Any]:
    """A closed day, of this office or of all."""
    form = await Form.of(request)
    day, name = form.day("day"), form.text("holiday", longest=80)
    for_all = form.choice("where", ("office", "all") if request.user.is_a(Role.ADMIN) else ("office",)) == "all"
    tentative = form.ticked("tentative")
    day = day or date.max

    async def change(work: Work) -> object:
        office = await queries.office_kept(work, office_id)
        not_past(day, grid_of(office).day_of(work.now))
        return await holidays.add_holiday(work, None if for_all else office.id, day, name, tentative=tentative)

    return await edit(
        request,
        office_id,
        form,
        change,
        done=N_("Le jour fermé est enregistré. Plus personne n'y réserve."),
        blamed="day",
        for_all=for_all,
        days=(day, day) if not form.errors else None,
    )


@post("/admin/calendars/{office_id:uuid}/holidays/{holiday_id:uuid}/move", roles=CALENDAR_KEEPERS)
async def move(request: Asked, office_id: FromPath[UUID], holiday_id: FromPath[UUID]) -> Response[Any]:
    """Another day for a holiday that follows the moon; the day it goes to is sent, so that twice moves once."""
    form = await Form.of(request)
    to = form.day("to") or date.max
    holiday, scope = await _asked(request, office_id, holiday_id)

    async def change(work: Work) -> object:
        return await holidays.move_holiday(work, holiday_id, to, scope)

    days = (min(holiday.day, to), max(holiday.day, to))
    return await edit(
        request,
        office_id,
        form,
        change,
        done=N_("Le jour férié est déplacé."),
        blamed="to",
        for_all=holiday.office_id is None and scope is None,
        days=days if (days[1] - days[0]).days <= 2 * holidays.FARTHEST else None,
    )


@post("/admin/calendars/{office_id:uuid}/holidays/{holiday_id:uuid}/confirm", roles=CALENDAR_KEEPERS)
async def confirm(request: Asked, office_id: FromPath[UUID], holiday_id: FromPath[UUID]) -> Response[Any]:
    """The date is certain."""
    holiday, scope = await _asked(request, office_id, holiday_id)

    async def change(work: Work) -> object:
        return await holidays.confirm_holiday(work, holiday_id, scope)

    return await _one_tap(request, office_id, holiday, scope, change, done=N_("La date est confirmée."))


@post("/admin/calendars/{office_id:uuid}/holidays/{holiday_id:uuid}/remove", roles=CALENDAR_KEEPERS)
async def remove(request: Asked, office_id: FromPath[UUID], holiday_id: FromPath[UUID]) -> Response[Any]:
    """An ordinary day again."""
    holiday, scope = await _asked(request, office_id, holiday_id)

    async def change(work: Work) -> object:
        return await holidays.remove_holiday(work, holiday_id, scope)

    done = N_("Le jour est de nouveau ouvert. Vous pouvez le refermer.")
    return await _one_tap(request, office_id, holiday, scope, change, done=done)


@post("/admin/calendars/{office_id:uuid}/holidays/{holiday_id:uuid}/restore", roles=CALENDAR_KEEPERS)
async def restore(request: Asked, office_id: FromPath[UUID], holiday_id: FromPath[UUID]) -> Response[Any]:
    """Undo of an opening."""
    holiday, scope = await _asked(request, office_id, holiday_id)

    async def change(work: Work) -> object:
        return await holidays.restore_holiday(work, holiday_id)

    return await _one_tap(request, office_id, holiday, scope, change, done=N_("Le jour est de nouveau fermé."))


async def _one_tap(
    request: Asked, office_id: UUID, holiday: Holiday, scope: UUID | None, change: Any, *, done: str
) -> Response[Any]:
    form = await Form.of(request)
    days = (holiday.day, holiday.day)
    if holiday.stands_for:
        async with request.app.state.database.work(request.user) as work:
            stood = await queries.holiday_by_id(work, holiday.stands_for)
        days = (min(stood.day, holiday.day), max(stood.day, holiday.day))
    for_all = holiday.office_id is None and scope is None
    return await edit(request, office_id, form, change, done=done, blamed="", for_all=for_all, days=days)


async def _asked(request: Asked, office_id: UUID, holiday_id: UUID) -> tuple[Holiday, UUID | None]:
    """The holiday, and for which office the reader decides: none is everybody the holiday is for."""
    async with request.app.state.database.work(request.user) as work:
        office = await queries.office_kept(work, office_id)
        holiday = await queries.holiday_by_id(work, holiday_id)
    if holiday.office_id is not None:
        return holiday, office.id
    return holiday, None if request.user.is_a(Role.ADMIN) else office.id


ROUTES = [close_day, move, confirm, remove, restore]
