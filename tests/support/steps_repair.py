"""A day that is mended after somebody fell away, through the real use cases."""

from datetime import datetime, timedelta
from uuid import UUID

from tests.support.stage import Stage
from visits.assignment.repair import Draft, draft_of
from visits.assignment.repair_apply import apply
from visits.booking.edit import edit_calendar
from visits.booking.replan_tables import ReplanRun
from visits.ids import new_id
from visits.sites.admin import add_absence
from visits.sites.queries import office_by_id
from visits.store.work import Work


async def away_today(stage: Stage, *names: str, first: int = 0, last: int = 24) -> None:
    """These are away today, and the calendars say so."""
    midnight = datetime.combine(stage.clock.now().date(), datetime.min.time())
    start, end = midnight + timedelta(hours=first), midnight + timedelta(hours=last)
    for name in names:

        async def change(work: Work, resource: UUID = stage.resources[name].id) -> object:
            return await add_absence(work, resource, start, end, "maladie")

        await stage.run("chief2", edit_calendar, stage.office.id, change, confirmed=True)


async def look(stage: Stage) -> Draft:
    """What would become of today."""
    async with stage.work("chief") as work:
        return await draft_of(work, await office_by_id(work, stage.office.id))


async def mended(stage: Stage, *, draft: Draft | None = None, run_id: UUID | None = None) -> ReplanRun:
    """Today mended as it was seen."""
    seen = (draft or await look(stage)).seen
    return await stage.run("chief", apply, stage.tools, run_id or new_id(), seen, "agent malade")
