"""Drains the events of a stream (a visit, or a declaration) to their reactions, in order, each at least once."""

import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from visits.actor import system
from visits.events import KINDS
from visits.ids import TenantId
from visits.store import jobs
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work
from visits.wiring import MOMENTS, REACTIONS

log = logging.getLogger("visits.background")

#: Waits between tries of a reaction that failed; after the last the event is parked for a person.
LADDER = tuple(timedelta(seconds=each) for each in (5, 30, 120, 600, 3600, 21600, 43200, 86400))
RETRY = "deliver"
#: An event not delivered after this long has lost its job.
OVERDUE = timedelta(seconds=20)

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('stream:' || :stream, 0))")


async def deliver(tools: Tools, tenant: TenantId, stream: UUID) -> int:
    """Deliver what waits in a stream, oldest first, one transaction an event; stop at the first that fails.

    Returns how many were delivered. A failed event is tried again later by the ladder; nothing of its stream
    overtakes it. A deadlock is no failure: the transaction is run again at once.
    """
    done = 0
    while await _deliver_next(tools, tenant, stream):
        done += 1
    return done


async def _deliver_next(tools: Tools, tenant: TenantId, stream: UUID) -> bool:
    at_work: list[UUID] = []

    async def oldest(work: Work) -> bool:
        event = await _oldest(work, stream)
        if event is None:
            return False
        at_work[:] = [event.id]
        for reaction in REACTIONS.get(KINDS[event.kind], ()):
            await reaction(work, tools, event)
        event.delivered_at = work.now
        return True

    try:
        return await tools.database.run(system(tenant), oldest)
    except Exception as fault:
        if not at_work:
            raise
        [failed] = at_work
        log.warning("event %s failed: %s", failed, type(fault).__name__, exc_info=fault)
        await tools.database.run(system(tenant), _postpone, failed, fault)
        return False


async def _oldest(work: Work, stream: UUID) -> DomainEvent | None:
    """The stream's oldest waiting event, if no other worker is at it and it is not parked."""
    await work.session.execute(_LOCK, {"stream": str(stream)})
    event = await work.session.scalar(
        select(DomainEvent)
        .where(col(DomainEvent.stream_id) == stream, col(DomainEvent.delivered_at).is_(None))
        .order_by(col(DomainEvent.seq))
        .limit(1)
    )
    return None if event is None or event.parked_at is not None else event


async def _postpone(work: Work, event_id: UUID, fault: Exception) -> None:
    event = await work.session.get_one(DomainEvent, event_id)
    event.tries += 1
    event.fault = f"{type(fault).__name__}: {fault}"[:500]
    if event.tries > len(LADDER):
        event.parked_at = work.now
        return
    await jobs.at(work, work.now + LADDER[event.tries - 1], RETRY, event.stream_id)


async def forgotten(tools: Tools, tenant: TenantId) -> int:
    """Wake every stream with events that nobody is going to deliver: no retry is planned and they are not new."""
    async with tools.database.work(system(tenant)) as work:
        planned = select(col(Due.subject_id)).where(col(Due.kind) == RETRY, col(Due.done_at).is_(None))
        streams = (
            await work.session.scalars(
                select(col(DomainEvent.stream_id))
                .where(
                    col(DomainEvent.delivered_at).is_(None),
                    col(DomainEvent.parked_at).is_(None),
                    col(DomainEvent.at) < work.now - OVERDUE,
                    col(DomainEvent.stream_id).not_in(planned),
                )
                .distinct()
                .limit(500)
            )
        ).all()
        for stream in streams:
            await jobs.run_now(work, "deliver", lock=f"stream:{stream}", stream=stream)
    return len(streams)


async def moments(tools: Tools, tenant: TenantId) -> int:
    """Do what is due now; each moment in a transaction of its own, so that one failure holds nothing up."""
    async with tools.database.work(system(tenant)) as work:
        waiting = [each.id for each in await jobs.claim_due(work)]
    for each in waiting:
        try:
            await tools.database.run(system(tenant), _moment, tools, each)
        except Exception as fault:
            log.warning("moment %s failed", each, exc_info=fault)
            async with tools.database.work(system(tenant)) as work:
                due = await work.session.get_one(Due, each)
                due.due_at = work.now + LADDER[1]
    return len(waiting)


async def _moment(work: Work, tools: Tools, due_id: UUID) -> None:
    due = await work.session.scalar(
        select(Due)
        .where(col(Due.id) == due_id, col(Due.done_at).is_(None), col(Due.due_at) <= work.now)
        .with_for_update(skip_locked=True)
    )
    if due is None:
        return
    if due.kind == RETRY:
        await jobs.run_now(work, "deliver", lock=f"stream:{due.subject_id}", stream=due.subject_id)
    else:
        await MOMENTS[due.kind](work, tools, due)
    due.done_at = work.now
