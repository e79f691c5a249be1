"""Visits at a firm's own premises: granted by a chief, chosen by the firm."""

from typing import Any
from uuid import UUID

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, to_book
from visits.booking import premises
from visits.booking.premises_tables import Premises
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id

HERE: dict[str, Any] = {
    "called": "Entrepôt Exemple",
    "address": "Zone industrielle, lot 12",
    "kilometres": 12,
    "minutes": 30,
    "contact": "Mme Exemple",
    "phone": "+225 07 00 00 00 17",
}


async def asked(stage: Stage, who: str = "declarant", **changes: Any) -> Premises:
    """Premises a firm asked for, at an office that goes thirty kilometres far."""
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = {"home_kilometres": 30}
    return await stage.run(who, premises.ask, stage.office.id, **(HERE | changes))


async def decided(stage: Stage, premises_id: UUID, state: str, minutes: int = 30, **more: Any) -> Premises:
    """The chief's word."""
    facts = {"kilometres": 12, "minutes": minutes} | more
    return await stage.run("chief", premises.decide, premises_id, state, **facts)


async def granted(stage: Stage, **changes: Any) -> Premises:
    """Premises where visits may be made."""
    return await decided(stage, (await asked(stage, **changes)).id, "granted")


async def at_home(stage: Stage, visit: Visit | None = None) -> Visit:
    """A visit that waits for a time, to be made at the firm's premises."""
    await calendars(stage)
    found = visit or await to_book(stage)
    await stage.run("declarant", premises.choose, found.id, (await granted(stage)).id)
    return await stage.visit(found.id)
