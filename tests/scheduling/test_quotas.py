"""Quotas: their windows through the year, what is kept, and that nothing kept is ever given to others."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import Grid, Quota, QuotaKind, Room, Wanted, keep, windows

ABIDJAN = Grid(zone=ZoneInfo("Africa/Abidjan"))
PARIS = Grid(zone=ZoneInfo("Europe/Paris"))
TUESDAY = date(2026, 11, 24)


def a_quota(**changes: object) -> Quota:
    facts: dict[str, object] = {"kind": QuotaKind.KEPT, "whom": ("perishable",), "places": 1, "begin": 480, "end": 720}
    return Quota(**(facts | changes))  # type: ignore[arg-type]


def hour(at: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, at, minute, tzinfo=UTC)


def test_a_window_is_the_whole_stretch_or_hour_by_hour() -> None:
    [whole] = windows(a_quota(), ABIDJAN, TUESDAY)
    each = windows(a_quota(hourly=True, end=690), ABIDJAN, TUESDAY)

    assert (whole.during.start, whole.during.end) == (hour(8), hour(12))
    assert [(one.during.start, one.during.end) for one in each] == [
        (hour(8), hour(9)),
        (hour(9), hour(10)),
        (hour(10), hour(11)),
        (hour(11), hour(11, 30)),
    ]


def test_a_quota_of_other_weekdays_has_no_window() -> None:
    assert windows(a_quota(weekdays=(1, 3)), ABIDJAN, TUESDAY) == []
    assert len(windows(a_quota(weekdays=(2,)), ABIDJAN, TUESDAY)) == 1


@pytest.mark.parametrize(
    ("now", "counts"),
    [
        pytest.param(hour(5, 59), True, id="before its release"),
        pytest.param(hour(6), False, id="at its release"),
        pytest.param(hour(8), False, id="in its window"),
    ],
)
def test_what_is_released_no_longer_counts(now: datetime, counts: bool) -> None:
    [window] = windows(a_quota(release=timedelta(hours=2)), ABIDJAN, TUESDAY)

    assert window.released_at == hour(6)
    assert window.holds(now) is counts


def test_what_is_never_released_counts_until_its_window_is_over() -> None:
    [window] = windows(a_quota(), ABIDJAN, TUESDAY)

    assert window.holds(hour(11, 59))
    assert not window.holds(hour(12))


def test_local_hours_keep_their_name_when_the_clocks_change() -> None:
    spring = date(2027, 3, 28)

    [window] = windows(a_quota(), PARIS, spring)

    assert window.during.start == datetime(2027, 3, 28, 6, tzinfo=UTC)
    assert window.starts(PARIS).bit_count() == 16


def test_starts_begin_in_the_window_and_steps_touch_it() -> None:
    grid = Grid(zone=ZoneInfo("Africa/Abidjan"), minutes=30)
    [window] = windows(a_quota(begin=490, end=580), grid, TUESDAY)

    # From 08:10 to 09:40: 08:30, 09:00 and 09:30 begin within; the step from 08:00 is touched too.
    assert window.starts(grid) == 0b111 << 5
    assert window.steps(grid) == 0b1111 << 4


WINDOW = Wanted(mask=0b1111, places=1, kinds=("bay", "officer"))


def test_one_of_each_kind_is_kept_and_the_freest_first() -> None:
    rooms = {
        "bay 1": Room(kind="bay", free=0b0011),
        "bay 2": Room(kind="bay", free=0b1111),
        "ann": Room(kind="officer", free=0b1111, skills=3),
        "bob": Room(kind="officer", free=0b1111, skills=1),
    }

    assert keep(rooms, [(WINDOW, list(rooms))]) == {"bay 2": 0b1111, "bob": 0b1111}


def test_two_windows_never_keep_the_same_step_twice() -> None:
    rooms = {"bay 1": Room(kind="bay", free=0b1111), "bay 2": Room(kind="bay", free=0b0111)}
    bays = Wanted(mask=0b1111, places=1, kinds=("bay",))

    assert keep(rooms, [(bays, list(rooms)), (bays, list(rooms))]) == {"bay 1": 0b1111, "bay 2": 0b0111}


def test_a_window_keeps_only_what_fits_it() -> None:
    rooms = {"bay 1": Room(kind="bay", free=0b1111), "bay 2": Room(kind="bay", free=0b1111)}

    assert keep(rooms, [(Wanted(mask=0b0110, places=2, kinds=("bay",)), ["bay 2"])]) == {"bay 2": 0b0110}


rooms_of = st.dictionaries(
    st.integers(0, 30),
    st.builds(Room, kind=st.sampled_from(("bay", "officer")), free=st.integers(0, 255), skills=st.integers(0, 7)),
    max_size=8,
)
wanted_of = st.lists(
    st.builds(
        Wanted,
        mask=st.integers(1, 255),
        places=st.integers(0, 3),
        kinds=st.sampled_from((("bay",), ("bay", "officer"))),
    ),
    max_size=3,
)


@given(rooms_of, wanted_of)
def test_only_what_is_free_is_kept(rooms: dict[int, Room], wanted: list[Wanted]) -> None:
    kept = keep(rooms, [(each, list(rooms)) for each in wanted])

    for name, mask in kept.items():
        assert mask & ~rooms[name].free == 0


@given(rooms_of, st.integers(1, 255), st.integers(1, 4))
def test_as_many_are_kept_as_were_asked_if_there_are_so_many(rooms: dict[int, Room], mask: int, places: int) -> None:
    kept = keep(rooms, [(Wanted(mask=mask, places=places, kinds=("bay",)), list(rooms))])

    usable = [name for name, room in rooms.items() if room.kind == "bay" and room.free & mask]
    assert len(kept) == min(places, len(usable))


@given(
    st.lists(st.integers(1, 255), min_size=1, max_size=6),
    st.integers(1, 3),
    st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(1, 4)), max_size=20),
)
def test_others_never_take_what_is_kept_whatever_the_order(
    free: list[int], places: int, asked: list[tuple[bool, int, int]]
) -> None:
    """Ordinary visits take what is left beside the kept places, priority visits take anything; after every booking as
    many bays are still wholly open to priority as there were, up to what the quota still owes."""
    left, owed, whole = dict(enumerate(free)), places, 0b1111_1111

    def wholly() -> int:
        return sum(mask == whole for mask in left.values())

    for first, start, length in asked:
        kept = keep(
            {name: Room(kind="bay", free=mask) for name, mask in left.items()},
            [(Wanted(mask=whole, places=owed, kinds=("bay",)), list(left))],
        )
        before, span = wholly(), ((1 << length) - 1) << start & whole
        open_to = {name: mask if first else mask & ~kept.get(name, 0) for name, mask in left.items()}
        taken = next((name for name, mask in open_to.items() if mask & span == span), None)
        if taken is None:
            continue
        left[taken] &= ~span
        if first:
            owed = max(0, owed - 1)
        else:
            assert wholly() >= min(before, owed)
