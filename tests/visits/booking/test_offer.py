"""What is offered, how many places there are, and why the rest is not."""

from datetime import date, timedelta

import pytest

from scheduling import Why, before
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from visits.booking import rules
from visits.booking.offer import Offer, counted, offer
from visits.booking.tables import DayBits
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.sites.tables import Holiday, Site


async def seen(stage: Stage, visit: Visit, who: str = "declarant") -> Offer:
    async with stage.work(who) as work:
        return await offer(work, await case_of(work, visit.id))


async def test_the_first_slot_leaves_two_hours_of_notice(stage: Stage) -> None:
    await calendars(stage)
    found = await seen(stage, await to_book(stage))

    assert found.first is not None
    assert found.first.starts_at == stage.clock.now() + timedelta(hours=2)
    assert len(found.days) == 14


async def test_staff_see_sixty_days_from_now_on(stage: Stage) -> None:
    await calendars(stage, days=60)
    found = await seen(stage, await to_book(stage), "chief")

    assert found.first is not None
    assert found.first.starts_at == stage.clock.now()
    assert found.days[-1].day == date(2027, 1, 21)


async def test_every_booking_takes_one_of_the_places(stage: Stage) -> None:
    await calendars(stage)
    for left in (2, 1, 0):
        await booked(stage, await to_book(stage))
        visit = await to_book(stage)
        found = await seen(stage, visit)
        day = found.day(tomorrow(stage, 10).date())
        assert day is not None
        async with stage.work("declarant") as work:
            [alone] = await counted(work, found, day)
            every = await counted(work, found, *found.days)
        assert alone.places(16) == left
        assert bool(left) == bool(day.mask >> 16 & 1)
        assert [each.mask for each in every] == [each.mask for each in found.days]


async def test_a_full_time_says_that_the_bays_are_taken(stage: Stage) -> None:
    await another(stage, "fourth", "officer")
    await calendars(stage)
    for _ in range(3):
        await booked(stage, await to_book(stage), stage.clock.now() + timedelta(hours=2))

    found = await seen(stage, await to_book(stage))
    told = [(each.reason.why, *found.said(each.reason, each.day)) for each in before(found.days, found.first.starts_at)]  # type: ignore[union-attr]

    assert told == [
        (Why.TOO_SOON, "Il faut réserver au moins %(notice)s à l'avance.", {"notice": timedelta(hours=2)}),
        (Why.TAKEN, "Les %(count)s aires de visite sont prises.", {"count": 3}),
    ]


async def test_what_the_visit_holds_itself_stays_on_offer(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    kept = await held(stage)

    found = await seen(stage, await stage.visit(kept.visit_id))

    day = found.day(kept.day)
    assert day is not None
    assert day.slot(16).free
    assert found.held is not None


async def test_a_holiday_is_told_by_its_name(stage: Stage) -> None:
    async with stage.work() as work:
        work.session.add(Holiday(day=date(2026, 11, 24), name="Fête"))
    await calendars(stage)

    found = await seen(stage, await to_book(stage))

    day = found.day(date(2026, 11, 24))
    assert day is not None
    reason = day.why(16)
    assert reason is not None
    assert found.said(reason, day.day) == ("Jour férié : %(name)s.", {"name": "Fête"})


async def test_a_joint_visit_waits_for_the_agency(stage: Stage) -> None:
    agent = await another(stage, "agent", "agency_officer", agency_id=stage.agency.id)
    await calendars(stage)
    joint = await to_book(stage, level="joint", agencies=["PHYTO"])
    visit = await stage.visit(joint.id)
    async with stage.work() as work:
        row = await work.session.get_one(Visit, visit.id)
        row.level, row.order = "joint", row.order | {"agencies": ["PHYTO"]}
    async with stage.work() as work:
        day_bits = await work.session.get_one(DayBits, (stage.office.id, date(2026, 11, 24), agent.id))
        day_bits.free = 0

    found = await seen(stage, await stage.visit(visit.id))

    day = found.day(date(2026, 11, 24))
    assert day is not None
    reason = day.why(16)
    assert reason is not None
    assert found.said(reason, day.day) == (
        "Aucun agent de l'organisme « %(agency)s » n'est libre.",
        {"agency": "Protection des végétaux"},
    )


@pytest.mark.parametrize(
    ("level", "roles"),
    [("scan", {"officer", "scanner"}), ("video", {"officer"}), ("physical", {"officer", "bay"})],
)
async def test_the_level_decides_what_is_taken(stage: Stage, level: str, roles: set[str]) -> None:
    await another(stage, "scanner", "scanner", site_id=stage.site.id)
    await calendars(stage)
    found = await seen(stage, await to_book(stage, level=level))

    assert {need.role for need in found.asked.needs} == roles
    assert found.first is not None


async def test_an_office_with_several_sites_asks_where_the_goods_are(stage: Stage) -> None:
    visit = await to_book(stage)
    async with stage.work() as work:
        work.session.add(Site(office_id=stage.office.id, code="TC02", name="Terminal 2"))
        (await work.session.get_one(Visit, visit.id)).site_id = None

    with pytest.raises(rules.PlaceFirst):
        await seen(stage, visit)


async def test_the_same_calendars_give_the_same_version(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    first, again = await seen(stage, visit), await seen(stage, visit)
    for _ in range(3):
        await booked(stage, await to_book(stage))

    assert first.version == again.version != (await seen(stage, visit)).version
