"""Tables of visits booked together: one firm's visits at one site, in one act."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from visits.store.base import Row


class VisitGroup(Row, table=True):
    """Visits that were booked together. Each keeps an appointment of its own, and may be moved or cancelled alone."""

    __tablename__ = "visit_group"
    __table_args__ = (CheckConstraint("pattern in ('in_turn','at_once')", name="pattern"),)

    office_id: UUID = Field(foreign_key="office.id", index=True)
    firm_id: UUID | None = Field(default=None, foreign_key="firm.id", index=True)
    #: One after the other, or side by side.
    pattern: str
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime


class VisitGroupMember(Row, table=True):
    """A visit of a group and its place in the order."""

    __tablename__ = "visit_group_member"
    __table_args__ = (UniqueConstraint("group_id", "visit_id"),)

    group_id: UUID = Field(foreign_key="visit_group.id")
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    place: int
