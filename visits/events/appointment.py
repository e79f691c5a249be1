"""A time is found, held, booked, and somebody is drawn for it."""

from datetime import datetime
from uuid import UUID

from visits.events.event import Event


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


class AppointmentReserved(Event, frozen=True, kw_only=True):
    """A provisional time is kept for goods at sea, before the package is accepted."""

    appointment: UUID
    starts_at: datetime
    ends_at: datetime


class AppointmentSettled(Event, frozen=True, kw_only=True):
    """The goods are on the quay: a provisional time is certain."""

    appointment: UUID
    starts_at: datetime


class AppointmentMoved(Event, frozen=True, kw_only=True):
    """The booking has another time; the old place was given back in the same step."""

    appointment: UUID
    was: datetime
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


class ScanCalled(Event, frozen=True, kw_only=True):
    """The ticket of a visit was called at the scanner."""

    number: str


class AppointmentCancelled(Event, frozen=True, kw_only=True):
    """The booking was given back."""

    appointment: UUID
    reason: str = ""


class WaitlistJoined(Event, frozen=True, kw_only=True):
    """The declarant, or the office for a visit whose time it took away, asks for an earlier time that becomes free."""

    entry: UUID


class WaitlistLeft(Event, frozen=True, kw_only=True):
    """The visit no longer waits for an earlier time; `reason` is a code: asked, too_late, closed, silent."""

    entry: UUID
    reason: str


class SlotOffered(Event, frozen=True, kw_only=True):
    """A time that became free is kept for this visit of the waitlist, and for nobody else, until an instant."""

    appointment: UUID
    starts_at: datetime
    until: datetime


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
