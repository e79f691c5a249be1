"""Appointments whose officer or place fell away, and the plan that places them anew."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tests.support.stage import Stage
from tests.support.steps_booking import tomorrow
from tests.support.steps_waitlist import live
from visits.booking import queries
from visits.booking.edit import edit_calendar
from visits.booking.replan import Draft, draft_of
from visits.booking.replan_apply import apply
from visits.booking.replan_tables import ReplanRun
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.sites.admin import add_absence
from visits.sites.queries import office_by_id
from visits.sites.tables import Absence
from visits.store.work import Work


async def away(stage: Stage, name: str, *, first: int = 0, last: int = 24, days: int = 1) -> None:
    """Somebody or something is away tomorrow, and the calendars say so."""
    start = datetime.combine(tomorrow(stage, 0).date(), datetime.min.time()) + timedelta(hours=first)
    end = start + timedelta(hours=last - first) + timedelta(days=days - 1)

    async def change(work: Work) -> object:
        return await add_absence(work, stage.resources[name].id, start, end, "maladie")

    await stage.run("chief2", edit_calendar, stage.office.id, change, confirmed=True)


async def look(stage: Stage, who: str = "chief") -> Draft:
    """The plan as it would be applied now."""
    async with stage.work(who) as work:
        return await draft_of(work, await office_by_id(work, stage.office.id))


async def applied(stage: Stage) -> ReplanRun:
    """The plan looked at and applied."""
    return await stage.run("chief", apply, new_id(), (await look(stage)).seen, "agent malade")


async def who_serves(stage: Stage, visit: Visit) -> set[UUID]:
    """The resources of a visit's appointment."""
    kept = await live(stage, visit)
    assert kept is not None
    async with stage.work() as work:
        return {part.resource_id for part in await queries.parts_of(work, [kept.id])}


async def officer_of(stage: Stage, visit: Visit) -> str:
    """Which officer serves a visit."""
    names = {resource.id: name for name, resource in stage.resources.items()}
    return next(names[each] for each in await who_serves(stage, visit) if names[each].startswith("inspector"))


async def back(stage: Stage) -> None:
    """Every absence was withdrawn."""

    async def change(work: Work) -> object:
        for each in await work.session.scalars(select(Absence)):
            each.withdrawn_at = work.now
        await work.session.flush()
        return None

    await stage.run("chief2", edit_calendar, stage.office.id, change, confirmed=True)
