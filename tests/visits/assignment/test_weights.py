"""Whoever is short of his fair share is drawn more often; being new or away is no debt."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, draws
from tests.support.steps_booking import calendars
from tests.support.steps_policies import ruled
from visits.assignment import record, seeds
from visits.assignment.tables import Draw
from visits.booking.tables import DayBits


async def worked(stage: Stage, days: dict[str, int]) -> None:
    """Days the officers were on duty lately: a calendar day is copied back."""
    async with stage.work() as work:
        for name, many in days.items():
            model = await work.session.scalar(
                select(DayBits).where(col(DayBits.resource_id) == stage.resources[name].id, col(DayBits.work) > 0)
            )
            assert model is not None
            for ago in range(1, many + 1):
                day = stage.clock.now().date() - timedelta(days=ago)
                work.session.add(DayBits(**model.model_dump(exclude={"day", "tenant_id"}), day=day))


async def test_being_new_is_no_debt_and_the_record_keeps_why(stage: Stage) -> None:
    await stage.run("system", seeds.commit_seeds, stage.tools)
    await ruled(stage, cool_off_most=4)  # whoever has drawn two by chance is a candidate still
    await calendars(stage)
    await worked(stage, {"inspector1": 20, "inspector2": 20})
    for _ in range(4):
        visit = await assigned(stage)
    draw: Draw = (await draws(stage, visit))[-1]

    by = {each["resource"]: each for each in draw.candidates}
    new = by[str(stage.resources["inspector3"].id)]
    old = by[str(stage.resources["inspector1"].id)]

    assert old["on_duty"] - new["on_duty"] >= 20 * 4
    assert new["weight"] <= old["weight"] or new["visits"] < old["visits"]
    stage.clock.move(days=2)
    await stage.run("system", seeds.reveal_seeds, stage.tools)
    assert await stage.run("system", record.findings, stage.office, draw.day) == []
