"""A visit is opened and its documents are brought together."""

from uuid import UUID

from visits.events.event import Event


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
