"""Two applications and two workers on one database: the same story while one of each is killed."""

import contextlib

import pytest

from tests.support.fleet import fleet, ground
from tests.support.played import insist, judge, released, seat, story, until


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_the_story_passes_while_one_application_and_one_worker_are_killed() -> None:
    """Slow: six real processes."""
    async with contextlib.AsyncExitStack() as stack:
        root = stack.enter_context(ground())
        there = await stack.enter_async_context(fleet(root, apps=2, workers=2))
        clients = await seat(there, stack)
        mine = story(clients, 1, seed=1, lane="red")

        for step in (mine.arrive, mine.package):
            await insist(step)
        await there.apps[0].kill()
        for step in (mine.accept, mine.book):
            await insist(step)
        await there.workers[0].kill()
        await until(mine.find_inspector)
        for step in (mine.examine, mine.write, mine.answer, mine.validate):
            await insist(step)
        await there.apps[0].start()
        await until(lambda: released(mine))
        await insist(mine.rate)

        assert await judge(there, [mine]) == {"acked_lost": 0, "double_effects": 0, "stuck": 0}
