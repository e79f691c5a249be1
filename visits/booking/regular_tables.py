"""Tables of regular hours: a firm's standing reservation, and each of its days."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlmodel import Field

from visits.store.base import Row


class RegularHours(Row, table=True):
    """An hour of the week a firm asked to have kept for some weeks; a chief grants or refuses it."""

    __tablename__ = "regular_hours"
    __table_args__ = (
        CheckConstraint("state in ('asked','granted','refused','ended')", name="state"),
        CheckConstraint("isodow between 1 and 7", name="isodow"),
        Index("ix_regular_hours_office_state", "office_id", "state"),
    )

    office_id: UUID = Field(foreign_key="office.id")
    site_id: UUID = Field(foreign_key="site.id")
    firm_id: UUID = Field(foreign_key="firm.id", index=True)
    level: str
    isodow: int
    #: Minutes since local midnight.
    minute: int
    #: How long each visit may take.
    minutes: int
    first: date
    weeks: int
    purpose: str
    state: str = "asked"
    asked_by: UUID | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decision: str = ""


class RegularDay(Row, table=True):
    """One day of regular hours: kept until a visit uses it, or it is released; missed where nothing was free."""

    __tablename__ = "regular_day"
    __table_args__ = (
        UniqueConstraint("regular_id", "day"),
        CheckConstraint("state in ('kept','used','released','ended','missed')", name="state"),
        Index("ix_regular_day_kept", "office_id", "day", postgresql_where=text("state = 'kept'")),
    )

    regular_id: UUID = Field(foreign_key="regular_hours.id")
    office_id: UUID = Field(foreign_key="office.id")
    day: date
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    state: str
    #: What keeps the place: an appointment without a visit.
    appointment_id: UUID | None = Field(default=None, foreign_key="appointment.id")
    #: The visit that used it.
    visit_id: UUID | None = Field(default=None, foreign_key="visit.id")
    at: datetime
