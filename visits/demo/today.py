"""The day of the demo: declarations that came in since yesterday, each as far as it would be by now."""

import random
from datetime import UTC, date, datetime, timedelta

from visits.clock import SystemClock
from visits.declarations.lane import Colour
from visits.demo.lives import Town
from visits.demo.promise import promise
from visits.demo.showcase import Showcase
from visits.demo.simulate import FIRST_NUMBER, Baton, life, play, town_of
from visits.ids import TenantId
from visits.store.tools import Tools

A_DAY = 10
#: Declarations of the first broker that wait for its clerk: how many steps of their life are over.
WAITING = {"documents": 2, "appointment": 4}


def played() -> list[date]:
    """The last working day, and today or the working day before it."""
    today = SystemClock().now().astimezone(UTC).date()
    return [day for day in (today - timedelta(days=back) for back in range(4, -1, -1)) if day.isoweekday() <= 5][-2:]


async def promise_today(tools: Tools, tenant: TenantId) -> None:
    """What was promised before these days."""
    baton = Baton(SystemClock().now())
    await promise(await town_of(tools, tenant, baton), baton, played())


async def play_today(tools: Tools, tenant: TenantId, *, seed: int) -> None:
    """Live the last working day and today until now, so that every screen has something to show."""
    now, days = SystemClock().now(), played()
    baton = Baton(datetime.combine(days[0], datetime.min.time(), UTC))
    town = await town_of(tools, tenant, baton)
    await play(town, baton, days=days, a_day=A_DAY, until=now, seed=seed, missed=1)
    baton.at = now
    await _waiting(town, seed)
    await Showcase(town, seed).show()


async def _waiting(town: Town, seed: int) -> None:
    """Something for the first declarant to do at once: a package to complete, a time to choose."""
    day = town.now().date()
    for place, steps in enumerate(WAITING.values()):
        number = FIRST_NUMBER + day.timetuple().tm_yday * 100 + A_DAY + place
        chance = random.Random(f"{seed}/{number}")  # noqa: S311  (a sample port, not a draw)
        one = life(town, chance, day, number, broker=0, lane=Colour.RED)
        for _ in range(steps):
            await anext(one)
        await one.aclose()  # type: ignore[attr-defined]
