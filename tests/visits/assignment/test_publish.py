"""An office-day is published at once: routes for seats, a name for each by draw, and the calendars say the same."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Insertion, OfficeDay, Plan, Route
from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, live, passed, policy, promised
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_policies import ruled, second_site, to_book_at
from tests.support.steps_publication import (
    a_published_day,
    assignments,
    booked_at,
    draws_of_the_day,
    next_day,
    officer_part,
    published,
    whose,
)
from visits.assignment import record
from visits.assignment.plan import PlanBroken
from visits.assignment.publish import is_due, publish, publish_due
from visits.assignment.seeds import reveal_seeds
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.materialise import Edited
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.journey.states import State
from visits.sites.queries import office_by_id
from visits.sites.tables import Office, Resource
from visits.store.tables import DomainEvent


async def in_order(stage: Stage) -> bool:
    """Are the bits what the parts say, and would writing the calendars again change nothing?"""
    async with stage.work() as work:
        same = await reconcile(work, await office_by_id(work, stage.office.id)) == []
    return same and await calendars(stage) == Edited(changed=0, stranded=())


async def kinds(stage: Stage, visit_id: object) -> list[str]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(DomainEvent.kind)).where(col(DomainEvent.stream_id) == visit_id).order_by(col(DomainEvent.seq))
        )
        return list(rows)


# -- what publication does -----------------------------------------------------------------------------------
async def test_everybody_who_waits_for_a_name_of_the_next_day_gets_one(stage: Stage) -> None:
    visits = await a_published_day(stage)

    assert all(each.inspector_id is not None and each.state == State.BOOKED for each in visits)
    assert visits[1].inspector_id != visits[2].inspector_id
    for visit in visits:
        part = await officer_part(stage, visit)
        assert part is not None
        assert (part.resource_id, part.placeholder) == (visit.inspector_id, False)
        assert (await kinds(stage, visit.id))[-2:] == ["seat_planned", "inspector_assigned"]
    assert await in_order(stage)


async def test_a_route_is_one_draw_and_everything_on_it_is_the_same_persons(stage: Stage) -> None:
    visits = await a_published_day(stage)

    draws = await draws_of_the_day(stage)

    assert {draw.purpose for draw in draws} == {"route"}
    assert sorted(visit for draw in draws for visit in draw.visits) == sorted(str(each.id) for each in visits)
    for draw in draws:
        assert {each.inspector_id for each in visits if str(each.id) in draw.visits} == {draw.chosen}
    assert len({draw.chosen for draw in draws}) == len(draws)


async def test_publishing_twice_or_nothing_at_all_changes_nothing(stage: Stage) -> None:
    await calendars(stage)
    assert await published(stage) is None
    await a_published_day(stage)
    before = await assignments(stage)

    assert await published(stage) is None
    assert await assignments(stage) == before


async def test_two_services_at_once_publish_once(stage: Stage) -> None:
    await calendars(stage)
    await booked_at(stage, *(tomorrow(stage, hour) for hour in (9, 9, 10, 14)))

    made = await asyncio.gather(*(published(stage) for _ in range(4)), return_exceptions=True)

    assert len([each for each in made if each is not None]) == 1
    assert len(await assignments(stage)) == 4
    assert await in_order(stage)


async def test_what_is_booked_while_the_day_is_published_is_neither_lost_nor_booked_twice(stage: Stage) -> None:
    await calendars(stage)
    await booked_at(stage, *(tomorrow(stage, hour) for hour in (9, 10, 14)))
    late = [await to_book(stage) for _ in range(4)]

    await asyncio.gather(published(stage), *(booked(stage, each, tomorrow(stage, 10)) for each in late[:2]))

    assert await in_order(stage)
    await booked(stage, late[2], tomorrow(stage, 14))
    assert await in_order(stage)


async def test_a_held_time_keeps_its_place_and_is_confirmed_after_publication(stage: Stage) -> None:
    await calendars(stage)
    await booked_at(stage, tomorrow(stage, 10), tomorrow(stage, 10))
    kept = await held(stage, await to_book(stage), tomorrow(stage, 10))

    await published(stage)
    confirmed = await stage.run("declarant", confirm, kept.id)

    assert confirmed.status == "confirmed"
    assert await whose(stage, await stage.visit(kept.visit_id)) == ""
    assert await in_order(stage)


async def test_a_visit_booked_after_publication_is_drawn_on_its_own_two_hours_before(stage: Stage) -> None:
    await a_published_day(stage)
    late = await booked(stage, await to_book(stage), tomorrow(stage, 14))

    stage.clock.set(tomorrow(stage, 12))
    await passed(stage)

    assert await whose(stage, late) != ""
    assert [draw.purpose for draw in await _today(stage)][-1] == "visit"


async def _today(stage: Stage) -> list[object]:
    stage.clock.move(days=-1)
    try:
        return list(await draws_of_the_day(stage))
    finally:
        stage.clock.move(days=1)


async def test_who_moves_after_publication_loses_the_name_and_is_drawn_again(stage: Stage) -> None:
    [visit, *_] = await a_published_day(stage)
    async with stage.work() as work:
        now = await work.session.scalar(
            select(Appointment).where(col(Appointment.visit_id) == visit.id, col(Appointment.status) == "confirmed")
        )
    assert now is not None

    await stage.run("declarant", move, now.id, tomorrow(stage, 15))
    await passed(stage)
    assert await whose(stage, visit) == ""
    stage.clock.set(tomorrow(stage, 13))
    await passed(stage)

    assert await whose(stage, visit) != ""


async def test_a_cancelled_visit_frees_its_place_on_the_route(stage: Stage) -> None:
    [visit, *_] = await a_published_day(stage)
    part = await officer_part(stage, visit)
    assert part is not None

    await stage.run("declarant", cancel, part.appointment_id)

    assert await in_order(stage)


# -- the record ----------------------------------------------------------------------------------------------
async def test_the_record_of_a_published_day_replays_from_its_seed(stage: Stage) -> None:
    await promised(stage)
    await a_published_day(stage)
    day = next_day(stage)
    stage.clock.move(days=2)
    await stage.run("system", reveal_seeds, stage.tools)

    async with stage.work() as work:
        office = await office_by_id(work, stage.office.id)
        assert await record.findings(work, office, day) == []
        assert {line["purpose"] for line in (await record.published(work, office, day))["draws"]} == {"route"}


async def test_the_publication_tells_what_was_handed_to_the_draw(stage: Stage) -> None:
    await calendars(stage)
    visits = await booked_at(stage, tomorrow(stage, 9), tomorrow(stage, 9))

    made = await published(stage)

    assert made is not None
    assert (made.engine, made.seats, made.moved, made.blocked) == ("insertion-1", 3, [], [])
    assert sorted(each for route in made.routes for each in route["visits"]) == sorted(str(each.id) for each in visits)
    assert len(made.digest) == 32


async def test_the_engine_sees_no_name(stage: Stage) -> None:
    await calendars(stage)
    await booked_at(stage, tomorrow(stage, 9), tomorrow(stage, 10))
    seen: list[OfficeDay] = []

    @dataclass(frozen=True)
    class Watching:
        name: str = "watching"

        def plan(self, day: OfficeDay) -> Plan:
            seen.append(day)
            return Insertion().plan(day)

    await stage.run("system", publish, stage.tools, stage.office.id, next_day(stage), engine=Watching())

    told = repr(seen)
    for name, resource in stage.resources.items():
        assert str(resource.id) not in told
        assert name not in told


# -- rules ---------------------------------------------------------------------------------------------------
async def test_no_engine_can_publish_a_plan_that_breaks_a_rule(stage: Stage) -> None:
    await calendars(stage)
    await booked_at(stage, tomorrow(stage, 10), tomorrow(stage, 10))

    @dataclass(frozen=True)
    class Careless:
        name: str = "careless"

        def plan(self, day: OfficeDay) -> Plan:
            one, other = Insertion().plan(day).routes
            return Plan(routes=(Route(seat=one.seat, stops=one.stops + other.stops),))

    with pytest.raises(PlanBroken, match="overlap"):
        await stage.run("system", publish, stage.tools, stage.office.id, next_day(stage), engine=Careless())

    assert await assignments(stage) == []
    assert await in_order(stage)


async def test_nobody_gets_more_visits_of_one_declarant_than_the_rule_allows(stage: Stage) -> None:
    """Six visits of one firm, three officers, two each at most: nobody has three."""
    visits = await a_published_day(stage, *(tomorrow(stage, hour) for hour in (8, 9, 10, 11, 13, 14)))

    names = [await whose(stage, each) for each in visits]

    assert sorted(names.count(name) for name in set(names)) == [2, 2, 2]


async def test_what_nobody_may_serve_is_laid_before_the_chief_with_its_rule_and_keeps_its_time(stage: Stage) -> None:
    """Seven visits of one firm; three officers may have two each."""
    visits = await a_published_day(stage, *(tomorrow(stage, hour) for hour in (8, 9, 10, 11, 13, 14, 15)))

    [left] = [each for each in visits if each.inspector_id is None]

    assert (await kinds(stage, left.id))[-1] == "draw_blocked"
    part = await officer_part(stage, left)
    assert part is not None
    assert part.placeholder
    assert await in_order(stage)


async def test_skills_of_the_order_are_on_the_route(stage: Stage) -> None:
    await another_skill(stage, "inspector2", 4)
    await calendars(stage)
    plain, special = [await to_book(stage) for _ in range(2)]
    async with stage.work() as work:
        row = await work.session.get_one(type(special), special.id)
        row.order = row.order | {"skills": 4}
    for visit in (plain, special):
        await booked(stage, visit, tomorrow(stage, 10))

    await published(stage)

    assert await whose(stage, special) == "inspector2"
    assert await whose(stage, plain) in ("inspector1", "inspector3")


async def another_skill(stage: Stage, name: str, skills: int) -> None:
    async with stage.work() as work:
        (await work.session.get_one(Resource, stage.resources[name].id)).skills = skills


async def test_roads_between_sites_are_planned_and_booked(stage: Stage) -> None:
    """Two at the first terminal from nine, two at the second from ten; half an hour between: nobody goes straight
    from the one to the other, and the road of whoever goes is booked."""
    far = await second_site(stage, bays=2)
    await ruled(stage, trips=({"here": str(stage.site.id), "there": str(far.id), "minutes": 30},))
    await only(stage, "bay A", "bay B", "far bay 0", "far bay 1", "inspector1", "inspector2")
    await calendars(stage)
    first = [await to_book_at(stage, stage.site.id), await to_book_at(stage, stage.site.id)]
    then = [await to_book_at(stage, far.id), await to_book_at(stage, far.id)]
    for visit in first:
        await booked(stage, visit, tomorrow(stage, 9))
    for visit in then:
        await booked(stage, visit, tomorrow(stage, 10, 30))

    await published(stage)

    for visit in then:
        part = await officer_part(stage, visit)
        assert part is not None
        assert (part.travel_before, part.during.lower) == (30, tomorrow(stage, 10))
    assert await in_order(stage)


# -- when ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hour", "minutes", "due"),
    [
        pytest.param(18, 17 * 60 + 59, False, id="a minute early"),
        pytest.param(18, 18 * 60, True, id="on the hour"),
        pytest.param(18, 29 * 60 + 59, True, id="late in the night"),
        pytest.param(18, 30 * 60, False, id="the day has begun"),
        pytest.param(24, 24 * 60, False, id="the office draws visit by visit"),
        pytest.param(0, 0, True, id="at midnight"),
    ],
)
def test_a_day_is_published_from_the_evening_before_until_it_begins(hour: int, minutes: int, due: bool) -> None:
    zone = ZoneInfo("Africa/Luanda")
    policies = {"publish_hour": hour}
    office = Office(code="X", name="X", tz="Africa/Luanda", country="AO", currency="AOA", policies=policies)
    now = datetime(2026, 11, 23, tzinfo=zone) + timedelta(minutes=minutes)

    assert is_due(office, date(2026, 11, 24), now) is due


async def test_the_timetable_publishes_each_evening(stage: Stage) -> None:
    await calendars(stage)
    [visit] = await booked_at(stage, tomorrow(stage, 9))

    stage.clock.move(hours=9, minutes=59)
    assert await publish_due(stage.tools, stage.tenant) == 0
    stage.clock.move(minutes=1)
    assert await publish_due(stage.tools, stage.tenant) == 1
    assert await publish_due(stage.tools, stage.tenant) == 0

    assert await whose(stage, visit) != ""


# -- drawn on the day ----------------------------------------------------------------------------------------
async def test_on_the_day_nobody_is_drawn_who_costs_much_more_than_the_best(stage: Stage) -> None:
    """Inspector 1 has four hours of visits already: half past two would weigh on him."""
    await policy(stage, cool_off_most=20, regret_minutes=5)
    await only(stage, "bay A", "bay B", "inspector1")
    await calendars(stage)
    await booked_at(stage, *(tomorrow(stage, hour) for hour in (8, 9, 10, 11)))
    await published(stage)
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 14))
    stage.clock.set(tomorrow(stage, 12))

    draw = await drawn(stage, visit.id)

    assert draw is not None
    assert [each["resource"] for each in draw.candidates] == [str(stage.resources["inspector2"].id)]
    assert (str(stage.resources["inspector1"].id), "detour") in [
        (each["resource"], each["rule"]) for each in draw.excluded
    ]
    assert await live(stage, visit) is not None
