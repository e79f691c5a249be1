"""Roads between sites are booked with the officer, before and after a visit, in search, booking, draw and law."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from scheduling import Why
from tests.support.stage import Stage
from tests.support.steps_assignment import drawn
from tests.support.steps_booking import calendars, only, tomorrow
from tests.support.steps_buffers import EIGHT, GRID, agree, free, in_order, minutes, parts
from tests.support.steps_policies import ruled, second_site, to_book_at
from visits.assignment.draw import who_could_come
from visits.booking import rules
from visits.booking.buffers import Around, Roads, Stay, Trip
from visits.booking.change import cancel
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.offer import offer
from visits.booking.tables import BookingPart
from visits.declarations.queries import case_of
from visits.journey.tables import Visit


# -- roads ---------------------------------------------------------------------------------------------------
def roads(**between: int) -> Roads:
    return Roads.of(
        Around(
            trips=tuple(Trip(here=name[0], there=name[1], minutes=each).as_json() for name, each in between.items())
        ),
        GRID,
    )


def stay(site: str, begin: float, end: float, *, before: float = 0, after: float = 0) -> Stay:
    return Stay(
        site=site,
        begin=EIGHT + minutes(begin),
        end=EIGHT + minutes(end),
        travel_before=minutes(before),
        travel_after=minutes(after),
    )


def test_no_road_lies_to_where_one_is() -> None:
    known = roads(AB=30)

    assert known.time("A", "A") == minutes(0)
    assert known.time("A", "B") == known.time("B", "A") == minutes(30)
    assert known.beyond(stay("A", 0, 60), "A") is None
    assert known.beyond(stay("A", 0, 60), "C") is None
    assert not roads()


def test_only_what_the_neighbours_have_not_booked_is_driven() -> None:
    known, at = roads(AB=30), (EIGHT + minutes(120), EIGHT + minutes(180))

    assert known.to_drive([stay("A", 0, 60)], "B", *at) == (minutes(30), minutes(0))
    assert known.to_drive([stay("A", 0, 60, after=30)], "B", *at) == (minutes(0), minutes(0))
    assert known.to_drive([stay("B", 0, 60), stay("A", 210, 240)], "B", *at) == (minutes(0), minutes(30))
    assert known.to_drive([stay("A", 210, 240, before=30)], "B", *at) == (minutes(0), minutes(0))


wishes = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 40), st.integers(1, 6)), max_size=12)


@given(wishes, st.integers(0, 90), st.integers(0, 90), st.integers(0, 90))
def test_an_officer_is_never_asked_to_be_at_two_sites(
    asked: list[tuple[str, int, int]], ab: int, bc: int, ac: int
) -> None:
    """Whatever is booked in whatever order: what is stored never overlaps, and every road has its time."""
    known = roads(AB=ab, BC=bc, AC=ac)
    kept: list[Stay] = []
    for site, first, length in asked:
        begin, end = EIGHT + first * GRID.step, EIGHT + (first + length) * GRID.step
        shut = [each for one in kept if (each := known.beyond(one, site)) is not None]
        busy = [(one.begin - one.travel_before, one.end + one.travel_after) for one in kept]
        if any(begin < each.end and each.start < end for each in shut) or any(b < end and begin < e for b, e in busy):
            continue
        before, after = known.to_drive(kept, site, begin, end)
        kept.append(Stay(site=site, begin=begin, end=end, travel_before=before, travel_after=after))

    in_turn = sorted(kept, key=lambda each: each.begin)
    for one, two in pairwise(in_turn):
        assert one.end + one.travel_after <= two.begin - two.travel_before
        assert two.begin - one.end >= known.time(one.site, two.site)


# -- roads between sites -------------------------------------------------------------------------------------
async def two_sites(
    stage: Stage, *, road: int = 30, officers: tuple[str, ...] = ("inspector1",)
) -> tuple[Visit, Visit]:
    """A visit to book at each of two sites, `road` minutes apart."""
    far = await second_site(stage)
    near = stage.site.id
    trips = ({"here": str(near), "there": str(far.id), "minutes": 30},)
    await ruled(stage, trips=trips)
    await only(stage, "bay A", "far bay 0", *officers)
    await calendars(stage)
    return await to_book_at(stage, near), await to_book_at(stage, far.id)


async def test_an_officer_at_another_site_needs_the_road(stage: Stage) -> None:
    here, there = await two_sites(stage)
    await stage.run("declarant", hold, here.id, tomorrow(stage, 10))

    starts = await free(stage, there)

    assert tomorrow(stage, 11, 15) not in starts
    assert tomorrow(stage, 8, 45) not in starts
    assert tomorrow(stage, 8, 30) in starts
    with pytest.raises(rules.SlotTaken):
        await stage.run("declarant", hold, there.id, tomorrow(stage, 9))


async def test_the_road_is_booked_with_the_officer_and_not_with_the_bay(stage: Stage) -> None:
    here, there = await two_sites(stage)
    await stage.run("declarant", hold, here.id, tomorrow(stage, 13))

    kept = await stage.run("declarant", hold, there.id, tomorrow(stage, 14, 30))

    found = await parts(stage, kept)
    assert (found["officer"].during.lower, found["officer"].travel_before) == (tomorrow(stage, 14), 30)
    assert found["bay"].during.lower == kept.during.lower == tomorrow(stage, 14, 30)
    assert await in_order(stage)


async def test_the_road_after_is_booked_with_the_earlier_visit(stage: Stage) -> None:
    here, there = await two_sites(stage)
    await stage.run("declarant", hold, here.id, tomorrow(stage, 14, 30))

    kept = await stage.run("declarant", hold, there.id, tomorrow(stage, 13))

    found = await parts(stage, kept)
    assert (found["officer"].during.upper, found["officer"].travel_after) == (tomorrow(stage, 14, 30), 30)
    assert await in_order(stage)


async def test_a_road_over_lunch_takes_no_working_time(stage: Stage) -> None:
    here, there = await two_sites(stage)
    await stage.run("declarant", hold, here.id, tomorrow(stage, 11))

    kept = await stage.run("declarant", hold, there.id, tomorrow(stage, 13))

    assert (await parts(stage, kept))["officer"].during.lower == tomorrow(stage, 13)
    assert await in_order(stage)
    await stage.run("declarant", cancel, kept.id)
    assert await in_order(stage)


async def test_two_who_book_at_two_sites_at_once_leave_the_officer_time_to_drive(stage: Stage) -> None:
    here, there = await two_sites(stage)

    answers = await asyncio.gather(
        stage.run("declarant", hold, here.id, tomorrow(stage, 10)),
        stage.run("declarant", hold, there.id, tomorrow(stage, 11)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["Appointment", "SlotTaken"]


async def test_the_draw_passes_over_who_is_on_the_road(stage: Stage) -> None:
    here, there = await two_sites(stage, officers=("inspector1", "inspector2"))
    first = await stage.run("declarant", hold, here.id, tomorrow(stage, 10))
    await stage.run("declarant", confirm, first.id)
    second = await stage.run("declarant", hold, there.id, tomorrow(stage, 11))
    await stage.run("declarant", confirm, second.id)
    stage.clock.set(tomorrow(stage, 8))
    done = await drawn(stage, here.id)
    assert done is not None

    async with stage.work() as work:
        field = await who_could_come(work, await case_of(work, there.id))
    other = await drawn(stage, there.id)

    assert field is not None
    assert (done.chosen, "on_the_road") in field.excluded
    assert other is not None
    assert other.chosen != done.chosen
    assert await agree(stage)


async def test_a_drawn_officer_gets_roads_of_his_own(stage: Stage) -> None:
    """Whoever is drawn comes from elsewhere than the placeholder: the range that is stored says so."""
    here, there = await two_sites(stage, officers=("inspector1", "inspector2"))
    for visit, hour, minute in ((here, 13, 0), (there, 14, 30)):
        kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, hour, minute))
        await stage.run("declarant", confirm, kept.id)
    two = tomorrow(stage, 14)
    stage.clock.set(tomorrow(stage, 12, 30))
    first, second = await drawn(stage, here.id), await drawn(stage, there.id)
    assert first is not None
    assert second is not None

    async with stage.work() as work:
        rows = await work.session.scalars(
            select(BookingPart).where(col(BookingPart.live), col(BookingPart.role) == "officer")
        )
        roads_of = {part.resource_id: part.travel_before for part in rows if part.during.lower >= two}

    assert roads_of == {second.chosen: 30 if second.chosen == first.chosen else 0}
    assert await agree(stage)


async def test_the_reason_told_for_a_road_is_that_nobody_is_free(stage: Stage) -> None:
    here, there = await two_sites(stage)
    await stage.run("declarant", hold, here.id, tomorrow(stage, 10))

    async with stage.work("declarant") as work:
        found = await offer(work, await case_of(work, there.id))
        day = found.day(tomorrow(stage, 10).date())
        assert day is not None
        reason = day.why(day.grid.step_of(tomorrow(stage, 11))[1])

    assert reason is not None
    assert (reason.why, reason.role) == (Why.TAKEN, "officer")
