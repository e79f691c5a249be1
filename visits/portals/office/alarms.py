"""/office/alarms: days whose bits are not what their appointments say; what a repair would change, and the repair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import alarms
from visits.booking.reconcile import repair as repair_days
from visits.booking.reconcile import runs
from visits.booking.tables import CalendarAlarm
from visits.portals.telling import at_office
from visits.roles import CALENDAR_KEEPERS, CHIEFS, Role
from visits.sites.queries import office_by_id, office_kept
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say, time_of
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

#: Who sees and repairs: chiefs and keepers of their own office, administrators of every one.
REPAIRERS = CHIEFS | CALENDAR_KEEPERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One alarmed day of a resource in words."""

    alarm: CalendarAlarm
    name: str
    #: Said free though an appointment stands there, and said taken though nothing does.
    promised: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The alarmed days of an office."""

    office: Office
    since: datetime
    days: Sequence[Wrong]


@get("/office/alarms", roles=REPAIRERS)
async def show(work: Work, request: Request) -> Response[str]:  # type: ignore[type-arg]
    """Every difference with what a repair would change; nothing is changed by looking."""
    everywhere = work.actor.is_a(Role.ADMIN)
    if not everywhere:
        at_office(request, await office_by_id(work, work.actor.office))
    found = await alarms.open_everywhere(work, None if everywhere else work.actor.office)
    language = language_of(request)
    groups = []
    for _, rows in groupby(found, key=lambda row: row[1].id):
        listed = list(rows)
        office = listed[0][1]
        groups.append(
            Group(
                office=office,
                since=min(alarm.raised_at for alarm, _, _ in listed),
                days=[_wrong(alarm, office, name, language) for alarm, _, name in listed],
            )
        )
    return page(
        request,
        "office/alarms.html",
        groups=groups,
        total=len(found),
        now=work.now,
        zones={group.office.id: ZoneInfo(group.office.tz) for group in groups},
        back="/admin/offices" if everywhere else work.actor.home,
    )


@post("/office/alarms/{office_id:uuid}", roles=REPAIRERS)
async def repair(work: Work, request: Request, office_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Repair the days that were shown; those that came since wait to be seen. Sent twice it repairs once."""
    office = await _mine(work, office_id)
    form = await request.form()
    wanted = {found for each in form.getall("alarm", []) if (found := _id(str(each))) is not None}
    done = await repair_days(work, office, wanted)
    return go(
        "/office/alarms", flash=N_("Le calendrier est réparé.") if done else N_("Il n'y avait plus rien à réparer.")
    )


async def _mine(work: Work, office_id: UUID) -> Office:
    """The office, if its alarms are the actor's to see."""
    if work.actor.is_a(*CHIEFS) and office_id == work.actor.office:
        return await office_by_id(work, office_id)
    return await office_kept(work, office_id)


def _wrong(alarm: CalendarAlarm, office: Office, name: str, language: str) -> Wrong:
    return Wrong(
        alarm=alarm,
        name=name,
        promised=_times(alarm, office, alarm.free & ~alarm.should, language),
        lost=_times(alarm, office, alarm.should & ~alarm.free, language),
    )


def _times(alarm: CalendarAlarm, office: Office, mask: int, language: str) -> str:
    """« de 10 h à 11 h, de 14 h à 14 h 30 »."""
    zone = ZoneInfo(office.tz)
    return ", ".join(
        say(
            N_("de %(first)s à %(last)s"),
            language,
            first=time_of(each.start, language, zone),
            last=time_of(each.end, language, zone),
        )
        for each in runs(office, alarm.day, mask)
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ROUTES = [show, repair]
