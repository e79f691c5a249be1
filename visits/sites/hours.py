"""Rows of calendars to scheduling hours: the grid of an office, and when each of its resources works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling import Grid, Interval, subtract, working
from visits.sites import queries
from visits.sites.tables import Office, Resource, WorkTemplate
from visits.store.work import Work

ONE_DAY = timedelta(days=1)

#: The hours of three days in a row.
Pattern = tuple[tuple[tuple[int, int], ...], ...]


def grid_of(office: Office) -> Grid:
    """How the office cuts its local day."""
    return Grid(zone=ZoneInfo(office.tz), minutes=office.grid_minutes, day_start=office.day_start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The steps of a day a resource would work, and those it does not: a holiday, a closure, its own absence."""

    usual: int = 0
    holiday: int = 0
    shut: int = 0
    away: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The calendars of an office over a period, read once."""

    grid: Grid
    resources: Sequence[Resource]
    holidays: Mapping[date, str]
    templates: Mapping[UUID, Sequence[WorkTemplate]] = field(default_factory=dict)
    absences: Mapping[UUID, Sequence[Interval]] = field(default_factory=dict)
    #: Closures by site; None closes the whole office.
    closures: Mapping[UUID | None, Sequence[Interval]] = field(default_factory=dict)
    _patterns: dict[tuple[date, Pattern], tuple[Interval, ...]] = field(default_factory=dict)
    _whole: dict[tuple[date, tuple[Interval, ...]], int] = field(default_factory=dict)

    def work(self, resource: Resource, day: date) -> int:
        """The steps of a day on which the resource works: weekly hours without holidays, closures and absences, while
        on duty."""
        if day < resource.active_from or (resource.active_to is not None and day > resource.active_to):
            return 0
        shifts = self._shifts(resource.id, day)
        away = [each for each in self._away(resource) if any(each.meets(one) for one in shifts)]
        if away:
            return self.grid.inside(day, subtract(shifts, away))
        return self._whole[day, shifts]

    def lost(self, resource: Resource, day: date) -> Lost:
        """What of its weekly hours a resource loses on a day, and to what: the first that applies."""
        if day < resource.active_from or (resource.active_to is not None and day > resource.active_to):
            return Lost()
        hours = {each: self._minutes(resource.id, each) for each in (day - ONE_DAY, day, day + ONE_DAY)}
        usual = self.grid.inside(day, working(self.grid, day, minutes=hours.__getitem__))
        shifts = self._shifts(resource.id, day)
        closed = [each for site in {None, resource.site_id} for each in self.closures.get(site, ())]
        there, left = self._whole[day, shifts], self.grid.inside(day, subtract(shifts, closed))
        return Lost(usual=usual, holiday=usual & ~there, shut=there & ~left, away=left & ~self.work(resource, day))

    def _shifts(self, resource_id: UUID, day: date) -> tuple[Interval, ...]:
        """The shifts around a day. Most people of an office share theirs, so each pattern is worked out once."""
        pattern = tuple(self._minutes(resource_id, each) for each in (day - ONE_DAY, day, day + ONE_DAY))
        found = self._patterns.get((day, pattern))
        if found is None:
            hours = dict(zip((day - ONE_DAY, day, day + ONE_DAY), pattern, strict=True))
            found = tuple(working(self.grid, day, minutes=hours.__getitem__, holidays=self.holidays.keys()))
            self._patterns[day, pattern] = found
            self._whole[day, found] = self.grid.inside(day, found)
        return found

    def _away(self, resource: Resource) -> list[Interval]:
        sites = {None, resource.site_id}
        closed = [each for site in sites for each in self.closures.get(site, ())]
        return [*self.absences.get(resource.id, ()), *closed]

    def _minutes(self, resource_id: UUID, day: date) -> tuple[tuple[int, int], ...]:
        for each in self.templates.get(resource_id, ()):
            if each.isodow == day.isoweekday() and each.valid.contains(day):
                return tuple((begin, end) for begin, end in each.work)
        return ()


async def calendar(work: Work, office: Office, first: date, last: date) -> Calendar:
    """The calendars of an office for the days of a period and one more on each side (nights)."""
    grid = grid_of(office)
    begin, end = first - ONE_DAY, last + ONE_DAY
    templates: dict[UUID, list[WorkTemplate]] = {}
    for each in await queries.templates_of(work, office.id, begin, end):
        templates.setdefault(each.resource_id, []).append(each)
    absences: dict[UUID, list[Interval]] = {}
    start, stop = grid.opens(begin), grid.opens(end + ONE_DAY)
    for away in await queries.absences_between(work, office.id, start, stop):
        absences.setdefault(away.resource_id, []).append(_interval(away.during.lower, away.during.upper))
    closures: dict[UUID | None, list[Interval]] = {}
    for shut in await queries.closures_between(work, office.id, start, stop):
        closures.setdefault(shut.site_id, []).append(_interval(shut.during.lower, shut.during.upper))
    return Calendar(
        grid=grid,
        resources=await queries.active_resources(work, office.id, first, last),
        holidays=await queries.holidays_of(work, office.id, begin, end),
        templates=templates,
        absences=absences,
        closures=closures,
    )


def _interval(lower: datetime | None, upper: datetime | None) -> Interval:
    """A stored range as an interval; an absence without an end lasts."""
    return Interval(lower or datetime.min.replace(tzinfo=UTC), upper or datetime.max.replace(tzinfo=UTC))
