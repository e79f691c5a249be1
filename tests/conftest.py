"""The few fixtures every test may ask for: clock, tools, app, stage."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support import database as databases
from tests.support.clock import MONDAY, MovedClock
from tests.support.stage import Stage
from visits.app import make_app, make_tools
from visits.settings import Settings
from visits.store.engine import make_engine
from visits.store.tools import Tools
from visits.store.work import Database

pytest_plugins = ["tests.support.run"]

_CLOCK = MovedClock()


@pytest.fixture
def clock() -> Iterator[MovedClock]:
    """Time stands at Monday 08:00 in Abidjan until the test moves it."""
    _CLOCK.set(MONDAY)
    return _CLOCK


@pytest.fixture(scope="session")
async def database_name() -> AsyncIterator[str]:
    """A migrated, empty database for this run."""
    async with databases.database() as name:
        yield name


@pytest.fixture(scope="session")
async def tools(database_name: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tools]:
    """Tools over the run's database, as visits_app, with the moved clock."""
    settings = Settings(data=tmp_path_factory.mktemp("data"), database_url=databases.dsn("visits_app", database_name))
    engine = make_engine(settings.database_url, pool=20)
    yield make_tools(settings, Database(engine, moved=_CLOCK))
    await engine.dispose()


@pytest.fixture(scope="session")
async def owner(database_name: str) -> AsyncIterator[AsyncEngine]:
    """The run's database as its owner: only to add administrations."""
    engine = make_engine(databases.dsn("visits_owner", database_name), pool=2)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def app(tools: Tools) -> AsyncIterator[Litestar]:
    """The web application, running."""
    made = make_app(tools)
    up, stop = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with made.lifespan():
            up.set()
            await stop.wait()

    # The lifespan must end in the task that began it; a fixture's two halves are two tasks.
    task = asyncio.create_task(run())
    await up.wait()
    yield made
    stop.set()
    await task


@pytest.fixture
async def alone(clock: MovedClock, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose administration is the only one of its database: for what goes over an installation."""
    async with databases.database() as name:
        engines = [make_engine(databases.dsn(role, name), pool=5) for role in ("visits_app", "visits_owner")]
        settings = Settings(data=tmp_path / "alone", database_url=databases.dsn("visits_app", name))
        tools = make_tools(settings, Database(engines[0], moved=clock))
        yield await Stage(tools, engines[1], clock, make_app(tools)).found()
        for engine in engines:
            await engine.dispose()


@pytest.fixture
async def stage(tools: Tools, owner: AsyncEngine, clock: MovedClock, app: Litestar) -> Stage:
    """A fresh administration; see tests/support/stage.py."""
    return await Stage(tools, owner, clock, app).found()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of sample data named by VISITS_SHARED; tests that need it are skipped by name without."""
    named = os.environ.get("VISITS_SHARED")
    if not named:
        pytest.skip("VISITS_SHARED is not set")
    return Path(named)
