"""Visits that were made, so that durations can be learnt from them."""

from tests.support.stage import Stage
from tests.support.steps_states import at_state, happen
from visits import events
from visits.journey.states import State
from visits.journey.tables import Visit


async def made(stage: Stage, minutes: float, *, suspended: float = 0) -> Visit:
    """A physical visit under way for so many minutes, perhaps with a suspension in the middle."""
    visit = await at_state(stage, State.RUNNING)
    stage.clock.move(minutes=minutes / 2)
    if suspended:
        await happen(stage, visit, "inspector1", events.VisitSuspended, reason="terminal")
        stage.clock.move(minutes=suspended)
        await happen(stage, visit, "inspector1", events.VisitResumed)
    stage.clock.move(minutes=minutes / 2)
    return await happen(stage, visit, "inspector1", events.VisitEnded)
