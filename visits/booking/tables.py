"""Tables of appointments (booking design §4): bitmaps gate, an exclusion constraint is the law."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, TSTZRANGE, ExcludeConstraint
from sqlmodel import Field, SQLModel

from visits.store.base import CURRENT_TENANT, Row, json


class DayBits(SQLModel, table=True):
    """The local day of one resource: bit i of `work` and `free` is the i-th grid step from the day's start.

    At most 63 steps: bit 63 is the sign and stays unused.
    """

    __tablename__ = "day_bits"
    __table_args__ = (
        UniqueConstraint("resource_id", "day"),
        Index("ix_day_bits_tenant_id", "tenant_id"),
        Index("ix_day_bits_working", "office_id", "kind", "day", postgresql_where=text("work <> 0")),
        {"postgresql_with": {"fillfactor": 70}},
    )

    office_id: UUID = Field(primary_key=True, foreign_key="office.id")
    day: date = Field(primary_key=True)
    resource_id: UUID = Field(primary_key=True, foreign_key="resource.id")
    tenant_id: UUID = Field(default=None, foreign_key="tenant.id", sa_column_kwargs={"server_default": CURRENT_TENANT})
    kind: str
    site_id: UUID | None = None
    agency_id: UUID | None = None
    skills: int = Field(default=0, sa_type=BigInteger)
    work: int = Field(sa_type=BigInteger)
    free: int = Field(sa_type=BigInteger)
    version: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class Appointment(Row, table=True):
    """A promised time for a visit: held, confirmed, then done or given back."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_visit_id", "visit_id"),
        Index("ix_appointment_office_day", "office_id", "day"),
        Index("ix_appointment_firm_day", "firm_id", "day", postgresql_where=text("status in ('held','confirmed')")),
        Index(
            "uq_appointment_live_visit",
            "visit_id",
            "status",
            unique=True,
            postgresql_where=text("status in ('held','confirmed')"),
        ),
        Index(
            "ix_appointment_missed",
            "firm_id",
            "day",
            postgresql_where=text("status in ('no_show_declarant','no_show_goods')"),
        ),
        Index("ix_appointment_held", "expires_at", postgresql_where=text("status = 'held'")),
        CheckConstraint(
            "status in ('held','confirmed','done','moved','cancelled','expired',"
            "'no_show_declarant','no_show_goods','no_show_customs','no_show_agency','kept')",
            name="status",
        ),
        CheckConstraint("visit_id is not null or status in ('kept','moved','cancelled','expired')", name="visit"),
    )

    #: None only for a place kept for a firm's regular hours: no live appointment of a visit is without it.
    visit_id: UUID = Field(default=None, foreign_key="visit.id", nullable=True)
    office_id: UUID = Field(foreign_key="office.id")
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    firm_id: UUID | None = Field(default=None, foreign_key="firm.id")
    day: date
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    status: str
    expires_at: datetime | None = None
    #: The booking this hold will replace when it is confirmed.
    supersedes: UUID | None = Field(default=None, foreign_key="appointment.id")
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime
    version: int = 1
    reason: str = ""
    #: For whose quota it counts: public or staff.
    audience: str = Field(default="public", sa_column_kwargs={"server_default": text("'public'")})
    #: Why it goes before others, as codes; empty for an ordinary visit.
    priority: list[str] = json("[]")


class BookingPart(Row, table=True):
    """One resource of an appointment. The constraint is the last judge: live parts of a resource never overlap."""

    __tablename__ = "booking_part"
    __table_args__ = (
        Index("ix_booking_part_appointment_id", "appointment_id"),
        Index("ix_booking_part_resource_day", "resource_id", "day"),
        Index("ix_booking_part_stranded", "stranded_since", postgresql_where=text("stranded_since is not null")),
        ExcludeConstraint(
            ("resource_id", "="),
            ("during", "&&"),
            using="gist",
            where=text("live"),
            name="booking_part_no_overlap",
        ),
    )

    appointment_id: UUID = Field(foreign_key="appointment.id")
    resource_id: UUID = Field(foreign_key="resource.id")
    role: str
    day: date
    #: Visit time with its buffers and travel inside.
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    live: bool = True
    #: A placeholder keeps the promise until the draw names an officer; it is never shown.
    placeholder: bool = False
    #: Since when the resource no longer works at this time: its calendar was changed after the booking.
    stranded_since: datetime | None = None
    #: Minutes on the road at the beginning and at the end of `during`: between them the officer is at the site.
    travel_before: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    travel_after: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class Waitlist(Row, table=True):
    """A visit that wants an earlier time. One entry of a visit waits at a time; those that ended stay as they were."""

    __tablename__ = "waitlist"
    __table_args__ = (
        Index(
            "uq_waitlist_waiting_visit",
            "visit_id",
            unique=True,
            postgresql_where=text("state in ('waiting','offered')"),
        ),
        Index("ix_waitlist_waiting", "office_id", "rank", "at", postgresql_where=text("state = 'waiting'")),
        CheckConstraint("state in ('waiting','offered','satisfied','left','over')", name="state"),
    )

    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    office_id: UUID = Field(foreign_key="office.id")
    #: Within these the visit wants to lie wholly.
    wanted: Any = Field(sa_type=TSTZMULTIRANGE, nullable=False)
    minutes: int
    #: Lower goes first: 0 when the office took the visit's time away, 1 with a priority of its own, 2 otherwise. Among
    #: equals whoever joined first.
    rank: int = 2
    state: str = "waiting"
    offered_until: datetime | None = None
    #: What was asked for, as it was said: days, and hours of the day.
    options: dict[str, Any] = json()
    at: datetime
    ended_at: datetime | None = None
    #: Why it ended, as a code.
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})


class WaitlistOffer(Row, table=True):
    """A freed time kept for one visit of the waitlist. Whoever let it go is not offered that time again."""

    __tablename__ = "waitlist_offer"
    __table_args__ = (
        Index("ix_waitlist_offer_waitlist_id", "waitlist_id"),
        CheckConstraint("state in ('open','accepted','declined','expired')", name="state"),
    )

    waitlist_id: UUID = Field(foreign_key="waitlist.id")
    #: The hold that keeps it.
    appointment_id: UUID = Field(foreign_key="appointment.id", unique=True)
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    state: str = "open"
    until: datetime
    at: datetime
    ended_at: datetime | None = None


class NoShowAppeal(Row, table=True):
    """A firm says why an appointment it did not keep should not count; a chief answers."""

    __tablename__ = "no_show_appeal"
    __table_args__ = (
        UniqueConstraint("appointment_id"),
        Index("ix_no_show_appeal_office_id", "office_id", postgresql_where=text("decided_at is null")),
    )

    appointment_id: UUID = Field(foreign_key="appointment.id")
    office_id: UUID = Field(foreign_key="office.id")
    firm_id: UUID = Field(foreign_key="firm.id")
    reason: str
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
    #: Does the appointment no longer count?
    upheld: bool | None = None
    answer: str = ""
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None


class DurationTable(Row, table=True):
    """What was learnt of durations in one night; the highest version counts."""

    __tablename__ = "duration_table"
    __table_args__ = (UniqueConstraint("tenant_id", "version"),)

    version: int
    #: Levels, effects and misses, as scheduling/durations.py writes them.
    body: dict[str, Any] = json()
    #: From how many visits, the last of which ended then.
    visits: int
    through: datetime
    made_at: datetime


class VisitLength(Row, table=True):
    """The length a visit was given, and by what: learnt, set by staff, or the first guess. The newest counts."""

    __tablename__ = "visit_length"
    __table_args__ = (
        Index("ix_visit_length_visit_id", "visit_id", "at"),
        CheckConstraint("source in ('first','learnt','staff')", name="source"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    minutes: int
    source: str
    #: The table of durations that said so, and the middle and spread of the logarithm it predicted.
    version: int | None = None
    middle: float | None = None
    spread: float | None = None
    #: How many visits were most like this one, and in what.
    facts: dict[str, Any] = json()
    reason: str = ""
    set_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime


class VisitUrgency(Row, table=True):
    """A chief says that a visit is urgent, or no longer so, and why. The newest counts."""

    __tablename__ = "visit_urgency"
    __table_args__ = (Index("ix_visit_urgency_visit_id", "visit_id", "at"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    urgent: bool
    reason: str
    set_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime


class BookingDay(Row, table=True):
    """A day of an office, to be locked by whoever books where quotas or journeys count: nobody else books it then."""

    __tablename__ = "booking_day"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    office_id: UUID = Field(foreign_key="office.id")
    day: date


class Arrival(Row, table=True):
    """A ship's call an office waits for: when it is expected, and what stands on the quay already."""

    __tablename__ = "arrival"
    __table_args__ = (UniqueConstraint("office_id", "manifest"),)

    office_id: UUID = Field(foreign_key="office.id")
    #: The manifest's reference as declarations write it, in capitals.
    manifest: str
    vessel: str = ""
    expected_at: datetime
    #: When the whole cargo was discharged.
    landed_at: datetime | None = None
    #: Containers on the quay before the rest.
    landed: list[str] = json("[]")
    #: When the newest word on it was said; an older one changes nothing.
    told_at: datetime
    source: str = ""
    at: datetime


class ScanCall(Row, table=True):
    """The ticket of an appointment at the scanner was called, once."""

    __tablename__ = "scan_call"

    appointment_id: UUID = Field(foreign_key="appointment.id", unique=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime


class BookingPartHist(Row, table=True):
    """A part of a day that is over, moved here so that the exclusion index stays small; nothing is judged any more."""

    __tablename__ = "booking_part_hist"
    __table_args__ = (
        Index("ix_booking_part_hist_appointment_id", "appointment_id"),
        Index("ix_booking_part_hist_resource_day", "resource_id", "day"),
    )

    appointment_id: UUID = Field(foreign_key="appointment.id")
    resource_id: UUID = Field(foreign_key="resource.id")
    role: str
    day: date
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    live: bool
    placeholder: bool
    stranded_since: datetime | None = None


class CalendarAlarm(Row, table=True):
    """A day of a resource whose free bits are not what its appointments leave; open until settled."""

    __tablename__ = "calendar_alarm"
    __table_args__ = (
        Index(
            "uq_calendar_alarm_open",
            "resource_id",
            "day",
            unique=True,
            postgresql_where=text("settled_at is null"),
        ),
        Index("ix_calendar_alarm_office_id", "office_id"),
        CheckConstraint("outcome in ('open','repaired','vanished')", name="outcome"),
    )

    office_id: UUID = Field(foreign_key="office.id")
    resource_id: UUID = Field(foreign_key="resource.id")
    day: date
    #: As found when it was last compared.
    free: int = Field(sa_type=BigInteger)
    should: int = Field(sa_type=BigInteger)
    raised_at: datetime
    outcome: str = "open"
    settled_at: datetime | None = None
    settled_by: UUID | None = Field(default=None, foreign_key="person.id")


class TokenKey(Row, table=True):
    """A key that signs confirmations. Tablets know the public half before the first signature made with it."""

    __tablename__ = "token_key"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("number between 1 and 255", name="number"),
    )

    number: int
    public: bytes
    #: The private half, sealed under a key outside the database.
    sealed: bytes
    made_at: datetime
    signs_from: datetime
    #: Withdrawn: nothing signed with it counts any more.
    withdrawn_at: datetime | None = None
