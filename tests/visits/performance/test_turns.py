"""Turns cut the time from lane to voucher exactly: nothing is lost, nothing counts twice."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduling import Interval
from visits.journey.states import CLOCKS, Clock, State
from visits.journey.timeline import Happening
from visits.performance.turns import Change, by_owner, change_to, in_minutes, owner_after, turns, worked

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def to(minutes: float, state: State, visit: int = 1) -> Change:
    return change_to(at(minutes), visit, state, CLOCKS[state])


def told(minutes: float, kind: str) -> Happening:
    return Happening(kind=kind, server_at=at(minutes))


#: Minutes from an hour before the lane to an hour after the end, so that some fall outside.
moments = st.integers(-60 * 60, 11 * 60 * 60).map(lambda seconds: EIGHT + timedelta(seconds=seconds))
some_changes = st.lists(
    st.builds(
        Change,
        at=moments,
        visit=st.integers(1, 3),
        owner=st.sampled_from([clock.value for clock in Clock]),
        done=st.booleans(),
    ),
    max_size=12,
)
some_events = st.lists(
    st.builds(Happening, kind=st.sampled_from(["assessed", "paid", "lane_selected"]), server_at=moments), max_size=4
)


@given(some_changes, some_events, st.integers(1, 600))
def test_the_parts_are_the_whole(changes: list[Change], events: list[Happening], minutes: int) -> None:
    start, end = EIGHT, at(minutes)

    cut = turns(changes, events, start=start, end=end)

    assert cut[0].start == start
    assert cut[-1].end == end
    assert all(before.end == after.start for before, after in pairwise(cut))
    assert all(before.owner != after.owner for before, after in pairwise(cut))
    assert sum((time for _, time in by_owner(cut)), timedelta()) == end - start


@given(some_changes, st.integers(1, 600))
def test_shown_in_minutes_the_parts_still_add_up(changes: list[Change], minutes: int) -> None:
    parts = by_owner(turns(changes, start=EIGHT, end=at(minutes)))

    shown = in_minutes(parts)

    assert sum((time for _, time in shown), timedelta()) == timedelta(minutes=minutes)
    assert all(abs(one[1] - other[1]) < timedelta(minutes=1) for one, other in zip(parts, shown, strict=True))


@given(some_changes, st.integers(1, 600))
def test_office_hours_cut_every_part_and_the_whole_alike(changes: list[Change], minutes: int) -> None:
    hours = [Interval(at(30), at(200)), Interval(at(260), at(500))]

    parts = by_owner(turns(changes, start=EIGHT, end=at(minutes)), hours)

    assert sum((time for _, time in parts), timedelta()) == worked(EIGHT, at(minutes), hours)


def test_a_plain_case_is_told_as_it_was() -> None:
    changes = [to(0, State.PACKAGE), to(30, State.CHECKING), to(45, State.TO_BOOK), to(50, State.BOOKED)]

    cut = turns(changes, start=at(0), end=at(60))

    assert [(turn.owner, turn.length / timedelta(minutes=1)) for turn in cut] == [
        ("declarant", 30),
        ("customs", 15),
        ("declarant", 5),
        ("customs", 10),
    ]


def test_before_the_visit_opens_customs_holds_the_clock() -> None:
    [first, _] = turns([to(20, State.PACKAGE)], start=at(0), end=at(60))

    assert (first.owner, first.length) == ("customs", timedelta(minutes=20))


def test_the_visit_opened_last_speaks_until_it_is_over() -> None:
    changes = [to(0, State.ACKNOWLEDGED), to(10, State.LAB, visit=2), to(40, State.CANCELLED, visit=2)]

    cut = turns(changes, start=at(0), end=at(60))

    assert [turn.owner for turn in cut] == ["customs", "lab", "customs"]


def test_the_bank_holds_the_clock_between_assessment_and_receipt_when_no_visit_does() -> None:
    changes = [to(0, State.PUSHED), to(30, State.ACKNOWLEDGED)]

    cut = turns(changes, [told(20, "assessed"), told(50, "paid")], start=at(0), end=at(60))

    assert [(turn.owner, turn.end) for turn in cut] == [("system", at(30)), ("bank", at(50)), ("customs", at(60))]


def test_outside_the_turns_nobody_holds_the_clock() -> None:
    cut = turns([], start=at(0), end=at(60))

    assert [owner_after(cut, at(minute)) for minute in (-1, 0, 59, 60)] == ["nobody", "customs", "customs", "nobody"]


def test_time_the_wrong_way_round_is_negative() -> None:
    assert worked(at(60), at(0), [Interval(at(0), at(30))]) == timedelta(minutes=-30)
    assert worked(at(5), at(5), []) == timedelta()
