"""What a visit chief does with a message that did not have its effect: try it again, or put it away."""

from uuid import UUID

from visits.clearance import queries
from visits.clearance.tables import Inbound
from visits.store import jobs
from visits.store.tables import DomainEvent
from visits.store.work import Work


async def ask_again(work: Work, inbound_id: UUID) -> Inbound:
    """Note that a person wants a parked message tried again; `inbox.settle` tries it."""
    inbound = await queries.inbound_seen(work, inbound_id)
    work.audit("message_replayed", inbound.id, office=work.actor.office, code=inbound.code)
    return inbound


async def dismiss(work: Work, inbound_id: UUID) -> Inbound:
    """The message was seen and needs nothing more; who said so stays in the journal."""
    inbound = await queries.inbound_seen(work, inbound_id)
    work.audit("message_dismissed", inbound.id, office=work.actor.office, outcome=inbound.outcome, code=inbound.code)
    inbound.outcome = "dismissed"
    return inbound


async def replay_event(work: Work, event_id: UUID) -> DomainEvent:
    """Deliver a parked event again, with a fresh ladder; what waits behind it follows."""
    event = await queries.parked_event(work, event_id)
    event.parked_at, event.tries, event.fault = None, 0, None
    work.audit("event_replayed", event.id, office=event.office_id)
    await jobs.run_now(work, "deliver", lock=f"stream:{event.stream_id}", stream=event.stream_id)
    return event
