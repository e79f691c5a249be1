"""Stories played against a fleet of real processes, and what the record says of them afterwards."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import select
from sqlmodel import col

from tests.support.fleet import KEY, Either, Fleet
from tests.support.forms import Lost, Visitor
from tests.support.story import Cast, Story, sample_of
from visits.actor import system
from visits.clearance.tables import Outbound
from visits.clock import SystemClock
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


async def insist(step: Callable[[], Awaitable[Any]], tries: int = 12) -> None:
    """A step that met a cut page is begun again: every step looks first at what is already done."""
    for attempt in range(tries):
        try:
            await step()
            return
        except (Lost, StopIteration, IndexError, AttributeError) as fault:
            if attempt == tries - 1:
                raise
            AGAIN.append(f"{getattr(step, '__name__', step)}: {fault}"[:300])
            await asyncio.sleep(0.5)


async def until(there: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what the service does by itself, also where nothing answers for a while."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(Lost):
            if await there():
                return
        await asyncio.sleep(0.4)
    raise Lost("waited too long")


async def released(story: Story) -> bool:
    """May the declarant rate? Then the voucher is there."""
    who = await story.cast.declarant.go(f"/declarant/visits/{story.visit}/rate")
    return bool(who.document.xpath("//input[@type='radio']")) or not who.path.endswith("/rate")


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


def story(clients: dict[str, httpx.AsyncClient], place: int, *, seed: int, lane: str = "") -> Story:
    """The story with this place in the row; its chance follows from the seed."""

    def visitor(name: str) -> Visitor:
        return Visitor(clients[name], tries=400, pause=0.1)

    own = random.Random(f"{seed}/{place}")
    return Story(
        Cast(
            clearance=clients["clearance"],
            declarant=visitor("declarant1"),
            chief=visitor("chef1"),
            inspectors=[visitor(name) for name in clients if name.startswith("verificateur")],
            password=sample_cast.PASSWORD,
        ),
        sample_of(FIRST + place, SystemClock().now().date()),
        lane=lane or own.choice(["red", "yellow"]),
        choose=own.choice,
    )
