"""A day of two or three officers, mended by hand in each comment."""

from scheduling import NEEDED, Naming, OfficeDay, PlanVisit, Route, Seat, Stop, Torn, mend
from scheduling.plan import OFFICER
from scheduling.repair import Outcome
from scheduling.timeline import Timelines

NINE, TEN, NOON = 540, 600, 720


def officer(name: str, *, skills: int = 0, until: int = 1020, **bound: object) -> Seat:
    return Seat(id=name, skills=skills, shift=((480, until),), **bound)  # type: ignore[arg-type]


def visit(name: str, start: int = NINE, *, minutes: int = 60) -> PlanVisit:
    return PlanVisit(id=name, minutes=minutes, earliest=start, latest=start, needs=(OFFICER,))


def stop(of: PlanVisit) -> Stop:
    return Stop(of, OFFICER, of.earliest)


def torn(of: PlanVisit) -> Torn:
    return Torn(visit=of, lost=("officer",))


def test_whoever_is_free_keeps_the_time() -> None:
    day = OfficeDay(seats=(officer("a"),))

    [fate] = mend(day, [torn(visit("v"))], soonest=480).fates

    assert (fate.outcome, fate.start, dict(fate.seats)) == (Outcome.KEEPS, NINE, {"officer": "a"})


def test_another_visit_changes_seats_so_that_both_keep_their_time() -> None:
    """Only A may take the torn visit and has another one, which B may take: B takes it."""
    other = visit("other")
    a, b = officer("a"), officer("b", refuses={"v": "skills"})
    day = OfficeDay(seats=(a, b), known=(Route(seat="a", stops=(stop(other),)),))

    fates = {each.visit: each for each in mend(day, [torn(visit("v"))], soonest=480).fates}

    assert (fates["v"].outcome, dict(fates["v"].seats)) == (Outcome.KEEPS, {"officer": "a"})
    assert (fates["other"].along, dict(fates["other"].seats)) == (True, {"officer": "b"})


def test_what_is_settled_makes_no_room() -> None:
    other = visit("other")
    a, b = officer("a"), officer("b", refuses={"v": "skills"})
    day = OfficeDay(seats=(a, b), settled=(Route(seat="a", stops=(stop(other),)),))

    [fate] = mend(day, [torn(visit("v"))], soonest=480).fates

    assert (fate.outcome, fate.start, fate.waits) == (Outcome.MOVES, TEN, 60)


def test_a_time_that_is_past_begins_as_soon_as_it_can() -> None:
    [fate] = mend(OfficeDay(seats=(officer("a"),)), [torn(visit("v"))], soonest=555).fates

    assert (fate.outcome, fate.start) == (Outcome.MOVES, 555)


def test_what_fits_nowhere_is_left_with_its_rule() -> None:
    day = OfficeDay(seats=(officer("a", until=NINE),))

    found = mend(day, [torn(visit("v"))], soonest=480)

    assert [(each.outcome, each.rule) for each in found.fates] == [(Outcome.LEFT, "off_duty")]
    assert [each.visit for each in found.plan.blocked] == ["v"]


def test_somebody_another_visit_cannot_do_without_is_no_candidate() -> None:
    """Two visits at nine; A and B may take the first, only A the second: the first is for B."""
    first, second = visit("first"), visit("second")
    day = OfficeDay(
        seats=(officer("a"), officer("b", refuses={"second": "skills"})),
        settled=(Route(seat="b", stops=(stop(first),)), Route(seat="a", stops=(stop(second),))),
    )
    naming = Naming(Timelines(day), [stop(first), stop(second)])

    assert naming.judged(stop(first)) == {"a": NEEDED, "b": None}


def test_the_same_two_may_exchange_where_both_can() -> None:
    first, second = visit("first"), visit("second")
    day = OfficeDay(
        seats=(officer("a"), officer("b")),
        settled=(Route(seat="b", stops=(stop(first),)), Route(seat="a", stops=(stop(second),))),
    )
    naming = Naming(Timelines(day), [stop(first), stop(second)])

    assert naming.judged(stop(first)) == {"a": None, "b": None}
    naming.give(stop(first), "a")
    assert naming.judged(stop(second)) == {"a": "busy", "b": None}


def test_whoever_had_it_is_not_named_again() -> None:
    first = visit("first")
    day = OfficeDay(seats=(officer("a"), officer("b")), settled=(Route(seat="b", stops=(stop(first),)),))

    assert Naming(Timelines(day), [stop(first)], {("first", "a")}).judged(stop(first)) == {"a": "replaced", "b": None}
