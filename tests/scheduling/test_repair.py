"""Least disturbance after an absence: times kept first, then the nearest; nothing twice; one input, one plan."""

import random
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.repair import NAME, Lost, LostSeat, Outcome, Replan, replan

STEPS = 32
DAY = (1 << STEPS) - 1


def a_visit(
    name: str = "v", *, day: int = 0, step: int = 4, able: tuple[str, ...] = ("B", "C"), **changes: object
) -> Lost:
    """An hour with officer A, who fell away, and a bay that stands; any start of two days will do."""
    seats = (
        LostSeat(role="officer", held="A", broken=True, able=able),
        LostSeat(role="bay", held=f"bay {name}", broken=False, able=(f"bay {name}",)),
    )
    facts = {"length": 4, "seats": seats, "starts": {0: DAY, 1: DAY}} | changes
    return Lost(visit=name, day=day, step=step, **facts)  # type: ignore[arg-type]


def bays(*names: str) -> dict[tuple[int, str], int]:
    """The bays of these visits on both days, free."""
    return {(day, f"bay {name}"): DAY for name in names for day in (0, 1)}


def plan(lost: list[Lost], free: dict[tuple[int, str], int]) -> Replan:
    return replan(lost, free, minutes=15, steps=STEPS)


def test_the_time_is_kept_where_another_officer_is_free() -> None:
    [answer] = plan([a_visit()], {(0, "B"): DAY, **bays("v")}).answers

    assert (answer.outcome, answer.step, answer.minutes, answer.cost) == (Outcome.KEEPS, 4, 0, 0)
    assert answer.resources == {"officer": "B", "bay": "bay v"}


def test_a_name_that_changes_costs() -> None:
    assert plan([a_visit(named=True, weight=2)], {(0, "B"): DAY, **bays("v")}).cost == 2 * NAME


def test_the_nearest_time_of_the_day_goes_before_any_other_day() -> None:
    free = {(0, "B"): 0xF << 12, (1, "B"): DAY, **bays("v")}

    [answer] = plan([a_visit()], free).answers

    assert (answer.outcome, answer.day, answer.step, answer.minutes) == (Outcome.MOVES, 0, 12, 120)


def test_nobody_that_day_is_another_day() -> None:
    [answer] = plan([a_visit()], {(1, "B"): DAY, **bays("v")}).answers

    assert (answer.outcome, answer.day, answer.step) == (Outcome.MOVES, 1, 4)


def test_who_finds_no_time_is_left_with_the_role_that_blocks() -> None:
    [answer] = plan([a_visit()], bays("v")).answers

    assert (answer.outcome, answer.rule, answer.resources) == (Outcome.LEFT, "officer", {})


def test_roles_that_are_free_but_never_together_block_without_a_name() -> None:
    free = {(0, "B"): 0xF << 8, (0, "bay v"): 0xF << 16}
    lost = Lost(
        visit="v",
        day=0,
        step=4,
        length=4,
        starts={0: DAY},
        seats=(
            LostSeat(role="officer", held="A", broken=True, able=("B",)),
            LostSeat(role="bay", held="gone", broken=True, able=("bay v",)),
        ),
    )

    assert (plan([lost], free).answers[0].outcome, plan([lost], free).answers[0].rule) == (Outcome.LEFT, "")


def test_two_of_one_time_are_matched_so_that_both_keep_it() -> None:
    # « one » may go to B or C, « two » only to B: taken greedily, one would be left without.
    one, two = a_visit("one", able=("B", "C")), a_visit("two", able=("B",))

    found = plan([one, two], {(0, "B"): DAY, (0, "C"): DAY, **bays("one", "two")})

    assert [each.outcome for each in found.answers] == [Outcome.KEEPS] * 2


def test_the_heavier_goes_nearer() -> None:
    free = {(0, "B"): 0xFF << 8, **bays("light", "heavy")}
    light, heavy = a_visit("light"), a_visit("heavy", weight=3)

    steps = {each.visit: each.step for each in plan([light, heavy], free).answers}

    assert steps == {"heavy": 8, "light": 12}


def test_what_a_moved_visit_held_is_free_for_another() -> None:
    shared = ("bay",)
    lost = [
        Lost(
            visit=name,
            day=0,
            step=step,
            length=4,
            starts={0: DAY},
            seats=(
                LostSeat(role="officer", held="A", broken=True, able=("B",)),
                LostSeat(role="bay", held="bay", broken=False, able=shared),
            ),
        )
        for name, step in (("one", 4), ("two", 8))
    ]

    found = plan(lost, {(0, "B"): 0xFF << 20, (0, "bay"): DAY & ~(0xFF << 4)})

    assert sorted(each.step for each in found.answers) == [20, 24]


def test_nothing_lost_is_nothing_planned() -> None:
    assert plan([], {}).answers == ()


# ---------- for any port ----------


def any_port(seed: int, count: int) -> tuple[list[Lost], dict[tuple[int, str], int]]:
    chance = random.Random(seed)
    officers = [f"O{each}" for each in range(chance.randint(1, 3))]
    lost = []
    for at in range(count):
        able = tuple(sorted(chance.sample(officers, chance.randint(1, len(officers)))))
        lost.append(
            a_visit(
                f"v{at}", day=chance.randint(0, 1), step=chance.randint(0, 26), able=able, weight=chance.randint(1, 3)
            )
        )
    free = {(day, each): chance.getrandbits(STEPS) | chance.getrandbits(STEPS) for day in (0, 1) for each in officers}
    held = bays(*(each.visit for each in lost))
    for each in lost:
        held[each.day, f"bay {each.visit}"] &= ~each.seats[1].mask(each.step, each.length)
    return lost, free | held


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7))
def test_nobody_is_booked_twice_nor_where_nothing_is_free(seed: int, count: int) -> None:
    lost, free = any_port(seed, count)
    for each in lost:
        free[each.day, each.seats[1].held] |= each.seats[1].mask(each.step, each.length)
    left = dict(free)
    given_ = {each.visit: each for each in lost}

    for answer in plan(*any_port(seed, count)).answers:
        for seat in given_[answer.visit].seats if answer.resources else ():
            mask, key = seat.mask(answer.step, given_[answer.visit].length), (answer.day, answer.resources[seat.role])
            assert answer.resources[seat.role] in (*seat.able, seat.held)
            assert left[key] & mask == mask
            left[key] &= ~mask


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7))
def test_what_keeps_its_time_has_not_moved_and_every_visit_has_one_answer(seed: int, count: int) -> None:
    lost, free = any_port(seed, count)
    found = plan(lost, free)
    were = {each.visit: (each.day, each.step) for each in lost}

    assert sorted(each.visit for each in found.answers) == sorted(were)
    assert all((each.day, each.step) == were[each.visit] and not each.minutes for each in found.of(Outcome.KEEPS))
    assert all(each.minutes > 0 for each in found.of(Outcome.MOVES))
    assert sum(len(found.of(each)) for each in Outcome) == count


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_the_same_input_in_any_order_gives_the_same_plan(seed: int, count: int) -> None:
    lost, free = any_port(seed, count)

    assert plan(list(reversed(lost)), dict(reversed(free.items()))) == plan(lost, free)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_of_one_start_as_many_keep_it_as_an_exhaustive_search_finds(seed: int, count: int) -> None:
    chance = random.Random(seed)
    officers = ["B", "C", "D"]
    lost = [a_visit(f"v{at}", able=tuple(sorted(chance.sample(officers, chance.randint(1, 3))))) for at in range(count)]
    mask = lost[0].seats[0].mask(4, 4)
    free = {(0, each): mask if chance.random() < 0.8 else 0 for each in officers}
    choices = [*officers, *[""] * count]
    most = max(
        sum(1 for each, one in zip(lost, way, strict=True) if one and one in each.seats[0].able and free[0, one])
        for way in permutations(choices, count)
    )

    assert len(plan(lost, free | bays(*(each.visit for each in lost))).of(Outcome.KEEPS)) == most
