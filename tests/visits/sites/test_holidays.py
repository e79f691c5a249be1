"""Closed days: what a country publishes, what people make of it, and whose word wins."""

from datetime import date, timedelta

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import calendars
from visits.booking.materialise import keep_calendars
from visits.errors import BadInput, NotAllowed, NotFound
from visits.sites import queries
from visits.sites.admin import OfficeFacts, add_office
from visits.sites.holidays import (
    MovedTooFar,
    add_holiday,
    confirm_holiday,
    fill,
    move_holiday,
    remove_holiday,
    restore_holiday,
    set_region,
)
from visits.sites.published import CountryUnknown, RegionUnknown, knows, published, regions
from visits.sites.rules import PastDay, Said, closed
from visits.sites.tables import Holiday
from visits.store.work import Work

#: Where the service is meant to be used.
COUNTRIES = (
    *("CI", "SN", "ML", "BF", "BJ", "TG", "NE", "GN", "GW", "CV", "GH", "NG", "CM"),
    *("GA", "CG", "CD", "AO", "TD", "CF", "GQ", "ST", "MA", "MR", "GM", "SL", "LR"),
)
TABASKI, PENTECOST = date(2027, 5, 16), date(2027, 5, 17)
YEAR = date(2026, 1, 1), date(2028, 12, 31)


async def filled(stage: Stage) -> int:
    async def use_case(work: Work) -> int:
        return await fill(work, await queries.office_by_id(work, stage.office.id))

    return await stage.run("system", use_case)


async def shut(stage: Stage, first: date = YEAR[0], last: date = YEAR[1]) -> dict[date, str]:
    async with stage.work() as work:
        return await queries.holidays_of(work, stage.office.id, first, last)


async def called(stage: Stage, name: str, day: date) -> Holiday:
    async with stage.work() as work:
        found = await queries.holidays_from(work, stage.office.id, day)
        return next(each for each in found if each.name == name and each.day == day)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_of_the_region_publishes_days_and_the_islamic_ones_wait_for_the_moon(country: str) -> None:
    days = published(country, 2027)

    assert len(days) >= 9
    assert all(each.day.year == 2027 and each.name for each in days)
    assert {(1, 1), (12, 25)} <= {(each.day.month, each.day.day) for each in days} or country in "NE MR MA"
    fixed = {"CV", "CG", "CD", "AO", "GQ", "ST", "LR"}
    assert any(each.tentative for each in days) == (country not in fixed)
    assert not any(each.tentative for each in days if (each.day.month, each.day.day) in ((1, 1), (5, 1), (12, 25)))


def test_names_come_in_the_language_asked_for_where_there_are_some() -> None:
    assert published("CI", 2027, "fr")[0].name == "1er janvier"
    assert published("CI", 2027, "en")[0].name == "New Year's Day"
    assert published("GW", 2027, "pt")[0].name == "Ano Novo"
    assert published("GH", 2027, "fr")[0].name == "New Year's Day"


def test_a_country_nobody_publishes_and_a_region_that_is_none_are_told() -> None:
    assert not knows("XX")
    assert regions("XX") == regions("CI") == []
    with pytest.raises(CountryUnknown):
        published("XX", 2027)
    with pytest.raises(RegionUnknown):
        published("CV", 2027, region="ZZ")
    assert [each.name for each in published("CV", 2027, region="SV")][-1] == "Mardi du Carnaval"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([], ""),
        ([(0, "Noël", False)], "Noël"),
        ([(0, "Tabaski", False), (0, "Pentecôte", False)], "Tabaski · Pentecôte"),
        ([(0, "Noël", False), (1, "", True)], ""),
        ([(1, "Grève", False), (2, "", True)], ""),
        ([(0, "Noël", False), (1, "", True), (2, "Inventaire", False)], "Inventaire"),
        ([(2, "Inventaire", False), (2, "", True)], "Inventaire"),
    ],
)
def test_the_nearest_voice_says_whether_a_day_is_closed(said: list[tuple[int, str, bool]], why: str) -> None:
    assert closed([Said(rank=rank, name=name, works=works) for rank, name, works in said]) == why


async def test_an_office_is_filled_once_for_this_year_and_the_next(stage: Stage) -> None:
    assert await filled(stage) == 16
    assert await filled(stage) == 0

    days = list(await shut(stage))
    assert (days[0], days[-1]) == (date(2026, 12, 25), date(2027, 12, 25))


async def test_the_next_year_is_written_when_this_one_is_over(stage: Stage) -> None:
    await filled(stage)
    stage.clock.move(days=60)
    await keep_calendars(stage.tools, stage.tenant)

    assert max(await shut(stage)) == date(2028, 12, 25)


async def test_a_new_office_begins_with_the_days_of_its_own_country(stage: Stage) -> None:
    facts = OfficeFacts(code="NGLOS", name="Lagos", tz="Africa/Lagos", country="NG", currency="NGN")
    lagos = await stage.run("admin", add_office, facts)
    async with stage.work() as work:
        theirs = await queries.holidays_of(work, lagos.id, *YEAR)

    assert theirs[date(2026, 12, 28)] == "Boxing Day (observed)"
    assert await shut(stage) == {}


async def test_what_was_withdrawn_is_never_filled_in_again(stage: Stage) -> None:
    await filled(stage)
    noel = await called(stage, "Fête de Noël", date(2026, 12, 25))
    await stage.run("admin", remove_holiday, noel.id)

    await filled(stage)
    await keep_calendars(stage.tools, stage.tenant)
    assert date(2026, 12, 25) not in await shut(stage)

    await stage.run("admin", restore_holiday, noel.id)
    assert date(2026, 12, 25) in await shut(stage)


async def test_moving_one_of_two_holidays_of_a_day_leaves_the_other(stage: Stage) -> None:
    await filled(stage)
    moved = await called(stage, "Lendemain de la Fête de la Tabaski", PENTECOST)

    await stage.run("supervisor", move_holiday, moved.id, date(2027, 5, 18), stage.office.id)

    days = await shut(stage, TABASKI, date(2027, 5, 18))
    assert days[PENTECOST] == "Lundi de Pentecôte"
    assert days[date(2027, 5, 18)] == "Lendemain de la Fête de la Tabaski"


async def test_an_offices_answer_stands_until_it_follows_its_country_again(stage: Stage) -> None:
    await filled(stage)
    tabaski = await called(stage, "Fête de la Tabaski", TABASKI)
    own = await stage.run("supervisor", move_holiday, tabaski.id, date(2027, 5, 15), stage.office.id)
    await stage.run("admin", move_holiday, tabaski.id, date(2027, 5, 18))
    assert set(await shut(stage, date(2027, 5, 15), date(2027, 5, 18))) == {date(2027, 5, 15), PENTECOST}

    await stage.run("supervisor", restore_holiday, own.id)

    assert set(await shut(stage, date(2027, 5, 15), date(2027, 5, 18))) == {PENTECOST, date(2027, 5, 18)}


async def test_a_confirmed_day_is_tentative_no_more_for_whom_it_was_confirmed(stage: Stage) -> None:
    await filled(stage)
    tabaski = await called(stage, "Fête de la Tabaski", TABASKI)
    assert tabaski.tentative

    own = await stage.run("supervisor", confirm_holiday, tabaski.id, stage.office.id)
    again = await stage.run("supervisor", confirm_holiday, tabaski.id, stage.office.id)

    assert (own.id, own.tentative) == (again.id, False)
    assert (await called(stage, "Fête de la Tabaski", TABASKI)).id == own.id


async def test_a_holiday_moves_by_days_and_not_into_the_past(stage: Stage) -> None:
    await filled(stage)
    tabaski = await called(stage, "Fête de la Tabaski", TABASKI)
    with pytest.raises(MovedTooFar):
        await stage.run("admin", move_holiday, tabaski.id, TABASKI + timedelta(days=8))
    soon = await stage.run("admin", add_holiday, stage.office.id, date(2026, 11, 24), "Fête")
    with pytest.raises(PastDay):
        await stage.run("admin", move_holiday, soon.id, date(2026, 11, 22), stage.office.id)


async def test_a_supervisor_speaks_for_the_own_office_only(stage: Stage) -> None:
    await filled(stage)
    tabaski = await called(stage, "Fête de la Tabaski", TABASKI)
    facts = OfficeFacts(code="CIAB9", name="Ailleurs", tz="Africa/Abidjan", country="CI", currency="XOF")
    other = await stage.run("admin", add_office, facts)
    theirs = await stage.run("admin", add_holiday, other.id, TABASKI, "Fête")

    with pytest.raises(NotAllowed):
        await stage.run("supervisor", move_holiday, tabaski.id, PENTECOST)
    with pytest.raises(NotAllowed):
        await stage.run("supervisor", add_holiday, None, TABASKI, "Fête")
    for office in (None, other.id):
        with pytest.raises(NotFound):
            await stage.run("supervisor", remove_holiday, theirs.id, office)
    with pytest.raises(BadInput):
        await stage.run("supervisor", remove_holiday, theirs.id, stage.office.id)


async def test_a_region_brings_its_own_days_and_takes_them_along(stage: Stage) -> None:
    facts = OfficeFacts(code="CVMIN", name="Mindelo", tz="Atlantic/Cape_Verde", country="CV", currency="CVE")
    mindelo = await stage.run("admin", add_office, facts)
    carnival = date(2027, 2, 9)

    async def closed_then() -> bool:
        async with stage.work() as work:
            return carnival in await queries.holidays_of(work, mindelo.id, carnival, carnival)

    assert not await closed_then()
    await stage.run("admin", set_region, mindelo.id, "SV")
    assert await closed_then()
    await stage.run("admin", set_region, mindelo.id, "")
    assert not await closed_then()
    with pytest.raises(RegionUnknown):
        await stage.run("admin", set_region, mindelo.id, "ZZ")


async def test_the_days_of_a_country_are_not_booked_from_the_first_writing_on(stage: Stage) -> None:
    await keep_calendars(stage.tools, stage.tenant)
    async with stage.work() as work:
        office = await queries.office_by_id(work, stage.office.id)
        assert date(2026, 12, 25) in await queries.holidays_of(work, office.id, *YEAR)
    assert (await calendars(stage, days=60)).changed == 0
