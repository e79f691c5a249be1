"""Tables of the store itself: events, audit, evidence chain, idempotency, due moments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from visits.store.base import CURRENT_TENANT, Row, json


class DomainEvent(Row, table=True):
    """What happened, in order per stream (a visit, or the declaration itself); drained to the handlers once."""

    __tablename__ = "domain_event"
    __table_args__ = (
        UniqueConstraint("stream_id", "seq"),
        Index("ix_domain_event_declaration_id", "declaration_id", "at"),
        Index("ix_domain_event_waiting", "stream_id", "seq", postgresql_where=text("delivered_at is null")),
    )

    stream_id: UUID
    seq: int
    declaration_id: UUID = Field(foreign_key="declaration.id")
    visit_id: UUID | None = Field(default=None, foreign_key="visit.id")
    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    kind: str
    body: dict[str, Any] = json()
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    role: str = ""
    source: str = ""
    device_at: datetime | None = None
    at: datetime
    delivered_at: datetime | None = None
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    fault: str | None = None
    #: After the last try: a person must look (shown among the parked messages).
    parked_at: datetime | None = None


class Audit(Row, table=True):
    """Who did or saw what; append-only, its digest stands in the office's chain."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "tenant_id", "at"), Index("ix_audit_subject", "subject"))

    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    source: str = ""
    action: str
    subject: str = ""
    body: dict[str, Any] = json()
    at: datetime


class ChainHead(SQLModel, table=True):
    """The newest link of an office's evidence chain; locked last in every transaction. Null office: tenant-wide."""

    __tablename__ = "chain_head"

    #: The office's id, or the tenant's id for what belongs to no office.
    chain_id: UUID = Field(primary_key=True)
    tenant_id: UUID = Field(default=None, foreign_key="tenant.id", sa_column_kwargs={"server_default": CURRENT_TENANT})
    seq: int = Field(sa_type=BigInteger)
    hash: bytes


class ChainEntry(SQLModel, table=True):
    """One link: a digest, never the thing itself, so that retention may delete (product, Decided 20)."""

    __tablename__ = "chain_entry"

    chain_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    tenant_id: UUID = Field(default=None, foreign_key="tenant.id", sa_column_kwargs={"server_default": CURRENT_TENANT})
    kind: str
    subject: str
    digest: bytes
    previous: bytes
    hash: bytes
    at: datetime


class Idempotency(Row, table=True):
    """One key of one principal: the first statement of the transaction, its answer stored with the success."""

    __tablename__ = "idempotency"
    __table_args__ = (
        UniqueConstraint("tenant_id", "principal", "key"),
        Index("ix_idempotency_created_at", "created_at"),
    )

    principal: str
    key: str
    fingerprint: bytes
    status: int | None = None
    answer: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime


class Due(Row, table=True):
    """A future moment: hold end, draw, reveal, grace, retry. Claimed by one tick (product, Decided 5)."""

    __tablename__ = "due"
    __table_args__ = (
        Index("ix_due_waiting", "due_at", postgresql_where=text("done_at is null")),
        Index("ix_due_subject", "subject_id"),
        UniqueConstraint("kind", "subject_id", "due_at"),
    )

    kind: str
    subject_id: UUID
    due_at: datetime
    body: dict[str, Any] = json()
    done_at: datetime | None = None
    made_at: datetime
