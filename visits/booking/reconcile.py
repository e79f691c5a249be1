"""Are the bits what the appointments say? free = work − live parts, for every resource and day written out."""

import logging
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from visits.booking import calendars
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
    """Every difference from today on, by day and resource; each is an alarm. `materialise` puts it right."""
    grid = grid_of(office)
    found = []
    for row, intervals in await calendars.bits_with_parts(work, office.id, grid.day_of(work.now)):
        should = row.work & ~grid.touched(row.day, intervals)
        if row.free != should:
            found.append(Difference(day=row.day, resource_id=row.resource_id, free=row.free, should=should))
    for each in found:
        log.error("bits and appointments differ: office %s, %s", office.id, each)
    return found
