"""The SMPP sessions of this process: one for each channel that is set so, opened again when they break."""

import logging
from dataclasses import dataclass
from uuid import UUID

from visits.actor import system
from visits.ids import TenantId
from visits.notices import queries
from visits.notify import texts
from visits.notify.channels.smpp import Arrived, Session
from visits.notify.port import Down, Outgoing, Receipt, Sent
from visits.notify.receipts import receipt
from visits.notify.setup import Way, way_of
from visits.store.tools import Tools

log = logging.getLogger("visits.notify")

_SESSIONS: dict[tuple[TenantId, UUID], tuple[str, Session]] = {}


@dataclass(frozen=True, slots=True)
class Submitting:
    """Implements port.Channel over a session."""

    session: Session

    async def send(self, message: Outgoing) -> Sent:
        """Submit it."""
        return await self.session.submit(message)


async def session_for(tools: Tools, tenant: TenantId, way: Way) -> Submitting:
    """The session of a channel; changed settings get a new one."""
    assert way.id is not None
    known = _SESSIONS.get((tenant, way.id))
    if known is not None and known[0] == way.settings.version:
        return Submitting(known[1])
    if known is not None:
        await known[1].close()
    source = way.provider

    async def on_receipt(told: Receipt) -> None:
        await tools.database.run(system(tenant, "smpp"), receipt, source, told)

    async def on_text(arrived: Arrived) -> None:
        await texts.receive(tools, tenant, texts.Incoming(source=source, phone=arrived.phone, text=arrived.text))

    session = Session(way.settings, on_receipt, on_text)
    _SESSIONS[(tenant, way.id)] = (way.settings.version, session)
    return Submitting(session)


async def keep(tools: Tools, tenant: TenantId) -> None:
    """Tick: every session is bound, so that receipts and answers come in; those no longer set are closed."""
    async with tools.database.work(system(tenant)) as work:
        ways = [way_of(tools.vault, row) for row in await queries.channels(work) if row.adapter == "smpp"]
    for gone in [each for each in _SESSIONS if each[0] == tenant and each[1] not in {way.id for way in ways}]:
        await _SESSIONS.pop(gone)[1].close()
    for way in ways:
        session = (await session_for(tools, tenant, way)).session
        try:
            await session.open()
        except Down as fault:
            log.info("smpp channel %s is down: %s", way.id, fault.error)


async def close() -> None:
    """Leave nothing open: at the end of a process, or of a test."""
    while _SESSIONS:
        await _SESSIONS.popitem()[1][1].close()
