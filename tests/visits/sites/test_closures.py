"""Closures of an office or a site: hours nobody works, and nobody's figures count."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from scheduling import Interval, bits
from tests.support.stage import Stage
from tests.support.steps_booking import calendars
from visits.booking.edit import edit_calendar
from visits.booking.reconcile import reconcile
from visits.booking.tables import DayBits
from visits.errors import NotFound
from visits.performance.queries import office_hours
from visits.sites import queries
from visits.sites.admin import OfficeFacts, SiteFacts, add_absence, add_office, add_site
from visits.sites.closures import close, close_again, reopen
from visits.sites.rules import EndsBeforeItBegins, PastDay
from visits.store.work import Work

NINE, TEN = datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 10)


async def worked(stage: Stage, name: str) -> int:
    """Quarter hours written out for a resource on the closed day."""
    async with stage.work() as work:
        row = await work.session.get_one(DayBits, (stage.office.id, NINE.date(), stage.resources[name].id))
        return len(list(bits(row.work)))


async def test_the_same_closure_twice_is_one_and_it_can_be_taken_back_and_put_back(stage: Stage) -> None:
    first = await stage.run("supervisor", close, stage.office.id, None, NINE, TEN, "Grève")
    again = await stage.run("supervisor", close, stage.office.id, None, NINE, TEN, "Grève générale")
    assert (again.id, again.reason) == (first.id, "Grève générale")

    for deed in (reopen, reopen, close_again, close_again):
        await stage.run("supervisor", deed, first.id)

    async with stage.work() as work:
        assert (await queries.closure_by_id(work, first.id)).withdrawn_at is None


async def test_a_closure_closes_only_what_it_names(stage: Stage) -> None:
    await stage.run("supervisor", close, stage.office.id, stage.site.id, NINE, TEN, "Grève")
    await calendars(stage)

    assert (await worked(stage, "bay A"), await worked(stage, "inspector1")) == (40, 32)


async def test_a_closed_office_measures_no_working_time(stage: Stage) -> None:
    await stage.run("supervisor", close, stage.office.id, None, NINE, TEN, "Grève")
    async with stage.work() as work:
        office = await queries.office_by_id(work, stage.office.id)
        start = datetime(2026, 11, 24, tzinfo=UTC)
        hours = await office_hours(work, office, start, start + timedelta(hours=12))

    assert Interval(start.replace(hour=8), start.replace(hour=9)) in hours
    assert Interval(start.replace(hour=10), start.replace(hour=12)) in hours


async def test_what_cannot_be_closed_is_refused(stage: Stage) -> None:
    facts = OfficeFacts(code="MACAS", name="Casablanca", tz="Africa/Casablanca", country="MA", currency="MAD")
    other = await stage.run("admin", add_office, facts)
    theirs = await stage.run("admin", add_site, other.id, SiteFacts(code="T1", name="T1"))

    with pytest.raises(NotFound):
        await stage.run("supervisor", close, other.id, None, NINE, TEN, "Grève")
    with pytest.raises(NotFound):
        await stage.run("admin", close, stage.office.id, theirs.id, NINE, TEN, "Grève")
    with pytest.raises(EndsBeforeItBegins):
        await stage.run("admin", close, stage.office.id, None, TEN, NINE, "Grève")
    past = timedelta(days=3)
    with pytest.raises(PastDay):
        await stage.run("admin", close, stage.office.id, None, NINE - past, TEN - past, "Grève")


async def test_an_hour_the_clocks_skip_cannot_be_closed(stage: Stage) -> None:
    facts = OfficeFacts(code="EGALX", name="Alexandrie", tz="Africa/Cairo", country="EG", currency="EGP")
    office = await stage.run("admin", add_office, facts)
    #: Clocks in Egypt go from midnight to one o'clock on the last Friday of April.
    midnight = datetime(2027, 4, 30)

    with pytest.raises(EndsBeforeItBegins):
        await stage.run(
            "admin", close, office.id, None, midnight + timedelta(minutes=30), midnight + timedelta(hours=1), "Grève"
        )
    made = await stage.run("admin", close, office.id, None, midnight, midnight + timedelta(days=1), "Grève")

    assert made.during.upper - made.during.lower == timedelta(hours=23)


async def test_two_edits_at_once_wait_for_each_other_and_both_are_written_out(stage: Stage) -> None:
    await calendars(stage)

    async def away(name: str) -> None:
        resource = stage.resources[name].id

        async def change(work: Work) -> object:
            return await add_absence(work, resource, NINE, TEN, "panne")

        await stage.run(
            "admin", edit_calendar, stage.office.id, change, confirmed=True, days=(NINE.date(), NINE.date())
        )

    async def shut() -> None:
        async def change(work: Work) -> object:
            return await close(work, stage.office.id, None, TEN, TEN + timedelta(hours=1), "Grève")

        await stage.run("admin", edit_calendar, stage.office.id, change, confirmed=True)

    await asyncio.gather(away("bay A"), away("bay B"), shut())

    assert [await worked(stage, name) for name in ("bay A", "bay B", "bay C", "inspector1")] == [36, 36, 40, 28]
    async with stage.work() as work:
        assert await reconcile(work, await queries.office_by_id(work, stage.office.id)) == []
    assert (await calendars(stage)).changed == 0
