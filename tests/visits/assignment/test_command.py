"""What an operator asks of the draws: the promises of the coming days, and a day published by hand."""

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, tomorrow
from tests.support.steps_publication import booked_at, next_day
from tests.support.steps_witness import appointed, brought
from tests.visits.assignment.test_witness import eve
from visits.assignment import seeds
from visits.assignment.command import promises, publish_day
from visits.assignment.witness import WitnessAwaited
from visits.errors import NotFound


async def test_the_promises_of_the_coming_days_are_listed_and_nothing_secret(stage: Stage) -> None:
    await stage.run("system", seeds.commit_seeds, stage.tools)
    await appointed(stage)

    listed = await stage.run("system", promises, office="CIAB1", days=3)

    assert [(each["day"], each["witness"], each["brought"]) for each in listed] == [
        ("2026-11-23", None, False),
        ("2026-11-24", None, False),
        ("2026-11-25", "Chambre de commerce", False),
    ]
    assert set(listed[0]) == {"office", "day", "commitment", "committed_at", "witness", "brought"}


async def test_a_day_is_published_by_hand_once(stage: Stage) -> None:
    await calendars(stage)
    await booked_at(stage, tomorrow(stage, 9))

    first = await stage.run("system", publish_day, stage.tools, office="CIAB1", day=next_day(stage))
    again = await stage.run("system", publish_day, stage.tools, office="CIAB1", day=next_day(stage))

    assert (first["published"], first["routes"]) == (True, 1)
    assert again == {"office": "CIAB1", "day": next_day(stage).isoformat(), "published": False}


async def test_by_hand_too_the_witness_comes_first(stage: Stage) -> None:
    witness, _ = await eve(stage)

    with pytest.raises(WitnessAwaited):
        await stage.run("system", publish_day, stage.tools, office="CIAB1", day=next_day(stage))
    await brought(stage, witness, next_day(stage))

    assert (await stage.run("system", publish_day, stage.tools, office="CIAB1", day=next_day(stage)))["published"]


async def test_an_office_that_is_not_there_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.run("system", promises, office="NOWHERE", days=1)
    with pytest.raises(NotFound):
        await stage.run("system", publish_day, stage.tools, office="NOWHERE", day=next_day(stage))
