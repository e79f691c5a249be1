"""The local day as a grid: 63 steps at most, whole on the days the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import Grid, Interval, InvalidProblem, OffGrid, bits, shift, span, starts, working

LISBON, CASABLANCA, ABIDJAN = (ZoneInfo(name) for name in ("Europe/Lisbon", "Africa/Casablanca", "Africa/Abidjan"))
QUARTERS = Grid(zone=ABIDJAN)
NIGHTS = Grid(zone=LISBON, minutes=30, day_start=time(0))
MONDAY = date(2026, 11, 23)
#: Clocks in Lisbon go forward on 29 March 2026 and back on 25 October.
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_quarters_from_six_fill_sixty_three_bits() -> None:
    assert QUARTERS.steps(MONDAY) == 63
    assert QUARTERS.at(MONDAY, 62) == utc(MONDAY, 21, 30)


@pytest.mark.parametrize(("day", "steps"), [(MONDAY, 48), (FORWARD, 46), (BACK, 50)])
def test_a_day_has_as_many_half_hours_as_pass(day: date, steps: int) -> None:
    assert NIGHTS.steps(day) == steps


def test_before_the_days_start_it_is_still_the_day_before() -> None:
    assert QUARTERS.day_of(utc(MONDAY, 5, 59)) == date(2026, 11, 22)
    assert QUARTERS.day_of(utc(MONDAY, 6)) == MONDAY


@pytest.mark.parametrize("at", [utc(MONDAY, 10, 7), utc(MONDAY, 21, 45), utc(MONDAY, 3)])
def test_a_time_off_the_grid_is_refused(at: datetime) -> None:
    with pytest.raises(OffGrid):
        QUARTERS.step_of(at)


def test_a_grid_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidProblem):
        Grid(zone=ABIDJAN, minutes=0)


def test_work_counts_whole_steps_and_busy_counts_touched_ones() -> None:
    between = [Interval(utc(MONDAY, 8, 10), utc(MONDAY, 9, 5))]

    assert list(bits(QUARTERS.inside(MONDAY, between))) == [9, 10, 11]
    assert list(bits(QUARTERS.touched(MONDAY, between))) == [8, 9, 10, 11, 12]


def test_what_begins_later_than_an_instant() -> None:
    assert QUARTERS.since(MONDAY, utc(MONDAY, 6)) == QUARTERS.whole(MONDAY)
    assert min(bits(QUARTERS.since(MONDAY, utc(MONDAY, 8)))) == 8
    assert min(bits(QUARTERS.since(MONDAY, utc(MONDAY, 8, 1)))) == 9
    assert QUARTERS.since(MONDAY, utc(date(2026, 11, 24), 8)) == 0


def test_a_length_is_rounded_up() -> None:
    assert [QUARTERS.count(timedelta(minutes=each)) for each in (1, 15, 16, 70)] == [1, 1, 2, 5]


def test_a_start_needs_its_whole_length_free() -> None:
    assert list(bits(starts(span(4, 4) | span(10, 2), 3))) == [4, 5]


def test_wall_clock_hours_keep_their_name_when_the_clocks_change() -> None:
    assert shift(LISBON, FORWARD, 480, 720) == Interval(utc(FORWARD, 7), utc(FORWARD, 11))
    assert shift(LISBON, MONDAY, 480, 720) == Interval(utc(MONDAY, 8), utc(MONDAY, 12))


def test_a_night_shift_goes_on_into_the_next_day_and_a_holiday_does_not_cut_it() -> None:
    nights = {date(2026, 11, 22): [[1200, 1680]]}
    found = working(NIGHTS, MONDAY, minutes=lambda day: nights.get(day, []), holidays={MONDAY})

    assert list(bits(NIGHTS.inside(MONDAY, found))) == list(range(8))


def test_hours_the_clock_skips_are_no_hours() -> None:
    assert shift(LISBON, FORWARD, 90, 125) is None


zones = st.sampled_from([LISBON, CASABLANCA, ABIDJAN, ZoneInfo("Atlantic/Azores"), ZoneInfo("Africa/Cairo")])
grids = st.builds(
    lambda zone, kind: Grid(zone=zone, minutes=kind[0], day_start=kind[1]),
    zones,
    st.sampled_from([(15, time(6)), (30, time(0))]),
)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(grids, days)
def test_every_step_comes_back_and_days_follow_without_a_gap(grid: Grid, day: date) -> None:
    instants = [grid.at(day, step) for step in range(grid.steps(day))]

    assert [grid.step_of(each) for each in instants] == [(day, step) for step in range(grid.steps(day))]
    assert len(instants) <= 63
    assert grid.opens(day) < grid.opens(day + timedelta(days=1))
    if grid.minutes == 30:
        assert instants[-1] + grid.step == grid.opens(day + timedelta(days=1))
