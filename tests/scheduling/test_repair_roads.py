"""Visits at two sites in one plan: whoever serves both has the time for the road between them."""

from scheduling.repair import Lost, LostSeat, Outcome, replan

STEPS = 32
DAY = (1 << STEPS) - 1
ROADS = {frozenset({"near", "far"}): 2}


def a_visit(name: str, site: str, *, step: int, broken: bool = True, **changes: object) -> Lost:
    """An hour at a site whose officer A fell away; B may serve it, at any start of the day."""
    officer = LostSeat(role="officer", held="A" if broken else "B", broken=broken, able=("B",), travels=True)
    facts = {"day": 0, "length": 4, "seats": (officer,), "starts": {0: DAY}} | changes
    return Lost(visit=name, step=step, site=site, **facts)  # type: ignore[arg-type]


def begins(*lost: Lost, free: int = DAY, roads: dict[frozenset[str], int] | None = None) -> dict[str, int | None]:
    """When each visit begins then; None for one that is left."""
    plan = replan(lost, {(0, "B"): free}, minutes=15, steps=STEPS, roads=ROADS if roads is None else roads)
    return {each.visit: None if each.outcome is Outcome.LEFT else each.step for each in plan.answers}


def test_two_sites_are_a_road_apart_and_one_site_is_not() -> None:
    # B serves « a » from 8 to 12; the second hour may follow at once at the same site, two steps later at the other.
    assert begins(a_visit("a", "near", step=8), a_visit("b", "near", step=12)) == {"a": 8, "b": 12}
    assert begins(a_visit("a", "near", step=8), a_visit("b", "far", step=12)) == {"a": 8, "b": 14}
    assert begins(a_visit("a", "near", step=8), a_visit("b", "far", step=12), roads={}) == {"a": 8, "b": 12}


def test_two_who_both_move_leave_the_road_between_them() -> None:
    # Nine steps hold both hours but not the road; ten do.
    pair = a_visit("a", "near", step=2), a_visit("b", "far", step=2)

    assert sorted(map(str, begins(*pair, free=0b111111111 << 10).values())) == ["10", "None"]
    assert sorted(map(str, begins(*pair, free=0b1111111111 << 10).values())) == ["10", "16"]


def test_who_still_serves_a_visit_is_at_its_site() -> None:
    bay = LostSeat(role="bay", held="P", broken=True, able=("Q",))
    stays = a_visit("a", "near", step=8, broken=False)
    kept = Lost(visit="a", day=0, step=8, length=4, seats=(*stays.seats, bay), starts={0: DAY}, site="near", weight=2)
    other = a_visit("b", "far", step=12)
    free = {(0, "B"): DAY & ~(0xF << 8), (0, "Q"): DAY}

    plan = replan([kept, other], free, minutes=15, steps=STEPS, roads=ROADS)

    assert [(each.visit, each.step) for each in plan.answers] == [("a", 8), ("b", 14)]


def test_who_moved_away_is_nowhere_any_more() -> None:
    # A's bay falls away and only another hour has one: B is free of it, and of the road to it.
    bay = LostSeat(role="bay", held="P", broken=True, able=("Q",))
    stays = a_visit("a", "near", step=8, broken=False)
    moves = Lost(visit="a", day=0, step=8, length=4, seats=(*stays.seats, bay), starts={0: DAY}, site="near", weight=2)
    other = a_visit("b", "far", step=0, starts={0: 1 << 12})
    free = {(0, "B"): 0xF << 12 | 0xF << 24, (0, "Q"): 0xF << 24}

    plan = replan([moves, other], free, minutes=15, steps=STEPS, roads=ROADS)

    assert [(each.visit, each.step) for each in plan.answers] == [("b", 12), ("a", 24)]
