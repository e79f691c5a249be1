"""Starts an office would offer but for a holiday, a closure or absences, and the reason people read.

Only days that lost something are looked at: a search on ordinary days asks nothing more than which closures there are,
and whether on days with fewer hours than others somebody is away. No person is named, nor why they are away.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from scheduling import Bar, Grid, Interval, Reason, Why, either, starts
from visits.booking.lost_rows import days_missed
from visits.booking.rules import Need
from visits.sites.hours import Calendar, Lost, calendar
from visits.sites.queries import closures_between
from visits.sites.tables import Closure, Office
from visits.store.work import Work

ONE_DAY = timedelta(days=1)


async def lost_days(
    work: Work,
    office: Office,
    needs: Sequence[Need],
    grid: Grid,
    *,
    length: int,
    first: date,
    last: date,
    holidays: Iterable[date],
    works: Mapping[tuple[date, str], int],
) -> dict[date, tuple[Bar, ...]]:
    """By day the starts lost to holidays, closures and absences. `works` are the starts of each day at which somebody
    could play a role, were they all free."""
    closures = await closures_between(work, office.id, grid.opens(first), grid.opens(last + ONE_DAY))
    days = {day for day in holidays if first <= day <= last}
    for each in closures:
        begin, end = max(each.during.lower, grid.opens(first)), min(each.during.upper, grid.opens(last + ONE_DAY))
        shut, stop = grid.day_of(begin), grid.day_of(end)
        days |= {shut + ahead * ONE_DAY for ahead in range((stop - shut).days + 1)}
    short = {day: (grid.opens(day), grid.opens(day + ONE_DAY)) for day in _short(needs, works, first, last)}
    if short:
        days |= await days_missed(work, office.id, {need.kind for need in needs}, short)
    wanted = sorted(day for day in days if first <= day <= last)
    if not wanted or not needs:
        return {}
    known = await calendar(work, office, wanted[0], wanted[-1])
    return {day: lost_on(known, closures, needs, day, length=length) for day in wanted}


def _short(needs: Sequence[Need], works: Mapping[tuple[date, str], int], first: date, last: date) -> list[date]:
    """Days on which a role of the office begins less than on another day."""
    office = [need.role for need in needs if not need.guest]
    usual = {role: either(mask for (_, each), mask in works.items() if each == role) for role in office}
    days = [first + ahead * ONE_DAY for ahead in range((last - first).days + 1)]
    masks = {day: [(works.get((day, role), 0), usual[role]) for role in office] for day in days}
    return [day for day in days if any(not had or best & ~had for had, best in masks[day])]


def lost_on(
    known: Calendar, closures: Sequence[Closure], needs: Sequence[Need], day: date, *, length: int
) -> tuple[Bar, ...]:
    """The starts of one day that are lost, each with the first reason that applies."""
    found = losses(known, day)
    office = [need for need in needs if not need.guest]

    def begun(need: Need, *reasons: str) -> int:
        """When somebody could play a role, if these reasons removed nobody."""
        return either(
            starts(_works(found[each.id], *reasons), need.before + length + need.after) << need.before
            for each in known.resources
            if need.fits(each)
        )

    def together(*reasons: str) -> int:
        mask = known.grid.whole(day)
        for need in office:
            mask &= begun(need, *reasons)
        return mask

    usual, opened, stands = together("holiday", "shut", "away"), together("shut", "away"), together("away")
    sites = {None, *(need.site_id for need in needs)}
    closed = _closed(known.grid, [each for each in closures if each.site_id in sites], day, length)
    bars = [Bar(mask=usual & ~opened, reason=Reason(why=Why.HOLIDAY))]
    bars += [Bar(mask=mask & opened & ~stands, reason=Reason(why=Why.SHUT, label=label)) for label, mask in closed]
    bars += [Bar(mask=stands & ~begun(need), reason=Reason(why=Why.AWAY, role=need.role)) for need in office]
    return tuple(bar for bar in bars if bar.mask)


def _works(lost: Lost, *reasons: str) -> int:
    """The steps it works, were it not for these reasons."""
    gone = {"holiday": lost.holiday, "shut": lost.shut, "away": lost.away}
    return lost.usual & ~either(mask for reason, mask in gone.items() if reason not in reasons)


def _closed(grid: Grid, closures: Sequence[Closure], day: date, length: int) -> list[tuple[str, int]]:
    """What people read of each closure of a day, and the starts whose visit would reach into it."""
    found = []
    for each in closures:
        steps = grid.touched(day, [Interval(each.during.lower, each.during.upper)])
        found.append((each.reason, either(steps >> ahead for ahead in range(length)) | steps))
    return found


def losses(known: Calendar, day: date) -> Mapping[UUID, Lost]:
    """What each resource loses of a day."""
    return {each.id: known.lost(each, day) for each in known.resources}
