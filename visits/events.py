"""Every event the service can record, frozen. The codes are the class names in snake_case (domain words)."""

import re
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from visits.ids import DeclarationId, VisitId


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a declaration, and to one of its visits if `visit` is given.

    `device_at` is the corrected device time of field work; None when the server itself saw it happen.
    """

    code: ClassVar[str] = "event"

    declaration: DeclarationId
    visit: VisitId | None = None
    device_at: datetime | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The facts of this kind of event, as JSON values."""
        whole = msgspec.to_builtins(self)
        return {name: whole[name] for name in whole if name not in ("declaration", "visit", "device_at")}


# -- the declaration -------------------------------------------------------------------------------------
class CargoArrived(Event, frozen=True, kw_only=True):
    """The means of transport arrived or was discharged."""

    manifest: str | None = None


class DeclarationDrafted(Event, frozen=True, kw_only=True):
    """An unregistered declaration came in; nothing can be booked on it yet."""


class DeclarationRegistered(Event, frozen=True, kw_only=True):
    """A registered declaration came in for the first time."""

    registered_on: date
    warnings: list[str] = []


class DeclarationConflict(Event, frozen=True, kw_only=True):
    """The same key came with other content; a person decides (product, Decided 22)."""

    conflict: UUID


class DeclarationReplaced(Event, frozen=True, kw_only=True):
    """The visit chief accepted the other content as a new version."""

    version: int
    reason: str


class LaneSelected(Event, frozen=True, kw_only=True):
    """One controlling agency put the declaration in a lane."""

    agency: str | None = None
    lane: str
    source: str
    reason: str = ""


class LaneRerouted(Event, frozen=True, kw_only=True):
    """The lane was changed afterwards."""

    agency: str | None = None
    lane: str
    was: str | None = None
    source: str
    reason: str = ""


class Assessed(Event, frozen=True, kw_only=True):
    """Duties were assessed in the clearance system."""


class Paid(Event, frozen=True, kw_only=True):
    """The receipt was issued in the clearance system."""

    receipt: str | None = None


class ReleaseIssued(Event, frozen=True, kw_only=True):
    """The removal voucher (bon à enlever) exists."""

    voucher: str
    source: str


class GoodsExited(Event, frozen=True, kw_only=True):
    """The goods left the gate."""

    gate: str | None = None


# -- visit, package --------------------------------------------------------------------------------------
class VisitOpened(Event, frozen=True, kw_only=True):
    """A control was decided; the visit order is set."""

    reference: str
    level: str
    parent: UUID | None = None


class PackageSubmitted(Event, frozen=True, kw_only=True):
    """The declarant says the document package is complete."""

    documents: int


class PackageAccepted(Event, frozen=True, kw_only=True):
    """An officer found the package acceptable."""


class PackageReturned(Event, frozen=True, kw_only=True):
    """An officer returned the package with all defects at once."""

    defects: int


# -- appointment -----------------------------------------------------------------------------------------
class AppointmentRequested(Event, frozen=True, kw_only=True):
    """The declarant looked for a time; `earliest` is the first one offered."""

    earliest: datetime | None = None


class SlotHeld(Event, frozen=True, kw_only=True):
    """A time is kept for a few minutes."""

    appointment: UUID
    starts_at: datetime
    until: datetime


class HoldExpired(Event, frozen=True, kw_only=True):
    """A held time was given back."""

    appointment: UUID


class AppointmentConfirmed(Event, frozen=True, kw_only=True):
    """The held time is a booking."""

    appointment: UUID
    starts_at: datetime
    ends_at: datetime
    site: str


class AppointmentMoved(Event, frozen=True, kw_only=True):
    """The booking has another time; the old place was given back in the same step."""

    appointment: UUID
    was: datetime
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


class AppointmentCancelled(Event, frozen=True, kw_only=True):
    """The booking was given back."""

    appointment: UUID
    reason: str = ""


class SeatPlanned(Event, frozen=True, kw_only=True):
    """The plan gave the visit a seat on a route without a name."""

    seat: str


class InspectorAssigned(Event, frozen=True, kw_only=True):
    """An inspector was drawn; the name itself is shown by policy, never here."""

    draw: UUID
    again: bool = False


class DrawBlocked(Event, frozen=True, kw_only=True):
    """Nobody may be drawn, no rule is relaxed: the visit is laid before the chief with the rule that blocks it."""

    rule: str


class InspectorAbsent(Event, frozen=True, kw_only=True):
    """The drawn inspector is not there; another one is drawn."""

    reason: str


# -- field work ------------------------------------------------------------------------------------------
class GoodsPresented(Event, frozen=True, kw_only=True):
    """The container stands at the bay."""

    containers: list[str] = []


class GoodsAbsent(Event, frozen=True, kw_only=True):
    """The goods were not presented within the grace time."""

    reason: str = ""


class PartyCheckedIn(Event, frozen=True, kw_only=True):
    """Somebody who must be there is there."""

    party: str


class PartyAbsent(Event, frozen=True, kw_only=True):
    """The declarant did not come within the grace time (constat de carence)."""

    reason: str = ""


class AgencyAbsent(Event, frozen=True, kw_only=True):
    """An agency's officer did not come within the grace time."""

    agency: str
    decision: str


class VisitStarted(Event, frozen=True, kw_only=True):
    """The examination began."""


class VisitSuspended(Event, frozen=True, kw_only=True):
    """The examination stands still, for a named reason."""

    reason: str


class VisitResumed(Event, frozen=True, kw_only=True):
    """The examination goes on."""


class VisitConverted(Event, frozen=True, kw_only=True):
    """A remote visit becomes one on site."""

    reason: str


class SealRemoved(Event, frozen=True, kw_only=True):
    """A seal was taken off."""

    container: str
    seal: str
    intact: bool


class SealAffixed(Event, frozen=True, kw_only=True):
    """A new seal was put on."""

    container: str
    seal: str


class SampleTaken(Event, frozen=True, kw_only=True):
    """Part of the goods goes to a laboratory."""

    sample: str


class EvidenceAdded(Event, frozen=True, kw_only=True):
    """A photo or document was added; its digest stands in the evidence chain."""

    evidence: UUID
    sha256: str


class FindingRecorded(Event, frozen=True, kw_only=True):
    """Something was found for an item, conform or not."""

    finding: UUID
    kind: str
    item: int | None = None


class VisitEnded(Event, frozen=True, kw_only=True):
    """The examination is over; the report is to be written."""


class PaperException(Event, frozen=True, kw_only=True):
    """The visit was made on paper, for a recorded reason."""

    reason: str


class LabAwaited(Event, frozen=True, kw_only=True):
    """The report waits for a laboratory."""

    reason: str


class LabResult(Event, frozen=True, kw_only=True):
    """The laboratory answered."""

    conclusion: str


class CounterVisitOrdered(Event, frozen=True, kw_only=True):
    """A second visit of the same goods was ordered."""

    follows: UUID
    reason: str


class ExtensionOrdered(Event, frozen=True, kw_only=True):
    """A wider visit was ordered."""

    follows: UUID
    reason: str


class Cancelled(Event, frozen=True, kw_only=True):
    """The visit will not take place: the clearance system or the chief withdrew it."""

    reason: str


# -- report ----------------------------------------------------------------------------------------------
class ReportSigned(Event, frozen=True, kw_only=True):
    """The officers signed a frozen version."""

    version: int
    digest: str
    officers: int


class DeclarantSigned(Event, frozen=True, kw_only=True):
    """The declarant signed."""

    version: int


class ReservationMade(Event, frozen=True, kw_only=True):
    """The declarant signed with reserves."""

    version: int


class DeclarantRefused(Event, frozen=True, kw_only=True):
    """The declarant refused to sign; the refusal is part of the report."""

    version: int
    reason: str


class ReportValidated(Event, frozen=True, kw_only=True):
    """The visit chief validated the report."""

    version: int
    number: str


class ReportReturned(Event, frozen=True, kw_only=True):
    """The visit chief sent the report back with a coded reason."""

    version: int
    reason: str


class ReportAmended(Event, frozen=True, kw_only=True):
    """A validated report is opened again as a new version."""

    version: int
    reason: str


class ReportPushed(Event, frozen=True, kw_only=True):
    """The report was handed to the clearance system."""

    version: int
    link: str


class ReportAcknowledged(Event, frozen=True, kw_only=True):
    """The clearance system gave the number of its inspection act."""

    version: int
    act: str


class GoodsSeized(Event, frozen=True, kw_only=True):
    """The goods were seized."""

    reason: str


class QueryRaised(Event, frozen=True, kw_only=True):
    """Customs asked for a justification."""

    question: str


class QueryAnswered(Event, frozen=True, kw_only=True):
    """The declarant answered."""

    answer: str


class OffenceRecorded(Event, frozen=True, kw_only=True):
    """An offence report exists."""

    article: str


class DisputeClosed(Event, frozen=True, kw_only=True):
    """The dispute is over."""

    outcome: str


class Rated(Event, frozen=True, kw_only=True):
    """The declarant rated the finished visit."""


def _code(name: str) -> str:
    """CamelCase to snake_case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


KINDS: dict[str, type[Event]] = {}
for _kind in Event.__subclasses__():
    _kind.code = _code(_kind.__name__)
    KINDS[_kind.code] = _kind
