"""Tables of visit reports: versions frozen and hashed, signatures, validation, the gapless number."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from visits.store.base import CURRENT_TENANT, Row, json


class ReportNumber(SQLModel, table=True):
    """The last number given in an office and year; locked to count without gaps (product, Decided 19)."""

    __tablename__ = "report_number"

    office_id: UUID = Field(primary_key=True, foreign_key="office.id")
    year: int = Field(primary_key=True)
    tenant_id: UUID = Field(default=None, foreign_key="tenant.id", sa_column_kwargs={"server_default": CURRENT_TENANT})
    last: int


class ReportHead(SQLModel, table=True):
    """The newest frozen version of an office; locked while one is added, so that each names the one before it."""

    __tablename__ = "report_head"

    office_id: UUID = Field(primary_key=True, foreign_key="office.id")
    tenant_id: UUID = Field(default=None, foreign_key="tenant.id", sa_column_kwargs={"server_default": CURRENT_TENANT})
    digest: str


class Report(Row, table=True):
    """The report of a visit. The number stands outside the signed body and is never reused."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("visit_id"),
        UniqueConstraint("office_id", "year", "number"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    office_id: UUID = Field(foreign_key="office.id")
    year: int | None = None
    number: int | None = None
    #: What the officer wrote so far: result, conclusion, legal basis, proposed lane, duty…
    draft: dict[str, Any] = json()
    version: int = 0
    at: datetime


class ReportVersion(Row, table=True):
    """A frozen content and its digest; never changed."""

    __tablename__ = "report_version"
    __table_args__ = (
        UniqueConstraint("report_id", "version"),
        Index("ix_report_version_digest", "digest"),
        CheckConstraint("state in ('signed','validated','returned','amended','annulled')", name="state"),
    )

    report_id: UUID = Field(foreign_key="report.id")
    version: int
    content: dict[str, Any] = json()
    digest: str
    state: str = "signed"
    frozen_at: datetime
    validated_by: UUID | None = Field(default=None, foreign_key="person.id")
    validated_at: datetime | None = None
    returned_reason: str = ""


class AbsenceRecord(Row, table=True):
    """The finding that somebody or something did not come (constat de carence), as its officer signed it; never
    changed. Its digest stands in the evidence chain."""

    __tablename__ = "absence_record"
    __table_args__ = (Index("ix_absence_record_visit_id", "visit_id"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    office_id: UUID = Field(foreign_key="office.id")
    #: The deed that noted it; one record a deed.
    step_id: UUID = Field(foreign_key="step.id", unique=True)
    appointment_id: UUID | None = Field(default=None, foreign_key="appointment.id")
    #: declarant, goods, customs or agency.
    side: str
    content: dict[str, Any] = json()
    digest: str
    person_id: UUID = Field(foreign_key="person.id")
    name: str
    quality: str = ""
    signed_at: datetime


class Signature(Row, table=True):
    """One person's answer to a version: signed, reserved or refused."""

    __tablename__ = "signature"
    __table_args__ = (
        Index("ix_signature_version_id", "version_id"),
        # Each answers a version once; the declarant's side has one answer, whoever gives it.
        Index(
            "uq_signature_person",
            "version_id",
            "person_id",
            unique=True,
            postgresql_where=text("kind <> 'declarant'"),
        ),
        Index("uq_signature_declarant", "version_id", unique=True, postgresql_where=text("kind = 'declarant'")),
        CheckConstraint("kind in ('officer','declarant','agency')", name="kind"),
        CheckConstraint("verdict in ('signed','reserved','refused')", name="verdict"),
    )

    version_id: UUID = Field(foreign_key="report_version.id")
    kind: str
    verdict: str
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    name: str
    quality: str = ""
    remarks: str = ""
    read_out: bool = False
    #: The pen's path as SVG path data, or null for a typed name.
    strokes: str | None = None
    device_at: datetime | None = None
    at: datetime
