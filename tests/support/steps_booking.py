"""Visits with an appointment, through the real use cases."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range

from tests.support.stage import SHIFT, Stage
from tests.support.steps_documents import accepted
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.materialise import Edited, materialise
from visits.booking.tables import Appointment
from visits.declarations.lane import Colour
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.sites.tables import Resource, WorkTemplate
from visits.store.work import Work


async def calendars(stage: Stage, *, days: int = 15) -> Edited:
    """The calendars of the stage's office written out."""

    async def use_case(work: Work) -> Edited:
        return await materialise(work, await office_by_id(work, stage.office.id), days=days)

    return await stage.run("system", use_case)


async def only(stage: Stage, *names: str) -> None:
    """Nobody and nothing but these resources works from now on; call `calendars` afterwards."""
    async with stage.work() as work:
        for name, resource in stage.resources.items():
            kept = await work.session.get_one(Resource, resource.id)
            kept.active_to = None if name in names else date(2026, 1, 2)


async def another(stage: Stage, name: str, kind: str, **facts: Any) -> Resource:
    """One more resource, working in the usual shift."""
    async with stage.work() as work:
        resource = Resource(
            **({"office_id": stage.office.id, "kind": kind, "name": name, "active_from": date(2026, 1, 1)} | facts)
        )
        work.session.add(resource)
        await work.session.flush()
        for isodow in range(1, 6):
            work.session.add(
                WorkTemplate(resource_id=resource.id, valid=Range(date(2026, 1, 1), None), isodow=isodow, work=SHIFT)
            )
    stage.resources[name] = resource
    return resource


async def to_book(stage: Stage, colour: Colour = Colour.RED, **wished: Any) -> Visit:
    """A visit whose package was accepted: the declarant chooses a time."""
    return await accepted(stage, colour, **wished)


async def held(stage: Stage, visit: Visit | None = None, starts_at: datetime | None = None) -> Appointment:
    """A time held by the declarant; the day after at ten unless said otherwise."""
    if visit is None:
        await calendars(stage)
        visit = await to_book(stage)
    return await stage.run("declarant", hold, visit.id, starts_at or tomorrow(stage, 10))


async def booked(stage: Stage, visit: Visit | None = None, starts_at: datetime | None = None) -> Visit:
    """A visit with a confirmed appointment; the day after at ten unless said otherwise."""
    kept = await held(stage, visit, starts_at)
    await stage.run("declarant", confirm, kept.id)
    return await stage.visit(kept.visit_id)


def tomorrow(stage: Stage, hour: int, minute: int = 0) -> datetime:
    """An hour of the stage's next day (its office keeps UTC)."""
    day = stage.clock.now() + timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


async def somebody_waits(stage: Stage) -> bool:
    """Does a transaction wait for another one?"""
    async with stage.work() as work:
        waiting = text("select count(*) from pg_locks where not granted")
        return bool(await work.session.scalar(waiting))
