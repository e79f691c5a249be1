"""Tables of visits at a firm's own premises: where they may be, and which visit is there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from visits.store.base import Row


class Premises(Row, table=True):
    """A firm's warehouse or factory where visits may be made, once a chief has granted it."""

    __tablename__ = "premises"
    __table_args__ = (
        CheckConstraint("state in ('asked','granted','refused','ended')", name="state"),
        CheckConstraint("kilometres between 0 and 500 and minutes between 0 and 240", name="road"),
    )

    office_id: UUID = Field(foreign_key="office.id", index=True)
    firm_id: UUID = Field(foreign_key="firm.id", index=True)
    name: str
    address: str
    #: From the office, one way; the chief's word counts.
    kilometres: int
    minutes: int
    #: Who opens the door to the officers, and the number to call from the road.
    contact: str = Field(default="", sa_column_kwargs={"server_default": ""})
    phone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    state: str = "asked"
    asked_by: UUID | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decision: str = ""


class HomeVisit(Row, table=True):
    """A visit is made at premises instead of a site of the office, until it is not any more."""

    __tablename__ = "home_visit"
    __table_args__ = (
        Index("uq_home_visit_live", "visit_id", unique=True, postgresql_where=text("left_at is null")),
        Index("ix_home_visit_visit_id", "visit_id"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    premises_id: UUID = Field(foreign_key="premises.id", index=True)
    #: Where it would have been: the way back.
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    chosen_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
    #: An appointment made before then was there.
    left_at: datetime | None = None
