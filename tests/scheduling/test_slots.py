"""Masks become slots with places and reasons; the same rules list and judge."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduling import Day, Grid, Reason, Role, Why, before, bits, first, nearest, span

GRID = Grid(zone=ZoneInfo("Africa/Abidjan"))
MONDAY = date(2026, 11, 23)
SIX = datetime(2026, 11, 23, 6, tzinfo=UTC)
#: Eight to noon: sixteen quarters from the ninth.
MORNING = span(8, 16)


def a_day(*roles: Role, day: date = MONDAY, **changes: object) -> Day:
    facts: dict[str, object] = {"grid": GRID, "day": day, "length": 4, "now": SIX, "earliest": SIX}
    return Day(roles=roles, **(facts | changes))  # type: ignore[arg-type]


def officer(*free: int, work: int = MORNING) -> Role:
    return Role(name="officer", work=(work,) * len(free), free=free)


def bay(*free: int, work: int = MORNING) -> Role:
    return Role(name="bay", work=(work,) * len(free), free=free)


def test_the_scarcest_role_gives_the_places() -> None:
    day = a_day(officer(MORNING, MORNING, MORNING), bay(MORNING, MORNING))

    assert day.places(8) == 2
    assert day.places(7) == 0


def test_one_of_each_role_is_needed() -> None:
    day = a_day(officer(span(8, 4)), bay(span(10, 4)))

    assert list(bits(day.mask)) == [10, 11]


def test_each_rule_gives_its_reason() -> None:
    day = a_day(
        officer(span(12, 12)), bay(span(12, 4)), now=SIX + timedelta(hours=1), earliest=SIX + timedelta(hours=3)
    )

    assert [day.why(step) for step in (3, 7, 8, 12, 16)] == [
        Reason(why=Why.PAST),
        Reason(why=Why.CLOSED, role="officer"),
        Reason(why=Why.TOO_SOON),
        None,
        Reason(why=Why.TAKEN, role="bay", count=1),
    ]
    assert a_day(officer(MORNING), near=False).why(8) == Reason(why=Why.TOO_FAR)
    assert a_day(officer(0, work=0), holiday=True).why(8) == Reason(why=Why.HOLIDAY, role="officer")


def test_people_choose_among_half_hours_and_a_lonely_quarter() -> None:
    day = a_day(officer(span(8, 2) | 1 << 15))

    shown = [((slot.starts_at - SIX) // GRID.step, slot.free) for slot in day.shown()]

    assert [step for step, free in shown if free] == [8, 15]
    assert [step for step, _ in shown] == [8, 10, 12, 14, 15, 16, 18, 20, 22]


def test_what_is_kept_is_shown_wherever_it_is() -> None:
    day = a_day(officer(MORNING))

    assert GRID.at(MONDAY, 9) in [slot.starts_at for slot in day.shown(kept=[GRID.at(MONDAY, 9)])]


def test_an_agency_that_is_away_does_not_hide_the_offices_hours() -> None:
    guest = Role(name="agency:1", guest=True)
    day = a_day(officer(MORNING), guest)

    assert {slot.reason for slot in day.shown()} == {Reason(why=Why.CLOSED, role="agency:1")}
    assert len(day.shown()) == 8


def test_the_nearest_time_is_on_the_same_day_if_there_is_one() -> None:
    tuesday = MONDAY + timedelta(days=1)
    days = [a_day(officer(1 << 8)), a_day(officer(1 << 24), day=tuesday)]

    assert nearest(days, GRID.at(tuesday, 8)) == days[1].slot(24)
    assert nearest(days, GRID.at(MONDAY, 20)) == days[0].slot(8)
    assert nearest([a_day(officer(0))], SIX) is None
    assert first(days) == days[0].slot(8)


def test_refused_starts_are_told_in_runs_up_to_the_first_free_one() -> None:
    day = a_day(officer(1 << 16), earliest=SIX + timedelta(hours=3))

    told = before([day], GRID.at(MONDAY, 16))

    assert [(run.first, run.last, run.reason.why) for run in told] == [
        (GRID.at(MONDAY, 8), GRID.at(MONDAY, 10), Why.TOO_SOON),
        (GRID.at(MONDAY, 12), GRID.at(MONDAY, 14), Why.TAKEN),
    ]


masks = st.integers(0, (1 << 63) - 1)


@given(st.lists(masks, min_size=1, max_size=4), st.lists(masks, min_size=1, max_size=4), st.integers(0, 62))
def test_what_is_offered_has_no_reason_and_what_has_none_is_offered(
    officers: list[int], bays: list[int], earliest: int
) -> None:
    day = a_day(
        Role(name="officer", work=((1 << 63) - 1,) * len(officers), free=tuple(officers)),
        bay(*bays, work=(1 << 63) - 1),
        earliest=GRID.at(MONDAY, earliest),
    )

    for step in range(63):
        assert (day.why(step) is None) == bool(day.mask >> step & 1) == (day.places(step) > 0)


@given(st.lists(masks, max_size=4), masks)
def test_one_more_officer_never_shrinks_the_offer(officers: list[int], another: int) -> None:
    less, more = a_day(officer(*officers)), a_day(officer(*officers, another))

    assert less.mask & ~more.mask == 0


@given(masks)
def test_no_free_time_is_hidden_by_more_than_a_step(free: int) -> None:
    day = a_day(Role(name="officer", work=((1 << 63) - 1,), free=(free,)))
    shown = {(slot.starts_at - SIX) // GRID.step for slot in day.shown() if slot.free}

    assert all({step - 1, step, step + 1} & shown for step in bits(day.mask))
