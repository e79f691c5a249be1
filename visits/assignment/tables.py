"""Tables of the draw: seeds committed per office and day, draws with candidates and probabilities, assignments."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint
from sqlmodel import Field

from visits.store.base import Row, binary, json


class DrawSeed(Row, table=True):
    """The seed of one office and local day (product, Decided 11): commitment first, seed revealed the next day."""

    __tablename__ = "draw_seed"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    office_id: UUID = Field(foreign_key="office.id")
    day: date
    commitment: bytes
    #: The seed, sealed under a key outside the database.
    sealed: bytes
    committed_at: datetime
    revealed: bytes | None = binary(optional=True)
    revealed_at: datetime | None = None
    #: A witness's value that goes into every number of the day; none: empty.
    witness: bytes | None = binary(optional=True)
    witness_at: datetime | None = None
    #: The value as it was learnt once the day had been settled without it: too late to count.
    witness_late: bytes | None = binary(optional=True)
    #: When the first number of the day was needed: from then on a value changes nothing.
    settled_at: datetime | None = None


class DrawWitness(Row, table=True):
    """Who brings a value into the draws of an office from outside, and the anchor that promises each day's."""

    __tablename__ = "draw_witness"
    __table_args__ = (
        ExcludeConstraint(("office_id", "="), ("days", "&&"), using="gist", name="draw_witness_no_overlap"),
    )

    office_id: UUID = Field(foreign_key="office.id")
    #: As the public reads it: an institution, or a person's function.
    name: str
    anchor: bytes
    days: Any = Field(sa_type=DATERANGE, nullable=False)
    given_by: UUID = Field(foreign_key="person.id")
    given_at: datetime
    ended_by: UUID | None = Field(default=None, foreign_key="person.id")
    ended_at: datetime | None = None


class Draw(Row, table=True):
    """One draw: who could have been chosen, with what probability, by which number, and who was."""

    __tablename__ = "draw"
    __table_args__ = (
        Index("ix_draw_visit_id", "visit_id"),
        UniqueConstraint("office_id", "day", "position"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    office_id: UUID = Field(foreign_key="office.id")
    day: date
    #: Place in the day's order of draws, from 1.
    position: int
    purpose: str = "visit"
    #: The ids the number was computed from, as hashed.
    subject: str
    #: How many of the visit's inspectors were replaced before: a visit that is only booked again keeps its number.
    redraw: int = 0
    #: Of a route: all its visits, in order; `visit_id` is the first.
    visits: list[str] = json("[]")
    #: The witness value the number was computed with.
    witness: bytes = b""
    #: [{"resource": id, "weight": 3, "chance": "3/7", "visits": 4, "on_duty": 620}], in the drawn order.
    candidates: list[dict[str, Any]] = json("[]")
    #: [{"resource": id, "rule": code}]: who could not be drawn and why.
    excluded: list[dict[str, Any]] = json("[]")
    number: bytes
    chosen: UUID = Field(foreign_key="resource.id")
    #: Of its visits those for which nobody posted at their terminal was left: everybody else could be drawn for them.
    waived: list[str] = json("[]")
    reason: str = ""
    digest: bytes
    at: datetime


class Posting(Row, table=True):
    """An officer posted to a terminal for a period, by a draw with the seed of its first day (docs/decisions/0022)."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("office_id", "first_day", "resource_id"),
        UniqueConstraint("office_id", "first_day", "position"),
        CheckConstraint("first_day <= last_day", name="days"),
    )

    office_id: UUID = Field(foreign_key="office.id")
    first_day: date
    last_day: date
    #: Place in the first day's order of draws, and among the postings, from 1.
    position: int
    place: int
    resource_id: UUID = Field(foreign_key="resource.id")
    site_id: UUID = Field(foreign_key="site.id")
    #: The terminal before, by its code; empty for somebody who was at none.
    was: str = ""
    #: By code: how large each terminal is, and its places that were left.
    sizes: dict[str, Any] = json()
    places: dict[str, Any] = json()
    #: [{"terminal": code, "weight": 3, "chance": "3/7"}], in the drawn order.
    candidates: list[dict[str, Any]] = json("[]")
    #: Terminals that had places and were no candidates.
    excluded: list[str] = json("[]")
    #: The code of the terminal drawn.
    chosen: str
    witness: bytes = b""
    number: bytes
    digest: bytes
    at: datetime


class Assignment(Row, table=True):
    """A visit given to an inspector by a draw; ended when another draw replaces it."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_live", "visit_id", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_assignment_resource_id", "resource_id"),
        Index("ix_assignment_visit_id", "visit_id"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    resource_id: UUID = Field(foreign_key="resource.id")
    draw_id: UUID = Field(foreign_key="draw.id")
    since: datetime
    ended_at: datetime | None = None
    #: Ended because another inspector was to come; not to be drawn for this visit again.
    replaced: bool = False
    #: Why it was made, when it replaces another; who asked for that, and who agreed.
    reason: str = ""
    ordered_by: UUID | None = Field(default=None, foreign_key="person.id")
    seconded_by: UUID | None = Field(default=None, foreign_key="person.id")


class Interest(Row, table=True):
    """A tie of an officer with a declarant or an importer (conflict-of-interest register). It is never removed: ended,
    it stays as history."""

    __tablename__ = "interest"
    __table_args__ = (
        Index("uq_interest_running", "person_id", "party", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_interest_person_id", "person_id"),
        CheckConstraint("kind in ('family','money','former','dispute','other')", name="kind"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended"),
        CheckConstraint("ended_by <> person_id", name="not_by_oneself"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    #: The code of the declarant or importer, as declarations write it, in capitals.
    party: str
    party_name: str = ""
    kind: str
    remark: str = ""
    #: Whoever declared it: the officer, or somebody who keeps the register.
    made_by: UUID = Field(foreign_key="person.id")
    made_at: datetime
    ended_at: datetime | None = None
    ended_by: UUID | None = Field(default=None, foreign_key="person.id")
    end_reason: str = ""


class Publication(Row, table=True):
    """An office-day whose routes were planned and named at once (product, Decided 8): what was handed to the draw."""

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    office_id: UUID = Field(foreign_key="office.id")
    day: date
    at: datetime
    #: The engine that made the routes.
    engine: str
    #: How many seats there were.
    seats: int
    #: [{"seat": "s03", "visits": [id, …], "draw": id}]: the routes as they were named.
    routes: list[dict[str, Any]] = json("[]")
    #: Visits that changed seats so that every route could be given to somebody.
    moved: list[str] = json("[]")
    #: [{"visit": id, "rule": code}]: laid before the chief.
    blocked: list[dict[str, Any]] = json("[]")
    #: Of the routes as they were before anybody had a name.
    digest: bytes


class Reassignment(Row, table=True):
    """A chief asks for another inspector; a second chief agrees or not, then the draw decides, never a person."""

    __tablename__ = "reassignment"
    __table_args__ = (
        Index("uq_reassignment_open", "visit_id", unique=True, postgresql_where=text("state = 'open'")),
        CheckConstraint("state in ('open','confirmed','refused','lapsed')", name="state"),
        CheckConstraint("decided_by <> asked_by", name="second_person"),
    )

    visit_id: UUID = Field(foreign_key="visit.id")
    #: The assignment it would end.
    assignment_id: UUID = Field(foreign_key="assignment.id")
    reason: str
    remark: str = ""
    state: str = "open"
    asked_by: UUID = Field(foreign_key="person.id")
    asked_at: datetime
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
