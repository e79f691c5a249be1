"""A list costs the same number of statements for one case as for many."""

from datetime import timedelta

import pytest

from tests.support.stage import Stage
from tests.support.statements import counted
from tests.support.steps_states import at_state, booked
from visits.journey.states import State

PAGES = {
    "/declarant": "declarant",
    "/declarant/done": "declarant",
    "/search?q=exemple": "chief",
    "/chief": "chief",
    "/supervisor/board": "supervisor",
}


async def cases(stage: Stage) -> None:
    """One case of each kind that the lists show."""
    for state in (State.PACKAGE, State.CHECKING, State.SIGNED, State.RELEASED):
        await at_state(stage, state, minutes=0)
    await booked(stage, await at_state(stage, State.TO_BOOK, minutes=0), stage.clock.now() + timedelta(minutes=60))


@pytest.mark.parametrize(("path", "who"), PAGES.items(), ids=PAGES)
async def test_more_cases_do_not_cost_more_statements(stage: Stage, path: str, who: str) -> None:
    costs = []
    async with stage.browser(who) as browser:
        for _ in range(2):
            await cases(stage)
            await browser.get(path)
            with counted(stage.tools.database.engine) as seen:
                assert (await browser.get(path)).status_code == 200
            costs.append(len(seen))

    assert costs[0] == costs[1] <= 24


async def test_the_track_page_costs_the_same_at_any_age(stage: Stage) -> None:
    costs = []
    for state in (State.PACKAGE, State.RELEASED):
        visit = await at_state(stage, state, minutes=0)
        async with stage.browser("declarant") as browser:
            await browser.get("/declarant")
            with counted(stage.tools.database.engine) as seen:
                await browser.get(f"/declarant/declarations/{visit.declaration_id}")
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 16
