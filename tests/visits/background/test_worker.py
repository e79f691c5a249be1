"""The worker runs jobs at once, and comes back by itself after the database dropped it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support.stage import Stage
from visits import wiring
from visits.background.worker import work
from visits.events import DeclarationRegistered
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work


@pytest.fixture
async def heard(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Queue[str]]:
    """A running worker and what it delivered."""
    queue: asyncio.Queue[str] = asyncio.Queue()

    async def tell(work: Work, tools: Tools, event: DomainEvent) -> None:
        if event.tenant_id == stage.tenant:
            queue.put_nowait(event.kind)

    monkeypatch.setitem(wiring.REACTIONS, DeclarationRegistered, (tell,))
    async with stage.work() as emptied:  # what earlier tests left in the queue is not this test's business
        await emptied.session.execute(text("delete from procrastinate_jobs where status = 'todo'"))
    running = asyncio.create_task(work(stage.tools))
    yield queue
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_an_event_is_delivered_right_after_its_commit(stage: Stage, heard: asyncio.Queue[str]) -> None:
    await stage.declaration()

    assert await asyncio.wait_for(heard.get(), 10) == "declaration_registered"


@pytest.mark.slow
async def test_the_worker_survives_the_loss_of_every_connection(
    stage: Stage, owner: AsyncEngine, heard: asyncio.Queue[str]
) -> None:
    """Slow: the engine notices the loss and is started again."""
    await stage.declaration()
    await asyncio.wait_for(heard.get(), 10)
    async with stage.work() as work:
        await work.session.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and usename = current_user"
                " and application_name <> 'visits' and pid <> pg_backend_pid()"
            )
        )

    await stage.declaration()

    assert await asyncio.wait_for(heard.get(), 30) == "declaration_registered"
