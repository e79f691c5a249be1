"""Half-open intervals: what touches does not meet."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import Interval, InvalidProblem, fits, intersect, subtract, union

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(begin: int, end: int) -> Interval:
    return Interval(NOON + timedelta(minutes=begin), NOON + timedelta(minutes=end))


def minutes(intervals: list[Interval]) -> set[int]:
    return {
        minute
        for each in intervals
        for minute in range(
            int((each.start - NOON).total_seconds() // 60), int((each.end - NOON).total_seconds() // 60)
        )
    }


some = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: at(pair[0], sum(pair))), max_size=6)


def test_neighbours_become_one_and_do_not_meet() -> None:
    assert union([at(0, 10), at(10, 20)]) == [at(0, 20)]
    assert not at(0, 10).meets(at(10, 20))
    assert intersect([at(0, 10)], [at(10, 20)]) == []


def test_a_hole_leaves_both_sides() -> None:
    assert subtract([at(0, 30)], [at(10, 20)]) == [at(0, 10), at(20, 30)]


def test_what_fits_lies_in_one_piece() -> None:
    assert fits(at(0, 20), union([at(0, 10), at(10, 20)]))
    assert not fits(at(0, 20), [at(0, 9), at(10, 20)])


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: at(5, 5), id="empty"),
        pytest.param(lambda: at(5, 4), id="backwards"),
        pytest.param(lambda: Interval(datetime(2026, 1, 1), datetime(2026, 1, 2)), id="without a zone"),
    ],
)
def test_an_interval_lasts_and_knows_its_zone(make: object) -> None:
    with pytest.raises(InvalidProblem):
        make()  # type: ignore[operator]


@given(some, some)
def test_the_algebra_is_that_of_sets_of_minutes(left: list[Interval], right: list[Interval]) -> None:
    assert minutes(union(left + right)) == minutes(left) | minutes(right)
    assert minutes(intersect(left, right)) == minutes(left) & minutes(right)
    assert minutes(subtract(left, right)) == minutes(left) - minutes(right)
