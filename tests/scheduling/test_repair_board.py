"""A plan made anew under limits: what is kept stays kept, nothing is exceeded, who goes before others does."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.quotas import Kind, Room
from scheduling.repair import LIMITED, Lost, LostSeat, Outcome, Replan, replan
from scheduling.repair_board import Limit

STEPS = 32
DAY = (1 << STEPS) - 1
HOUR = 0xF
MOST = frozenset({"most"})
KEPT = frozenset({"kept"})


def a_visit(name: str = "v", *, step: int = 4, able: tuple[str, ...] = ("B",), **changes: object) -> Lost:
    """An hour whose officer A fell away; any start of two days will do."""
    seats = (LostSeat(role="officer", held="A", broken=True, able=able),)
    facts = {"day": 0, "length": 4, "seats": seats, "starts": {0: DAY, 1: DAY}} | changes
    return Lost(visit=name, step=step, **facts)  # type: ignore[arg-type]


def most(places: int, used: int, *, starts: int = DAY, day: int = 0) -> Limit:
    """So many of those counted may begin."""
    return Limit(name="most", kind=Kind.MOST, day=day, places=places, used=used, starts=starts)


def kept(places: int, used: int = 0, *, steps: int = DAY, fits: tuple[str, ...] = ("B", "C")) -> Limit:
    """So many officers of the first day stay free for others."""
    return Limit(
        name="kept", kind=Kind.KEPT, day=0, places=places, used=used, starts=DAY, steps=steps, kinds=("o",), fits=fits
    )


def plan(lost: list[Lost], free: dict[tuple[int, str], int], *limits: Limit) -> Replan:
    rooms = {day: {name: Room(kind="o", free=0) for name in "BC"} for day in (0, 1)}
    return replan(lost, free, minutes=15, steps=STEPS, limits=limits, rooms=rooms)


def starts(found: Replan) -> list[tuple[int, int]]:
    return [(each.day, each.step) for each in found.answers]


def test_a_full_day_takes_nobody_in_from_another_day() -> None:
    visit = a_visit(binds=MOST, counts=MOST, starts={0: DAY, 1: DAY, 2: DAY})
    free = {(1, "B"): DAY, (2, "B"): DAY}

    assert starts(plan([visit], free, most(3, 2, day=1))) == [(1, 4)]
    assert starts(plan([visit], free, most(3, 3, day=1))) == [(2, 4)]


def test_who_is_within_a_limit_may_move_within_it_though_it_is_exceeded() -> None:
    visit = a_visit(binds=MOST, counts=MOST)

    assert starts(plan([visit], {(0, "B"): HOUR << 12, (1, "B"): DAY}, most(1, 5))) == [(0, 12)]


def test_visits_that_move_use_up_a_limit_together() -> None:
    # Three leave the morning, the afternoon takes two: the third goes to the day after.
    lost = [a_visit(f"v{at}", step=step, binds=MOST, counts=MOST) for at, step in enumerate((0, 4, 8))]
    free = {(0, "B"): DAY & ~0xFFFF, (1, "B"): DAY}

    found = plan(lost, free, most(2, 0, starts=DAY & ~0xFFFF))

    assert sorted(day for day, _ in starts(found)) == [0, 0, 1]


def test_a_place_a_limit_gets_back_is_used_by_the_next() -> None:
    # The heavy one leaves the first half for the second; only then the light one may come in from the other day.
    heavy = a_visit("heavy", step=0, weight=3, binds=MOST, counts=MOST, able=("C",), starts={0: 1 << 16})
    light = a_visit("light", day=1, step=0, binds=MOST, counts=MOST, starts={0: 1})

    found = plan([heavy, light], {(0, "B"): HOUR, (0, "C"): HOUR << 16}, most(1, 1, starts=0xFFFF))

    assert {each.visit: (each.day, each.step) for each in found.answers} == {"heavy": (0, 16), "light": (0, 0)}


def test_what_is_kept_for_others_is_not_given_to_keep_a_time() -> None:
    visit = a_visit(able=("B", "C"), binds=KEPT)
    free = {(0, "B"): HOUR << 4, (0, "C"): HOUR << 20}

    assert starts(plan([visit], free, kept(1, steps=0xFFFF))) == [(0, 20)]
    assert plan([a_visit(able=("B", "C"), counts=KEPT)], free, kept(1, steps=0xFFFF)).of(Outcome.KEEPS)


def test_a_kept_place_that_was_used_is_kept_again_once_its_visit_leaves() -> None:
    # The fish holds the kept place from 4 and must go; the other one, at the same time, may not have B in its stead.
    fish = a_visit("fish", counts=KEPT, able=("X",), starts={1: DAY})
    other = a_visit("other", binds=KEPT, step=8, starts={0: DAY, 1: 0})
    free = {(0, "B"): HOUR << 12, (1, "X"): DAY}

    found = {each.visit: each for each in plan([fish, other], free, kept(1, used=1)).answers}

    assert (found["fish"].day, found["other"].outcome, found["other"].rule) == (1, Outcome.LEFT, LIMITED)


def test_the_heavier_keeps_its_time_before_an_earlier_one_that_overlaps_it() -> None:
    early, late = a_visit("early", step=4), a_visit("late", step=6, weight=3)

    found = {each.visit: each for each in plan([early, late], {(0, "B"): DAY}).answers}

    assert (found["late"].outcome, found["early"].outcome) == (Outcome.KEEPS, Outcome.MOVES)


def test_the_heavier_of_one_start_changes_its_officer_but_never_loses_its_time() -> None:
    heavy, light = a_visit("heavy", weight=3, able=("B", "C")), a_visit("light", able=("B",))

    assert len(plan([heavy, light], {(0, "B"): DAY, (0, "C"): DAY}).of(Outcome.KEEPS)) == 2
    [answer] = plan([heavy, light], {(0, "B"): DAY}).of(Outcome.KEEPS)
    assert answer.visit == "heavy"


def test_who_is_left_keeps_what_it_holds() -> None:
    # « left » finds no officer at all; its bay, at 12, is the only one « other » could move to.
    def with_bay(name: str, step: int, able: tuple[str, ...]) -> Lost:
        seats = (
            LostSeat(role="officer", held="A", broken=True, able=able),
            LostSeat(role="bay", held="bay", broken=False, able=("bay",)),
        )
        return a_visit(name, step=step, seats=seats, starts={0: DAY})

    lost = [with_bay("left", 12, ("nobody",)), with_bay("other", 4, ("B",))]

    found = plan(lost, {(0, "B"): HOUR << 12, (0, "bay"): 0})

    assert [each.outcome for each in found.answers] == [Outcome.LEFT] * 2


def test_an_officer_on_the_way_is_not_there() -> None:
    visit = a_visit(far={(0, "B"): HOUR << 4})

    assert starts(plan([visit], {(0, "B"): DAY & ~HOUR})) == [(0, 8)]


# ---------- for any port ----------


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7))
def test_no_plan_exceeds_a_limit_that_held_nor_makes_one_worse(seed: int, count: int) -> None:
    chance = random.Random(seed)
    window = chance.choice((DAY, 0xFFFF, 0xFFFF << 16))
    limits = [most(chance.randint(0, 4), 0, starts=window, day=day) for day in (0, 1)]
    lost = []
    for at in range(count):
        bound = chance.random() < 0.8
        lost.append(
            a_visit(
                f"v{at}",
                day=chance.randint(0, 1),
                step=chance.randint(0, 28),
                able=("B", "C"),
                weight=chance.randint(1, 3),
                binds=MOST if bound else frozenset(),
                counts=MOST if bound else frozenset(),
            )
        )
    now = [sum(limit.holds(each, each.day, each.step) for each in lost) for limit in limits]
    used = [
        Limit(name="most", kind=Kind.MOST, day=limit.day, places=limit.places, used=its, starts=window)
        for limit, its in zip(limits, now, strict=True)
    ]
    free = {(day, name): chance.getrandbits(STEPS) | chance.getrandbits(STEPS) for day in (0, 1) for name in "BC"}

    found = {each.visit: each for each in plan(lost, free, *used).answers}

    for limit, before in zip(limits, now, strict=True):
        after = sum(limit.holds(each, found[each.visit].day, found[each.visit].step) for each in lost)
        assert after <= max(limit.places, before)
