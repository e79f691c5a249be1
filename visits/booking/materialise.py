"""Calendars to day bits, ahead of time: weekly hours − holidays − closures − absences − live parts.

Twice changes nothing. Edits of one office's calendars wait for each other; bookings wait for none of them longer than
for the rows they need.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from visits.actor import system
from visits.booking import calendars, queries
from visits.booking.alarms import open_days
from visits.booking.reconcile import raise_alarms
from visits.ids import TenantId
from visits.sites.holidays import fill
from visits.sites.hours import calendar, grid_of
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id, offices
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

log = logging.getLogger("visits.booking")

#: How far ahead the calendars are written out at least; an office that books farther ahead has more.
AHEAD = 60
#: Days the periodic job writes out in one transaction.
PIECE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What writing the calendars out changed."""

    #: Days of resources that are new or have other hours.
    changed: int
    #: Appointments that now lie outside the hours of a resource they need, oldest first.
    stranded: tuple[UUID, ...]


def ahead(office: Office) -> int:
    """How many days of an office are written out: as many as somebody may book."""
    values = policy(office, Policies)
    return max(AHEAD, values.horizon_days, values.horizon_staff_days)


async def materialise(
    work: Work,
    office: Office,
    *,
    days: int | None = None,
    first: date | None = None,
    resource_id: UUID | None = None,
    apart: Collection[tuple[date, UUID]] = (),
) -> Edited:
    """Write out the days of every active resource of an office, or of one, from today or from `first` on.

    Each part that no longer fits is marked with the moment it was found so, until it fits again or is given back.
    Call it again after any edit of hours, holidays, closures, absences or resources: bookings stand, and those that no
    longer fit are named. Bookings wait for the rows written here, so name the days and the resource where only they
    were touched. Days of resources in `apart` stay as they are written.
    """
    await calendars.one_at_a_time(work, office.id)
    first, days = first or grid_of(office).day_of(work.now), days or ahead(office)
    last = first + timedelta(days=days - 1)
    known = await calendars.bits_for_update(work, office.id, first, last, resource_id)
    open_hours = await calendar(work, office, first, last)
    parts = await calendars.parts_between(work, office.id, first, last, resource_id)
    busy = queries.masks_of(open_hours.grid, parts)
    rows: list[dict[str, Any]] = []
    seen = set()
    for resource in open_hours.resources:
        if resource_id not in (None, resource.id):
            continue
        for day in (first + timedelta(days=ahead) for ahead in range(days)):
            hours = open_hours.work(resource, day)
            seen.add((day, resource.id))
            row = {
                "day": day,
                "resource_id": resource.id,
                "kind": resource.kind,
                "site_id": resource.site_id,
                "agency_id": resource.agency_id,
                "skills": resource.skills,
                "work": hours,
                "free": hours & ~busy.get((day, resource.id), 0),
            }
            if known.get((day, resource.id)) != row:
                rows.append(row)
    for key, old in known.items():
        if key not in seen and (old["work"] or old["free"]):
            rows.append(old | {"work": 0, "free": 0})
    rows = [row for row in rows if (row["day"], row["resource_id"]) not in apart]
    # A search reads the days of one kind of resource: they lie side by side on the disk.
    await calendars.write_bits(work, office.id, sorted(rows, key=lambda row: (row["day"], row["kind"])))
    hours_of = {(row["day"], row["resource_id"]): row["work"] for row in [*known.values(), *rows]}
    stranded: dict[UUID, datetime] = {}
    for part in parts:
        mask = queries.masks_of(open_hours.grid, [part])[part.day, part.resource_id]
        outside = bool(mask & ~hours_of.get((part.day, part.resource_id), 0))
        part.stranded_since = (part.stranded_since or work.now) if outside else None
        if outside:
            stranded[part.appointment_id] = part.during.lower
    return Edited(changed=len(rows), stranded=tuple(sorted(stranded, key=lambda each: (stranded[each], each))))


async def keep_calendars(tools: Tools, tenant: TenantId) -> int:
    """The periodic job: holidays of the year to come, then compare, alarm, and write out the calendars of every office.

    A transaction writes some days of one office: nobody who books there waits long.
    Returns how many differences stand between the bits and the appointments.
    """
    run = tools.database.run
    async with tools.database.work(system(tenant)) as work:
        every = [(each.id, ahead(each)) for each in await offices(work)]
    differences = 0
    for office_id, days in every:
        differences += await run(system(tenant), _compare, office_id)
        for start in range(0, days, PIECE):
            await run(system(tenant), _write_piece, office_id, start, min(PIECE, days - start))
    return differences


async def _compare(work: Work, office_id: UUID) -> int:
    office = await office_by_id(work, office_id)
    await fill(work, office)
    return await raise_alarms(work, office)


async def _write_piece(work: Work, office_id: UUID, start: int, days: int) -> None:
    office = await office_by_id(work, office_id)
    first = grid_of(office).day_of(work.now) + timedelta(days=start)
    alarmed = await open_days(work, office.id)  # a difference is repaired by a person who saw it, never by the way
    if stranded := (await materialise(work, office, first=first, days=days, apart=alarmed)).stranded:
        log.warning("appointments outside the calendars: office %s, %s", office.id, stranded)
