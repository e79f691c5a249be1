"""Tables of messages: what came in, raw and for ever; what must go out, until acknowledged."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlmodel import Field

from visits.store.base import Row, json


class Inbound(Row, table=True):
    """One message as it came: accepted (raw kept) or refused (one record, nothing else)."""

    __tablename__ = "inbound"
    __table_args__ = (
        Index("ix_inbound_sha256", "tenant_id", "sha256"),
        Index("ix_inbound_received_at", "tenant_id", "received_at"),
        Index(
            "uq_inbound_message_key",
            "tenant_id",
            "channel",
            "sender",
            "message_key",
            unique=True,
            postgresql_where=text("message_key is not null"),
        ),
        Index("ix_inbound_parked", "tenant_id", "about", postgresql_where=text("outcome = 'parked'")),
        Index("ix_inbound_declaration_id", "declaration_id"),
        CheckConstraint(
            "outcome in ('accepted','unchanged','noted','conflict','refused','parked','dismissed')", name="outcome"
        ),
    )

    #: api, folder or import.
    channel: str
    #: The API key's name; the channel's own name where nobody else is known.
    sender: str
    #: The file's name, for what came as a file.
    name: str = ""
    #: declaration, or the type of the message.
    kind: str
    #: The sender's own id of the message, for those that have one; a refused message gives its id back.
    message_key: str | None = None
    #: The registration key it speaks of: office/year/serial/number.
    about: str | None = None
    #: A message as read; of a refused one only the facts of the refusal.
    body: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    received_at: datetime
    size: int = Field(sa_type=BigInteger)
    sha256: str
    blob: str | None = None
    #: accepted, unchanged, noted (kept, but a person should look), conflict, refused, parked (tried again), dismissed.
    outcome: str
    code: str = ""
    detail: str = ""
    declaration_id: UUID | None = Field(default=None, foreign_key="declaration.id")


class Outbound(Row, table=True):
    """A signed report on its way to the clearance system; one row for each version, sent until acknowledged."""

    __tablename__ = "outbound"
    __table_args__ = (
        UniqueConstraint("tenant_id", "message_key"),
        Index("ix_outbound_visit_id", "visit_id"),
        Index("ix_outbound_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
        CheckConstraint("state in ('waiting','sent','acknowledged','parked','manual')", name="state"),
        # An act number belongs to one visit of an office in a year.
        ExcludeConstraint(
            ("office_id", "="),
            ("act_year", "="),
            ("act", "="),
            ("visit_id", "<>"),
            using="gist",
            where=text("act is not null"),
            name="outbound_act_of_one_visit",
        ),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    office_id: UUID = Field(foreign_key="office.id")
    link: str
    #: office/year/serial/number/visit/version: the receiver drops repeats by it.
    message_key: str
    version: int
    body: dict[str, Any] = json()
    state: str = "waiting"
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    due_at: datetime
    sent_at: datetime | None = None
    act: str | None = None
    act_year: int | None = None
    acknowledged_at: datetime | None = None
    fault: str = ""
    at: datetime


class LinkState(Row, table=True):
    """Is an outbound link up? A failed one is probed; its first success re-arms all that wait."""

    __tablename__ = "link_state"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: str
    down_since: datetime | None = None
    probed_at: datetime | None = None
    fault: str = ""


class GateExit(Row, table=True):
    """A container, or goods without any, left by the gate under a removal voucher: once, for ever."""

    __tablename__ = "gate_exit"
    __table_args__ = (
        UniqueConstraint("declaration_id", "container"),
        Index("ix_gate_exit_office_id", "office_id", "at"),
    )

    declaration_id: UUID = Field(foreign_key="declaration.id")
    office_id: UUID = Field(foreign_key="office.id")
    #: Empty for goods without container.
    container: str
    voucher: str
    #: The vehicle, as its plate reads.
    plate: str
    gate: str = ""
    person_id: UUID = Field(foreign_key="person.id")
    at: datetime
