"""What Visits and a clearance system say to each other, in our words; the dialect of each stays in its adapter.

In come the declaration itself (a raw SAD, read by `asycuda`) and the messages below; out goes one signed report
for each version, under a key by which the receiver drops repeats. docs/integrate/new-system.md is the reference.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta

from visits.declarations.lane import Colour
from visits.journey.states import Level

#: Numbers and names of other systems, and our own references with their check character.
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/:*~$=-]*\Z", max_length=128)]
#: A serial may be missing.
Serial = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]*\Z", max_length=8)]
#: One line, and a text, without the characters no database takes.
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", max_length=500)]
Text = Annotated[str, Meta(pattern=r"^[^\x00]*\Z", max_length=4000)]
Moment = Annotated[datetime, Meta(tz=True)]


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Strict: a field nobody knows is a mistake of the sender, told at once."""


class Key(Value, frozen=True, kw_only=True):
    """The identity of a registered declaration."""

    office: Code
    year: Annotated[int, Meta(ge=1990, le=2100)]
    serial: Serial = ""
    number: Code

    def __str__(self) -> str:
        return f"{self.office}/{self.year}/{self.serial}/{self.number}"


class Hit(Value, frozen=True, kw_only=True):
    """A selection rule that chose the declaration, and what it asks of the officer."""

    rule: Code
    text: Line = ""


class Wish(Value, frozen=True, kw_only=True):
    """What the visit order should say; what is missing follows from the lane."""

    level: Level | None = None
    extent: Code | None = None
    percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    containers: Annotated[list[Code], Meta(max_length=2000)] = []
    items: Annotated[list[int], Meta(max_length=9999)] = []
    instructions: Text = ""
    forklift: bool = False


class Message(Value, frozen=True, kw_only=True, tag_field="type", tag=_snake):
    """One message of a clearance system: its own id, when it happened there, and about which declaration."""

    id: Code
    at: Moment
    declaration: Key


class LaneChosen(Message, frozen=True, kw_only=True):
    """Selectivity put the declaration in a lane; one message for each controlling agency, customs without a code."""

    lane: Colour
    agency: Code | None = None
    reason: Line = ""
    hits: Annotated[list[Hit], Meta(max_length=100)] = []
    order: Wish | None = None


class LaneRerouted(Message, frozen=True, kw_only=True):
    """The lane was changed afterwards."""

    lane: Colour
    agency: Code | None = None
    reason: Line = ""


class ReportAcknowledged(Message, frozen=True, kw_only=True):
    """The report was taken; `act` is the number of the inspection act over there."""

    visit: Code
    version: Annotated[int, Meta(ge=1)]
    act: Code


class ReleaseIssued(Message, frozen=True, kw_only=True):
    """The removal voucher (bon à enlever) exists."""

    voucher: Code


class ReleaseCancelled(Message, frozen=True, kw_only=True):
    """The removal voucher is withdrawn."""

    voucher: Code
    reason: Line = ""


class VisitWithdrawn(Message, frozen=True, kw_only=True):
    """The control is no longer wanted; without `visit` all open visits of the declaration."""

    visit: Code | None = None
    reason: Line = ""


class CargoArrived(Message, frozen=True, kw_only=True):
    """The means of transport arrived or was discharged."""

    manifest: Line | None = None


class Assessed(Message, frozen=True, kw_only=True):
    """Duties were assessed."""


class Paid(Message, frozen=True, kw_only=True):
    """The receipt was issued."""

    receipt: Line | None = None


class GoodsExited(Message, frozen=True, kw_only=True):
    """The goods left the gate."""

    gate: Line | None = None


AnyMessage = (
    LaneChosen
    | LaneRerouted
    | ReportAcknowledged
    | ReleaseIssued
    | ReleaseCancelled
    | VisitWithdrawn
    | CargoArrived
    | Assessed
    | Paid
    | GoodsExited
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A report ready to go: whoever receives the same key again has it already."""

    message_key: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side has the report; `act` if it gave its number at once.

    `by_hand`: nothing was sent, a person carries the report over.
    """

    act: str | None = None
    by_hand: bool = False


class LinkDown(Exception):
    """Nobody answers over there, or not sensibly: every report would fail the same way."""


class TurnedAway(Exception):
    """The other side answered, and did not take this report."""


class ClearanceSystem(Protocol):
    """All that Visits asks of a clearance system. One contract suite judges every adapter."""

    async def push_report(self, envelope: Envelope) -> Receipt:
        """Hand a report over; twice has the effect of once. LinkDown or TurnedAway if it was not taken."""
        ...

    async def probe(self) -> None:
        """Return if the link is up, else raise LinkDown."""
        ...
