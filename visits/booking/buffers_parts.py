"""What is booked of each resource: the hours of the visit with its buffers, and for an officer the roads around it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling import Grid, Interval, Slot
from visits.booking import buffers_rows
from visits.booking.buffers import Around, Part, Roads
from visits.booking.buffers_rows import Stays
from visits.booking.offer import Asked
from visits.declarations.queries import Case
from visits.sites.hours import grid_of
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.work import Work

OFFICER = "officer"


async def parts_for(
    work: Work, wanted: Asked, slot: Slot, day: date, chosen: Mapping[str, UUID], *, known: Stays | None = None
) -> list[Part]:
    """The parts of a new appointment, one a role. `known` is where officers are, if that is not what is booked now."""
    step, found = wanted.grid.step, []
    for need in wanted.needs:
        begin, end = slot.starts_at - need.before * step, slot.ends_at + need.after * step
        part = _part(wanted.grid, need.role, chosen[need.role], day, begin, end)
        found.append(await with_roads(work, wanted.case, part, known=known) if need.role == OFFICER else part)
    return found


async def with_roads(work: Work, case: Case, part: Part, *, known: Stays | None = None) -> Part:
    """An officer's part with what of the roads to the visits before and after is worked and not booked yet."""
    return await driven(work, case.office, case.visit.site_id, part, known=known, but=[case.visit.id])


async def driven(
    work: Work,
    office: Office,
    site_id: UUID | None,
    part: Part,
    *,
    known: Stays | None = None,
    but: Collection[UUID] = (),
) -> Part:
    """The same for any part at a site, where `but` are the visits that ask."""
    grid = grid_of(office)
    roads = Roads.of(policy(office, Around), grid)
    if not roads or site_id is None:
        return part
    if known is None:
        known = await buffers_rows.stays(work, office.id, part.day, part.day, but=but)
    before, after = roads.to_drive(known.get((part.day, part.resource), ()), str(site_id), part.begin, part.end)
    if not before and not after:
        return part
    works = (await buffers_rows.work_of(work, [(part.day, part.resource)])).get((part.day, part.resource), 0)
    before, after = worked(grid, part, works, before, after)
    whole = _part(grid, part.role, part.resource, part.day, part.begin - before, part.end + after)
    return replace(whole, travel_before=before, travel_after=after)


def worked(grid: Grid, part: Part, works: int, before: timedelta, after: timedelta) -> tuple[timedelta, timedelta]:
    """What of two roads is driven in working time, next to the visit: only that is booked. The rest is a break."""
    last = part.mask.bit_length()
    first = (part.mask & -part.mask).bit_length() - 1
    ahead = behind = 0
    while ahead < before // grid.step and first - ahead > 0 and works >> (first - ahead - 1) & 1:
        ahead += 1
    while behind < after // grid.step and works >> (last + behind) & 1:
        behind += 1
    return ahead * grid.step, behind * grid.step


def has_roads(case: Case) -> bool:
    """Do officers need time between the sites? Then a day is booked by one at a time, and judged with its roads."""
    return bool(case.visit.site_id and policy(case.office, Around).trips)


async def officers_too_far(work: Work, case: Case, day: date, *, lock: bool) -> dict[UUID, int]:
    """By officer the steps of a day at which he or she is still on the way from or to another site; with `lock`,
    nobody else books that day until the commit."""
    found = await too_far_from(work, case.office, case.visit.site_id, day, lock=lock, but=[case.visit.id])
    return {resource: mask for (_, resource), mask in found.items()}


async def too_far_from(
    work: Work, office: Office, site_id: UUID | None, day: date, *, lock: bool, but: Collection[UUID] = ()
) -> dict[tuple[date, UUID], int]:
    """The same for any site, by day and officer; `but` are the visits that ask."""
    roads = Roads.of(policy(office, Around), grid_of(office))
    if not roads or site_id is None:
        return {}
    if lock:
        await buffers_rows.one_at_a_time(work, office.id, day)
    return buffers_rows.too_far(roads, await buffers_rows.stays(work, office.id, day, day, but=but), str(site_id))


def _part(grid: Grid, role: str, resource: UUID, day: date, begin: datetime, end: datetime) -> Part:
    mask = grid.touched(day, [Interval(begin, end)])
    return Part(role=role, resource=resource, day=day, begin=begin, end=end, mask=mask)
