"""The declarant learns the name late: at the check-in, or as long before as the office says."""

from datetime import timedelta

from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, at_desk, policy, starts
from tests.support.steps_states import happen
from visits import events
from visits.assignment.replace import replace


async def test_by_default_the_draw_does_not_reveal_the_name(stage: Stage) -> None:
    assert (await assigned(stage)).revealed_at is None
    assert (await at_desk(stage)).revealed_at is None


async def test_an_office_may_reveal_it_some_minutes_before(stage: Stage) -> None:
    await policy(stage, reveal_minutes=30)

    visit = await assigned(stage)

    assert visit.revealed_at == await starts(stage, visit) - timedelta(minutes=30)


async def test_the_name_of_a_replacement_is_hidden_again(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        (await work.session.get_one(type(visit), visit.id)).revealed_at = stage.clock.now()

    await stage.run("system", replace, stage.tools, visit.id, "ill")

    assert (await stage.visit(visit.id)).revealed_at is None


async def test_a_declarant_who_is_there_already_learns_the_replacement_at_once(stage: Stage) -> None:
    visit = await assigned(stage)
    await happen(stage, visit, "declarant", events.PartyCheckedIn, party="declarant")

    await stage.run("system", replace, stage.tools, visit.id, "absent")

    assert (await stage.visit(visit.id)).revealed_at == stage.clock.now()
