"""Tables of field work: arrivals, findings, seals, evidence. Rows are only added; a correction is a new row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from visits.store.base import Row, json


class CheckIn(Row, table=True):
    """Somebody is at the place, by their own device or said by the inspector."""

    __tablename__ = "check_in"
    __table_args__ = (
        Index("ix_check_in_visit_id", "visit_id"),
        Index("ix_check_in_at", "at", postgresql_where=text("latitude is not null")),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    #: inspector, declarant, agency_officer…: in what quality.
    party: str
    #: The agency of an agency officer, by its code.
    agency: str | None = None
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    #: Who said so, when it was not the person's own device.
    said_by: UUID | None = Field(default=None, foreign_key="person.id")
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_metres: float | None = None
    #: inside, outside or unknown.
    fence: str = "unknown"
    device_at: datetime | None = None
    at: datetime
    left_at: datetime | None = None


class Finding(Row, table=True):
    """What was found for an item (or for no declared item): declared and found side by side."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_visit_id", "visit_id"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    item: int | None = None
    container: str | None = None
    #: conform, species, origin, value, quantity_more, quantity_less, weight, undeclared, description, …
    kind: str
    #: The one thing compared: quantity, species, origin… Empty: the item as a whole, or a finding in words.
    facet: str = ""
    method: str = ""
    unit: str = ""
    declared: str = ""
    found: str = ""
    remark: str = ""
    #: The finding this one corrects.
    corrects_id: UUID | None = Field(default=None, foreign_key="finding.id")
    person_id: UUID = Field(foreign_key="person.id")
    device_at: datetime | None = None
    at: datetime


class Seal(Row, table=True):
    """A seal seen, removed or affixed on a container."""

    __tablename__ = "seal"
    __table_args__ = (Index("ix_seal_visit_id", "visit_id"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    container: str
    #: before or after.
    moment: str
    number: str
    #: intact, broken, missing or different.
    state: str
    #: The seal this one corrects.
    corrects_id: UUID | None = Field(default=None, foreign_key="seal.id")
    person_id: UUID = Field(foreign_key="person.id")
    device_at: datetime | None = None
    at: datetime


class Evidence(Row, table=True):
    """A photo or document of the visit; its digest stands in the chain."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_visit_id", "visit_id"),
        Index("ix_evidence_at", "at", postgresql_where=text("removed_at is null")),
        UniqueConstraint("visit_id", "number"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    #: P1, P2 … in the report.
    number: int
    kind: str
    item: int | None = None
    container: str | None = None
    #: What it shows: count, label, package, weighing, opening, seal, undeclared or other.
    about: str = ""
    caption: str = ""
    sha256: str
    blob: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    latitude: float | None = None
    longitude: float | None = None
    taken_at: datetime | None = None
    person_id: UUID = Field(foreign_key="person.id")
    device_at: datetime | None = None
    at: datetime
    #: When the file went, its time being over; the digest stays.
    removed_at: datetime | None = None


class Step(Row, table=True):
    """A deed of the field: a container opened or counted, with its method, or the visit started, suspended, ended."""

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_visit_id", "visit_id"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    container: str
    kind: str
    body: dict[str, Any] = json()
    #: Nobody for what another system said; then `source` names its key.
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    source: str = Field(default="", sa_column_kwargs={"server_default": ""})
    device_at: datetime | None = None
    at: datetime
