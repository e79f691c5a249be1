"""Whatever declarants do, and in whatever order: nothing is promised twice, and what is offered can be had."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from tests.support import database as databases
from tests.support.clock import MONDAY, MovedClock
from tests.support.stage import Stage
from tests.support.steps_booking import calendars, only, to_book, tomorrow
from visits.app import make_tools
from visits.booking import queries
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.expire import sweep
from visits.booking.hold import hold
from visits.booking.offer import offer
from visits.booking.reconcile import reconcile
from visits.booking.rules import HoldExpired, SlotTaken
from visits.booking.tables import Appointment
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.settings import Settings
from visits.sites.queries import office_by_id
from visits.store.engine import make_engine
from visits.store.work import Database, Work

_OVERLAPS = text(
    "select count(*) from booking_part a join booking_part b using (resource_id)"
    " where a.id < b.id and a.live and b.live and a.during && b.during"
)


class World:
    """A stage with two officers, two bays and five visits to book, on an event loop of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self.clock = MovedClock()
        self._engines = [make_engine(databases.dsn(role, name), pool=2) for role in ("visits_app", "visits_owner")]
        settings = Settings(data=folder, database_url=databases.dsn("visits_app", name))
        tools = make_tools(settings, Database(self._engines[0], moved=self.clock))
        self.stage = Stage(tools, self._engines[1], self.clock, None)  # type: ignore[arg-type]
        self.visits: list[Visit] = self._runner.run(self._found())

    async def _found(self) -> list[Visit]:
        await self.stage.found()
        await only(self.stage, "bay A", "bay B", "inspector1", "inspector2")
        await calendars(self.stage, days=3)
        return [await to_book(self.stage) for _ in range(5)]

    def run(self, use_case: Callable[..., Awaitable[Any]], *args: Any, who: str = "declarant") -> Any:
        return self._runner.run(self.stage.run(who, use_case, *args))

    def live(self, visit: Visit) -> dict[str, Appointment]:
        return dict(self.run(queries.live_of, visit.id, who="system"))

    def clean(self) -> None:
        """Everything given back, as if it were Monday morning again."""
        self.clock.set(MONDAY)
        for visit in self.visits:
            for each in self.live(visit).values():
                self.run(cancel, each.id)

    def close(self) -> None:
        for engine in self._engines:
            self._runner.run(engine.dispose())
        self._runner.close()


async def offered(work: Work, visit: Visit, starts_at: datetime, giving: list[Appointment]) -> bool:
    found = await offer(work, await case_of(work, visit.id), giving=giving)
    day, step = found.asked.grid.step_of(starts_at)
    return any(each.day == day and each.why(step) is None for each in found.days)


WORLD: World
numbers = st.integers(0, 4)
#: Six starts that overlap each other in every way.
starts = st.sampled_from([(9, 0), (9, 15), (9, 30), (10, 0), (10, 30), (11, 0)])


class Booking(RuleBasedStateMachine):
    """Declarants and time against one morning."""

    @initialize()
    def begin(self) -> None:
        WORLD.clean()

    def _at(self, start: tuple[int, int]) -> datetime:
        return tomorrow(WORLD.stage, *start)

    @rule(number=numbers, start=starts)
    def hold(self, number: int, start: tuple[int, int]) -> None:
        visit, at = WORLD.visits[number], self._at(start)
        could = WORLD.run(offered, visit, at, [])
        try:
            kept = WORLD.run(hold, visit.id, at)
        except SlotTaken:
            assert not could
            return
        assert could
        assert WORLD.live(visit)["held"].id == kept.id

    @rule(number=numbers)
    def confirm(self, number: int) -> None:
        kept = WORLD.live(WORLD.visits[number]).get("held")
        if kept is None:
            return
        runs = kept.expires_at is not None and WORLD.clock.now() <= kept.expires_at
        try:
            WORLD.run(confirm, kept.id)
        except HoldExpired:
            assert not runs
            return
        assert runs
        assert WORLD.live(WORLD.visits[number]).keys() == {"confirmed"}

    @rule(number=numbers, start=starts)
    def move(self, number: int, start: tuple[int, int]) -> None:
        visit, at = WORLD.visits[number], self._at(start)
        live = WORLD.live(visit)
        if "confirmed" not in live:
            return
        could = WORLD.run(offered, visit, at, [live["confirmed"]])
        try:
            moved = WORLD.run(move, live["confirmed"].id, at)
        except SlotTaken:
            assert not could
            assert WORLD.live(visit)["confirmed"].id == live["confirmed"].id
            return
        assert moved.during.lower == at

    @rule(number=numbers, which=st.sampled_from(["held", "confirmed"]))
    def cancel(self, number: int, which: str) -> None:
        found = WORLD.live(WORLD.visits[number]).get(which)
        if found is not None:
            WORLD.run(cancel, found.id)
            assert which not in WORLD.live(WORLD.visits[number])

    @precondition(lambda self: WORLD.clock.now() < MONDAY + timedelta(hours=3))
    @rule(minutes=st.integers(1, 6))
    def wait(self, minutes: int) -> None:
        WORLD.clock.move(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        WORLD.run(sweep, who="system")

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        async def look(work: Work) -> tuple[Any, Any]:
            office = await office_by_id(work, WORLD.stage.office.id)
            return await work.session.scalar(_OVERLAPS), await reconcile(work, office)

        assert WORLD.run(look, who="system") == (0, [])


@pytest.fixture
def world(database_name: str, tmp_path: Path) -> Iterator[World]:
    global WORLD
    WORLD = World(database_name, tmp_path)
    yield WORLD
    WORLD.close()


@pytest.mark.slow  # a story of twenty steps, several times over, each step a whole transaction
def test_any_order_of_holds_moves_and_waits_keeps_every_promise(world: World) -> None:
    run_state_machine_as_test(
        Booking,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
