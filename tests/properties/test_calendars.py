"""Whatever is said about an office's days, the bits written out are what PostgreSQL computes live from the same rows.

Other tests compare one day of one resource in plain values; here whole calendars go through the tables: seasons of
weekly hours, night shifts, holidays of the country and of the region, answers of the office, closures, absences, first
and last days, in zones that change their clocks at midnight, at two and at three, for the summer and for Ramadan.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from scheduling import bits
from tests.support import database as databases
from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.app import make_tools
from visits.booking.materialise import materialise
from visits.booking.tables import DayBits
from visits.settings import Settings
from visits.sites.hours import grid_of
from visits.sites.tables import Absence, Closure, Holiday, Office, Resource, Site, WorkTemplate
from visits.store.engine import make_engine
from visits.store.work import Database

ORACLE = text("""
with office as (select * from office where id = :office),
day as (select day::date from generate_series(cast(:first as date) - 1, cast(:last as date) + 1, '1 day') as day),
answered as (select stands_for as id from holiday where office_id = :office and withdrawn_at is null),
closed as (
    select day from day, office where exists (
        select 1 from holiday h where h.office_id = office.id and h.day = day.day and not h.works
            and h.withdrawn_at is null
    ) or exists (
        select 1 from holiday h where h.office_id is null and h.country = office.country
            and (h.region = '' or h.region = office.region) and h.day = day.day and h.withdrawn_at is null
            and h.id not in (select id from answered where id is not null)
    ) and not exists (
        select 1 from holiday h where h.office_id = office.id and h.day = day.day and h.works
            and h.stands_for is null and h.withdrawn_at is null
    )
), shift as (
    select r.id, tstzrange(begins, greatest(begins, ends)) as during
    from office, day, resource r
    join work_template t on t.resource_id = r.id,
    lateral jsonb_array_elements(to_jsonb(t.work)) as span,
    lateral (select (day + make_interval(mins => (span->>0)::int)) at time zone office.tz as begins,
                    (day + make_interval(mins => (span->>1)::int)) at time zone office.tz as ends) at
    where r.office_id = office.id and t.valid @> day and t.isodow = extract(isodow from day)
        and day not in (select day from closed)
), away as (
    select resource_id as id, during from absence where withdrawn_at is null
    union all
    select r.id, c.during from closure c join resource r on r.office_id = c.office_id
        and (c.site_id is null or c.site_id = r.site_id) where c.withdrawn_at is null
), works as (
    select r.id, coalesce((select range_agg(during) from shift where shift.id = r.id), '{}')
        - coalesce((select range_agg(during) from away where away.id = r.id), '{}') as during
    from resource r where r.office_id = :office
)
select works.id, day.day, step.start
from works join resource r using (id), office, day,
lateral (select (day + office.day_start) at time zone office.tz as opens,
                (day + 1 + office.day_start) at time zone office.tz as closes) edge,
lateral (
    select start, row_number() over (order by start) as number
    from generate_series(opens, closes - make_interval(mins => office.grid_minutes),
                         make_interval(mins => office.grid_minutes)) as start
) step
where day.day between :first and :last and step.number <= 63
    and day.day >= r.active_from and (r.active_to is null or day.day <= r.active_to)
    and works.during @> tstzrange(step.start, step.start + make_interval(mins => office.grid_minutes))
""")

#: Zones with a day on which each changes its clocks, and those that never do. The years lie in the past, where Python's
#: and PostgreSQL's own copies of the time-zone data agree.
CHANGES = (
    ("Africa/Casablanca", date(2025, 2, 23)),
    ("Africa/Casablanca", date(2025, 4, 6)),
    ("Africa/Cairo", date(2025, 4, 25)),
    ("Africa/Cairo", date(2025, 10, 31)),
    ("Europe/Lisbon", date(2025, 3, 30)),
    ("Europe/Lisbon", date(2025, 10, 26)),
    ("Atlantic/Cape_Verde", date(2025, 7, 5)),
    ("Africa/Lagos", date(2025, 10, 1)),
    ("Africa/Abidjan", date(2025, 11, 24)),
)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """Everything said about one office around one day; numbers choose among what is there."""

    zone: str
    day: date
    nights: bool
    #: For each resource: its site or none, first and last day (from the day), seasons of hours by weekday.
    resources: list[tuple[bool, int, int | None, list[tuple[int, int, list[list[int]]]]]]
    #: Day, what: closed by the country, its region, the office; open by the office; a country's day moved or lifted.
    holidays: list[tuple[int, str]]
    #: Which resource, or for closures which site or all; start and length in minutes from the day.
    absences: list[tuple[int, int, int]]
    closures: list[tuple[bool, int, int]]


def twice(zone: ZoneInfo, day: date, minute: int) -> bool:
    """The clock shows this time twice: the database means the second one, we the first; no shift begins there."""
    wall = datetime.combine(day, time(0)) + timedelta(minutes=minute)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second > first


@st.composite
def offices(draw: st.DrawFn) -> Said:
    zone, day = draw(st.sampled_from(CHANGES))
    around = [day + timedelta(days=each) for each in range(-2, 4)]

    def spans() -> list[list[int]]:
        clear = [each for each in range(0, 1860, 15) if not any(twice(ZoneInfo(zone), one, each) for one in around)]
        edges = sorted(draw(st.lists(st.sampled_from(clear), min_size=1, max_size=4, unique=True)))
        return [list(pair) for pair in zip(edges[::2], edges[1::2], strict=False)]

    pool = [spans() for _ in range(3)]
    resources = []
    for _ in range(draw(st.integers(1, 3))):
        cut = draw(st.integers(-2, 3))
        which = draw(st.lists(st.integers(0, 2), min_size=14, max_size=14))
        seasons = [
            (isodow, since, pool[which[2 * isodow - 2 + turn]])
            for isodow in range(1, 8)
            for turn, since in enumerate((-400, cut))
        ]
        last = draw(st.none() | st.integers(-1, 3))
        resources.append((draw(st.booleans()), draw(st.sampled_from([-30, 0, 1])), last, seasons))
    kinds = st.sampled_from(["country", "region", "other", "own", "open", "moved", "lifted", "withdrawn"])
    stretches = st.tuples(st.integers(0, 2), st.integers(-1500, 3000), st.integers(1, 2000))
    return Said(
        zone=zone,
        day=day,
        nights=draw(st.booleans()),
        resources=resources,
        holidays=draw(st.lists(st.tuples(st.integers(-1, 1), kinds), max_size=5, unique=True)),
        absences=draw(st.lists(stretches, max_size=3)),
        closures=[(bool(which), start, length) for which, start, length in draw(st.lists(stretches, max_size=2))],
    )


class _Undone(Exception):
    """Ends an example; nothing of it stays."""


class World:
    """A stage on an event loop of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._engines = [make_engine(databases.dsn(role, name), pool=2) for role in ("visits_app", "visits_owner")]
        made = Settings(data=folder, database_url=databases.dsn("visits_app", name))
        clock = MovedClock()
        tools = make_tools(made, Database(self._engines[0], moved=clock))
        self.stage = Stage(tools, self._engines[1], clock, None)  # type: ignore[arg-type]
        self._runner.run(self.stage.found())

    def both(self, said: Said) -> tuple[set[Any], set[Any]]:
        """The steps written out and the steps the database computes."""
        return self._runner.run(self._both(said))

    async def _both(self, said: Said) -> tuple[set[Any], set[Any]]:
        ours: set[Any] = set()
        theirs: set[Any] = set()
        try:
            async with self.stage.work() as work:
                office = await self._write(work.session, said)
                first, last = said.day - ONE_DAY, said.day + ONE_DAY
                await materialise(work, office, first=first, days=3)
                grid = grid_of(office)
                rows = await work.session.scalars(select(DayBits).where(col(DayBits.office_id) == office.id))
                ours = {(row.resource_id, row.day, grid.at(row.day, step)) for row in rows for step in bits(row.work)}
                found = await work.session.execute(ORACLE, {"office": office.id, "first": first, "last": last})
                theirs = {tuple(row) for row in found}
                raise _Undone
        except _Undone:
            return ours, theirs

    async def _write(self, session: Any, said: Said) -> Office:
        grid = (30, time(0)) if said.nights else (15, time(6))
        office = Office(
            code="PROP", name="Essai", tz=said.zone, country="ZZ", region="01", currency="XOF",
            grid_minutes=grid[0], day_start=grid[1],
        )  # fmt: skip
        session.add(office)
        await session.flush()
        site = Site(office_id=office.id, code="S", name="S")
        session.add(site)
        await session.flush()
        made = []
        for here, since, last, seasons in said.resources:
            resource = Resource(
                office_id=office.id,
                site_id=site.id if here else None,
                kind="bay",
                name="x",
                active_from=said.day + timedelta(days=since),
                active_to=said.day + timedelta(days=last) if last is not None else None,
            )
            session.add(resource)
            await session.flush()
            made.append(resource)
            cut = said.day + timedelta(days=max(since for _, since, _ in seasons))
            for isodow, since, hours in seasons:
                begin = said.day + timedelta(days=since)
                valid = Range(begin, None if begin == cut else cut)
                session.add(WorkTemplate(resource_id=resource.id, valid=valid, isodow=isodow, work=hours))
        now = self.stage.clock.now()
        for offset, kind in said.holidays:
            await self._holiday(session, office, said.day + timedelta(days=offset), kind, now)
        opens = datetime.combine(said.day, time(0), tzinfo=UTC)
        for which, start, length in said.absences:
            begin = opens + timedelta(minutes=start)
            during = Range(begin, begin + timedelta(minutes=length))
            session.add(Absence(resource_id=made[which % len(made)].id, during=during, reason="x", at=now))
        for whole, start, length in said.closures:
            begin = opens + timedelta(minutes=start)
            during = Range(begin, begin + timedelta(minutes=length))
            where = None if whole else site.id
            session.add(Closure(office_id=office.id, site_id=where, during=during, reason="x", at=now))
        await session.flush()
        return office

    async def _holiday(self, session: Any, office: Office, day: date, kind: str, now: datetime) -> None:
        scope = {"country": "ZZ", "region": "01" if kind == "region" else "02" if kind == "other" else ""}
        if kind in ("own", "open"):
            session.add(Holiday(office_id=office.id, day=day, name="x", works=kind == "open"))
            return
        named = Holiday(day=day, name=f"{kind} {day}", source_day=day, **scope)
        named.withdrawn_at = now if kind == "withdrawn" else None
        session.add(named)
        await session.flush()
        if kind in ("moved", "lifted"):
            to = day + ONE_DAY if kind == "moved" else day
            answer = Holiday(office_id=office.id, day=to, name="y", works=kind == "lifted", stands_for=named.id)
            session.add(answer)

    def close(self) -> None:
        for engine in self._engines:
            self._runner.run(engine.dispose())
        self._runner.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    runner = asyncio.Runner()
    name = runner.run(databases.fresh_database())
    made = World(name, tmp_path_factory.mktemp("data"))
    yield made
    made.close()
    runner.run(databases.drop_database(name))
    runner.close()


@pytest.mark.slow  # a whole office written out for each of many calendars
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said=offices())
def test_bits_written_out_are_what_the_database_computes_live(world: World, said: Said) -> None:
    ours, theirs = world.both(said)

    assert ours == theirs
