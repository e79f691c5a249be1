"""Carries validated reports to the clearance system until it has them: at least once, one in effect.

The report is leased and committed, sent outside any transaction, and what became of it is recorded in another.
Whoever is killed in between leaves a lease that runs out; the next try meets a receiver that drops repeats.
"""

import asyncio
import random
from datetime import timedelta
from enum import Enum
from pathlib import Path
from uuid import UUID

from visits import events
from visits.actor import system
from visits.clearance import queries
from visits.clearance.acknowledge import ActTaken, acknowledge
from visits.clearance.drop import FolderLink
from visits.clearance.envelope import envelope
from visits.clearance.http import TIMEOUT, HttpsLink
from visits.clearance.manual import ManualLink
from visits.clearance.paper import print_for_sending
from visits.clearance.port import ClearanceSystem, Envelope, LinkDown, Receipt, TurnedAway
from visits.clearance.tables import Outbound
from visits.clock import SystemClock
from visits.ids import DeclarationId, TenantId, VisitId
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.states import Level, State, possible
from visits.settings import Settings
from visits.store import jobs
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work

#: Waits after each try that failed (product, Decided 21); after the last one a person must look.
LADDER = tuple(timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
SPREAD = 0.1
PROBE_EVERY = timedelta(seconds=30)
#: Longer than any try: until then nobody else takes the same report.
LEASE = timedelta(seconds=4 * TIMEOUT)
HTTPS, FOLDER, MANUAL = "https", "folder", "manual"


class Pushed(Enum):
    """What became of a try."""

    SENT = "sent"
    NOT_DUE = "not due"
    TURNED_AWAY = "turned away"
    LINK_DOWN = "link down"


async def on_report_validated(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: put the report on its way, once for each version."""
    assert event.visit_id is not None
    version = event.body["version"]
    if await queries.is_outbound(work, event.visit_id, version):
        return
    paper = await print_for_sending(work, tools, event.visit_id, version)
    ready, office = await envelope(work, event.visit_id, version, paper)
    made = await queries.add_outbound(
        work,
        visit_id=event.visit_id,
        office_id=office,
        link=await link_of(work, tools.settings),
        message_key=ready.message_key,
        version=version,
        body=ready.body,
        state="waiting",
        tries=0,
        fault="",
    )
    if made:
        await wake(work, made, event.visit_id)


async def wake(work: Work, outbound_id: UUID, visit_id: UUID) -> None:
    """Have a report pushed right after the commit; the reports of one visit one after another."""
    await jobs.run_now(work, "push", lock=f"push:{work.actor.tenant}:{visit_id}", outbound=outbound_id)


async def link_of(work: Work, settings: Settings) -> str:
    """The link this administration's reports go by."""
    chosen = HTTPS if settings.clearance_url else FOLDER if settings.clearance_folder else MANUAL
    if chosen != MANUAL and settings.inbox_tenant and await queries.tenant_host(work) != settings.inbox_tenant:
        return MANUAL
    return chosen


def adapter(tools: Tools, link: str) -> ClearanceSystem:
    """The clearance system behind a link's name."""
    settings = tools.settings
    if link == HTTPS:
        clock = tools.database.moved or SystemClock()
        return HttpsLink(settings.clearance_url, settings.clearance_secret, clock)
    return FolderLink(Path(settings.clearance_folder)) if link == FOLDER else ManualLink()


async def push(tools: Tools, tenant: TenantId, *, outbound: str) -> None:
    """Job: try one report."""
    await push_one(tools, tenant, UUID(outbound))


async def push_one(tools: Tools, tenant: TenantId, outbound_id: UUID, *, by: ClearanceSystem | None = None) -> Pushed:
    """Try one report now if it is due; `by` replaces the link of the settings."""
    async with tools.database.work(system(tenant)) as work:
        link = await link_of(work, tools.settings)
        leased = await queries.claim_outbound(work, outbound_id, work.now + LEASE)
    if leased is None:
        return Pushed.NOT_DUE
    ready = Envelope(message_key=leased.message_key, body=leased.body)
    run = tools.database.run
    try:
        receipt = await asyncio.wait_for((by or adapter(tools, link)).push_report(ready), 2 * TIMEOUT)
    except (LinkDown, TimeoutError) as fault:
        await run(system(tenant, link), _failed, outbound_id, link, str(fault) or "timeout", down=True)
        return Pushed.LINK_DOWN
    except TurnedAway as fault:
        await run(system(tenant, link), _failed, outbound_id, link, str(fault), down=False)
        return Pushed.TURNED_AWAY
    try:
        await run(system(tenant, link), _sent, outbound_id, link, receipt)
    except ActTaken as fault:
        # The report is over there; its number cannot be: keep it as sent, and say so.
        await run(system(tenant, link), _sent, outbound_id, link, Receipt(), fault=str(fault))
    return Pushed.SENT


async def tick_push(tools: Tools, tenant: TenantId, *, by: ClearanceSystem | None = None) -> int:
    """Probe links that are down, then send what is due, the oldest report first; how many were sent."""
    await _probe(tools, tenant, by)
    sent = 0
    while True:
        async with tools.database.work(system(tenant)) as work:
            due = await queries.due_outbound(work)
        for each in due:
            done = await push_one(tools, tenant, each, by=by)
            if done is Pushed.LINK_DOWN:
                return sent
            sent += done is Pushed.SENT
        if not due:
            return sent


def wait_after(tries: int, chance: random.Random) -> timedelta | None:
    """How long to wait after so many tries that failed; None: no more."""
    if tries > len(LADDER):
        return None
    return LADDER[tries - 1] * (1 + chance.uniform(-SPREAD, SPREAD))


# ---------- what is written down ----------


async def _sent(work: Work, outbound_id: UUID, link: str, receipt: Receipt, fault: str = "") -> None:
    """The other side has it. Its own message may have been faster than this line."""
    visit = await visit_for_update(work, (await queries.outbound_by_id(work, outbound_id)).visit_id)
    await _up(work, link)
    outbound = await queries.outbound_by_id(work, outbound_id, lock=True)
    outbound.link, outbound.fault = link, fault
    if outbound.state not in ("waiting", "parked"):
        return
    if receipt.by_hand:
        outbound.state = "manual"
        return
    outbound.state, outbound.sent_at = "sent", work.now
    if "report_pushed" in possible(State(visit.state), Level(visit.level), work.actor.roles):
        await move(
            work,
            visit,
            events.ReportPushed(
                declaration=DeclarationId(visit.declaration_id),
                visit=VisitId(visit.id),
                version=outbound.version,
                link=link,
            ),
        )
    if receipt.act:
        await acknowledge(work, visit, outbound, receipt.act)


async def _failed(work: Work, outbound_id: UUID, link: str, fault: str, *, down: bool) -> None:
    """Wait for the next step of the ladder, or for a person."""
    if down:
        state = await queries.link_state(work, link, lock=True)
        state.fault = fault[:500]
        state.down_since = state.down_since or work.now
        state.probed_at = state.probed_at or work.now
    outbound = await queries.outbound_by_id(work, outbound_id, lock=True)
    if outbound.state != "waiting":
        return
    outbound.link, outbound.fault = link, fault[:500]
    outbound.tries += 1
    wait = wait_after(outbound.tries, random.Random(f"{outbound.message_key}/{outbound.tries}"))  # noqa: S311
    if wait is None:
        outbound.state = "parked"
        work.audit("report_parked", outbound.visit_id, office=outbound.office_id, tries=outbound.tries)
        return
    outbound.due_at = work.now + wait


async def _up(work: Work, link: str) -> None:
    """The link answered: if it was down, everything that waits for it may go."""
    if (await queries.link_state(work, link)).down_since is None:
        return
    state = await queries.link_state(work, link, lock=True)
    state.down_since, state.probed_at, state.fault = None, None, ""
    await queries.rearm(work, link)


async def _probe(tools: Tools, tenant: TenantId, by: ClearanceSystem | None) -> None:
    """Ask each link that is down whether it is back, at most every thirty seconds."""
    async with tools.database.work(system(tenant)) as work:
        link = await link_of(work, tools.settings)
        if (await queries.link_state(work, link)).down_since is None:
            return
        state = await queries.link_state(work, link, lock=True)
        if state.down_since is None or (state.probed_at and work.now - state.probed_at < PROBE_EVERY):
            return
        state.probed_at = work.now
    try:
        await asyncio.wait_for((by or adapter(tools, link)).probe(), TIMEOUT)
    except (LinkDown, TimeoutError) as fault:
        await tools.database.run(system(tenant, link), _still_down, link, str(fault) or "timeout")
        return
    await tools.database.run(system(tenant, link), _up, link)


async def _still_down(work: Work, link: str, fault: str) -> None:
    (await queries.link_state(work, link, lock=True)).fault = fault[:500]


async def replay_report(work: Work, outbound_id: UUID) -> Outbound:
    """A person asks for a report to be tried again, with a fresh ladder."""
    outbound = await queries.outbound_seen(work, outbound_id)
    if outbound.state in ("parked", "waiting"):
        outbound.state, outbound.tries, outbound.due_at, outbound.fault = "waiting", 0, work.now, ""
        work.audit("report_replayed", outbound.visit_id, office=outbound.office_id)
        await wake(work, outbound.id, outbound.visit_id)
    return outbound
