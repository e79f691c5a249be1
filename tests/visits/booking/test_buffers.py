"""Time before and after, and roads between sites, lie inside what is booked: in search, booking, move, draw and law."""

import pytest
from sqlalchemy.dialects.postgresql import Range, insert
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_buffers import BUFFERS, GRID, free, in_order, minutes, parts
from tests.support.steps_policies import ruled
from visits.booking import queries, rules
from visits.booking.buffers import Around, Buffer, Trip, chosen, steps, widest
from visits.booking.change import cancel, move
from visits.booking.hold import hold
from visits.booking.tables import BookingPart
from visits.ids import new_id
from visits.journey.tables import Visit


# -- which rule, how many steps ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("level", "site", "before"),
    [
        pytest.param("scan", "B", 1, id="the office's"),
        pytest.param("physical", "B", 2, id="the level's"),
        pytest.param("scan", "A", 3, id="the site's before the level's"),
        pytest.param("physical", "A", 4, id="both before either"),
    ],
)
def test_the_rule_that_fits_best_is_taken(level: str, site: str, before: int) -> None:
    stored = [
        Buffer(kind="bay", before=4, level="physical", site="A"),
        Buffer(kind="bay", before=3, site="A"),
        Buffer(kind="bay", before=2, level="physical"),
        Buffer(kind="bay", before=1),
        Buffer(kind="scanner", before=9, level="physical", site="A"),
    ]

    found = chosen(stored, kind="bay", level=level, site=site)

    assert found is not None
    assert found.before == before


@pytest.mark.parametrize(("given_", "whole"), [(0, 0), (1, 1), (15, 1), (16, 2), (60, 4)])
def test_minutes_become_whole_steps(given_: int, whole: int) -> None:
    assert steps(GRID, given_) == whole


def test_what_is_stored_reads_the_same_again() -> None:
    buffer, trip = Buffer(kind="bay", before=5, after=9, level="scan", site="A"), Trip(here="A", there="B", minutes=40)

    assert Buffer.of(buffer.as_json()) == buffer
    assert Trip.of(trip.as_json()) == trip
    assert widest(Around(buffers=(buffer.as_json(),), trips=(trip.as_json(),))) == minutes(49)


# -- booking -------------------------------------------------------------------------------------------------
async def test_the_declarant_sees_the_visit_and_the_resources_keep_more(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    kept = await held(stage)

    found = await parts(stage, kept)

    assert (kept.during.lower, kept.during.upper) == (tomorrow(stage, 10), tomorrow(stage, 11))
    assert (found["bay"].during.lower, found["bay"].during.upper) == (tomorrow(stage, 9, 45), tomorrow(stage, 11, 30))
    assert (found["officer"].during.lower, found["officer"].during.upper) == (
        tomorrow(stage, 10),
        tomorrow(stage, 11, 15),
    )
    assert await in_order(stage)


async def test_the_bay_decides_when_it_is_longer_than_the_officer(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    await only(stage, "bay A", "inspector1", "inspector2")
    await held(stage)
    late = await to_book(stage)

    starts = await free(stage, late)

    # Cleared at 11:30, made ready by 11:45; before, the bay must be clear at 9:45.
    assert tomorrow(stage, 11, 30) not in starts
    assert tomorrow(stage, 13) in starts
    assert [at for at in starts if at < tomorrow(stage, 10)] == [tomorrow(stage, 8), tomorrow(stage, 8, 15)]


async def test_every_start_on_offer_can_be_held_and_no_other(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    await only(stage, "bay A", "inspector1")
    await held(stage)
    late = await to_book(stage)
    starts = await free(stage, late)

    for step in range(4 * 24):
        at = tomorrow(stage, 0) + step * minutes(15)
        try:
            kept = await stage.run("declarant", hold, late.id, at)
        except (rules.SlotTaken, rules.SlotClosed):
            assert at not in starts
        else:
            assert at in starts
            await stage.run("declarant", cancel, kept.id)
    assert await in_order(stage)


async def test_time_after_a_visit_lies_within_the_working_day(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    await calendars(stage)
    visit = await to_book(stage)

    # The officer leaves at 17:00 and still has to write.
    assert max(await free(stage, visit)) == tomorrow(stage, 15, 45)


async def test_the_law_itself_keeps_the_time_after(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    kept = await held(stage)
    bay = (await parts(stage, kept))["bay"]

    async with stage.work() as work:
        row = {
            "id": new_id(),
            "appointment_id": kept.id,
            "resource_id": bay.resource_id,
            "role": "bay",
            "day": bay.day,
            "during": Range(kept.during.upper, kept.during.upper + minutes(15)),
            "live": True,
            "placeholder": False,
        }
        added = await work.session.execute(
            insert(BookingPart).values(row).on_conflict_do_nothing().returning(col(BookingPart.id))
        )
        assert added.all() == []


async def test_moving_gives_back_all_that_was_kept(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    await only(stage, "bay A", "inspector1")
    visit = await booked(stage)
    async with stage.work() as work:
        was = (await queries.live_of(work, visit.id))["confirmed"]

    # A quarter later: what is taken overlaps what is given back.
    moved = await stage.run("declarant", move, was.id, tomorrow(stage, 10, 15))

    found = await parts(stage, moved)
    assert found["bay"].during.lower == tomorrow(stage, 10)
    assert await in_order(stage)


async def test_a_hold_that_ran_out_gives_way_to_a_neighbour_whose_buffers_touch_it(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    await only(stage, "bay A", "inspector1")
    await held(stage)
    late = await to_book(stage)
    stage.clock.move(minutes=6)

    kept = await stage.run("declarant", hold, late.id, tomorrow(stage, 9))

    assert kept.status == "held"
    assert await in_order(stage)


async def test_rules_changed_later_leave_what_is_booked(stage: Stage) -> None:
    kept = await held(stage)
    await ruled(stage, buffers=BUFFERS)

    assert (await parts(stage, kept))["bay"].during.upper == tomorrow(stage, 11)
    assert await in_order(stage)
    await stage.run("declarant", cancel, kept.id)
    assert await in_order(stage)


async def test_a_joint_visit_keeps_other_times_for_each(stage: Stage) -> None:
    await ruled(stage, buffers=BUFFERS)
    visit = await to_book(stage)
    await another(stage, "phyto", "agency_officer", agency_id=stage.agency.id)
    async with stage.work() as work:
        row = await work.session.get_one(Visit, visit.id)
        row.level, row.order = "joint", row.order | {"agencies": ["PHYTO"]}
    await calendars(stage)

    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))

    lasts = {role.split(":")[0]: part.during.upper for role, part in (await parts(stage, kept)).items()}
    assert lasts == {
        "officer": tomorrow(stage, 11, 15),
        "bay": tomorrow(stage, 11, 30),
        "agency": tomorrow(stage, 11),
    }
    assert await in_order(stage)
