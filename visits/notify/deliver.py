"""Sends what is due: a notice is claimed and committed, handed over outside any transaction, and what became of it is
written down in another.

Whoever is killed in between leaves a claim that runs out. The next try carries the same id, by which e-mail, gateways
and message centres drop the repeat; a receipt that arrives meanwhile ends the matter without a second try.
"""

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID

from visits.actor import system
from visits.clock import SystemClock
from visits.ids import TenantId
from visits.notices import queries
from visits.notices.notices import after_quiet
from visits.notices.tables import Notice
from visits.notify.channels.known import made
from visits.notify.channels.sinks import sweep as sweep_files
from visits.notify.links import session_for
from visits.notify.outgoing import outgoing, still_stands
from visits.notify.port import Channel, Down, NotSent, Outgoing, Refused, Sent
from visits.notify.receipts import early, instead
from visits.notify.setup import Way, way_for
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

log = logging.getLogger("visits.notify")

#: Waits after each try that failed; after the last one the office must look.
LADDER = tuple(timedelta(seconds=each) for each in (30, 120, 600, 1800, 7200, 21600))
SPREAD = 0.1
#: Longer than any try: until then nobody else takes the same notice.
LEASE = timedelta(minutes=2)
PATIENCE = 45.0
#: Facts that are gone once a notice is over.
SECRET = ("secret",)
#: Files of the default way are kept this long.
KEPT = timedelta(days=30)


class Done(Enum):
    """What became of a try."""

    SENT = "sent"
    NOT_DUE = "not due"
    LATER = "later"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A claimed notice as it leaves."""

    message: Outgoing
    way: Way


async def send_due(tools: Tools, tenant: TenantId) -> int:
    """Job and tick: send what is due, the oldest first; how many left."""
    sent = 0
    while True:
        async with tools.database.work(system(tenant)) as work:
            due = await queries.due_notices(work)
        told = [await _careful(tools, tenant, each) for each in due]
        sent += told.count(Done.SENT)
        if not due or set(told) <= {Done.NOT_DUE}:
            return sent


async def job(tools: Tools, tenant: TenantId) -> None:
    """The same for the queue."""
    await send_due(tools, tenant)


async def _careful(tools: Tools, tenant: TenantId, notice_id: UUID) -> Done:
    """One notice that cannot be written must not hold up the others."""
    try:
        return await send_one(tools, tenant, notice_id)
    except Exception as fault:  # a bug of ours: seen in the outbox and the log, tried again by the ladder
        log.warning("notice %s failed: %s", notice_id, type(fault).__name__, exc_info=fault)
        trouble = Down("provider_down", type(fault).__name__)
        return await tools.database.run(system(tenant), _not_sent, notice_id, trouble, began=False)


async def send_one(tools: Tools, tenant: TenantId, notice_id: UUID, *, by: Channel | None = None) -> Done:
    """Try one notice now if it is due; `by` replaces the way of the settings."""
    ready = await tools.database.run(system(tenant), _claim, tools, notice_id)
    if ready is None:
        return Done.NOT_DUE
    try:
        channel = by or await _channel(tools, tenant, ready.way)
        sent = await asyncio.wait_for(channel.send(ready.message), PATIENCE)
    except TimeoutError:
        return await tools.database.run(
            system(tenant), _not_sent, notice_id, Down("provider_down", "timeout", maybe=True)
        )
    except NotSent as fault:
        return await tools.database.run(system(tenant), _not_sent, notice_id, fault)
    await tools.database.run(system(tenant), _sent, notice_id, ready.way.provider, sent)
    return Done.SENT


async def _channel(tools: Tools, tenant: TenantId, way: Way) -> Channel:
    if way.adapter == "smpp" and way.id is not None:
        return await session_for(tools, tenant, way)
    return made(way.channel, way.adapter, way.settings, tools.settings)


# ---------- what is written down ----------


async def _claim(work: Work, tools: Tools, notice_id: UUID) -> Ready | None:
    """Take a notice for one try, or put it where it belongs: later, too late, replaced."""
    notice = await queries.claim_notice(work, notice_id)
    if notice is None:
        return None
    if work.now >= notice.expires_at:
        _end(notice, "expired", work)
        return None
    office = await work.session.get(Office, notice.office_id) if notice.office_id else None
    later = work.now if notice.urgent or office is None else after_quiet(work.now, office)
    if later > work.now:
        notice.due_at = later
        return None
    if not await still_stands(work, notice):
        _end(notice, "dropped", work)
        return None
    way = await way_for(work, tools.vault, notice.office_id, notice.channel)
    message = await outgoing(work, notice, way, tools.settings, tools.vault, again=notice.open)
    notice.open, notice.due_at = True, work.now + LEASE
    notice.tries += 1
    notice.provider = way.provider
    return Ready(message=message, way=way)


async def _sent(work: Work, notice_id: UUID, provider: str, sent: Sent) -> None:
    """The provider has it. Its receipt may have been faster than this line."""
    notice = await queries.notice_by_id(work, notice_id, lock=True)
    notice.open, notice.provider, notice.provider_id = False, provider, sent.provider_id[:200]
    notice.sent_at = notice.sent_at or work.now
    if notice.state == "waiting":
        notice.state, notice.error, notice.detail = "sent", "", ""
    _forget_secrets(notice)
    await early(work, notice)


async def _not_sent(work: Work, notice_id: UUID, fault: NotSent, *, began: bool = True) -> Done:
    """Wait for the next step of the ladder, or give up."""
    notice = await queries.notice_by_id(work, notice_id, lock=True)
    if notice.state != "waiting":
        return Done.NOT_DUE
    notice.error, notice.detail = fault.error, fault.detail
    if not began:
        notice.tries += 1
    notice.open = isinstance(fault, Down) and fault.maybe
    wait = wait_after(notice.tries, random.Random(f"{notice.id}/{notice.tries}"))  # noqa: S311
    if isinstance(fault, Refused) or wait is None or work.now + wait >= notice.expires_at:
        _end(notice, "failed", work)
        work.audit("notice_failed", notice.id, office=notice.office_id, error=notice.error, tries=notice.tries)
        await instead(work, notice)
        return Done.FAILED
    notice.due_at = work.now + wait
    return Done.LATER


def wait_after(tries: int, chance: random.Random) -> timedelta | None:
    """How long to wait after so many tries that failed; None: no more."""
    if tries > len(LADDER):
        return None
    return LADDER[max(0, tries - 1)] * (1 + chance.uniform(-SPREAD, SPREAD))


def _end(notice: Notice, state: str, work: Work) -> None:
    notice.state, notice.open, notice.ended_at = state, False, work.now
    _forget_secrets(notice)


def _forget_secrets(notice: Notice) -> None:
    notice.facts = {name: value for name, value in notice.facts.items() if name not in SECRET}


async def housekeeping(tools: Tools, tenant: TenantId) -> None:
    """Files of the default way older than a month, receipts nobody waits for, old menus and messages."""
    now = (tools.database.moved or SystemClock()).now()
    await asyncio.to_thread(sweep_files, tools.settings.data, (now - KEPT).timestamp())
    await tools.database.run(system(tenant), queries.prune, before=now - KEPT)
