"""The visit itself, its side branches, and what may follow it."""

from uuid import UUID

import msgspec

from visits.events.event import Event


class GoodsPresented(Event, frozen=True, kw_only=True):
    """The container stands at the bay."""

    containers: list[str] = msgspec.field(default_factory=list)


class GoodsMissing(Event, frozen=True, kw_only=True):
    """The terminal looked for a container and did not find it; the visit still has its time."""

    containers: list[str] = msgspec.field(default_factory=list)


class GoodsBlocked(Event, frozen=True, kw_only=True):
    """The terminal cannot bring a container to the bay, for a named reason; the visit still has its time."""

    containers: list[str] = msgspec.field(default_factory=list)
    reason: str


class GoodsTakenBack(Event, frozen=True, kw_only=True):
    """The terminal took back what it had said of a container before the visit began."""

    containers: list[str] = msgspec.field(default_factory=list)


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


class CustomsNoShow(Event, frozen=True, kw_only=True):
    """No inspector came within the grace time; another time is found, and nothing counts against the declarant."""

    reason: str = ""


class AgencyNoShow(Event, frozen=True, kw_only=True):
    """The visit cannot be made without an agency's officer who did not come; another time is found."""

    agency: str
    reason: str = ""


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
