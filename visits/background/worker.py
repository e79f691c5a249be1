"""The worker: runs jobs of the queue, and comes back by itself after the database was away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

import procrastinate
from procrastinate import App, PsycopgConnector

from visits.background.deliver import deliver
from visits.background.timetable import TASKS
from visits.ids import TenantId
from visits.store.tools import Tools

log = logging.getLogger("visits.worker")

#: A worker that died is noticed after this many seconds without its heartbeat.
STALLED_AFTER = 10
#: Seconds between two looks for jobs of dead workers; the first is at the start, before anything else can fail.
RESCUE_EVERY = 3
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)


def make_jobs(tools: Tools) -> App:
    """The queue's tasks over these tools. `deliver` and every task of the timetable's TASKS take a tenant."""
    jobs = App(connector=PsycopgConnector(conninfo=tools.settings.database_url, min_size=1, max_size=4))

    @jobs.task(name="deliver", retry=procrastinate.RetryStrategy(max_attempts=5, wait=2))
    async def deliver_events(tenant: str, stream: str) -> None:
        await deliver(tools, TenantId(UUID(tenant)), UUID(stream))

    for name, task in TASKS.items():
        jobs.task(name=name, retry=procrastinate.RetryStrategy(max_attempts=5, wait=2))(_bound(tools, task))

    @jobs.periodic(cron="*/15 * * * * *")
    @jobs.task(name="rescue", queueing_lock="rescue")
    async def periodic(timestamp: int) -> None:
        """Without a periodic task the engine never restarts its listener; the rescue itself runs beside the worker."""
        await rescue(jobs)

    return jobs


def _bound(tools: Tools, task: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def run(tenant: str, **args: str) -> None:
        await task(tools, TenantId(UUID(tenant)), **args)

    run.__name__ = task.__name__
    return run


async def rescue(jobs: App) -> None:
    """Give the jobs of workers that died to another one: until then each blocks what follows in its stream."""
    for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await jobs.job_manager.retry_job(job)


async def _rescuing(jobs: App) -> None:
    while True:
        try:
            await rescue(jobs)
        except Exception as fault:  # the database may be away; the next look finds it
            log.warning("rescue failed: %s", type(fault).__name__)
        await asyncio.sleep(RESCUE_EVERY)


async def work(tools: Tools, *, concurrency: int = 4) -> None:
    """Run jobs until cancelled. The engine stops when its connection dies; we start it again."""
    failures = 0
    while True:
        try:
            jobs = make_jobs(tools)
            async with jobs.open_async():
                failures = 0
                rescuing = asyncio.create_task(_rescuing(jobs))
                try:
                    await jobs.run_worker_async(
                        concurrency=concurrency,
                        install_signal_handlers=False,
                        listen_notify=True,
                        fetch_job_polling_interval=2.0,
                        delete_jobs="successful",
                        update_heartbeat_interval=2,
                        stalled_worker_timeout=STALLED_AFTER,
                    )
                finally:
                    rescuing.cancel()
            log.warning("worker stopped by itself; starting it again")
        except asyncio.CancelledError:
            raise
        except Exception as fault:
            log.warning("worker lost its database: %s", type(fault).__name__)
        await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
        failures += 1
