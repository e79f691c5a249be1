"""Tables of offices, sites, resources and their calendars (booking design, one model for all that can be busy)."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, TSTZRANGE, ExcludeConstraint
from sqlmodel import Field

from visits.store.base import Row, json

#: Kinds of resource: an officer, a bay, a scanner, a forklift, an agency's officer.
KINDS = ("officer", "bay", "scanner", "forklift", "agency_officer")


class Office(Row, table=True):
    """A customs office: its local day rules seeds, plans, figures and quotas."""

    __tablename__ = "office"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    code: str
    name: str
    tz: str
    country: str
    currency: str
    grid_minutes: int = 15
    day_start: time = time(6)
    policies: dict[str, Any] = json()


class Site(Row, table=True):
    """A terminal or warehouse of an office where goods are visited."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("office_id", "code"),)

    office_id: UUID = Field(foreign_key="office.id")
    code: str
    name: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    fence_metres: int = 400
    #: `Transport/Location_of_goods` codes that mean this site.
    locations: list[str] = json("[]")


class Resource(Row, table=True):
    """Anything that can be busy: an officer (with a person), a bay or a scanner (with a site), an agency officer."""

    __tablename__ = "resource"
    __table_args__ = (
        Index("ix_resource_office_id", "office_id", "kind"),
        CheckConstraint("kind in ('officer','bay','scanner','forklift','agency_officer')", name="kind"),
    )

    office_id: UUID = Field(foreign_key="office.id")
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    kind: str
    name: str
    skills: int = Field(default=0, sa_type=BigInteger)
    grade: int = 0
    active_from: date
    active_to: date | None = None


class WorkTemplate(Row, table=True):
    """When a resource works on one day of the week, in minutes of the local day, from a date until a date."""

    __tablename__ = "work_template"
    __table_args__ = (
        ExcludeConstraint(
            ("resource_id", "="),
            ("isodow", "="),
            ("valid", "&&"),
            using="gist",
            name="work_template_no_overlap",
        ),
    )

    resource_id: UUID = Field(foreign_key="resource.id")
    valid: Any = Field(sa_type=DATERANGE, nullable=False)
    isodow: int
    #: Pairs of minutes since local midnight, half-open: [[480, 720], [780, 1020]].
    work: list[list[int]] = json("[]")


class Holiday(Row, table=True):
    """A day without visits: of one office, or of the whole country when `office_id` is null."""

    __tablename__ = "holiday"

    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    day: date
    name: str
    works: bool = False


class Absence(Row, table=True):
    """A resource is away."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_resource_id", "resource_id"),)

    resource_id: UUID = Field(foreign_key="resource.id")
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    reason: str
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
    withdrawn_at: datetime | None = None


class PolicyChange(Row, table=True):
    """A policy of an office, as set by an administrator: the history; the value in force stands with the office."""

    __tablename__ = "policy_change"
    __table_args__ = (Index("ix_policy_change_office_id", "office_id", "at"),)

    office_id: UUID = Field(foreign_key="office.id")
    name: str
    value: dict[str, Any] = json()
    set_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
