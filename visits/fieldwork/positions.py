"""Where each container of a visit stands by the terminal's word: the last thing said of it counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

from visits.fieldwork.rules import PLACING, said_at
from visits.fieldwork.words import Deed
from visits.texts import N_

if TYPE_CHECKING:
    from visits.fieldwork.tables import Step


class Position(StrEnum):
    """What a terminal says of one container."""

    TO_PLACE = "to_place"
    PLACED = "placed"
    MISSING = "missing"
    BLOCKED = "blocked"


#: What each word is recorded as. Saying « to place » takes back what was said before.
DEEDS: Final[dict[Position, Deed]] = {
    Position.PLACED: Deed.GOODS_PRESENTED,
    Position.MISSING: Deed.GOODS_MISSING,
    Position.BLOCKED: Deed.GOODS_BLOCKED,
    Position.TO_PLACE: Deed.GOODS_TAKEN_BACK,
}
_POSITIONS: Final = {deed: position for position, deed in DEEDS.items()}

#: How a position is read.
POSITION_NAMES: Final[dict[Position, str]] = {
    Position.TO_PLACE: N_("à placer"),
    Position.PLACED: N_("placé"),
    Position.MISSING: N_("non trouvé"),
    Position.BLOCKED: N_("bloqué"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The last word on one container."""

    position: Position = Position.TO_PLACE
    #: Why it is blocked (`BLOCKS`), and the remark typed with it.
    reason: str = ""
    note: str = ""
    #: When it was so, over there.
    at: datetime | None = None
    said: UUID | None = None


def standing(container: str, steps: Iterable[Step], *, since: datetime | None = None) -> Standing:
    """Where a container stands; what was said before `since`, when the visit lost its time, no longer counts.

    Goods without any container are called by the empty name, and every word on the visit is about them.
    """
    about = [step for step in steps if concerns(step, container) and (since is None or said_at(step)[0] >= since)]
    if not about:
        return Standing()
    last = max(about, key=said_at)
    return Standing(
        position=_POSITIONS[Deed(last.kind)],
        reason=str(last.body.get("reason") or ""),
        note=str(last.body.get("note") or ""),
        at=said_at(last)[0],
        said=last.id,
    )


def concerns(step: Step, container: str) -> bool:
    """Is a step a word on this container?"""
    return step.kind in PLACING and (not container or container in step.body["containers"])
