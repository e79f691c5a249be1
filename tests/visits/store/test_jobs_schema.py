"""The frozen SQL is the job engine's own, and a visit's next job does not wait for the poll."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from procrastinate.schema import SchemaManager

from tests.support import database as databases
from visits.store import jobs_schema
from visits.store.embedded import Embedded
from visits.store.provision import provision

NAME = "visits_jobs"
DEFER = """
    select unnest(procrastinate_defer_jobs_v1(
        array[row('events', 'deliver', 0, $1::text, null, '{}', null)::procrastinate_job_to_defer_v1]
    ))
"""


@pytest.fixture(scope="module")
async def jobs() -> AsyncIterator[asyncpg.Connection]:
    """A database that holds the job engine and nothing else."""
    await databases.drop_database(NAME)
    await provision(databases.dsn(Embedded.superuser, "postgres"), NAME)
    connection = await asyncpg.connect(databases.dsn("visits_owner", NAME))
    await connection.execute(jobs_schema.engine())
    await connection.execute(jobs_schema.wake_successor())
    yield connection
    await connection.close()
    await databases.drop_database(NAME)


async def woken(connection: asyncpg.Connection, channel: str, statement: str, *arguments: object) -> bool:
    """Whether the statement told the channel; a notice of our own, sent after it, ends the listening."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        heard.put_nowait(str(payload))

    await connection.add_listener(channel, hear)
    await connection.execute(statement, *arguments)
    await connection.execute("select pg_notify($1, 'end')", channel)
    told = [await heard.get()]
    while told[-1] != "end":
        told.append(await heard.get())
    await connection.remove_listener(channel, hear)
    return any("job_inserted" in payload for payload in told)


def test_the_frozen_copy_is_the_installed_engines_schema():
    assert jobs_schema.engine() == SchemaManager.get_schema()


@pytest.mark.slow(reason="the first use creates a database")
@pytest.mark.parametrize("channel", ["procrastinate_any_queue_v1", "procrastinate_queue_v1#events"])
@pytest.mark.parametrize("delete", [False, True], ids=["kept", "deleted"])
async def test_the_end_of_a_job_wakes_the_next_of_its_lock(jobs, channel, delete):
    job = await jobs.fetchval(DEFER, "visit:1")
    await jobs.execute("update procrastinate_jobs set status = 'doing' where id = $1", job)

    assert await woken(jobs, channel, "select procrastinate_finish_job_v1($1, 'succeeded', $2)", job, delete)


async def test_the_end_of_a_job_without_lock_wakes_nobody(jobs):
    job = await jobs.fetchval(DEFER, None)
    await jobs.execute("update procrastinate_jobs set status = 'doing' where id = $1", job)

    finish = "select procrastinate_finish_job_v1($1, 'succeeded', false)"

    assert not await woken(jobs, "procrastinate_any_queue_v1", finish, job)
