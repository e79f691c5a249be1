"""Races are run, not imagined: two pools of twenty connections against one slot, and the invariants afterwards."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support import database as databases
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from visits.booking import queries, rules
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.expire import sweep
from visits.booking.hold import hold
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.engine import make_engine
from visits.store.work import Database, sqlstate
from visits.web.problem import TooBusy

#: A race needs a crowd, and every one of the crowd is a whole visit.
pytestmark = pytest.mark.slow

#: How often one of the crowd asks again.
PATIENCE = 20
LOCK_NOT_AVAILABLE = "55P03"
#: What who was not first may be told.
NOT_YOU = {rules.SlotTaken, TooBusy}

_OVERLAPS = text(
    "select count(*) from booking_part a join booking_part b using (resource_id)"
    " where a.id < b.id and a.live and b.live and a.during && b.during"
)


@pytest.fixture(scope="module")
async def pools(database_name: str) -> AsyncIterator[list[Database]]:
    """Two processes' worth of connections, with the database's own clock moved like the stage's."""
    engines = [make_engine(databases.dsn("visits_app", database_name), pool=20) for _ in range(2)]
    yield [Database(engine) for engine in engines]
    for engine in engines:
        await engine.dispose()


class Crowd:
    """Many askers at once; keeps what each was told.

    Nobody waits a second: a statement that waits 800 ms for a lock is answered `TooBusy`. On a quiet machine nobody
    is told so; where every place must go to somebody, who is told so asks again, as people do.
    """

    def __init__(self, stage: Stage, pools: list[Database]) -> None:
        self.stage = stage
        self.pools = pools
        for each in pools:
            each.moved = stage.clock

    async def ask(
        self, asks: Sequence[tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]], *, times: int = PATIENCE
    ) -> list[Any]:
        """Put all questions at the same moment, in turn over the pools; refusals are answers, other errors fly. No
        transaction is run again by the house, so that a deadlock flies too."""

        async def one(number: int, use_case: Callable[..., Awaitable[Any]], told: tuple[Any, ...]) -> Any:
            for _ in range(times):
                try:
                    async with self.pools[number % len(self.pools)].work(self.stage.actor("declarant")) as work:
                        return await use_case(work, *told)
                except TooBusy:
                    continue
                except rules.Refusal as refusal:
                    return refusal
                except DBAPIError as fault:
                    if sqlstate(fault) != LOCK_NOT_AVAILABLE:
                        raise
            return TooBusy()

        return await asyncio.gather(*(one(number, *each) for number, each in enumerate(asks)))

    async def sound(self) -> bool:
        """No two live parts overlap, and free = work − parts."""
        async with self.stage.work() as work:
            overlaps = await work.session.scalar(_OVERLAPS)
            differences = await reconcile(work, await office_by_id(work, self.stage.office.id))
        return overlaps == 0 and differences == []


@pytest.fixture
async def crowd(stage: Stage, pools: list[Database]) -> Crowd:
    """The declarants of one firm, all at once; the limit of holds is out of the way."""
    async with stage.work() as work:
        office = await office_by_id(work, stage.office.id)
        office.policies = {"holds_per_firm": 1000}
    return Crowd(stage, pools)


async def bookable(stage: Stage, count: int) -> list[Visit]:
    return list(await asyncio.gather(*(to_book(stage) for _ in range(count))))


def winners(answers: Sequence[Any]) -> list[Appointment]:
    return [each for each in answers if isinstance(each, Appointment)]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("many", [4, pytest.param(20, marks=pytest.mark.soak)])
async def test_of_two_hundred_clients_exactly_one_gets_the_slot(stage: Stage, crowd: Crowd, many: int) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visits = await bookable(stage, 200)
    rounds = []

    for _ in range(many):
        answers = await crowd.ask([(hold, (visit.id, tomorrow(stage, 10))) for visit in visits], times=1)
        rounds.append((len(winners(answers)), {type(each) for each in answers} - {Appointment} <= NOT_YOU))
        await stage.run("declarant", cancel, winners(answers)[0].id)

    assert rounds == [(1, True)] * many
    assert await crowd.sound()


async def test_overlapping_wishes_get_the_slot_once(stage: Stage, crowd: Crowd) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visits = await bookable(stage, 20)

    answers = await crowd.ask(
        [
            (hold, (visit.id, tomorrow(stage, 9) + (number % 2) * timedelta(minutes=30)))
            for number, visit in enumerate(visits)
        ]
    )

    assert Counter(type(each) for each in answers) == {Appointment: 1, rules.SlotTaken: 19}
    assert await crowd.sound()


async def test_three_places_go_to_three_of_twenty(stage: Stage, crowd: Crowd) -> None:
    await calendars(stage)
    visits = await bookable(stage, 20)

    answers = await crowd.ask([(hold, (visit.id, tomorrow(stage, 10))) for visit in visits])

    assert Counter(type(each) for each in answers) == {Appointment: 3, rules.SlotTaken: 17}
    assert await crowd.sound()


async def test_two_agencies_wanted_in_opposite_orders_do_not_lock_each_other_out(stage: Stage, crowd: Crowd) -> None:
    await another(stage, "agent", "agency_officer", agency_id=stage.agency.id)
    await calendars(stage)
    visits = await bookable(stage, 20)
    async with stage.work() as work:
        for number, visit in enumerate(visits):
            row = await work.session.get_one(Visit, visit.id)
            row.level = "joint" if number % 2 else "physical"
            row.order = row.order | {"agencies": ["PHYTO"] if number % 2 else []}

    hours = [tomorrow(stage, hour) + timedelta(days=day) for hour in (9, 10) for day in (0, 1)]
    answers = await crowd.ask([(hold, (visit.id, hours[number % 4])) for number, visit in enumerate(visits)])

    assert Counter(type(each) for each in answers) == {Appointment: 8, rules.SlotTaken: 12}
    assert await crowd.sound()


async def test_a_hold_is_confirmed_or_expired_never_both(stage: Stage, crowd: Crowd) -> None:
    await calendars(stage)
    visits = await bookable(stage, 6)
    holds = [
        await held(stage, visit, tomorrow(stage, hour) + timedelta(days=day))
        for visit, (hour, day) in zip(visits, [(h, d) for d in (0, 1) for h in (9, 10, 11)], strict=True)
    ]
    stage.clock.move(minutes=5)
    asks: list[tuple[Any, tuple[Any, ...]]] = [(confirm, (each.id,)) for each in holds]

    async def late_sweep(work: Any) -> int:
        work.now += timedelta(seconds=1)
        return await sweep(work)

    answers = await crowd.ask([each for pair in zip(asks, [(late_sweep, ())] * 6, strict=True) for each in pair])

    async with stage.work() as work:
        statuses = [(await queries.appointment_by_id(work, each.id)).status for each in holds]
    confirmed = {each.id for each in winners(answers)}
    assert [each == "confirmed" for each in statuses] == [each.id in confirmed for each in holds]
    assert set(statuses) <= {"confirmed", "expired"}
    assert await crowd.sound()


async def test_two_visits_that_swap_days_do_not_deadlock(stage: Stage, crowd: Crowd) -> None:
    await calendars(stage)
    first, second = tomorrow(stage, 10), tomorrow(stage, 10) + timedelta(days=1)
    pair = [await booked(stage, visit, at) for visit, at in zip(await bookable(stage, 2), (first, second), strict=True)]

    for _ in range(10):
        now = [await _confirmed(stage, visit.id) for visit in pair]
        answers = await crowd.ask([(move, (each.id, second if each.during.lower == first else first)) for each in now])
        assert len(winners(answers)) == 2

    assert await crowd.sound()


async def test_a_swap_with_no_place_to_spare_moves_nobody(stage: Stage, crowd: Crowd) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    first, second = tomorrow(stage, 10), tomorrow(stage, 10) + timedelta(days=1)
    pair = [await booked(stage, visit, at) for visit, at in zip(await bookable(stage, 2), (first, second), strict=True)]
    now = [await _confirmed(stage, visit.id) for visit in pair]

    answers = await crowd.ask([(move, (now[0].id, second)), (move, (now[1].id, first))])

    assert {type(each) for each in answers} == {rules.SlotTaken}
    assert [(await _confirmed(stage, visit.id)).during.lower for visit in pair] == [first, second]
    assert await crowd.sound()


async def test_booking_and_cancelling_one_slot_leaves_it_free_or_taken_once(stage: Stage, crowd: Crowd) -> None:
    await only(stage, "bay A", "inspector1")
    visit = await booked(stage)
    others = await bookable(stage, 10)
    kept = await _confirmed(stage, visit.id)

    answers = await crowd.ask([(cancel, (kept.id,)), *((hold, (other.id, kept.during.lower)) for other in others)])

    assert len([each for each in winners(answers) if each.status == "held"]) <= 1
    assert await crowd.sound()


async def _confirmed(stage: Stage, visit_id: UUID) -> Appointment:
    async with stage.work() as work:
        return (await queries.live_of(work, visit_id))["confirmed"]
