"""Days that are full, and an urgent visit that comes: who gives way, worked out by hand in each comment."""

from scheduling import Giving, Need, OfficeDay, PlanVisit, Route, Seat, Stop, displace, faults, ways
from scheduling.displacing import Way
from scheduling.plan import OFFICER
from scheduling.repair import NAME, Outcome

EIGHT, NINE, TEN, ELEVEN = 480, 540, 600, 660
BAY = Need(role="bay", kind="bay")


def officer(name: str, *, until: int = 1020, **bound: object) -> Seat:
    return Seat(id=name, shift=((EIGHT, until),), **bound)  # type: ignore[arg-type]


def visit(name: str, start: int = NINE, *, minutes: int = 60, needs: tuple[Need, ...] = (OFFICER,)) -> PlanVisit:
    return PlanVisit(id=name, minutes=minutes, earliest=start, latest=start, needs=needs)


def urgent(*, needs: tuple[Need, ...] = (OFFICER,), latest: int = 900) -> PlanVisit:
    return PlanVisit(id="urgent", minutes=60, earliest=EIGHT, latest=latest, needs=needs)


def day(*seats: Seat, **routes: tuple[PlanVisit, ...]) -> OfficeDay:
    known = tuple(
        Route(seat=name, stops=tuple(Stop(each, OFFICER, each.earliest) for each in visits))
        for name, visits in routes.items()
    )
    return OfficeDay(seats=seats, known=known)


def giving(*names: str, firm: frozenset[str] = frozenset(), **weights: int) -> Giving:
    return Giving(weights=dict.fromkeys(names, 1) | weights, firm=firm)


def told(way: Way | None) -> dict[str, tuple[Outcome, int]]:
    assert way is not None
    return {each.visit: (each.outcome, each.waits) for each in way.mended.fates if each.visit != "urgent"}


def test_a_visit_somebody_else_can_take_keeps_its_time() -> None:
    """Only A may take the urgent one at nine and has another visit then; B is free."""
    a, b = officer("a"), officer("b", refuses={"urgent": "skills"})

    way = displace(day(a, b, a=(visit("v"),)), urgent(), giving("v"), NINE, soonest=EIGHT)

    assert told(way) == {"v": (Outcome.KEEPS, 0)}
    assert way is not None
    assert way.harm == NAME


def test_where_nobody_can_keep_it_the_visit_begins_as_soon_after_as_it_fits() -> None:
    way = displace(day(officer("a"), a=(visit("v"),)), urgent(), giving("v"), NINE, soonest=EIGHT)

    assert told(way) == {"v": (Outcome.MOVES, 60)}


def test_what_may_not_give_way_stays() -> None:
    one = officer("a", until=ELEVEN)

    assert displace(day(one, a=(visit("v"),)), urgent(), giving(), NINE, soonest=EIGHT) is None
    assert displace(day(one, a=(visit("v"),)), urgent(), giving("v"), NINE, soonest=EIGHT) is not None


def test_a_firm_visit_may_change_officers_but_never_its_time() -> None:
    a, b = officer("a"), officer("b", refuses={"urgent": "skills"})
    firm = giving("v", firm=frozenset({"v"}))

    assert told(displace(day(a, b, a=(visit("v"),)), urgent(), firm, NINE, soonest=EIGHT)) == {"v": (Outcome.KEEPS, 0)}
    assert displace(day(officer("a"), a=(visit("v"),)), urgent(), firm, NINE, soonest=EIGHT) is None


def test_nobody_is_left_without_a_time() -> None:
    """The shift ends at ten: whoever gives way would find no place."""
    short = officer("a", until=TEN)

    assert displace(day(short, a=(visit("v"),)), urgent(), giving("v"), NINE, soonest=EIGHT) is None


def test_the_lighter_visit_gives_way() -> None:
    full = day(officer("a"), officer("b"), a=(visit("heavy"),), b=(visit("light"),))

    way = displace(full, urgent(), giving(heavy=4, light=1), NINE, soonest=EIGHT)

    assert list(told(way)) == ["light"]


def test_later_starts_are_offered_only_where_they_harm_less() -> None:
    """At eight the first visit waits an hour and the next one too; at nine only the next; at ten nobody has to."""
    full = day(officer("a", until=ELEVEN + 60), a=(visit("first", EIGHT), visit("next", NINE)))

    found = ways(full, urgent(latest=NINE), giving("first", "next"), soonest=EIGHT)

    assert [way.start for way in found] == [NINE, EIGHT]
    assert [way.harm for way in found] == sorted(way.harm for way in found)


def test_a_bay_is_given_up_with_the_visit_in_it() -> None:
    """Two officers and one bay, taken by a visit that has not begun."""
    held = visit("v", needs=(OFFICER, BAY))
    bay = Seat(id="bay", kind="bay", shift=((EIGHT, 1020),))
    full = OfficeDay(
        seats=(officer("a"), officer("b"), bay),
        known=(Route(seat="a", stops=(Stop(held, OFFICER, NINE),)),),
        settled=(Route(seat="bay", stops=(Stop(held, BAY, NINE),)),),
    )

    way = displace(full, urgent(needs=(OFFICER, BAY)), giving("v"), NINE, soonest=EIGHT)

    assert told(way) == {"v": (Outcome.MOVES, 60)}


def test_the_independent_checker_finds_nothing_wrong() -> None:
    a, b = officer("a", most=240), officer("b", limits={"": 2})
    full = day(a, b, a=(visit("one", EIGHT), visit("two", NINE), visit("three", TEN)), b=(visit("four", NINE),))

    for way in ways(full, urgent(), giving("one", "two", "three", "four"), soonest=EIGHT):
        assert faults(full, way.mended.plan) == []


def test_nothing_begins_in_the_past() -> None:
    found = ways(day(officer("a"), a=(visit("v"),)), urgent(), giving("v"), soonest=NINE)

    assert all(each.start >= NINE for way in found for each in way.mended.fates)
    assert found
