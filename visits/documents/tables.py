"""Tables of the document package: checklist rules, documents, resumable uploads, reviews."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from visits.store.base import Row, json


class ChecklistRule(Row, table=True):
    """Asks for a document type (UN/EDIFACT 1001) when flow, procedure, HS, origin, lane or level fit."""

    __tablename__ = "checklist_rule"

    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    document_type: str
    mandatory: bool = True
    #: Conditions, all must hold: flow, procedures, hs_prefixes, origins, levels, agencies.
    when: dict[str, Any] = json()
    active: bool = True


class Document(Row, table=True):
    """One uploaded document of a visit's package; a newer version replaces, never overwrites."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_visit_id", "visit_id"),
        CheckConstraint("state in ('current','replaced','withdrawn')", name="state"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    document_type: str
    reference: str = ""
    file_name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    sha256: str
    blob: str
    version: int = 1
    state: str = "current"
    uploaded_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime


class Upload(Row, table=True):
    """A resumable upload under way (tus 1.0); bytes lie in the spool until they are all there."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_visit_id", "visit_id"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    purpose: str
    document_type: str = ""
    file_name: str
    reference: str = ""
    length: int = Field(sa_type=BigInteger)
    received: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    sha256: str | None = None
    started_by: UUID | None = Field(default=None, foreign_key="person.id")
    started_at: datetime
    expires_at: datetime
    document_id: UUID | None = Field(default=None, foreign_key="document.id")
    fault: str | None = None


class PackageReview(Row, table=True):
    """An officer's verdict on the package, with all defects at once."""

    __tablename__ = "package_review"
    __table_args__ = (Index("ix_package_review_visit_id", "visit_id"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    accepted: bool
    #: [{"document_type": "380", "document": id or null, "reason": code, "text": free}]
    defects: list[dict[str, Any]] = json("[]")
    remark: str = ""
    reviewed_by: UUID = Field(foreign_key="person.id")
    at: datetime
