"""A service killed by kill -9 in the middle of a repair, or of room made, leaves nothing; seen again, it is done."""

import asyncio
import pickle
import sys
from typing import Any
from uuid import UUID

import pytest

from tests.support.stage import Stage
from tests.support.steps_assignment import draws
from tests.support.steps_publication import whose
from tests.support.steps_repair import away_today, look, mended
from tests.visits.assignment.test_displace import appointment, called_urgent, full, room_made, seen
from tests.visits.assignment.test_repair import begins, sound, today
from visits.ids import new_id

#: Another process of the service: it does everything but the commit, says so, and waits to be killed.
PROCESS = """
import asyncio, importlib, pickle, sys
from visits.app import make_tools
from visits.store.engine import make_engine
from visits.store.work import Database

async def main():
    given = pickle.load(sys.stdin.buffer)
    settings, clock = given["settings"], given["clock"]
    tools = make_tools(settings, Database(make_engine(settings.database_url, pool=2), moved=clock))
    module, name = given["use_case"]
    async with tools.database.work(given["actor"]) as work:
        await getattr(importlib.import_module(module), name)(work, tools, *given["words"])
        await work.session.flush()
        print("written", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def killed(stage: Stage, module: str, name: str, *words: Any) -> None:
    """Have another process do it, and kill it before its commit."""
    given = {
        "settings": stage.tools.settings,
        "clock": stage.clock,
        "actor": stage.actor("chief"),
        "use_case": (module, name),
        "words": words,
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(pickle.dumps(given))
    process.stdin.close()
    said = await process.stdout.readline()
    process.kill()
    await process.wait()
    assert said == b"written\n"


@pytest.mark.slow(reason="starts a Python process and kills it in the middle of a repair")
async def test_killed_in_a_repair_nothing_is_half_stored_and_seen_again_it_is_applied(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    gone = await whose(stage, visits[0])
    await away_today(stage, gone)
    run_id: UUID = new_id()
    draft = await look(stage)

    await killed(stage, "visits.assignment.repair_apply", "apply", run_id, draft.seen, "agent malade")

    assert await whose(stage, visits[0]) == gone
    assert [len(await draws(stage, each)) for each in visits] == [1, 1]
    again = await look(stage)
    assert again.seen == draft.seen
    assert (await mended(stage, draft=again, run_id=run_id)).id == run_id
    assert await whose(stage, visits[0]) not in ("", gone)
    assert await sound(stage)


@pytest.mark.slow(reason="starts a Python process and kills it in the middle of a displacement")
async def test_killed_while_room_is_made_nobody_has_moved_and_seen_again_it_is_done(stage: Stage) -> None:
    *_, last = await full(stage)
    at = await begins(stage, last)
    visit, run_id = await called_urgent(stage), new_id()
    draft = await seen(stage, visit)
    assert draft.urgent is not None
    words = (run_id, visit.id, draft.urgent.starts_at, draft.seen, "animaux sans eau")

    await killed(stage, "visits.assignment.displace", "make_room", *words)

    assert (await appointment(stage, visit), await begins(stage, last)) == (None, at)
    again = await seen(stage, visit)
    assert again.seen == draft.seen
    await room_made(stage, visit, again, run_id=run_id)
    assert await appointment(stage, visit) is not None
    assert await sound(stage)
