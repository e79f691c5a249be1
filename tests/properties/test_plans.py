"""On any office-day no plan breaks a hard rule, by a checker that knows nothing of the planner."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import (
    Blocked,
    Insertion,
    Need,
    OfficeDay,
    Option,
    Plan,
    PlanVisit,
    Rest,
    Route,
    Seat,
    Stop,
    Timelines,
    faults,
    match,
)

settings.register_profile("plans", deadline=None, max_examples=60)
settings.load_profile("plans")
SITES = ("", "T1", "T2", "T3")
ENGINE = Insertion()


@st.composite
def seats(draw: st.DrawFn, name: str) -> Seat:
    kind = draw(st.sampled_from(["officer", "officer", "officer", "agency_officer", "bay"]))
    begin = draw(st.sampled_from([360, 480, 600]))
    whole = draw(st.booleans())
    shift = ((begin, begin + 480),) if whole else ((begin, begin + 240), (begin + 300, begin + 480))
    rest = draw(
        st.none()
        | st.builds(
            Rest,
            minutes=st.sampled_from([20, 30, 45]),
            earliest=st.just(begin + 120),
            latest=st.sampled_from([begin + 300, begin + 390]),
        )
    )
    return Seat(
        id=name,
        kind=kind,
        agency="PHYTO" if kind == "agency_officer" else "",
        site=draw(st.sampled_from(SITES[1:] if kind == "bay" else ("", "", "T1"))),
        skills=draw(st.integers(0, 3)),
        shift=shift,
        rest=rest if whole and kind != "bay" else None,
        most=draw(st.sampled_from([None, None, 180, 300])),
        tired_at=draw(st.sampled_from([None, begin + 400])),
    )


@st.composite
def visits(draw: st.DrawFn, name: str, *, promised: bool | None = None) -> PlanVisit:
    start = 360 + 15 * draw(st.integers(0, 48))
    told = draw(st.booleans()) if promised is None else promised
    needs = [Need(skills=draw(st.integers(0, 3)), after=draw(st.sampled_from([0, 15])))]
    if draw(st.booleans()):
        needs.append(Need(role="bay", kind="bay", before=draw(st.sampled_from([0, 15]))))
    if draw(st.integers(0, 3)) == 0:
        needs.append(Need(role="agency:PHYTO", kind="agency_officer", agency="PHYTO"))
    if draw(st.integers(0, 7)) == 0:
        needs.append(Need(role="second"))
    return PlanVisit(
        id=name,
        minutes=15 * draw(st.integers(1, 8)),
        earliest=start,
        latest=start if told else start + 15 * draw(st.integers(1, 40)),
        site=draw(st.sampled_from(SITES)),
        needs=tuple(needs),
        demanding=draw(st.booleans()),
        group=draw(st.sampled_from(["a", "b"])),
    )


@st.composite
def days(draw: st.DrawFn, *, promised: bool | None = None) -> OfficeDay:
    return OfficeDay(
        seats=tuple(draw(seats(f"s{number}")) for number in range(draw(st.integers(1, 9)))),
        visits=tuple(draw(visits(f"v{number}", promised=promised)) for number in range(draw(st.integers(0, 14)))),
        roads={
            frozenset(pair): draw(st.sampled_from([0, 10, 25])) for pair in (("T1", "T2"), ("T1", "T3"), ("T2", "T3"))
        },
    )


@given(days())
def test_no_plan_breaks_a_hard_rule(day: OfficeDay) -> None:
    assert faults(day, ENGINE.plan(day)) == []


@given(days())
def test_the_same_day_gives_the_same_plan(day: OfficeDay) -> None:
    assert ENGINE.plan(day) == ENGINE.plan(day)


@given(days(), visits("new"))
def test_an_insertion_breaks_no_rule_and_moves_nothing(day: OfficeDay, new: PlanVisit) -> None:
    published = ENGINE.plan(day)
    kept = tuple(visit for visit in day.visits if visit.id not in {each.visit for each in published.blocked})
    after = replace(day, visits=(*kept, new), settled=published.routes)
    hand = Timelines(after)

    found = hand.insert(new)

    blocked = (found,) if isinstance(found, Blocked) else ()
    assert faults(after, Plan(routes=hand.routes(), blocked=blocked)) == []


@given(days(), visits("new", promised=False))
def test_an_insertion_takes_the_earliest_start_there_is(day: OfficeDay, new: PlanVisit) -> None:
    published = ENGINE.plan(day)
    kept = tuple(visit for visit in day.visits if visit.id not in {each.visit for each in published.blocked})
    after = replace(day, visits=(*kept, new), settled=published.routes)

    found = Timelines(after).first(new)

    first = next((start for start in range(new.earliest, new.latest + 1, 15) if _somehow(after, new, start)), None)
    assert (found.start if isinstance(found, Option) else None) == first


def _somehow(day: OfficeDay, new: PlanVisit, start: int) -> bool:
    """Is there any choice of seats for a start that breaks no rule? Every choice is tried."""
    kinds = [[seat for seat in day.seats if seat.kind == need.kind] for need in new.needs]
    for chosen in product(*kinds):
        if len({seat.id for seat in chosen}) < len(chosen):
            continue
        stops = {route.seat: route.stops for route in day.settled}
        for seat, need in zip(chosen, new.needs, strict=True):
            stops[seat.id] = (*stops.get(seat.id, ()), Stop(new, need, start))
        plan = Plan(routes=tuple(Route(seat=seat, stops=each) for seat, each in stops.items()))
        if faults(day, plan) == []:
            return True
    return False


@given(days(promised=True))
def test_where_routes_that_keep_every_promise_are_known_nobody_is_left_out(day: OfficeDay) -> None:
    kept = ENGINE.plan(day)
    left = {each.visit for each in kept.blocked}
    possible = replace(day, visits=tuple(each for each in day.visits if each.id not in left), known=kept.routes)

    assert ENGINE.plan(possible).blocked == ()


# -- people --------------------------------------------------------------------------------------------------
@given(days(promised=True), st.data())
def test_routes_can_be_given_to_people_whatever_binds_them(day: OfficeDay, data: st.DataObject) -> None:
    """Each person has rules of his or her own; what cannot be served is blocked, the rest breaks no rule."""
    plan = ENGINE.plan(day)
    names = [visit.id for visit in day.visits] or ["none"]
    barred = st.dictionaries(st.sampled_from(names), st.sampled_from(["cool_off", "earlier_visit"]), max_size=4)
    people = [
        replace(
            seat,
            id=f"p{seat.id}",
            refuses=data.draw(barred) if seat.kind == "officer" else {},
            limits=data.draw(st.dictionaries(st.sampled_from("ab"), st.integers(0, 2))),
        )
        for seat in day.seats
    ]

    found = match(day, plan, people)

    given_to = tuple(Route(seat=found.witness[route.seat], stops=route.stops) for route in found.plan.routes)
    named = replace(day, seats=tuple(people))
    assert faults(named, replace(found.plan, routes=given_to)) == []
    assert len(set(found.witness.values())) == len(found.plan.routes)


def _small(name: str) -> st.SearchStrategy[PlanVisit]:
    start = st.integers(0, 3).map(lambda place: 480 + 60 * place)
    return st.builds(
        lambda at, group: PlanVisit(id=name, minutes=60, earliest=at, latest=at, site="T1", group=group),
        start,
        st.sampled_from("ab"),
    )


@given(st.tuples(*(_small(f"v{number}") for number in range(6))), st.data())
def test_on_a_small_day_nobody_is_left_out_whom_an_exhaustive_search_would_serve(
    wanted: tuple[PlanVisit, ...], data: st.DataObject
) -> None:
    seats = tuple(Seat(id=f"s{number}", shift=((480, 720),)) for number in range(3))
    day = OfficeDay(seats=seats, visits=wanted)
    barred = st.dictionaries(st.sampled_from([each.id for each in wanted]), st.just("cool_off"), max_size=3)
    people = [replace(seat, id=f"p{seat.id}", refuses=data.draw(barred)) for seat in seats]
    plan = ENGINE.plan(day)

    found = match(day, plan, people)

    assert len(wanted) - len(found.plan.blocked) == _most(wanted, people)


def _most(wanted: tuple[PlanVisit, ...], people: list[Seat]) -> int:
    """How many visits can be served at best: hour by hour, each way to give them to people."""
    return sum(
        _served([each for each in wanted if each.earliest == start], people)
        for start in {each.earliest for each in wanted}
    )


def _served(now: list[PlanVisit], people: list[Seat]) -> int:
    if not now:
        return 0
    visit, *others = now
    without = _served(others, people)
    return max(
        [without]
        + [
            1 + _served(others, [each for each in people if each is not person])
            for person in people
            if visit.id not in person.refuses
        ]
    )
