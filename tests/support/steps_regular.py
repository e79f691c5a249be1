"""Regular hours of a firm, asked for and granted."""

from typing import Any
from uuid import UUID

from tests.support.stage import Stage
from tests.support.steps_booking import calendars
from visits.booking import regular, regular_rows
from visits.booking.regular_tables import RegularDay, RegularHours
from visits.journey.states import Level
from visits.store.work import Work

ASKED: dict[str, Any] = {"isodow": 2, "minute": 540, "minutes": 60, "weeks": 8, "purpose": "Produits frais"}


async def asked(stage: Stage, who: str = "declarant", **changes: Any) -> RegularHours:
    """Eight Tuesdays at nine, unless said otherwise."""
    return await stage.run(who, regular.ask, stage.site.id, Level.PHYSICAL, **(ASKED | changes))


async def granted(stage: Stage, **changes: Any) -> list[RegularDay]:
    """The days kept for the firm."""
    await calendars(stage, days=60)
    hours = await asked(stage, **changes)
    await stage.run("chief", regular.grant, hours.id)
    return await days(stage, hours.id)


async def days(stage: Stage, regular_id: UUID) -> list[RegularDay]:
    """The days as stored."""

    async def use_case(work: Work) -> list[RegularDay]:
        return (await regular_rows.days_of(work, [regular_id], work.now))[regular_id]

    return await stage.run("declarant", use_case)
