"""Visits booked together stay together: one officer, one after the other; they come apart only where nobody can."""

import random
from functools import reduce
from operator import or_

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.quotas import Kind
from scheduling.repair import Outcome, Replan, replan
from scheduling.repair_board import Limit, Lost, LostSeat
from scheduling.repair_places import Party

STEPS, HOUR = 24, 4
DAY = (1 << STEPS) - 1
EVERYBODY = ("B", "C")


def a_visit(name: str, step: int, *, able: tuple[str, ...] = EVERYBODY, **changes: object) -> Lost:
    """An hour with officer A, who fell away; the bay stands."""
    seats = (
        LostSeat(role="officer", held="A", broken=True, able=able),
        LostSeat(role="bay", held="bay", broken=False, able=("bay",)),
    )
    facts = {"length": HOUR, "seats": seats, "starts": {0: DAY}} | changes
    return Lost(visit=name, day=0, step=step, **facts)  # type: ignore[arg-type]


def group(count: int = 2, first: int = 8, **changes: object) -> list[Lost]:
    """Visits back to back."""
    return [a_visit(f"g{at}", first + at * HOUR, **changes) for at in range(count)]  # type: ignore[arg-type]


def hours(*begins: int) -> int:
    """Whole hours from these steps on."""
    return sum(0xF << each for each in begins)


def plan(lost: list[Lost], free: dict[tuple[int, str], int], together: int = 2, **more: object) -> Replan:
    """The bay is free wherever no visit stands."""
    bay = DAY
    for each in lost:
        bay &= ~each.seats[1].mask(each.step, each.length)
    return replan(
        lost,
        {(0, "bay"): bay} | free,
        minutes=15,
        steps=STEPS,
        parties=[Party(visits=tuple(f"g{at}" for at in range(together)), role="officer")],
        **more,  # type: ignore[arg-type]
    )


def told(found: Replan) -> list[tuple[str, int, str, bool | None]]:
    return [(each.outcome.value, each.step, each.resources.get("officer", ""), each.whole) for each in found.answers]


def test_one_officer_takes_all_at_their_time_though_another_would_be_preferred_for_one() -> None:
    found = plan(group(), {(0, "B"): hours(8), (0, "C"): hours(8, 12)})

    assert told(found) == [("keeps", 8, "C", True), ("keeps", 12, "C", True)]


def test_they_move_as_one_to_the_nearest_hours_of_one_officer() -> None:
    found = plan(group(), {(0, "B"): hours(8, 16, 20), (0, "C"): hours(0, 4)})

    assert told(found) == [("moves", 0, "C", True), ("moves", 4, "C", True)]


def test_their_hours_go_before_one_officer_for_all() -> None:
    found = plan(group(), {(0, "B"): hours(8, 16, 20), (0, "C"): hours(0, 4, 12)})

    assert told(found) == [("keeps", 8, "B", False), ("keeps", 12, "C", False)]


def test_they_may_move_into_what_they_hold_themselves() -> None:
    found = plan(group(), {(0, "B"): hours(12, 16)})

    assert told(found) == [("moves", 12, "B", True), ("moves", 16, "B", True)]


def test_where_nobody_can_take_all_each_is_placed_by_itself_and_it_is_said() -> None:
    found = plan(group(), {(0, "B"): hours(8), (0, "C"): hours(12)})

    assert told(found) == [("keeps", 8, "B", False), ("keeps", 12, "C", False)]


def test_a_heavier_visit_keeps_what_it_would_have_without_the_group() -> None:
    urgent = a_visit("urgent", 8, able=("B",), weight=3)

    found = plan([*group(), urgent], {(0, "B"): DAY, (0, "bay"): DAY})

    answers = {each.visit: each for each in found.answers}
    assert (answers["urgent"].outcome, answers["urgent"].step) == (Outcome.KEEPS, 8)
    assert [answers[each].whole for each in ("g0", "g1")] == [True, True]


def test_a_heavier_group_goes_before_a_lighter_visit() -> None:
    found = plan([*group(weight=3), a_visit("alone", 8)], {(0, "B"): hours(8, 12), (0, "bay"): DAY})

    assert {each.visit: each.outcome for each in found.answers}["alone"] is Outcome.LEFT


def test_a_limit_that_leaves_room_for_one_lets_not_both_move() -> None:
    few = Limit(name="few", kind=Kind.MOST, day=0, places=1, used=0, starts=hours(0, 4))
    bound = {"binds": frozenset({"few"}), "counts": frozenset({"few"})}

    found = plan(group(**bound), {(0, "B"): hours(0, 4)}, limits=[few])

    assert [each.whole for each in found.answers] == [False, False]


class Most:
    """So many minutes a day."""

    def bears(self, kind: str, *, work: int, free: int, had: int, mask: int, after: int, length: int) -> bool:
        return kind != "person" or had + length * 15 <= 100


def test_a_day_that_bears_one_of_them_bears_not_both() -> None:
    seats = (
        LostSeat(role="officer", held="A", broken=True, able=("B",), kind="person"),
        LostSeat(role="bay", held="bay", broken=False, able=("bay",)),
    )

    found = plan(group(seats=seats, rules=Most()), {(0, "B"): DAY})

    assert [(each.whole, each.outcome.value) for each in found.answers] == [(False, "keeps"), (False, "left")]


def often(chance: random.Random, times: int) -> int:
    """Steps of a day, the more the larger `times`."""
    return reduce(or_, (chance.getrandbits(STEPS) for _ in range(times)))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 3))
def test_no_group_comes_apart_unless_it_keeps_its_hours_so_or_nobody_could_take_all(seed: int, count: int) -> None:
    chance = random.Random(seed)
    able = [tuple(sorted(chance.sample("BCD", chance.randint(1, 3)))) for _ in range(count)]
    lost = [
        a_visit(f"g{at}", 4 + at * HOUR, able=able[at], starts={0: chance.getrandbits(STEPS) | 1})
        for at in range(count)
    ]
    free = {
        (0, one): chance.getrandbits(STEPS) | chance.getrandbits(STEPS) | chance.getrandbits(STEPS) for one in "BCD"
    }
    needed = (1 << count * HOUR) - 1
    possible = [
        abs(first - 4)
        for one in "BCD"
        for first in range(STEPS - count * HOUR + 1)
        if all(one in each for each in able)
        and free[0, one] & needed << first == needed << first
        and (first == 4 or all(each.starts[0] >> first + at * HOUR & 1 for at, each in enumerate(lost)))
    ]

    hour = (1 << HOUR) - 1
    several = all(
        any(free[0, one] >> 4 + at * HOUR & hour == hour for one in officers) for at, officers in enumerate(able)
    )

    found = plan(lost, free, count).answers

    whole = 0 in possible or bool(possible and not several)
    assert {each.whole for each in found} == {whole}
    if several:
        assert {each.outcome for each in found} == {Outcome.KEEPS}
    if whole:
        assert len({each.resources["officer"] for each in found}) == 1
        assert {each.step - was.step for each, was in zip(found, lost, strict=True)} <= {min(possible), -min(possible)}
