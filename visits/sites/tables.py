"""Tables of offices, sites, resources and their calendars (booking design, one model for all that can be busy)."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
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
    #: The part of the country with holidays of its own, as ISO 3166-2 writes it after the dash; empty is none.
    region: str = Field(default="", sa_column_kwargs={"server_default": ""})
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
    """What is said about one day: of one office (`office_id`), or of every office of a country or of its region.

    Without office and country it is about every office. `sites/holidays.py` says which row wins.
    """

    __tablename__ = "holiday"
    __table_args__ = (
        Index("ix_holiday_day", "day"),
        Index("ix_holiday_stands_for", "stands_for"),
        Index(
            "uq_holiday_published",
            "tenant_id",
            "country",
            "region",
            "source_day",
            "name",
            unique=True,
            postgresql_where=text("source_day is not null"),
        ),
    )

    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    country: str = Field(default="", sa_column_kwargs={"server_default": ""})
    region: str = Field(default="", sa_column_kwargs={"server_default": ""})
    day: date
    name: str
    #: Offices work on this day although another row closes it.
    works: bool = False
    #: The day follows the moon and is not confirmed yet.
    tentative: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    #: The day the published calendar of the country gave; whoever shifts the holiday changes `day` only.
    source_day: date | None = None
    #: This office's own answer to a country's holiday, which does not hold here any more.
    stands_for: UUID | None = Field(default=None, foreign_key="holiday.id")
    withdrawn_at: datetime | None = None


class Closure(Row, table=True):
    """An office or one of its sites is closed for a time, whole days or hours, and says why."""

    __tablename__ = "closure"
    __table_args__ = (Index("ix_closure_office_id", "office_id"),)

    office_id: UUID = Field(foreign_key="office.id")
    #: Only what stands at this site is closed; empty is the whole office.
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    reason: str
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
    withdrawn_at: datetime | None = None


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
