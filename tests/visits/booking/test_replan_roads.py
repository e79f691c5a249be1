"""A plan made anew for two sites leaves, and books, the road its officers need between them."""

import pytest

from scheduling import Outcome
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, tomorrow
from tests.support.steps_policies import ruled, second_site, to_book_at
from tests.support.steps_replan import applied, away, look, officer_of
from tests.support.steps_waitlist import live, sound
from visits.booking import queries
from visits.booking.tables import BookingPart
from visits.journey.tables import Visit


async def far_apart(stage: Stage, first: tuple[int, int], second: tuple[int, int]) -> list[Visit]:
    """Two sites half an hour apart, two officers; a visit at each, and the second officer takes both over."""
    far = await second_site(stage)
    trips = ({"here": str(stage.site.id), "there": str(far.id), "minutes": 30},)
    await ruled(stage, trips=trips)
    await only(stage, "bay A", "far bay 0", "inspector1")
    await calendars(stage)
    visits = [await to_book_at(stage, site) for site in (stage.site.id, far.id)]
    for visit, (hour, minute) in zip(visits, (first, second), strict=True):
        await booked(stage, visit, tomorrow(stage, hour, minute))
    await only(stage, "bay A", "far bay 0", "inspector1", "inspector2")
    await calendars(stage)
    return visits


async def officers_part(stage: Stage, visit: Visit) -> BookingPart:
    kept = await live(stage, visit)
    assert kept is not None
    async with stage.work() as work:
        return next(part for part in await queries.parts_of(work, [kept.id]) if part.role == "officer")


@pytest.mark.parametrize("order", [0, 1], ids=["from here to there", "from there to here"])
async def test_the_road_between_two_kept_times_is_booked_with_the_new_officer(stage: Stage, order: int) -> None:
    hours = [(13, 0), (14, 30)]
    visits = await far_apart(stage, hours[order], hours[1 - order])
    await away(stage, "inspector1")

    assert (await look(stage)).count(Outcome.KEEPS) == 2
    await applied(stage)

    parts = [await officers_part(stage, each) for each in visits]
    assert {await officer_of(stage, each) for each in visits} == {"inspector2"}
    assert sum(part.travel_before + part.travel_after for part in parts) == 30
    assert await sound(stage)


async def test_two_who_move_into_one_afternoon_fit_with_the_road_between_them(stage: Stage) -> None:
    visits = await far_apart(stage, (9, 0), (10, 30))
    await away(stage, "inspector1")
    await away(stage, "inspector2", last=12)

    await applied(stage)

    parts = sorted([await officers_part(stage, each) for each in visits], key=lambda each: each.during.lower)
    assert [(part.during.lower, part.during.upper) for part in parts] == [
        (tomorrow(stage, 13), tomorrow(stage, 14)),
        (tomorrow(stage, 14), tomorrow(stage, 15, 30)),
    ]
    assert (await look(stage)).lines == ()
    assert await sound(stage)
