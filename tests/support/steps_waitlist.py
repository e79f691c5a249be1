"""The list of those who wait for an earlier time: a full day, a time given back, what was offered."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from visits.background.deliver import deliver
from visits.booking import queries, waitlist_rows
from visits.booking.change import cancel
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment, Waitlist, WaitlistOffer
from visits.booking.waitlist_rules import Wish
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id

ANY = Wish()
#: Tomorrow's hour from nine to ten, and nothing else.
NINE = Wish(begin=9 * 60, end=10 * 60)


async def full_day(stage: Stage, *hours: int) -> list[Visit]:
    """One bay and one officer, and a visit booked at each hour of tomorrow."""
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    return [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in hours]


async def live(stage: Stage, visit: Visit, status: str = "confirmed") -> Appointment | None:
    async with stage.work() as work:
        return (await queries.live_of(work, visit.id)).get(status)


async def gives_back(stage: Stage, visit: Visit) -> None:
    """The declarant cancels, and every reaction runs."""
    kept = await live(stage, visit)
    assert kept is not None
    await stage.run("declarant", cancel, kept.id)
    await deliver(stage.tools, stage.tenant, visit.id)


async def entry(stage: Stage, visit: Visit) -> Waitlist:
    async with stage.work() as work:
        found = await waitlist_rows.last_entry_of(work, visit.id)
        assert found is not None
        return found


async def offers(stage: Stage) -> list[tuple[datetime, str]]:
    async with stage.work() as work:
        rows = await work.session.scalars(select(WaitlistOffer).order_by(col(WaitlistOffer.at), col(WaitlistOffer.id)))
        return [(each.during.lower, each.state) for each in rows]


async def sound(stage: Stage) -> bool:
    async with stage.work() as work:
        return await reconcile(work, await office_by_id(work, stage.office.id)) == []
