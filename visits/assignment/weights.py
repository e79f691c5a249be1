"""Weights of a draw: everybody's shortfall, his fair share of the visits lately less those he had.

The fair share goes by the time on duty: whoever is new, was absent or works half days owes less.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BIGINT, cast, func, select
from sqlalchemy.dialects.postgresql import BIT
from sqlmodel import col

from scheduling import shares
from visits.assignment.rules import Officer
from visits.assignment.standing import LATELY
from visits.booking.tables import DayBits
from visits.store.work import Work


@dataclass(frozen=True, slots=True)
class Load:
    """What an officer had lately, and how long he was on duty, in steps of the office's day."""

    visits: int
    on_duty: int


async def loads(work: Work, office_id: UUID, day: date, officers: Iterable[Officer]) -> dict[str, Load]:
    """The load of those who may be drawn, up to the day before."""
    steps = func.sum(func.bit_count(cast(col(DayBits.work), BIT(64))))
    rows = await work.session.execute(
        select(col(DayBits.resource_id), cast(steps, BIGINT))
        .where(
            col(DayBits.office_id) == office_id,
            col(DayBits.kind) == "officer",
            col(DayBits.day) >= day - LATELY,
            col(DayBits.day) < day,
        )
        .group_by(col(DayBits.resource_id))
    )
    on_duty = {row[0]: row[1] for row in rows}
    return {str(each.id): Load(each.visits, on_duty.get(each.id, 0)) for each in officers}


def weigh(loaded: Mapping[str, Load]) -> dict[str, int]:
    """Everybody's weight (pure)."""
    weights = shares([each.visits for each in loaded.values()], [each.on_duty for each in loaded.values()])
    return dict(zip(loaded, weights, strict=True))


def facts(load: Load) -> dict[str, Any]:
    """What a record keeps, so that the weight can be worked out again."""
    return {"visits": load.visits, "on_duty": load.on_duty}
