"""Visits at a firm's own premises: only where a chief granted it, near enough, and with the road booked."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_fieldwork import ended, ready, started
from tests.support.steps_premises import asked, at_home, decided, granted
from visits.booking import premises, premises_rows, queries, rules
from visits.booking.change import settle_place
from visits.booking.groups import NotOneGroup, Pattern, book
from visits.booking.premises_tables import Premises
from visits.booking.reconcile import reconcile
from visits.booking.tables import BookingPart
from visits.errors import BadInput, NotFound
from visits.fieldwork.follow import order_counter_visit
from visits.ids import new_id
from visits.notices.contacts import BadPhone
from visits.sites.queries import office_by_id


async def parts(stage: Stage, visit_id: UUID) -> list[BookingPart]:
    async with stage.work() as work:
        live = await queries.live_of(work, visit_id)
        return list(await queries.parts_of(work, [each.id for each in live.values()]))


async def test_the_officer_is_booked_with_the_road_and_no_bay_is_taken(stage: Stage) -> None:
    await calendars(stage)
    home, visit = await granted(stage), await to_book(stage)
    await stage.run("declarant", premises.choose, visit.id, home.id)

    kept = await booked(stage, await stage.visit(visit.id), tomorrow(stage, 10))

    (officer,) = await parts(stage, kept.id)
    assert officer.role == "officer"
    assert (officer.during.lower, officer.during.upper) == (tomorrow(stage, 9, 30), tomorrow(stage, 11, 30))
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_an_officer_on_the_road_is_not_offered_to_others(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    home, visit, other = await granted(stage), await to_book(stage), await to_book(stage)
    await stage.run("declarant", premises.choose, visit.id, home.id)
    await held(stage, await stage.visit(visit.id), tomorrow(stage, 10))

    with pytest.raises(rules.SlotTaken):
        await held(stage, other, tomorrow(stage, 8, 45))

    assert (await held(stage, other, tomorrow(stage, 8, 30))).status == "held"


async def test_the_day_begins_with_the_road(stage: Stage) -> None:
    await calendars(stage)
    home, visit = await granted(stage), await to_book(stage)
    await stage.run("declarant", premises.choose, visit.id, home.id)

    with pytest.raises(rules.SlotClosed):
        await held(stage, await stage.visit(visit.id), tomorrow(stage, 8))


async def test_back_to_the_terminal_with_its_bay(stage: Stage) -> None:
    await calendars(stage)
    home, visit = await granted(stage), await to_book(stage)
    await stage.run("declarant", premises.choose, visit.id, home.id)

    for _ in range(2):
        await stage.run("declarant", premises.leave, visit.id)
    await booked(stage, await stage.visit(visit.id))

    assert {part.role for part in await parts(stage, visit.id)} == {"officer", "bay"}


async def test_not_while_a_time_is_held_elsewhere(stage: Stage) -> None:
    home = await granted(stage)
    kept = await held(stage)

    with pytest.raises(premises.NotHere):
        await stage.run("declarant", premises.choose, kept.visit_id, home.id)


async def test_only_premises_that_were_granted(stage: Stage) -> None:
    home, visit = await asked(stage), await to_book(stage)

    with pytest.raises(premises.NotHere):
        await stage.run("declarant", premises.choose, visit.id, home.id)
    await decided(stage, home.id, "refused", reason="Pas de quai")
    with pytest.raises(premises.NotHere):
        await stage.run("declarant", premises.choose, visit.id, home.id)


async def test_another_firms_premises_are_not_there(stage: Stage) -> None:
    home = await granted(stage)

    with pytest.raises(NotFound):
        await stage.run("other_declarant", premises.choose, (await to_book(stage)).id, home.id)
    with pytest.raises(NotFound):
        await stage.run("declarant", premises.decide, home.id, "granted", kilometres=1, minutes=1)


async def test_beyond_the_offices_distance_nothing_is_asked_granted_or_chosen(stage: Stage) -> None:
    home, visit = await granted(stage), await to_book(stage)

    with pytest.raises(premises.NotSoFar):
        await asked(stage, called="Trop loin", kilometres=31)
    with pytest.raises(premises.NotSoFar):
        await decided(stage, home.id, "granted", kilometres=31)
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = {"home_kilometres": 0}
    with pytest.raises(premises.NotSoFar):
        await stage.run("declarant", premises.choose, visit.id, home.id)


async def test_the_same_asked_twice_is_one_and_nonsense_is_refused(stage: Stage) -> None:
    first, again = await asked(stage), await asked(stage)

    assert first.id == again.id
    for wrong in ({"called": " "}, {"minutes": 241}, {"kilometres": -1}):
        with pytest.raises(BadInput):
            await asked(stage, **wrong)


async def test_a_refusal_needs_a_reason(stage: Stage) -> None:
    with pytest.raises(BadInput):
        await decided(stage, (await asked(stage)).id, "refused")


async def test_the_chiefs_time_on_the_road_counts(stage: Stage) -> None:
    await calendars(stage)
    home, visit = await asked(stage, minutes=5), await to_book(stage)
    await decided(stage, home.id, "granted", minutes=45)
    await stage.run("declarant", premises.choose, visit.id, home.id)

    await held(stage, await stage.visit(visit.id), tomorrow(stage, 10))

    (officer,) = await parts(stage, visit.id)
    assert tomorrow(stage, 10) - officer.during.lower == timedelta(minutes=45)


async def test_the_firm_says_who_opens_and_nobody_grants_it(stage: Stage) -> None:
    home = await granted(stage)

    await stage.run("declarant", premises.met_by, home.id, contact="M. Essai", phone="00225 07 00 00 00 18")

    async with stage.work() as work:
        kept = await work.session.get_one(Premises, home.id)
    assert (kept.contact, kept.phone, kept.state) == ("M. Essai", "+2250700000018", "granted")


async def test_who_opens_is_said_by_the_firm_alone_and_can_be_called(stage: Stage) -> None:
    home = await granted(stage)

    for who in ("other_declarant", "chief"):
        with pytest.raises(NotFound):
            await stage.run(who, premises.met_by, home.id, contact="X", phone="+2250700000018")
    with pytest.raises(BadPhone):
        await stage.run("declarant", premises.met_by, home.id, contact="M. Essai", phone="12")


async def test_saying_a_site_does_not_take_a_visit_from_its_premises(stage: Stage) -> None:
    visit = await at_home(stage)

    await stage.run("declarant", settle_place, visit.id, stage.site.id)

    assert (await stage.visit(visit.id)).site_id is None


async def test_visits_at_two_premises_are_no_group(stage: Stage) -> None:
    here, there = await at_home(stage), await to_book(stage)
    await stage.run("declarant", premises.choose, there.id, (await granted(stage, called="Usine")).id)

    with pytest.raises(NotOneGroup):
        await stage.run("declarant", book, [here.id, there.id], tomorrow(stage, 10), pattern=Pattern.IN_TURN)


async def test_premises_of_one_name_are_still_two_places_to_book_together(stage: Stage) -> None:
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(3)]
    first = await granted(stage)
    await stage.run("declarant", premises.choose, visits[0].id, first.id)
    await decided(stage, first.id, "ended", reason="Déménagé")
    second = await granted(stage)
    for visit in visits[1:]:
        await stage.run("declarant", premises.choose, visit.id, second.id)

    async with stage.browser("declarant") as client:
        page = await client.get("/declarant/groups")

    assert [str(each.id) in page.text for each in visits] == [False, True, True]


async def test_a_counter_visit_is_made_where_the_first_was(stage: Stage) -> None:
    first = await ended(stage, await started(stage, await ready(stage, await at_home(stage))))

    second = await stage.run("chief", order_counter_visit, first.id, id=new_id(), reason="écart contesté")

    async with stage.work() as work:
        here, there = [await premises_rows.home_of(work, each.id) for each in (first, second)]
    assert here == there is not None


async def test_a_counter_visit_asks_where_if_nobody_may_go_there_any_more(stage: Stage) -> None:
    first = await ended(stage, await started(stage, await ready(stage, await at_home(stage))))
    async with stage.work() as work:
        home = await premises_rows.home_of(work, first.id)
    assert home is not None
    await decided(stage, home.id, "ended", reason="Déménagé")

    second = await stage.run("chief", order_counter_visit, first.id, id=new_id(), reason="écart contesté")

    async with stage.work() as work:
        assert await premises_rows.home_of(work, second.id) is None
