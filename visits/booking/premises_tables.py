"""Tables of visits at a firm's own premises: where they may be, and which visit is there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
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
    state: str = "asked"
    asked_by: UUID | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decision: str = ""


class HomeVisit(Row, table=True):
    """A visit is made at premises instead of a site of the office."""

    __tablename__ = "home_visit"

    visit_id: UUID = Field(foreign_key="visit.id", unique=True)
    premises_id: UUID = Field(foreign_key="premises.id", index=True)
    #: Where it would have been: the way back.
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    chosen_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
