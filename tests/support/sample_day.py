"""The day on which the sample port is looked at: after its history, with what is shown that day."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support import database as databases
from visits.app import make_tools
from visits.demo.history import load
from visits.demo.lives import Town
from visits.demo.promise import promise
from visits.demo.showcase import Showcase
from visits.demo.simulate import Baton, play, town_of
from visits.settings import Settings

#: A Wednesday at ten, after the three weeks of the history.
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
YESTERDAY = NOW.date() - timedelta(days=1)


@asynccontextmanager
async def sample_day(data: Path, *, a_day: int = 0) -> AsyncIterator[Town]:
    """The sample port on that day, in a database of its own; so many declarations came in that day and the one before,
    and are on their way."""
    async with databases.database() as name:
        settings = Settings(data=data, database_url=databases.dsn("visits_app", name))
        tools = make_tools(settings)
        tenant = await load(tools, databases.dsn("visits_owner", name))
        baton = Baton(NOW)
        there = await town_of(tools, tenant, baton)
        await promise(there, baton, [YESTERDAY, NOW.date()])
        await play(there, baton, days=[YESTERDAY, NOW.date()], a_day=a_day, until=NOW, seed=1)
        baton.at = NOW
        await Showcase(there, 1).show()
        yield there
        await tools.database.engine.dispose()
