"""Plays many stories while the app, the worker and PostgreSQL are killed (kill -9) at random moments.

Prints one JSON object as its last line: `acked_lost` (steps that were acknowledged and are not in the record),
`double_effects` (things that happened twice though they may not), `stuck` (stories that did not end).
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.fleet import Fleet, fleet, ground
from tests.support.played import AGAIN, judge, play, seat, story
from tests.support.story import Story

#: How many stories end between two lines that say how far it is.
TELL_EVERY = 25


async def havoc(there: Fleet, chance: random.Random, killed: Counter[str]) -> None:
    """Kill something every few seconds, and start it again as a supervisor would."""
    while True:
        await asyncio.sleep(chance.uniform(2, 6))
        what = chance.choices(["app", "worker", "postgres", "simulator"], [4, 4, 2, 2])[0]
        killed[what] += 1
        if what == "postgres":
            await there.kill_postgres()
            continue
        part = {"app": there.apps[0], "worker": there.workers[0], "simulator": there.simulator}[what]
        await part.kill()
        await asyncio.sleep(chance.uniform(0, 1))
        await part.start()


async def bench(stories: int, seed: int, together: int, root: Path, *, calm: bool, tell: bool) -> dict[str, object]:
    """The whole run."""
    chance = random.Random(seed)
    killed: Counter[str] = Counter()
    faults: list[str] = []
    async with contextlib.AsyncExitStack() as stack:
        there = await stack.enter_async_context(fleet(root))
        clients = await seat(there, stack)
        told: list[Story] = []
        over = count(1)
        gate = asyncio.Semaphore(together)

        async def one(place: int) -> None:
            async with gate:
                mine = story(clients, place, seed=seed)
                told.append(mine)
                try:
                    await play(mine)
                except Exception as fault:
                    faults.append(f"story {place} after {mine.told}: {type(fault).__name__}: {fault}"[:400])
                    print(faults[-1], flush=True)
                if (done := next(over)) % TELL_EVERY == 0:
                    print(f"{done} of {stories}, {len(faults)} stuck, {time.monotonic() - began:.0f} s", flush=True)

        began = time.monotonic()
        killer = asyncio.create_task(havoc(there, chance, killed)) if not calm else None
        await asyncio.gather(*(one(place) for place in range(stories)))
        if killer is not None:
            killer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killer
        seconds = time.monotonic() - began
        verdict = await judge(there, told)
    for again in AGAIN if tell else []:
        print(again)
    return {
        **verdict,
        "stories": stories,
        "seed": seed,
        "killed": dict(killed),
        "seconds": round(seconds, 1),
    }


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=25)
    parser.add_argument("--seed", type=int, default=None, help="the chance of the kills; printed to run it again")
    parser.add_argument("--together", type=int, default=12, help="stories played beside each other")
    parser.add_argument("--calm", action="store_true", help="kill nothing")
    parser.add_argument("--tell", action="store_true", help="say why steps were begun again")
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    with ground() as folder:
        result = asyncio.run(bench(chosen.stories, seed, chosen.together, folder, calm=chosen.calm, tell=chosen.tell))
    print(json.dumps(result))
    return 0 if result["acked_lost"] == result["double_effects"] == result["stuck"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
