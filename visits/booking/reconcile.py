"""Are the bits what the appointments say? free = work − live parts, for every resource and day written out.

A difference is an alarm that stays until a person has seen what a repair would change, and repaired it; the periodic
write-out of calendars compares first and leaves alarmed days alone. Meanwhile no promise breaks: the exclusion
constraint judges every booking, whatever the bits say.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling import Interval
from visits.booking import alarms, calendars
from visits.booking.tables import CalendarAlarm
from visits.sites.hours import grid_of
from visits.sites.tables import Office
from visits.store.work import Work

log = logging.getLogger("visits.booking")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A day of a resource whose free bits are not what its work and its live parts leave."""

    day: date
    resource_id: UUID
    free: int
    should: int


async def reconcile(work: Work, office: Office) -> list[Difference]:
    """Every difference from today on, by day and resource."""
    grid = grid_of(office)
    found = []
    for row, intervals in await calendars.bits_with_parts(work, office.id, grid.day_of(work.now)):
        should = row.work & ~grid.touched(row.day, intervals)
        if row.free != should:
            found.append(Difference(day=row.day, resource_id=row.resource_id, free=row.free, should=should))
    return found


async def raise_alarms(work: Work, office: Office) -> int:
    """Compare, open an alarm for each difference that has none, and close those that are gone; how many differ."""
    known = {(each.day, each.resource_id): each for each in await alarms.open_for_update(work, office.id)}
    found = {(each.day, each.resource_id): each for each in await reconcile(work, office)}
    for key, each in found.items():
        if key not in known:
            log.error("bits and appointments differ: office %s, %s", office.id, each)
            if await alarms.open_one(work, office.id, each.day, each.resource_id, free=each.free, should=each.should):
                work.audit("calendar_alarm", each.resource_id, office=office.id, **_told(each))
        else:
            known[key].free, known[key].should = each.free, each.should
    for key, alarm in known.items():
        if key not in found:
            _settle(work, alarm, "vanished")
    return len(found)


async def repair(work: Work, office: Office, wanted: Collection[UUID]) -> int:
    """Set the bits of alarmed days to what their appointments leave now, and close the alarms; how many.

    An alarm that was settled meanwhile is passed over, so that a form sent twice repairs once.
    """
    grid = grid_of(office)
    due = [each for each in await alarms.open_for_update(work, office.id) if each.id in wanted]
    rows = {(row.day, row.resource_id): row for row in await alarms.bits_for_update(work, office.id, due)}
    busy = await alarms.busy_of(work, due)
    for alarm in due:
        row = rows.get((alarm.day, alarm.resource_id))
        if row is None:
            _settle(work, alarm, "vanished")
            continue
        should = row.work & ~grid.touched(alarm.day, busy.get((alarm.day, alarm.resource_id), []))
        difference = Difference(day=alarm.day, resource_id=alarm.resource_id, free=row.free, should=should)
        row.free, alarm.free, alarm.should = should, row.free, should
        row.version += 1
        _settle(work, alarm, "repaired")
        work.audit("calendar_repaired", alarm.resource_id, office=office.id, **_told(difference))
    return len(due)


def runs(office: Office, day: date, mask: int) -> Sequence[Interval]:
    """Bits of a day as stretches of time, for people."""
    grid, found, step = grid_of(office), [], 0
    while mask >> step:
        if mask >> step & 1:
            begin = step
            while mask >> step & 1:
                step += 1
            found.append(Interval(grid.at(day, begin), grid.at(day, step)))
        step += 1
    return found


def _settle(work: Work, alarm: CalendarAlarm, outcome: str) -> None:
    alarm.outcome, alarm.settled_at, alarm.settled_by = outcome, work.now, work.actor.person


def _told(each: Difference) -> dict[str, object]:
    """Masks as text: an audit row is read by people and by programs without 64-bit integers."""
    return {"day": each.day, "free": f"{each.free:016x}", "should": f"{each.should:016x}"}
