"""A start is offered exactly when explain says that no rule removed it and no rule removed every candidate."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduling import Bar, Candidate, Cast, Day, Grid, Reason, Removal, Role, Why, explain, explain_day, starts

GRID = Grid(zone=ZoneInfo("UTC"), minutes=60, day_start=time(6))
DAY = date(2026, 11, 24)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
WHOLE = GRID.whole(DAY)
masks = st.integers(min_value=0, max_value=WHOLE)
candidates = st.builds(
    Candidate,
    key=st.integers(),
    unfit=st.none() | st.sampled_from([Removal.SKILL, Removal.ELSEWHERE]),
    work=masks,
    free=masks,
    far=masks,
    kept=masks,
    holiday=masks,
    shut=masks,
    away=masks,
)
casts = st.builds(
    Cast,
    role=st.sampled_from("ab"),
    candidates=st.lists(candidates, max_size=3),
    before=st.integers(0, 2),
    after=st.integers(0, 2),
)


def as_search(cast: Cast[int], length: int) -> Role:
    """What the search's statement makes of the same resources: shifted as a whole."""

    def begun(mask: int) -> int:
        return starts(mask, cast.before + length + cast.after) << cast.before & (1 << 63) - 1

    fit = [each for each in cast.candidates if each.unfit is None]
    free = [each.work & each.free & ~each.far & ~each.kept for each in fit]
    return Role(name=cast.role, work=tuple(begun(each.work) for each in fit), free=tuple(map(begun, free)))


@given(
    st.lists(casts, max_size=3),
    st.integers(1, 4),
    st.integers(-2, 30),
    st.integers(0, 4),
    st.booleans(),
    st.lists(masks, max_size=2),
)
def test_offered_exactly_when_no_rule_removed_all(
    roles: list[Cast[int]], length: int, hour: int, notice: int, near: bool, barred: list[int]
) -> None:
    now = MIDNIGHT + timedelta(hours=hour)
    day = Day(
        grid=GRID,
        day=DAY,
        length=length,
        roles=tuple(as_search(each, length) for each in roles),
        now=now,
        earliest=now + timedelta(hours=notice),
        near=near,
        bars=tuple(Bar(mask=mask, reason=Reason(why=Why.QUOTA)) for mask in barred),
    )

    told = explain_day(day, roles)

    assert [each.offered for each in told] == [bool(day.mask >> step & 1) for step in range(GRID.steps(DAY))]


def a_day(**changes: object) -> Day:
    return Day(
        **({"grid": GRID, "day": DAY, "length": 2, "roles": (), "now": MIDNIGHT, "earliest": MIDNIGHT} | changes)
    )  # type: ignore[arg-type]


def test_every_resource_has_the_first_rule_that_removes_it() -> None:
    all_day = {"work": WHOLE, "free": WHOLE}
    cast = Cast(
        role="officer",
        candidates=[
            Candidate(key="no skill", unfit=Removal.SKILL, work=WHOLE, free=WHOLE),
            Candidate(key="elsewhere", unfit=Removal.ELSEWHERE),
            Candidate(key="off", work=0b1, free=0b1),
            Candidate(key="busy", work=WHOLE, free=WHOLE & ~0b10),
            Candidate(key="on the way", far=0b10, **all_day),
            Candidate(key="kept", kept=0b10, **all_day),
            Candidate(key="can", **all_day),
        ],
    )

    told = explain(a_day(), [cast], 0)

    assert dict(told.roles[0].removed) == {
        "no skill": "skill",
        "elsewhere": "elsewhere",
        "off": "off",
        "busy": "busy",
        "on the way": "far",
        "kept": "kept",
    }
    assert (told.roles[0].left, told.offered) == (("can",), True)


def test_general_rules_are_all_told() -> None:
    bar = Bar(mask=1, reason=Reason(why=Why.FIRM, count=3))
    now = MIDNIGHT + timedelta(hours=7)

    told = explain(a_day(now=now, earliest=now, near=False, bars=(bar,)), [], 0)

    assert [each.why for each in told.rules] == [Why.PAST, Why.TOO_FAR, Why.FIRM]


def test_a_role_without_any_candidate_stops_the_start() -> None:
    told = explain(a_day(), [Cast(role="scanner", candidates=())], 0)

    assert [each.role for each in told.stopped] == ["scanner"]


def test_steps_before_the_day_begins_are_nobodys() -> None:
    cast = Cast(role="bay", before=1, candidates=[Candidate(key="A", work=WHOLE, free=WHOLE)])

    assert [each.offered for each in explain_day(a_day(), [cast])][:2] == [False, True]
