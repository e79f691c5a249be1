"""Reads of the evidence check: links page by page, and the events and audit rows a page of links stands for."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text
from sqlmodel import SQLModel, col

from visits.store.tables import Audit, ChainEntry, ChainHead, DomainEvent
from visits.store.work import Work

_EVENTS = text(
    "select e.* from unnest(cast(:streams as uuid[]), cast(:ats as timestamptz[]), cast(:lasts as int[]))"
    " as wanted (stream_id, at, last) join domain_event e"
    " on e.stream_id = wanted.stream_id and e.seq <= wanted.last and e.at = wanted.at order by e.stream_id, e.seq"
)
_AUDIT = text(
    "select * from audit where at = any(cast(:ats as timestamptz[]))"
    " and tenant_id = cast(:tenant as uuid) and coalesce(office_id, tenant_id) = cast(:chain as uuid)"
)
_UNSEALED_EVENTS = text(
    "select coalesce(e.office_id, e.tenant_id) as chain, e.kind, e.stream_id || '/' || e.seq as subject, e.id"
    " from domain_event e where e.at >= :since"
    " and coalesce(cast(:chain as uuid), e.office_id, e.tenant_id) = coalesce(e.office_id, e.tenant_id)"
    " and not exists (select from chain_entry c join chain_head h on h.chain_id = c.chain_id and c.seq <= h.seq"
    " where c.kind = 'events' and c.at = e.at"
    " and split_part(c.subject, '/', 1) = cast(e.stream_id as text)"
    " and cast(split_part(c.subject, '/', 2) as int) >= e.seq) order by e.at, e.id limit :most"
)
_UNSEALED_AUDIT = text(
    "select coalesce(a.office_id, a.tenant_id) as chain, a.action as kind, a.subject, a.id"
    " from audit a where a.at >= :since"
    " and coalesce(cast(:chain as uuid), a.office_id, a.tenant_id) = coalesce(a.office_id, a.tenant_id)"
    " and not exists (select from chain_entry c join chain_head h on h.chain_id = c.chain_id and c.seq <= h.seq"
    " where c.chain_id = coalesce(a.office_id, a.tenant_id)"
    " and c.kind = a.action and c.subject = a.subject and c.at = a.at) order by a.at, a.id limit :most"
)


async def heads(work: Work) -> Sequence[ChainHead]:
    """The newest link of every chain of the administration."""
    return (await work.session.scalars(select(ChainHead).order_by(col(ChainHead.chain_id)))).all()


async def hash_at(work: Work, chain: UUID, seq: int) -> bytes:
    """The hash of one link; nothing if it is not there."""
    found = await work.session.scalar(
        select(col(ChainEntry.hash)).where(col(ChainEntry.chain_id) == chain, col(ChainEntry.seq) == seq)
    )
    return found or b""


async def at_of(work: Work, chain: UUID, seq: int) -> datetime | None:
    """When a link was made."""
    found: datetime | None = await work.session.scalar(
        select(col(ChainEntry.at)).where(col(ChainEntry.chain_id) == chain, col(ChainEntry.seq) == seq)
    )
    return found


async def entries(work: Work, chain: UUID, first: int, last: int, most: int) -> Sequence[RowMapping]:
    """The next links of a chain, in order."""
    rows = await work.session.execute(
        select(*_columns(ChainEntry))
        .where(col(ChainEntry.chain_id) == chain, col(ChainEntry.seq).between(first, last))
        .order_by(col(ChainEntry.seq))
        .limit(most)
    )
    return rows.mappings().all()


async def events_of(work: Work, wanted: dict[tuple[UUID, datetime], int]) -> Sequence[RowMapping]:
    """Events by stream and instant, up to a number, in order."""
    given = {
        "streams": [stream for stream, _ in wanted],
        "ats": [at for _, at in wanted],
        "lasts": list(wanted.values()),
    }
    return (await work.session.execute(_EVENTS, given)).mappings().all()


async def audit_of(work: Work, chain: UUID, ats: Collection[datetime]) -> Sequence[RowMapping]:
    """The audit rows of a chain written at these instants."""
    given = {"chain": chain, "tenant": work.actor.tenant, "ats": list(ats)}
    return (await work.session.execute(_AUDIT, given)).mappings().all()


async def kept_since(work: Work, table: type[DomainEvent] | type[Audit]) -> datetime | None:
    """When the oldest row that is still kept was written."""
    found: datetime | None = await work.session.scalar(select(func.min(col(table.at))))
    return found


async def unsealed(work: Work, chain: UUID | None, since: datetime, most: int) -> list[tuple[str, RowMapping]]:
    """Events and audit rows that no link stands for; the database joins, so a year of them needs no memory here."""
    given = {"chain": chain, "since": since, "most": most}
    return [
        (what, row)
        for what, query in (("event", _UNSEALED_EVENTS), ("audit", _UNSEALED_AUDIT))
        for row in (await work.session.execute(query, given)).mappings()
    ]


def _columns(table: type[SQLModel]) -> list[Any]:
    """Plain columns: rows that are read once need not become objects."""
    return list(table.__table__.columns)  # type: ignore[attr-defined]
