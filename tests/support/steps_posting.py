"""Offices whose officers are posted to terminals, through the real use cases."""

from datetime import date, datetime

from tests.support.stage import Stage
from tests.support.steps_assignment import promised
from tests.support.steps_booking import booked, calendars, tomorrow
from tests.support.steps_policies import ruled, second_site, to_book_at
from tests.support.steps_publication import next_day
from visits.assignment import posting_rows
from visits.assignment.posting import post_day
from visits.assignment.tables import Posting
from visits.journey.tables import Visit
from visits.sites.tables import Site


async def two_terminals(stage: Stage, days: int = 1) -> Site:
    """A second terminal, and a rotation every so many days; of one day, every day begins a period."""
    far = await second_site(stage, bays=3)
    await ruled(stage, rotation_days=days, cool_off_most=100)
    await calendars(stage)
    await promised(stage)
    return far


async def post(stage: Stage, day: date | None = None) -> bool:
    """Post the officers for the next day, as the service does."""
    made: bool = await stage.run("system", post_day, stage.tools, stage.office.id, day or next_day(stage))
    return made


async def postings(stage: Stage, day: date | None = None) -> list[Posting]:
    """Those drawn with the seed of the next day, in order."""
    async with stage.work() as work:
        return list(await posting_rows.postings_of_day(work, stage.office.id, day or next_day(stage)))


async def at_both(stage: Stage, far: Site, *hours: int) -> list[tuple[Visit, Site]]:
    """A visit at each of the two terminals at these hours of the next day."""
    made = []
    for hour in hours:
        for site in (stage.site, far):
            visit = await booked(stage, await to_book_at(stage, site.id), tomorrow(stage, hour))
            made.append((visit, site))
    return made


def eve(stage: Stage) -> datetime:
    """When the next day's postings are drawn."""
    return tomorrow(stage, 18).replace(day=stage.clock.now().day)
