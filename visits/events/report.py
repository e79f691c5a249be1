"""The report is signed, validated and sent; disputes; the rating."""

from visits.events.event import Event


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
