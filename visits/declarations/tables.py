"""Tables of declarations, containers, lanes and key conflicts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from visits.store.base import Row, json


class Declaration(Row, table=True):
    """One goods declaration. Identity when registered: (office code, registration year, serial, number)."""

    __tablename__ = "declaration"
    __table_args__ = (
        Index(
            "uq_declaration_registration",
            "tenant_id",
            "office_code",
            "year",
            "serial",
            "number",
            unique=True,
            postgresql_where=text("status = 'registered'"),
        ),
        Index(
            "uq_declaration_draft",
            "tenant_id",
            "draft_key",
            unique=True,
            postgresql_where=text("status = 'draft' and draft_key is not null"),
        ),
        Index("ix_declaration_firm_id", "firm_id"),
        Index("ix_declaration_importer_id", "importer_id"),
        Index(
            "ix_declaration_words",
            "words",
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        ),
        CheckConstraint("status in ('registered','draft')", name="status"),
    )

    status: str
    office_code: str
    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    year: int | None = None
    serial: str | None = None
    number: str | None = None
    registered_on: date | None = None
    draft_key: str | None = None
    declarant_code: str | None = None
    declarant_name: str | None = None
    declarant_reference: str | None = None
    firm_id: UUID | None = Field(default=None, foreign_key="firm.id")
    consignee_code: str | None = None
    consignee_name: str | None = None
    importer_id: UUID | None = Field(default=None, foreign_key="firm.id")
    location_of_goods: str | None = None
    goods: str = ""
    #: The whole extraction, in the shape `visits import --json` prints.
    content: dict[str, Any] = json()
    #: SHA-256 of the extracted content: tells a repeat from a conflict.
    digest: bytes
    warnings: list[str] = json("[]")
    version: int = 1
    #: Events counted on the declaration itself (those of a visit count on the visit).
    seq: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    #: What search looks through: numbers, names, containers, transport, in lower case without accents.
    words: str = ""
    voucher: str | None = None
    released_at: datetime | None = None
    #: When the voucher was withdrawn: nothing leaves under it any more.
    voucher_cancelled_at: datetime | None = None
    sample: bool = False
    received_at: datetime


class DeclarationVersion(Row, table=True):
    """An earlier content of a declaration, kept when a conflict was accepted."""

    __tablename__ = "declaration_version"

    declaration_id: UUID = Field(foreign_key="declaration.id", index=True)
    version: int
    content: dict[str, Any] = json()
    digest: bytes
    replaced_at: datetime


class Container(Row, table=True):
    """One physical box of a declaration (ISO 6346 number as given)."""

    __tablename__ = "container"
    __table_args__ = (Index("ix_container_number", "tenant_id", "number"),)

    declaration_id: UUID = Field(foreign_key="declaration.id", index=True)
    number: str
    kind: str | None = None
    items: list[int] = json("[]")


class Lane(Row, table=True):
    """The lane one controlling agency chose; the newest row of an agency counts. Null agency: customs."""

    __tablename__ = "lane"
    __table_args__ = (CheckConstraint("colour in ('green','blue','yellow','red')", name="colour"),)

    declaration_id: UUID = Field(foreign_key="declaration.id", index=True)
    agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    colour: str
    source: str
    reason: str = ""
    hits: list[dict[str, Any]] = json("[]")
    instructions: str = ""
    set_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime


class KeyConflict(Row, table=True):
    """A known key that came with other content, waiting for a person (product, Decided 22)."""

    __tablename__ = "key_conflict"
    __table_args__ = (
        Index(
            "uq_key_conflict_digest",
            "declaration_id",
            "digest",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("state in ('open','accepted','refused')", name="state"),
    )

    declaration_id: UUID = Field(foreign_key="declaration.id", index=True)
    inbound_id: UUID | None = Field(default=None, foreign_key="inbound.id")
    content: dict[str, Any] = json()
    digest: bytes
    differences: list[dict[str, Any]] = json("[]")
    state: str = "open"
    reason: str = ""
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    at: datetime
