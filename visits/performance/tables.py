"""Tables of ratings; times come from transitions and events, never from a table of their own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from visits.store.base import Row, json


class Rating(Row, table=True):
    """A declarant's view of one finished visit: given once, after the voucher."""

    __tablename__ = "rating"
    __table_args__ = (UniqueConstraint("visit_id"),)

    visit_id: UUID = Field(foreign_key="visit.id")
    firm_id: UUID | None = Field(default=None, foreign_key="firm.id")
    #: Dimensions of service, 1 to 5: punctuality, clarity, courtesy.
    scores: dict[str, Any] = json()
    remark: str = ""
    at: datetime
