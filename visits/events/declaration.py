"""What happens to a declaration: it comes in, is put in a lane, assessed, paid, released."""

from datetime import date
from uuid import UUID

import msgspec

from visits.events.event import Event


class CargoArrived(Event, frozen=True, kw_only=True):
    """The means of transport arrived or was discharged."""

    manifest: str | None = None


class DeclarationDrafted(Event, frozen=True, kw_only=True):
    """An unregistered declaration came in; nothing can be booked on it yet."""


class DeclarationRegistered(Event, frozen=True, kw_only=True):
    """A registered declaration came in for the first time."""

    registered_on: date
    warnings: list[str] = msgspec.field(default_factory=list)


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


class ReleaseCancelled(Event, frozen=True, kw_only=True):
    """The removal voucher was withdrawn: nothing leaves under it any more."""

    voucher: str
    reason: str = ""


class GoodsExited(Event, frozen=True, kw_only=True):
    """The goods left the gate, or one container of them."""

    gate: str | None = None
    container: str | None = None
