"""Whatever falls away on the day, no mended plan breaks a hard rule, nothing begun moves, and no name is a dead end."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import Fate, Mended, Naming, OfficeDay, Plan, PlanVisit, Route, Seat, Torn, faults, mend
from scheduling.repair import Outcome
from scheduling.timeline import Timelines
from tests.properties.test_plans import ENGINE, days, visits

settings.register_profile("mending", deadline=None, max_examples=80)
settings.load_profile("mending")
NOW = 540


def begun(route: Route) -> Route:
    return replace(route, stops=tuple(stop for stop in route.stops if stop.start < NOW))


def absent(day: OfficeDay, gone: str) -> tuple[OfficeDay, list[Torn]]:
    """The day from nine on without one seat: what it had not begun is torn, all else that has not begun may change."""
    published = ENGINE.plan(day)
    running = [each for each in map(begun, published.routes) if each.stops]
    until = max((stop.end for route in running if route.seat == gone for stop in route.stops), default=NOW)
    seats = tuple(leaving(seat, max(NOW, until)) if seat.id == gone else seat for seat in day.seats)
    kinds = {seat.id: seat.kind for seat in day.seats}
    lost: dict[str, tuple[PlanVisit, tuple[str, ...]]] = {}
    known, things = [], []
    for route in published.routes:
        to_come = tuple(stop for stop in route.stops if stop.start >= NOW)
        if route.seat == gone:
            for stop in to_come:
                lost[stop.visit.id] = (stop.visit, (*lost.get(stop.visit.id, ((), ()))[1], stop.need.role))
        elif kinds[route.seat] == "officer":
            known.append(replace(route, stops=to_come))
        else:
            things.append(replace(route, stops=to_come))
    after = replace(day, seats=seats, settled=(*running, *things), known=tuple(known))
    return after, [
        Torn(visit=replace(visit, earliest=start, latest=start), lost=roles)
        for visit, roles, start in ((v, r, start_of(published, v.id)) for v, r in lost.values())
    ]


def leaving(seat: Seat, at: int) -> Seat:
    """A seat that goes home early."""
    return replace(seat, shift=tuple((first, min(last, at)) for first, last in seat.shift if first < at), rest=None)


def start_of(plan: Plan, visit: str) -> int:
    return next(stop.start for _, stop in plan.of(visit).values())


def wrong(day: OfficeDay, found: Mended) -> list[object]:
    """What the checker finds, with every visit held to its start and everything begun held to its seat."""
    starts = {stop.visit.id: stop for route in found.plan.routes for stop in route.stops}
    left = {each.visit for each in found.plan.blocked}
    promised = tuple(
        replace(visit, earliest=starts[visit.id].start, latest=starts[visit.id].start)
        for visit in day.visits
        if visit.id in starts and visit.id not in left
    )
    stays = tuple(each for each in map(begun, day.settled) if each.stops)
    return list(faults(replace(day, visits=promised, settled=stays, known=()), found.plan))


@given(days(promised=True), st.integers(0, 8))
def test_no_mended_day_breaks_a_rule_or_moves_what_has_begun(day: OfficeDay, which: int) -> None:
    after, torn = absent(day, day.seats[which % len(day.seats)].id)

    found = mend(after, torn, soonest=NOW)

    assert wrong(after, found) == []
    assert {each.visit.id for each in torn} <= {each.visit for each in found.fates}


@given(days(promised=True), visits("new", promised=True))
def test_the_promised_time_is_kept_where_anybody_can_keep_it(day: OfficeDay, new: PlanVisit) -> None:
    published = ENGINE.plan(day)
    torn = Torn(visit=new, lost=tuple(need.role for need in new.needs))
    after = replace(day, settled=published.routes)

    [fate] = mend(after, [torn], soonest=0).fates

    free = Timelines(after).first(new)
    assert (fate.outcome is Outcome.KEEPS) == hasattr(free, "seats")


@given(days(promised=True), st.integers(0, 8), st.data())
def test_whoever_is_drawn_the_next_visit_still_finds_somebody(day: OfficeDay, which: int, data: st.DataObject) -> None:
    after, torn = absent(day, day.seats[which % len(day.seats)].id)
    found = mend(after, torn, soonest=NOW)
    loose = [
        stop
        for timeline in found.days.of.values()
        for stop in timeline.stops
        if stop.need.kind == "officer" and stop.need.role in changed(found.fates, stop.visit.id)
    ]
    loose.sort(key=lambda stop: (stop.start, stop.visit.id, stop.need.role))
    naming = Naming(found.days, loose)

    for stop in loose:
        able = [seat for seat, rule in naming.judged(stop).items() if rule is None]
        assert able, stop
        naming.give(stop, data.draw(st.sampled_from(able)))

    assert wrong(after, found) == []


def changed(fates: tuple[Fate, ...], visit: str) -> tuple[str, ...]:
    return tuple(role for each in fates if each.visit == visit for role in each.seats)
