"""Tables of visits and their transitions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from visits.store.base import Row, json


class Visit(Row, table=True):
    """One control decision on one declaration: the thread from its order to the removal voucher."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_visit_office_state", "office_id", "state", "state_since"),
        Index("ix_visit_declaration_id", "declaration_id"),
    )

    reference: str
    declaration_id: UUID = Field(foreign_key="declaration.id")
    office_id: UUID = Field(foreign_key="office.id")
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    #: The visit this one follows: a counter-visit or an extension.
    parent_id: UUID | None = Field(default=None, foreign_key="visit.id")
    #: documents, scan, video, physical or joint.
    level: str
    #: The visit order: extent, percent, containers, items, instructions, agencies.
    order: dict[str, Any] = json()
    minutes: int = 60
    state: str
    state_since: datetime
    #: Who holds the clock now: customs, declarant, agency, terminal, lab, system, nobody.
    clock: str
    #: The drawn inspector's resource; shown by policy only.
    inspector_id: UUID | None = Field(default=None, foreign_key="resource.id")
    #: From when the declarant may see the name.
    revealed_at: datetime | None = None
    result: str | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    seq: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    version: int = 1
    sample: bool = False


class Transition(Row, table=True):
    """One change of state, for ever: event, who, when by the device and when by the server, why."""

    __tablename__ = "transition"
    __table_args__ = (Index("ix_transition_visit_id", "visit_id", "at"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    event: str
    source: str
    target: str
    clock: str
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    device_at: datetime | None = None
    at: datetime
    reason: str = ""
