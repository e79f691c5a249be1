"""A place of the week kept for a firm: granted by a chief, used by a visit in one step, given back if nobody does."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import another, calendars, held, only, to_book, tomorrow
from tests.support.steps_policies import ruled, second_site, to_book_at
from tests.support.steps_regular import ASKED, asked, days, granted
from visits.background.deliver import moments
from visits.booking import queries, regular, rules
from visits.booking.reconcile import reconcile
from visits.booking.regular_tables import RegularHours
from visits.booking.tables import Appointment
from visits.errors import BadInput, NotFound
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id


async def sound(stage: Stage) -> bool:
    async with stage.work() as work:
        return await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_eight_tuesdays_at_nine_are_kept_with_real_places(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    kept = await granted(stage)
    rival = await to_book(stage)

    with pytest.raises(rules.SlotTaken):
        await held(stage, rival, kept[0].during.lower)

    assert [each.state for each in kept] == ["kept"] * 8
    assert {(each.during.lower.isoweekday(), each.during.lower.hour) for each in kept} == {(2, 9)}
    assert await sound(stage)


async def test_a_visit_of_the_firm_takes_the_kept_place_once(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    kept = await granted(stage, isodow=4)
    visit = await to_book(stage)

    first = await stage.run("declarant", regular.use, kept[0].id, visit.id)
    again = await stage.run("declarant", regular.use, kept[0].id, visit.id)

    assert first.id == again.id
    assert (await stage.visit(visit.id)).state == State.BOOKED
    assert first.during.lower == kept[0].during.lower
    assert await sound(stage)


async def test_two_visits_and_one_kept_place(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    kept = await granted(stage)
    pair = [await to_book(stage) for _ in range(2)]

    answers = await asyncio.gather(
        *(stage.run("declarant", regular.use, kept[0].id, each.id) for each in pair), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in answers) == ["Appointment", "RegularOver"]
    assert await sound(stage)


async def test_unused_it_is_everybodys_a_day_before(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    kept = await granted(stage, isodow=4)
    start = kept[0].during.lower
    stage.clock.move(seconds=(start - timedelta(hours=24) - stage.clock.now()).total_seconds())

    await moments(stage.tools, stage.tenant)
    taken = await held(stage, await to_book(stage), start)

    assert isinstance(taken, Appointment)
    assert [each.state for each in await days(stage, kept[0].regular_id)] == ["released", *["kept"] * 7]
    assert await sound(stage)


async def test_what_was_used_is_not_given_back(stage: Stage) -> None:
    kept = await granted(stage, isodow=4)
    visit = await to_book(stage)
    await stage.run("declarant", regular.use, kept[0].id, visit.id)
    stage.clock.move(seconds=(kept[0].during.lower - timedelta(hours=23) - stage.clock.now()).total_seconds())

    await moments(stage.tools, stage.tenant)

    async with stage.work() as work:
        assert (await queries.live_of(work, visit.id))["confirmed"].during.lower == kept[0].during.lower


async def test_ended_the_rest_goes_back_and_a_booked_visit_stays(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    kept = await granted(stage, isodow=4)
    visit = await to_book(stage)
    await stage.run("declarant", regular.use, kept[0].id, visit.id)

    await stage.run("declarant", regular.end, kept[0].regular_id)
    await stage.run("declarant", regular.end, kept[0].regular_id)

    assert [each.state for each in await days(stage, kept[0].regular_id)] == ["used", *["ended"] * 7]
    assert (await stage.visit(visit.id)).state == State.BOOKED
    assert await sound(stage)


async def test_where_nothing_is_free_that_week_is_missed_and_the_others_are_kept(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage, days=60)
    hours = await asked(stage)
    await held(stage, await to_book(stage), stage.clock.now().replace(hour=9, minute=30) + timedelta(days=1))

    await stage.run("chief", regular.grant, hours.id)

    assert [each.state for each in await days(stage, hours.id)][:2] == ["missed", "kept"]


async def test_where_no_week_has_a_place_nothing_is_granted(stage: Stage) -> None:
    await calendars(stage, days=60)
    hours = await asked(stage, isodow=7)

    with pytest.raises(regular.NothingKept):
        await stage.run("chief", regular.grant, hours.id)

    async with stage.work() as work:
        assert (await work.session.get_one(RegularHours, hours.id)).state == "asked"


async def at_two_sites(stage: Stage) -> tuple[RegularHours, Visit]:
    """An hour asked for at nine tomorrow, a Tuesday, and a visit at another site, half an hour away."""
    far = await second_site(stage)
    trips = ({"here": str(stage.site.id), "there": str(far.id), "minutes": 30},)
    await ruled(stage, trips=trips)
    await only(stage, "inspector1", "bay A", "far bay 0")
    await calendars(stage, days=60)
    return await asked(stage), await to_book_at(stage, far.id)


async def test_a_place_is_kept_only_where_its_officer_can_be_in_time(stage: Stage) -> None:
    hours, visit = await at_two_sites(stage)
    await held(stage, visit, tomorrow(stage, 10, 15))

    await stage.run("chief", regular.grant, hours.id)

    assert [each.state for each in await days(stage, hours.id)][:2] == ["missed", "kept"]


async def test_the_road_to_a_kept_place_is_kept_with_it(stage: Stage) -> None:
    hours, visit = await at_two_sites(stage)
    made = await held(stage, visit, tomorrow(stage, 10, 30))

    await stage.run("chief", regular.grant, hours.id)

    kept = (await days(stage, hours.id))[0].appointment_id
    assert kept is not None
    async with stage.work() as work:
        parts = await queries.parts_of(work, [kept, made.id])
    assert sum(part.travel_before + part.travel_after for part in parts if part.role == "officer") == 30
    assert await sound(stage)


async def test_nobody_books_elsewhere_on_the_road_to_a_kept_place(stage: Stage) -> None:
    hours, visit = await at_two_sites(stage)
    await stage.run("chief", regular.grant, hours.id)

    with pytest.raises(rules.SlotTaken):
        await held(stage, visit, tomorrow(stage, 10, 15))
    assert (await held(stage, visit, tomorrow(stage, 10, 30))).status == "held"
    assert await sound(stage)


async def test_an_office_keeps_only_so_many_places_a_day(stage: Stage) -> None:
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = {"regular_per_day": 1}
    first = await granted(stage)
    second = await asked(stage, minute=600)

    with pytest.raises(regular.NothingKept):
        await stage.run("chief", regular.grant, second.id)

    assert [each.state for each in first] == ["kept"] * 8


async def test_a_firm_has_only_so_many_regular_hours_and_the_same_asked_twice_is_one(stage: Stage) -> None:
    first, again = await asked(stage), await asked(stage)
    await asked(stage, minute=600)

    with pytest.raises(regular.RegularFull):
        await asked(stage, minute=660)

    assert first.id == again.id


@pytest.mark.parametrize(
    "wrong", [{"weeks": 9}, {"minute": 541}, {"isodow": 8}, {"minutes": 300}, {"purpose": " "}], ids=str
)
async def test_what_makes_no_sense_is_refused(stage: Stage, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        await asked(stage, **wrong)


async def test_only_a_chief_of_the_office_grants(stage: Stage) -> None:
    hours = await asked(stage)

    for who in ("declarant", "other_declarant", "inspector1"):
        with pytest.raises(NotFound):
            await stage.run(who, regular.grant, hours.id)


async def test_a_visit_elsewhere_or_of_another_kind_does_not_get_it(stage: Stage) -> None:
    await another(stage, "gate", "scanner", site_id=stage.site.id)
    await calendars(stage, days=60)
    hours = await stage.run("declarant", regular.ask, stage.site.id, Level.SCAN, **ASKED)
    await stage.run("chief", regular.grant, hours.id)
    kept, visit = (await days(stage, hours.id))[0], await to_book(stage)

    with pytest.raises(regular.NotThisVisit):
        await stage.run("declarant", regular.use, kept.id, visit.id)


async def test_another_firms_hours_are_not_there(stage: Stage) -> None:
    kept = await granted(stage)

    with pytest.raises(NotFound):
        await stage.run("other_declarant", regular.end, kept[0].regular_id)


async def test_refused_with_a_reason_it_is_over(stage: Stage) -> None:
    hours = await asked(stage)

    with pytest.raises(BadInput):
        await stage.run("chief", regular.refuse, hours.id, reason="")
    await stage.run("chief", regular.refuse, hours.id, reason="Trop peu de trafic")

    with pytest.raises(regular.RegularOver):
        await stage.run("chief", regular.grant, hours.id)
