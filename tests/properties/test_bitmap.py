"""The bitmap and the multirange of PostgreSQL give the same starts, on any calendar, in any zone, on both grids."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import Grid, Interval, bits, starts, working
from tests.support import database as databases
from visits.store.embedded import Embedded

#: work − busy as the database sees it: wall clocks through its own zones, ranges through its own algebra.
ORACLE = """
with day as (
    select (cast($1 as date) + cast($4 as time)) at time zone $2 as opens,
           (cast($1 as date) + 1 + cast($4 as time)) at time zone $2 as closes
), shift as (
    select tstzrange(begins, greatest(begins, ends)) as during
    from unnest(cast($5 as date[]), cast($6 as int[]), cast($7 as int[])) as s(day, first, last),
    lateral (select (s.day + make_interval(mins => s.first)) at time zone $2 as begins,
                    (s.day + make_interval(mins => s.last)) at time zone $2 as ends) at
), free as (
    select coalesce((select range_agg(during) from shift), '{}')
         - coalesce((select range_agg(tstzrange(b, e)) from unnest(cast($8 as timestamptz[]), cast($9 as timestamptz[]))
                     as busy(b, e)), '{}') as during
)
select start from day, free, lateral (
    select start, row_number() over (order by start) as number
    from generate_series(opens, closes - make_interval(mins => cast($3 as int)), make_interval(mins => cast($3 as int)))
    as start
) as step
where number + cast($10 as int) - 1 <= 63
  and start + make_interval(mins => cast($3 as int) * cast($10 as int)) <= closes
  and free.during @> tstzrange(start, start + make_interval(mins => cast($3 as int) * cast($10 as int)))
order by start
"""

ZONES = ("Africa/Abidjan", "Africa/Casablanca", "Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Cape_Verde")
#: Days around which clocks change somewhere among the zones, and one on which none does. They lie in the past, where
#: Python's and PostgreSQL's own copies of the time-zone data agree (a new law reaches one before the other).
DAYS = (date(2025, 2, 23), date(2025, 3, 30), date(2025, 4, 6), date(2025, 10, 26), date(2025, 11, 24))


@dataclass(frozen=True)
class World:
    """One resource around one day."""

    grid: Grid
    day: date
    length: int
    shifts: dict[date, list[tuple[int, int]]]
    busy: list[Interval]

    def ours(self) -> list[datetime]:
        work = working(self.grid, self.day, minutes=lambda day: self.shifts.get(day, []), absences=self.busy)
        mask = starts(self.grid.inside(self.day, work), self.length)
        return [self.grid.at(self.day, step) for step in bits(mask)]

    def arguments(self) -> tuple[object, ...]:
        flat = [(day, first, last) for day, pairs in self.shifts.items() for first, last in pairs]
        columns = zip(*flat, strict=True) if flat else ((), (), ())
        return (
            self.day,
            str(self.grid.zone),
            self.grid.minutes,
            self.grid.day_start,
            *(list(each) for each in columns),
            [each.start for each in self.busy],
            [each.end for each in self.busy],
            self.length,
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    minutes, day_start = draw(st.sampled_from([(15, time(6)), (30, time(0))]))
    grid = Grid(zone=ZoneInfo(draw(st.sampled_from(ZONES))), minutes=minutes, day_start=day_start)
    day = draw(st.sampled_from(DAYS)) + timedelta(days=draw(st.integers(-1, 1)))
    shifts = {}
    for each in (day - timedelta(days=1), day, day + timedelta(days=1)):
        edges = draw(st.lists(st.integers(0, 1800), max_size=4, unique=True).filter(lambda some: len(some) % 2 == 0))
        ordered = sorted(edge for edge in edges if not twice(grid.zone, each, edge))
        shifts[each] = list(zip(ordered[::2], ordered[1::2], strict=False))
    opens = grid.opens(day)
    busy = [
        Interval(opens + timedelta(minutes=begin), opens + timedelta(minutes=begin + length))
        for begin, length in draw(st.lists(st.tuples(st.integers(-60, 1500), st.integers(1, 300)), max_size=5))
    ]
    return World(grid, day, draw(st.integers(1, 8)), shifts, busy)


def twice(zone: ZoneInfo, day: date, minute: int) -> bool:
    """The clock shows this time twice: the database means the second one, we the first; no shift begins there."""
    wall = datetime.combine(day, time(0)) + timedelta(minutes=minute)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second > first


class Oracle:
    """A connection with a loop of its own, for Hypothesis to call without one."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(asyncpg.connect(databases.dsn(Embedded.superuser, "postgres")))

    def starts(self, world: World) -> list[datetime]:
        rows = self._runner.run(self._connection.fetch(ORACLE, *world.arguments()))
        return [row["start"] for row in rows]

    def close(self) -> None:
        self._runner.run(self._connection.close())
        self._runner.close()


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    made = Oracle()
    yield made
    made.close()


@pytest.mark.slow  # a statement for each of many calendars
@settings(max_examples=150, deadline=None)
@given(world=worlds())
def test_bits_and_multiranges_offer_the_same_starts(oracle: Oracle, world: World) -> None:
    assert world.ours() == oracle.starts(world)
