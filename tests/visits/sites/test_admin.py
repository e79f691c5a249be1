"""Offices, sites and calendars as administrators keep them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.support.clock import MONDAY
from tests.support.stage import SHIFT, Stage
from visits.errors import NotFound
from visits.ids import new_id
from visits.sites import queries
from visits.sites.admin import (
    CodeTaken,
    OfficeFacts,
    SiteFacts,
    add_absence,
    add_office,
    add_officer,
    add_place,
    add_site,
    edit_site,
    end_officer,
    end_resource,
    restore_absence,
    set_hours,
    withdraw_absence,
)
from visits.sites.holidays import add_holiday, remove_holiday
from visits.sites.hours import calendar, grid_of
from visits.sites.rules import EndsBeforeItBegins, PastDay
from visits.store.work import Work

TODAY = MONDAY.date()
TOMORROW = TODAY + timedelta(days=1)
LAGOS = OfficeFacts(code="NGLOS", name="Lagos", tz="Africa/Lagos", country="NG", currency="NGN")


async def hours(stage: Stage, name: str, day: date) -> int:
    """How many quarter hours a resource of the stage works on a day."""

    async def use_case(work: Work) -> int:
        office = await queries.office_by_id(work, stage.office.id)
        open_hours = await calendar(work, office, day, day)
        return next(
            (
                open_hours.work(each, day).bit_count()
                for each in open_hours.resources
                if each.id == stage.resources[name].id
            ),
            0,
        )

    return await stage.run("system", use_case)


async def test_a_code_is_one_offices_and_one_sites(stage: Stage) -> None:
    office = await stage.run("admin", add_office, LAGOS)
    await stage.run("admin", add_site, office.id, SiteFacts(code="TC01", name="Apapa"))

    with pytest.raises(CodeTaken):
        await stage.run("admin", add_office, LAGOS)
    with pytest.raises(CodeTaken):
        await stage.run("admin", add_site, office.id, SiteFacts(code="TC01", name="Tin Can"))


async def test_a_location_code_finds_the_site(stage: Stage) -> None:
    await stage.run("admin", add_site, stage.office.id, SiteFacts(code="TC02", name="Terminal 2"))
    site = await stage.run("admin", edit_site, stage.site.id, SiteFacts(code="", name="Un", locations=["QUAI9"]))

    async with stage.work() as work:
        found = await queries.site_for(work, stage.office.id, "QUAI9")
    assert found is not None
    assert (found.id, found.code, found.name) == (site.id, "TC01", "Un")


async def test_other_hours_hold_from_their_day_on(stage: Stage) -> None:
    before = await hours(stage, "inspector1", TODAY)

    week = {TOMORROW.isoweekday(): [[480, 540]]}
    await stage.run("admin", set_hours, stage.resources["inspector1"].id, week, TOMORROW)
    await stage.run("admin", set_hours, stage.resources["inspector1"].id, week, TOMORROW)

    assert before == 32
    assert await hours(stage, "inspector1", TODAY) == 32
    assert await hours(stage, "inspector1", TOMORROW) == 4
    assert await hours(stage, "inspector1", TOMORROW + timedelta(days=1)) == 0


async def test_hours_of_the_past_stay_as_they_were(stage: Stage) -> None:
    with pytest.raises(PastDay):
        await stage.run("admin", set_hours, stage.resources["inspector1"].id, {}, TODAY - timedelta(days=1))


async def test_an_absence_takes_hours_until_it_is_withdrawn(stage: Stage) -> None:
    resource = stage.resources["inspector1"].id
    start = datetime.combine(TOMORROW, datetime.min.time())
    absence = await stage.run("admin", add_absence, resource, start, start + timedelta(days=1), "congé")
    assert await hours(stage, "inspector1", TOMORROW) == 0

    await stage.run("admin", withdraw_absence, absence.id)
    await stage.run("admin", withdraw_absence, absence.id)
    assert await hours(stage, "inspector1", TOMORROW) == 32

    await stage.run("admin", restore_absence, absence.id)
    assert await hours(stage, "inspector1", TOMORROW) == 0


async def test_an_absence_is_on_the_offices_own_hours(stage: Stage) -> None:
    office = await stage.run("admin", add_office, LAGOS)
    site = await stage.run("admin", add_site, office.id, SiteFacts(code="APAPA", name="Apapa"))
    bay = await stage.run("admin", add_place, site.id, "bay", "A")

    at = datetime(2026, 11, 24, 8, 0)
    absence = await stage.run("admin", add_absence, bay.id, at, at + timedelta(hours=1), "entretien")

    assert absence.during.lower == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


async def test_an_absence_ends_after_it_begins(stage: Stage) -> None:
    at = datetime(2026, 11, 24, 8, 0)
    with pytest.raises(EndsBeforeItBegins):
        await stage.run("admin", add_absence, stage.resources["bay A"].id, at, at, "panne")


async def test_a_closed_day_of_the_country_can_be_a_working_day_of_one_office(stage: Stage) -> None:
    closed = await stage.run("admin", add_holiday, None, TOMORROW, "Fête")
    assert await hours(stage, "inspector1", TOMORROW) == 0

    own = await stage.run("admin", add_holiday, stage.office.id, TOMORROW, "Fête", works=True)
    assert await hours(stage, "inspector1", TOMORROW) == 32

    await stage.run("admin", remove_holiday, own.id)
    await stage.run("admin", remove_holiday, closed.id)
    assert await hours(stage, "inspector1", TOMORROW) == 32


async def test_a_day_is_closed_once(stage: Stage) -> None:
    first = await stage.run("admin", add_holiday, stage.office.id, TOMORROW, "Fête")
    again = await stage.run("admin", add_holiday, stage.office.id, TOMORROW, "Fête du Travail")

    assert again.id == first.id


async def test_a_new_place_has_the_usual_hours_from_today(stage: Stage) -> None:
    bay = await stage.run("admin", add_place, stage.site.id, "bay", "Aire Z")
    stage.resources["Aire Z"] = bay

    assert bay.active_from == TODAY
    assert await hours(stage, "Aire Z", TODAY) == sum(end - begin for begin, end in SHIFT) // 15


async def test_a_last_day_counts_and_can_be_taken_back(stage: Stage) -> None:
    bay = stage.resources["bay A"].id
    await stage.run("admin", end_resource, bay, TODAY)
    assert await hours(stage, "bay A", TODAY) > 0
    assert await hours(stage, "bay A", TOMORROW) == 0

    await stage.run("admin", end_resource, bay, None)
    assert await hours(stage, "bay A", TOMORROW) > 0

    with pytest.raises(EndsBeforeItBegins):
        await stage.run("admin", end_resource, bay, date(2020, 1, 1))


async def test_an_officers_calendar_ends_with_the_duty_and_opens_again(stage: Stage) -> None:
    person = stage.actors["inspector1"].person

    assert await stage.run("admin", end_officer, person, TODAY) == [stage.office.id]
    assert await stage.run("admin", end_officer, person, TODAY) == []
    assert await hours(stage, "inspector1", TOMORROW) == 0

    again = await stage.run("admin", add_officer, stage.office.id, person, "Inspector1", None)
    assert again.id == stage.resources["inspector1"].id
    assert await hours(stage, "inspector1", TOMORROW) == 32


async def test_the_grid_of_an_office_is_what_it_was_founded_with(stage: Stage) -> None:
    office = await stage.run("admin", add_office, LAGOS)

    assert grid_of(office).minutes == 15
    assert str(grid_of(office).zone) == "Africa/Lagos"


async def test_what_is_not_there_is_not_found(stage: Stage) -> None:
    for deed in (withdraw_absence, restore_absence, remove_holiday):
        with pytest.raises(NotFound):
            await stage.run("admin", deed, new_id())
    with pytest.raises(NotFound):
        await stage.run("admin", add_place, new_id(), "bay", "A")
