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
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlmodel import col

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.fleet import KEY, Either, Fleet, fleet
from tests.support.forms import Lost, Visitor
from tests.support.story import Cast, Story, sample_of
from visits.actor import system
from visits.clearance.tables import Outbound
from visits.declarations.tables import Declaration
from visits.demo import cast as sample_cast
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.tables import DomainEvent

#: A step somebody was told is done, and the event that must stand for it.
PROOF = {
    "arrive": "visit_opened",
    "package": "package_submitted",
    "accept": "package_accepted",
    "book": "appointment_confirmed",
    "examine": "visit_ended",
    "write": "report_signed",
    "answer": "declarant_signed",
    "validate": "report_validated",
    "rate": "rated",
}
#: Events a visit may have several of in one story.
OFTEN = frozenset(
    {
        "finding_recorded",
        "evidence_added",
        "party_checked_in",
        "seal_removed",
        "seal_affixed",
        "slot_held",
        "hold_expired",
        "appointment_requested",
        "lane_rerouted",
    }
)
#: Why a step had to be begun again; shown with --tell.
AGAIN: list[str] = []
FIRST = 60_000
PATIENCE = 600


async def play(story: Story) -> None:
    """One story, each step tried again from its page until it is done."""
    steps = [story.arrive, story.package, story.accept]
    steps += [story.book] if story.lane == "red" else []
    for step in steps:
        await insist(step)
    await until(story.find_inspector)
    for step in (story.examine, story.write, story.answer, story.validate):
        await insist(step)
    await until(lambda: released(story))
    await insist(story.rate)


async def insist(step: object, tries: int = 12) -> None:
    """A step that met a cut page is begun again: every step looks first at what is already done."""
    for attempt in range(tries):
        try:
            await step()  # type: ignore[operator]
            return
        except (Lost, StopIteration, IndexError, AttributeError) as fault:
            if attempt == tries - 1:
                raise
            AGAIN.append(f"{getattr(step, '__name__', step)}: {fault}"[:300])
            await asyncio.sleep(0.5)


async def until(there: object) -> None:
    """Wait for what the service does by itself."""
    deadline = time.monotonic() + PATIENCE
    while not await there():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise Lost("waited too long")
        await asyncio.sleep(0.4)


async def released(story: Story) -> bool:
    """May the declarant rate? Then the voucher is there."""
    who = await story.cast.declarant.go(f"/declarant/visits/{story.visit}/rate")
    return bool(who.document.xpath("//input[@type='radio']"))


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


async def judge(there: Fleet, stories: list[Story]) -> dict[str, int]:
    """Compare what was acknowledged with what is stored."""
    lost = double = stuck = 0
    await there.tools.database.engine.dispose()  # its connections may be those of a server that was killed
    async with there.tools.database.work(system(there.tenant)) as work:
        for story in stories:
            visits = (
                await work.session.scalars(
                    select(Visit)
                    .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
                    .where(col(Declaration.number) == str(story.sample.number))
                )
            ).all()
            double += max(0, len(visits) - 1)
            visit = visits[0] if visits else None
            kinds: Counter[str] = Counter()
            if visit is not None:
                kinds = Counter(
                    (
                        await work.session.scalars(
                            select(col(DomainEvent.kind)).where(col(DomainEvent.declaration_id) == visit.declaration_id)
                        )
                    ).all()
                )
            lost += sum(1 for step in set(story.told) if step in PROOF and not kinds[PROOF[step]])
            double += sum(count - 1 for kind, count in kinds.items() if kind not in OFTEN)
            done = visit is not None and visit.state == State.RELEASED and "rate" in story.told
            stuck += 0 if done else 1
        keys = (await work.session.scalars(select(col(Outbound.act)).where(col(Outbound.act).is_not(None)))).all()
        double += len(keys) - len(set(keys))
    return {"acked_lost": lost, "double_effects": double, "stuck": stuck}


async def seat(there: Fleet, stack: contextlib.AsyncExitStack) -> dict[str, httpx.AsyncClient]:
    """Everybody signed in once."""
    clients = {}
    inspectors = [person.login for person in sample_cast.people() if person.login.startswith("verificateur")]
    for login in ("declarant1", "chef1", *inspectors):
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=Either(there.ports),
                base_url="http://127.0.0.1",
                headers={"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "fr"},
                timeout=30,
            )
        )
        await Visitor(client, tries=100, pause=0.1).sign_in(login, sample_cast.PASSWORD)
        clients[login] = client
    clients["clearance"] = await stack.enter_async_context(
        httpx.AsyncClient(
            transport=Either(there.ports),
            base_url="http://127.0.0.1",
            headers={"authorization": f"Bearer {KEY}"},
            timeout=30,
        )
    )
    return clients


async def bench(stories: int, seed: int, together: int, root: Path, *, calm: bool, tell: bool) -> dict[str, object]:
    """The whole run."""
    chance = random.Random(seed)
    killed: Counter[str] = Counter()
    faults: list[str] = []
    async with contextlib.AsyncExitStack() as stack:
        there = await stack.enter_async_context(fleet(root))
        clients = await seat(there, stack)
        day = datetime.now(UTC).date()
        played: list[Story] = []
        gate = asyncio.Semaphore(together)

        def visitor(name: str) -> Visitor:
            return Visitor(clients[name], tries=400, pause=0.1)

        async def one(place: int) -> None:
            async with gate:
                own = random.Random(f"{seed}/{place}")
                story = Story(
                    Cast(
                        clearance=clients["clearance"],
                        declarant=visitor("declarant1"),
                        chief=visitor("chef1"),
                        inspectors=[visitor(name) for name in clients if name.startswith("verificateur")],
                        password=sample_cast.PASSWORD,
                    ),
                    sample_of(FIRST + place, day),
                    lane=own.choice(["red", "yellow"]),
                    choose=own.choice,
                )
                played.append(story)
                try:
                    await play(story)
                except Exception as fault:
                    faults.append(f"story {place} after {story.told}: {type(fault).__name__}: {fault}"[:400])

        began = time.monotonic()
        killer = asyncio.create_task(havoc(there, chance, killed)) if not calm else None
        await asyncio.gather(*(one(place) for place in range(stories)))
        if killer is not None:
            killer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killer
        seconds = time.monotonic() - began
        verdict = await judge(there, played)
    for fault in [*faults, *(AGAIN if tell else [])]:
        print(fault)
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
    parser.add_argument("--together", type=int, default=4, help="stories played beside each other")
    parser.add_argument("--calm", action="store_true", help="kill nothing")
    parser.add_argument("--tell", action="store_true", help="say why steps were begun again")
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="visits-stories-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        result = asyncio.run(
            bench(chosen.stories, seed, chosen.together, Path(folder), calm=chosen.calm, tell=chosen.tell)
        )
    print(json.dumps(result))
    return 0 if result["acked_lost"] == result["double_effects"] == result["stuck"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
