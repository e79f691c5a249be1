"""What every event has in common: what it is about, when it happened in the field, its facts as JSON."""

from datetime import datetime
from typing import Any, ClassVar

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
