"""Lives many declarations at once: always the next moment of whoever comes next, on a clock that is moved."""

import heapq
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from visits.actor import system
from visits.background.deliver import moments
from visits.clearance.simulator.sample import Sample, draw_sample
from visits.declarations.lane import Colour
from visits.demo import cast
from visits.demo.lives import OPENS, Town, in_hours, live
from visits.demo.port import actor_named
from visits.ids import TenantId
from visits.store.tools import Tools
from visits.store.work import Database

#: Sample declarations of one day are numbered from here, plus the day's place in the year times a hundred.
FIRST_NUMBER = 40_000


class Baton:
    """The clock of the simulated port."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def town_of(tools: Tools, tenant: TenantId, baton: Baton) -> Town:
    """The port with everybody in it, on a moved clock and with the manual link: no message leaves the house."""
    quiet = replace(tools.settings, clearance_url="", clearance_folder="")
    moved = replace(tools, database=Database(tools.database.engine, moved=baton), settings=quiet)
    actors = {"system": system(tenant, "demo")}
    for person in cast.people():
        actors[person.login] = await actor_named(tools.database, tenant, person.login)
    return Town(tools=moved, tenant=tenant, actors=actors, now=baton.now)


async def play(
    town: Town, baton: Baton, *, days: list[date], a_day: int, until: datetime, seed: int, missed: int = 0
) -> int:
    """Let `a_day` declarations arrive on each day and live until `until`; returns how many came. To the appointments of
    the first `missed` nobody comes."""
    chance = random.Random(seed)  # noqa: S311  (a sample port, not a draw)
    waiting: list[tuple[datetime, int, AsyncIterator[datetime]]] = []
    for day in days:
        for place in range(a_day):
            absent = day == days[0] and place < missed
            minutes = chance.uniform(0, 0 if absent else 8 * 60)
            arrives = in_hours(datetime.combine(day, OPENS, UTC) + timedelta(minutes=minutes))
            number = FIRST_NUMBER + day.timetuple().tm_yday * 100 + place
            own = random.Random(f"{seed}/{number}")  # noqa: S311  (a sample port, not a draw)
            waiting.append(
                (
                    arrives,
                    len(waiting),
                    life(town, own, day, number, missed=absent, lane=Colour.RED if absent else None),
                )
            )
    heapq.heapify(waiting)
    came, place = 0, len(waiting)
    while waiting and waiting[0][0] < until:
        at, _, one = heapq.heappop(waiting)
        baton.at = max(baton.at, at)
        await moments(town.tools, town.tenant)
        try:
            again = await anext(one)
        except StopAsyncIteration:
            came += 1
            continue
        place += 1
        heapq.heappush(waiting, (again, place, one))
    for _, _, one in waiting:
        await one.aclose()  # type: ignore[attr-defined]
    return came


def life(
    town: Town,
    chance: random.Random,
    day: date,
    number: int,
    *,
    broker: int | None = None,
    lane: Colour | None = None,
    missed: bool = False,
) -> AsyncIterator[datetime]:
    """One declaration of a sample broker for a sample importer."""
    broker = chance.randrange(len(cast.BROKERS)) if broker is None else broker
    sample = sample_of(chance, day, number, broker)
    chief = chance.choice(("chef1", "chef2"))
    return live(town, chance, sample, f"declarant{broker + 1}", chief, lane, missed=missed)


def sample_of(chance: random.Random, day: date, number: int, broker: int, *, site: str = "") -> Sample:
    """What a declaration of a broker says; its goods are at a site named, or at any."""
    brokers = [firm for firm in cast.FIRMS if not firm[2]]
    importers = [firm for firm in cast.FIRMS if firm[2]]
    return draw_sample(
        chance,
        number=number,
        day=day,
        office=(cast.OFFICE["code"], cast.OFFICE["name"]),
        site=site or chance.choice(cast.SITES).code,
        declarant=brokers[broker][:2],
        consignee=chance.choice(importers)[:2],
    )
