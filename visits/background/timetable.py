"""Every periodic job: its name, how often, and what it does for each administration.

Several processes may run the timetable at once: every job claims its rows with SKIP LOCKED or is safe to repeat.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from visits.actor import Actor, system
from visits.assignment.posting import post_due
from visits.assignment.publish import publish_due
from visits.assignment.seeds import keep_seeds
from visits.assignment.vacant import keep_filled
from visits.background.deliver import forgotten, moments
from visits.background.orphans import sweep_orphans
from visits.booking.durations import learn
from visits.booking.expire import sweep
from visits.booking.history import retire_all
from visits.booking.materialise import keep_calendars
from visits.booking.token_keys import keep_keys
from visits.booking.waitlist_offers import tick as offer_waitlist
from visits.clearance.folder import look
from visits.clearance.push import push, tick_push
from visits.clock import SystemClock
from visits.documents.resume import sweep as sweep_uploads
from visits.fieldwork import retention as field
from visits.ids import TenantId
from visits.notify import deliver as notices
from visits.notify import links
from visits.people.access import NO_TENANT
from visits.people.queries import tenants
from visits.performance import retention as ratings
from visits.store.idempotency import sweep as sweep_answers
from visits.store.tools import Tools

log = logging.getLogger("visits.timetable")

Job = Callable[[Tools, TenantId], Awaitable[object]]
Chore = Callable[[Tools], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Tick:
    """One periodic job: of each administration, or a chore of the installation as a whole."""

    name: str
    every: timedelta
    job: Job | None = None
    chore: Chore | None = None


async def _expired_holds(tools: Tools, tenant: TenantId) -> int:
    return await tools.database.run(system(tenant), sweep)


async def _housekeeping(tools: Tools, tenant: TenantId) -> None:
    """Uploads nobody came back for, and answers kept long enough for any repeat."""
    await sweep_uploads(tools, tenant, (tools.database.moved or SystemClock()).now())
    await sweep_answers(tools, tenant)
    await notices.housekeeping(tools, tenant)


async def _orphans(tools: Tools) -> int:
    """Files have the age their store says, whatever the time of the administrations."""
    return await sweep_orphans(tools, SystemClock().now())


async def _retention(tools: Tools, tenant: TenantId) -> None:
    """Positions, photos and authors of ratings whose time is over, by each office's policy."""
    await field.forget(tools, tenant)
    await ratings.forget(tools, tenant)


TICKS: tuple[Tick, ...] = (
    #: Calendars written out sixty days ahead, and compared with the appointments first.
    Tick("calendars", timedelta(hours=3), keep_calendars),
    #: Every night: how long visits take, learnt anew from those that were made.
    Tick("durations", timedelta(hours=24), learn),
    #: Events whose job was lost with a process or a database: woken again.
    Tick("forgotten", timedelta(seconds=20), forgotten),
    #: Hold ends, draws, reveals, retries: whatever has come due.
    Tick("moments", timedelta(seconds=5), moments),
    #: Files and messages somebody put into the watched folder.
    Tick("folder", timedelta(seconds=3), look),
    #: Notices whose time has come: reminders, retries, what a lost job left.
    Tick("notices", timedelta(seconds=5), notices.send_due),
    #: Sessions with message centres, so that receipts and answers come in.
    Tick("links", timedelta(seconds=30), links.keep),
    #: Reports that wait for the clearance system, and the probe of a link that is down.
    Tick("push", timedelta(seconds=5), tick_push),
    #: Held times that ran out while nobody asked for them.
    Tick("holds", timedelta(seconds=20), _expired_holds),
    #: Who waits for an earlier time: what is over ends, what became free unseen is offered.
    Tick("waitlist", timedelta(seconds=60), offer_waitlist),
    #: Abandoned uploads, and answers to requests repeated long ago.
    Tick("housekeeping", timedelta(hours=1), _housekeeping),
    #: What was kept as long as the office's policy says.
    Tick("retention", timedelta(hours=6), _retention),
    #: Files no row of any administration refers to.
    Tick("orphans", timedelta(hours=6), chore=_orphans),
    #: Parts of days that are over, out of the way of the exclusion index.
    Tick("history", timedelta(hours=6), retire_all),
    #: Keys of signed confirmations: the next one told to the tablets before it signs.
    Tick("keys", timedelta(hours=6), keep_keys),
    #: Officers posted to terminals, where an office lets them rotate: before the first day is planned.
    Tick("postings", timedelta(minutes=5), post_due),
    #: The next day of each office, planned and drawn once its hour has come.
    Tick("publication", timedelta(minutes=5), publish_due),
    #: Visits whose inspector is away, late or let them lie: drawn again.
    Tick("vacant", timedelta(minutes=1), keep_filled),
    #: Seeds of the draw: committed for the whole horizon, revealed when their day is over.
    Tick("seeds", timedelta(minutes=5), keep_seeds),
)

#: Jobs of the queue besides `deliver`: name to function(tools, tenant, **args).
TASKS: dict[str, Callable[..., Awaitable[None]]] = {"notices": notices.job, "push": push}


async def run_tick(tools: Tools, tick: Tick) -> None:
    """One tick, for every administration if it is theirs; a fault in one leaves the others alone."""
    if tick.chore:
        await _tried(tick, tick.chore(tools))
    if tick.job is None:
        return
    anybody = Actor(tenant=NO_TENANT, roles=frozenset())
    async with tools.database.work(anybody) as work:
        known = [TenantId(tenant.id) for tenant in await tenants(work)]
    for tenant in known:
        await _tried(tick, tick.job(tools, tenant))


async def _tried(tick: Tick, done: Awaitable[object]) -> None:
    try:
        await done
    except Exception as fault:
        log.warning("tick %s failed", tick.name, exc_info=fault)


async def run_all_once(tools: Tools) -> None:
    """Every job once, in order: what a start owes to the time nobody was running."""
    for tick in TICKS:
        await run_tick(tools, tick)


def start(tools: Tools) -> AsyncIOScheduler:
    """Start the clockwork in the running event loop; the caller shuts it down."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = AsyncIOScheduler(timezone="UTC")
    for tick in TICKS:
        scheduler.add_job(
            run_tick,
            "interval",
            seconds=tick.every.total_seconds(),
            args=[tools, tick],
            id=tick.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler
