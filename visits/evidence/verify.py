"""Is the record whole? Follows each office's chain and compares its digests with what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from visits import chain
from visits.store.journal import audit_facts, event_facts
from visits.store.tables import Audit, ChainEntry, ChainHead, DomainEvent
from visits.store.work import Work

#: Rows read at once.
PAGE = 5000


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain or what it stands for was changed."""

    chain: UUID
    seq: int
    kind: str
    why: str


async def verify(work: Work) -> list[Break]:
    """Every chain of the administration: broken links, a cut tail, altered events and audit rows.

    Rows that retention deleted are not reported: the chain keeps their digest, nothing stands against it. What is
    written meanwhile breaks nothing: a chain is followed to the head read first, and things are read before links.
    """
    found: list[Break] = []
    for head in (await work.session.scalars(select(ChainHead))).all():
        found += await _links(work, head)
    found += await _altered_events(work)
    found += await _altered_audit(work)
    return found


async def links(work: Work) -> int:
    """How many links the chains of the administration have."""
    return int(await work.session.scalar(select(func.coalesce(func.sum(col(ChainHead.seq)), 0))) or 0)


async def _links(work: Work, head: ChainHead) -> list[Break]:
    """The chain itself, page by page, so that a year of it fits in memory."""
    previous, first = chain.GENESIS, 1
    while True:
        rows = await _page(work, head, first)
        entries = [
            chain.Entry(seq=row.seq, kind=row.kind, subject=row.subject, digest=row.digest, at=row.at, hash=row.hash)
            for row in rows
        ]
        last = len(rows) < PAGE
        broken = chain.verify(entries, start=previous, first=first, head=head.hash if last else None)
        if broken is not None:
            kind = next((row.kind for row in rows if row.seq == broken), "")
            return [Break(head.chain_id, broken, kind, "link")]
        if last:
            return []
        previous, first = rows[-1].hash, rows[-1].seq + 1


async def _page(work: Work, head: ChainHead, first: int) -> Sequence[ChainEntry]:
    rows = await work.session.scalars(
        select(ChainEntry)
        .where(col(ChainEntry.chain_id) == head.chain_id, col(ChainEntry.seq).between(first, head.seq))
        .order_by(col(ChainEntry.seq))
        .limit(PAGE)
    )
    return rows.all()


async def _altered_events(work: Work) -> list[Break]:
    """Events grouped as they were chained: those of one stream and transaction stand under its last number."""
    query = select(DomainEvent).order_by(col(DomainEvent.stream_id), col(DomainEvent.seq))
    events = (await work.session.scalars(query)).all()
    ends = {
        row.subject: row
        for row in (await work.session.scalars(select(ChainEntry).where(col(ChainEntry.kind) == "events"))).all()
    }
    found: list[Break] = []
    waiting: list[DomainEvent] = []
    for event in events:
        if waiting and waiting[-1].stream_id != event.stream_id:
            waiting = []
        waiting.append(event)
        entry = ends.get(f"{event.stream_id}/{event.seq}")
        if entry is None:
            continue
        if chain.digest([event_facts(each.model_dump()) for each in waiting]) != entry.digest:
            found.append(Break(entry.chain_id, entry.seq, entry.kind, f"event {event.kind}"))
        waiting = []
    return found


async def _altered_audit(work: Work) -> list[Break]:
    """Audit rows against the digests of their links; a row without a link up to the head was smuggled in."""
    rows = (await work.session.scalars(select(Audit))).all()
    linked = (
        select(col(ChainEntry.digest))
        .join(ChainHead, col(ChainHead.chain_id) == col(ChainEntry.chain_id))
        .where(col(ChainEntry.kind) != "events", col(ChainEntry.seq) <= col(ChainHead.seq))
    )
    digests = set((await work.session.scalars(linked)).all())
    found = []
    for row in rows:
        if chain.digest(audit_facts(row.model_dump())) not in digests:
            found.append(Break(row.office_id or row.tenant_id, 0, row.action, f"audit {row.id}"))
    return found
