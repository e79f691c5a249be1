"""Tables of appointments placed anew after an absence, a closure or a resource withdrawn."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from visits.store.base import Row, json


class ReplanRun(Row, table=True):
    """Appointments placed anew at once after an absence or a closure; it can be undone for a while."""

    __tablename__ = "replan_run"
    __table_args__ = (Index("ix_replan_run_office_id", "office_id", "at"),)

    office_id: UUID = Field(foreign_key="office.id")
    reason: str
    cost: int
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
    undone_by: UUID | None = Field(default=None, foreign_key="person.id")
    undone_at: datetime | None = None


class ReplanStep(Row, table=True):
    """What became of one appointment, and what the declarant answered to another time."""

    __tablename__ = "replan_step"
    __table_args__ = (
        Index("ix_replan_step_run_id", "run_id"),
        Index("ix_replan_step_visit_id", "visit_id"),
        CheckConstraint("outcome in ('keeps','moves','left')", name="outcome"),
        CheckConstraint("state in ('applied','undone','stays')", name="state"),
        CheckConstraint("answer in ('','accepted','refused')", name="answer"),
    )

    run_id: UUID = Field(foreign_key="replan_run.id")
    visit_id: UUID = Field(foreign_key="visit.id")
    outcome: str
    #: The appointment before, and the one that stands for it now (the same where the time was kept).
    was_id: UUID = Field(foreign_key="appointment.id")
    made_id: UUID = Field(foreign_key="appointment.id")
    was_at: datetime
    starts_at: datetime
    #: The version of the appointment as it was left, to see whether anybody changed it since.
    version: int
    #: The resources that fell away or were given back, by role.
    resources: dict[str, Any] = json()
    #: The role that blocks it, where it was left.
    rule: str = ""
    state: str = "applied"
    answer: str = ""
    answered_at: datetime | None = None


class ReplanPlace(Row, table=True):
    """What became of one place kept for a firm every week: another resource keeps it, or it was given up."""

    __tablename__ = "replan_place"
    __table_args__ = (
        Index("ix_replan_place_run_id", "run_id"),
        CheckConstraint("outcome in ('keeps','left')", name="outcome"),
        CheckConstraint("state in ('applied','undone','stays')", name="state"),
    )

    run_id: UUID = Field(foreign_key="replan_run.id")
    day_id: UUID = Field(foreign_key="regular_day.id", index=True)
    outcome: str
    #: What keeps the place, and its version as it was left.
    was_id: UUID = Field(foreign_key="appointment.id")
    version: int
    #: The resources that fell away or were given back, by role.
    resources: dict[str, Any] = json()
    state: str = "applied"
