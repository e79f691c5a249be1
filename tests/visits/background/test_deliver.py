"""Events reach their reactions in order, once in effect, and a failing one holds up its own stream only."""

import asyncio

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits import wiring
from visits.background.deliver import LADDER, deliver, forgotten, moments
from visits.clearance.replay import replay_event
from visits.events import DeclarationRegistered, Paid
from visits.ids import DeclarationId
from visits.store import jobs
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work


class Diary:
    """A reaction that writes down what it saw, and fails while told to."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.broken = False

    async def __call__(self, work: Work, tools: Tools, event: DomainEvent) -> None:
        if self.broken:
            raise RuntimeError("the outside is down")
        self.seen.append(f"{event.kind} {event.body.get('receipt', '')}".strip())


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Diary:
    made = Diary()
    for kind in (DeclarationRegistered, Paid):
        monkeypatch.setitem(wiring.REACTIONS, kind, (made,))
    return made


async def paid(stage: Stage, count: int) -> DeclarationId:
    declaration = DeclarationId((await stage.declaration()).id)
    for number in range(count):
        async with stage.work() as work:
            work.emit(Paid(declaration=declaration, receipt=str(number)))
    return declaration


async def events(stage: Stage, stream: DeclarationId) -> list[DomainEvent]:
    async with stage.work() as work:
        query = select(DomainEvent).where(col(DomainEvent.stream_id) == stream).order_by(col(DomainEvent.seq))
        return list((await work.session.scalars(query)).all())


async def test_events_of_a_stream_are_delivered_in_order_and_once(stage: Stage, diary: Diary) -> None:
    stream = await paid(stage, 3)

    counts = await asyncio.gather(*(deliver(stage.tools, stage.tenant, stream) for _ in range(4)))
    again = await deliver(stage.tools, stage.tenant, stream)

    assert diary.seen == ["declaration_registered", "paid 0", "paid 1", "paid 2"]
    assert (sum(counts), again) == (4, 0)


async def test_a_failing_reaction_stops_its_stream_and_is_tried_again(
    stage: Stage, diary: Diary, clock: MovedClock
) -> None:
    stream = await paid(stage, 1)
    diary.broken = True

    await deliver(stage.tools, stage.tenant, stream)
    first = (await events(stage, stream))[0]
    diary.broken = False
    clock.set(clock.now() + LADDER[0])
    await moments(stage.tools, stage.tenant)
    await deliver(stage.tools, stage.tenant, stream)

    assert (first.tries, first.delivered_at) == (1, None)
    assert diary.seen == ["declaration_registered", "paid 0"]


async def test_a_deadlock_is_run_again_at_once_and_is_no_failed_try(
    stage: Stage, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = text("do $$ begin raise exception 'deadlock detected' using errcode = 'deadlock_detected'; end $$")
    chosen = iter([True])

    async def victim(work: Work, tools: Tools, event: DomainEvent) -> None:
        if next(chosen, False):
            await work.session.execute(lost)

    monkeypatch.setitem(wiring.REACTIONS, Paid, (diary, victim))
    stream = await paid(stage, 1)

    await deliver(stage.tools, stage.tenant, stream)

    last = (await events(stage, stream))[-1]
    assert diary.seen == ["declaration_registered", "paid 0", "paid 0"]
    assert (last.tries, last.delivered_at is None) == (0, False)


async def test_after_the_last_try_the_event_waits_for_a_person(stage: Stage, diary: Diary) -> None:
    stream = await paid(stage, 0)
    diary.broken = True
    for _ in range(len(LADDER) + 2):
        await deliver(stage.tools, stage.tenant, stream)

    [parked] = await events(stage, stream)
    diary.broken = False
    nothing = await deliver(stage.tools, stage.tenant, stream)
    await stage.run("chief", replay_event, parked.id)
    after = await deliver(stage.tools, stage.tenant, stream)

    assert parked.parked_at is not None
    assert "the outside is down" in (parked.fault or "")
    assert (nothing, after) == (0, 1)


async def test_an_event_whose_job_was_lost_is_woken(stage: Stage, diary: Diary, clock: MovedClock) -> None:
    await paid(stage, 0)

    fresh = await forgotten(stage.tools, stage.tenant)
    clock.move(seconds=30)
    later = await forgotten(stage.tools, stage.tenant)

    assert (fresh, later) == (0, 1)


async def test_a_moment_happens_once_when_it_has_come(
    stage: Stage, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    async def ring(work: Work, tools: Tools, due: Due) -> None:
        done.append(due.body["word"])

    monkeypatch.setitem(wiring.MOMENTS, "ring", ring)
    declaration = await stage.declaration()
    async with stage.work() as work:
        for _ in range(2):
            await jobs.at(work, clock.now().replace(hour=9), "ring", declaration.id, word="nine")

    await moments(stage.tools, stage.tenant)
    early = list(done)
    clock.move(hours=1)
    await asyncio.gather(*(moments(stage.tools, stage.tenant) for _ in range(3)))

    assert early == []
    assert done == ["nine"]
