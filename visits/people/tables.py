"""Tables of administrations, people, firms and agencies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from visits.ids import new_id
from visits.store.base import Row, binary, json


class Tenant(SQLModel, table=True):
    """One administration (a country); found by host name before anybody signs in."""

    __tablename__ = "tenant"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    host: str = Field(unique=True)
    name: str
    country: str
    currency: str
    language: str = "fr"


class Firm(Row, table=True):
    """A licensed broker or an importer; `code` is the declarant or consignee code of the declarations."""

    __tablename__ = "firm"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    code: str
    name: str
    importer: bool = False
    active: bool = True


class Mandate(Row, table=True):
    """An importer lets a broker act for it, or stops doing so."""

    __tablename__ = "mandate"

    importer_id: UUID = Field(foreign_key="firm.id")
    firm_id: UUID = Field(foreign_key="firm.id")
    since: datetime
    until: datetime | None = None


class Agency(Row, table=True):
    """A controlling agency beside customs: plant health, veterinary, standards, medicines…"""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    code: str
    name: str
    competence: str = ""


class Person(Row, table=True):
    """Somebody who can sign in."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("tenant_id", "login"),
        CheckConstraint("state in ('invited','active','locked','ended')", name="state"),
    )

    login: str
    name: str
    quality: str = ""
    language: str = "fr"
    state: str = "invited"
    password: str | None = None
    totp: bytes | None = binary(optional=True)
    totp_used: int = 0
    sample: bool = False
    created_at: datetime


class TourSeen(Row, table=True):
    """A person has seen, or passed over, the first steps of a role; they are not proposed again on any device."""

    __tablename__ = "tour_seen"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    person_id: UUID = Field(foreign_key="person.id")
    name: str
    at: datetime


class Membership(Row, table=True):
    """A role a person holds in an office, a firm or an agency, from a day until a day."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_person_id", "person_id"),)

    person_id: UUID = Field(foreign_key="person.id")
    role: str
    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    firm_id: UUID | None = Field(default=None, foreign_key="firm.id")
    agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    deputy_of: UUID | None = Field(default=None, foreign_key="membership.id")
    since: datetime
    until: datetime | None = None


class Session(Row, table=True):
    """A signed-in browser. `token` is the SHA-256 of the cookie; the cookie itself is never stored."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_person_id", "person_id"),)

    token: bytes = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id")
    membership_id: UUID | None = Field(default=None, foreign_key="membership.id")
    #: The office asks for a one-time code and the person has none yet: this session may only add one.
    code_first: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


class Invitation(Row, table=True):
    """A one-time door to choose a password: after an invitation or a reset."""

    __tablename__ = "invitation"

    token: bytes = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id")
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    ends_at: datetime
    used_at: datetime | None = None


class ApiKey(Row, table=True):
    """A key of an integrator, of the clearance system or of a terminal; only its SHA-256 is kept."""

    __tablename__ = "api_key"

    token: bytes = Field(unique=True)
    name: str
    role: str
    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    #: The sites a terminal's key speaks of; no other key has any.
    site_ids: list[str] = json("[]")
    created_at: datetime
    ended_at: datetime | None = None


class Throttle(Row, table=True):
    """Tries counted per key and window: sign-in, holds, uploads. One atomic upsert each."""

    __tablename__ = "throttle"
    __table_args__ = (UniqueConstraint("tenant_id", "name", "window_start"),)

    name: str
    window_start: datetime
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
