"""A crowd at one freed time: it goes to one, and an answer counts once."""

from collections.abc import Sequence

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import to_book, tomorrow
from tests.support.steps_waitlist import NINE, full_day, gives_back, live, offers
from tests.visits.booking.test_races import Crowd, crowd, pools, winners
from visits.booking.change import cancel
from visits.booking.hold import hold
from visits.booking.waitlist import accept, decline, join
from visits.booking.waitlist_offers import tick

__all__ = ["crowd", "pools"]


@pytest.mark.slow  # a crowd, each with a whole visit
async def test_a_freed_time_under_a_rush_goes_to_one(stage: Stage, crowd: Crowd) -> None:
    early, *waiting = await full_day(stage, 9, 13, 14, 15)
    rivals = [await to_book(stage) for _ in range(6)]
    for each in waiting:
        await stage.run("declarant", join, each.id, NINE)
    kept = await live(stage, early)
    assert kept is not None
    await stage.run("declarant", cancel, kept.id)

    async def react(work: object) -> int:
        return await tick(stage.tools, stage.tenant)

    answers = await crowd.ask(
        [*((hold, (each.id, tomorrow(stage, 9))) for each in rivals), *((react, ()) for _ in range(4))]
    )

    taken = [each for each in winners(answers) if each.during.lower == tomorrow(stage, 9)]
    held = [each for each in waiting if await live(stage, each, "held")]
    assert len(taken) + len(held) == 1
    assert await crowd.sound()


@pytest.mark.slow  # a crowd, each with a whole visit
async def test_accepted_or_expired_never_both(stage: Stage, crowd: Crowd) -> None:
    early, late = await full_day(stage, 9, 14)
    await stage.run("declarant", join, late.id, NINE)
    await gives_back(stage, early)
    kept = await live(stage, late, "held")
    assert kept is not None
    stage.clock.move(minutes=15)

    answers: Sequence[object] = await crowd.ask([(accept, (late.id, kept.id)), (decline, (late.id, kept.id))] * 3)

    status = [state for _, state in await offers(stage)]
    assert status in (["accepted"], ["declined"])
    assert (len(winners(answers)) > 0) == (status == ["accepted"])
    assert await crowd.sound()
