"""Writes what a transaction told: events with their order and delivery job, audit rows, and the evidence chain last."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from visits import chain
from visits.actor import Actor
from visits.events import Event
from visits.ids import new_id
from visits.store.tables import Audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """One audit row to be."""

    action: str
    subject: str
    office: UUID | None
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One chain entry to be; `chain` is the office, or the tenant for what belongs to no office."""

    chain: UUID
    kind: str
    subject: str
    digest: bytes


_NEXT_OF_VISIT = text("update visit set seq = seq + :n where id = :id returning seq, office_id")
_NEXT_OF_DECLARATION = text("update declaration set seq = seq + :n where id = :id returning seq, office_id")
#: Store events, wake their delivery and tell the screens, all in one statement. From here on everything is decided: the
#: chain's head is worth a wait even to who was in a hurry.
_TELL = text(
    "with told as (insert into domain_event (id, stream_id, seq, declaration_id, visit_id, office_id, kind, body,"
    " person_id, role, source, device_at, at) select id, stream_id, seq, declaration_id, visit_id, office_id, kind,"
    " body, person_id, role, source, device_at, at"
    " from jsonb_populate_recordset(cast(null as domain_event), cast(:rows as jsonb)))"
    " select procrastinate_defer_jobs_v1(array[row(cast('events' as varchar), cast('deliver' as varchar), 0,"
    " cast(:lock as text), null::text, cast(:args as jsonb), null::timestamptz)::procrastinate_job_to_defer_v1]),"
    " pg_notify('board', cast(:board as text)), set_config('lock_timeout', '5s', true)"
)
_START_CHAIN = text(
    "insert into chain_head (chain_id, seq, hash) values (:chain, 0, :zero) on conflict (chain_id) do nothing"
)
_LOCK_CHAIN = text("select seq, hash from chain_head where chain_id = :chain for update")
_LINK = text(
    "with linked as (insert into chain_entry (chain_id, seq, kind, subject, digest, previous, hash, at)"
    " select chain_id, seq, kind, subject, digest, previous, hash, at"
    " from jsonb_populate_recordset(cast(null as chain_entry), cast(:rows as jsonb)))"
    " update chain_head set seq = :seq, hash = :hash where chain_id = :chain"
)


async def write_journal(
    session: AsyncSession, actor: Actor, now: datetime, events: Sequence[Event], notes: Sequence[AuditNote]
) -> None:
    """Store events and audit rows, wake their delivery, and append the digests to the chains, heads locked last."""
    links = await _write_events(session, actor, now, events)
    links += await _write_audit(session, actor, now, notes)
    await _append(session, now, links)


async def _write_events(session: AsyncSession, actor: Actor, now: datetime, events: Sequence[Event]) -> list[Link]:
    streams: dict[UUID, list[Event]] = defaultdict(list)
    for event in events:
        streams[event.visit or event.declaration].append(event)
    links = []
    for stream in sorted(streams):
        told = streams[stream]
        counter = _NEXT_OF_VISIT if told[0].visit else _NEXT_OF_DECLARATION
        last, office = (await session.execute(counter, {"n": len(told), "id": stream})).one()
        rows = [
            {
                "id": new_id(),
                "stream_id": stream,
                "seq": last - len(told) + place,
                "declaration_id": event.declaration,
                "visit_id": event.visit,
                "office_id": office,
                "kind": event.code,
                "body": event.body,
                "person_id": actor.person,
                "role": min(actor.roles, default=""),
                "source": actor.source,
                "device_at": event.device_at,
                "at": now,
            }
            for place, event in enumerate(told, start=1)
        ]
        await session.execute(
            _TELL,
            {
                "rows": _records(rows),
                "lock": f"stream:{stream}",
                "args": json.dumps({"tenant": str(actor.tenant), "stream": str(stream)}),
                "board": json.dumps({"topic": str(office), "id": str(stream)}),
            },
        )
        links.append(
            Link(
                chain=office or actor.tenant,
                kind="events",
                subject=f"{stream}/{last}",
                digest=chain.digest([event_facts(row) for row in rows]),
            )
        )
    return links


def event_facts(row: dict[str, Any]) -> dict[str, Any]:
    """What the chain's digest of an event covers."""
    return {
        name: row[name] for name in ("id", "stream_id", "seq", "kind", "body", "person_id", "source", "device_at", "at")
    }


async def _write_audit(session: AsyncSession, actor: Actor, now: datetime, notes: Sequence[AuditNote]) -> list[Link]:
    links = []
    rows = []
    for note in notes:
        row = {
            "id": new_id(),
            "office_id": note.office,
            "person_id": actor.person,
            "source": actor.source,
            "action": note.action,
            "subject": note.subject,
            "body": json.loads(chain.canonical(note.body)),
            "at": now,
        }
        rows.append(row)
        links.append(
            Link(
                chain=note.office or actor.tenant,
                kind=note.action,
                subject=note.subject,
                digest=chain.digest(audit_facts(row)),
            )
        )
    if rows:
        await session.execute(insert(Audit), rows)
    return links


def audit_facts(row: dict[str, Any]) -> dict[str, Any]:
    """What the chain's digest of an audit row covers."""
    return {name: row[name] for name in ("id", "office_id", "person_id", "source", "action", "subject", "body", "at")}


async def _append(session: AsyncSession, now: datetime, links: Sequence[Link]) -> None:
    chains: dict[UUID, list[Link]] = defaultdict(list)
    for link in links:
        chains[link.chain].append(link)
    for chain_id in sorted(chains):
        head = (await session.execute(_LOCK_CHAIN, {"chain": chain_id})).one_or_none()
        if head is None:
            await session.execute(_START_CHAIN, {"chain": chain_id, "zero": bytes(32)})
            head = (await session.execute(_LOCK_CHAIN, {"chain": chain_id})).one()
        seq, previous = head
        rows = []
        for link in chains[chain_id]:
            seq += 1
            hashed = chain.link(previous, link.kind, link.subject, link.digest, now, seq)
            rows.append(
                {
                    "chain_id": chain_id,
                    "seq": seq,
                    "kind": link.kind,
                    "subject": link.subject,
                    "digest": _bytea(link.digest),
                    "previous": _bytea(previous),
                    "hash": _bytea(hashed),
                    "at": now,
                }
            )
            previous = hashed
        await session.execute(_LINK, {"rows": _records(rows), "seq": seq, "hash": previous, "chain": chain_id})


def _records(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as the JSON from which PostgreSQL makes records."""
    return msgspec.json.encode(rows).decode()


def _bytea(value: bytes) -> str:
    """Bytes as PostgreSQL reads them from a text."""
    return f"\\x{value.hex()}"
