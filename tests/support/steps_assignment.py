"""Visits with a drawn inspector, through the real use cases."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars
from visits.assignment import queries, seeds
from visits.assignment.draw import draw
from visits.assignment.tables import Assignment, Draw
from visits.background.deliver import deliver, moments
from visits.declarations.lane import Colour
from visits.events import PackageSubmitted
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.tables import Visit
from visits.sites.tables import Office
from visits.store.work import Work

#: Before the start the inspector is drawn.
FREEZE = timedelta(minutes=120)


async def assigned(stage: Stage, visit: Visit | None = None, starts_at: datetime | None = None) -> Visit:
    """A booked visit whose inspector was drawn; the clock stands two hours before its start."""
    visit = await booked(stage, visit, starts_at)
    starts_at = await starts(stage, visit)
    stage.clock.set(max(stage.clock.now(), starts_at - FREEZE))
    await drawn(stage, visit.id)
    return await stage.visit(visit.id)


async def drawn(stage: Stage, visit_id: UUID) -> Draw | None:
    """Draw as the service does."""
    return await stage.run("system", draw, stage.tools, visit_id)


async def at_desk(stage: Stage) -> Visit:
    """A check of documents whose package was submitted and drawn to an officer's desk."""
    await calendars(stage)
    visit = await submitted(stage)
    await deliver(stage.tools, stage.tenant, visit.id)
    return await stage.visit(visit.id)


async def submitted(stage: Stage) -> Visit:
    """A check of documents whose package was submitted; nobody reacted yet."""
    visit = await stage.opened(Colour.YELLOW)

    async def use_case(work: Work) -> None:
        about: dict[str, Any] = {"declaration": DeclarationId(visit.declaration_id), "visit": VisitId(visit.id)}
        await move(work, await visit_for_update(work, visit.id), PackageSubmitted(**about, documents=3))

    await stage.run("declarant", use_case)
    return await stage.visit(visit.id)


async def passed(stage: Stage) -> None:
    """Everything due by now is done."""
    while await moments(stage.tools, stage.tenant):
        pass


async def starts(stage: Stage, visit: Visit) -> datetime:
    """When the visit's appointment begins."""
    async with stage.work() as work:
        found = await queries.seat_of(work, visit.id)
    assert found is not None
    begins: datetime = found[0].during.lower
    return begins


async def promised(stage: Stage) -> None:
    """The seeds of the coming days were committed yesterday, before anything that happens now."""
    now = stage.clock.now()
    stage.clock.set(now - timedelta(days=1))
    await stage.run("system", seeds.commit_seeds, stage.tools)
    stage.clock.set(now)


async def live(stage: Stage, visit: Visit) -> Assignment | None:
    """Who has the visit."""
    async with stage.work() as work:
        return await queries.live_assignment(work, visit.id)


async def draws(stage: Stage, visit: Visit) -> list[Draw]:
    """Every draw of a visit, oldest first."""
    async with stage.work() as work:
        return list(await queries.draws_of_visit(work, visit.id))


async def policy(stage: Stage, **policies: Any) -> None:
    """Other rules for the stage's office."""
    async with stage.work() as work:
        office = await work.session.get_one(Office, stage.office.id)
        office.policies = office.policies | policies
