"""A stage on a server of its own, its time standing still, with web applications in front when asked: for benches."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
from litestar import Litestar

from tests.support.caller import Caller
from tests.support.clock import MONDAY, MovedClock
from tests.support.fleet import Part, free_port, ground, ready
from tests.support.stage import Stage
from visits.app import make_tools
from visits.installation import bring_up
from visits.settings import Settings
from visits.store.embedded import Embedded
from visits.store.engine import make_engine
from visits.store.work import Database


@dataclass
class Arena:
    """A stage, pools of connections to its database as application processes have them, and applications."""

    root: Path
    stage: Stage
    postgres: Embedded
    pools: list[Database]
    apps: list[Part] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def clients(self, name: str, count: int) -> AsyncIterator[list[Caller]]:
        """Signed-in clients of the applications, in turn over them, each with a connection of its own."""
        headers = {
            "host": self.stage.host,
            "sec-fetch-site": "same-origin",
            "cookie": f"visits-session={await self.stage.token(name)}",
        }
        async with contextlib.AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(Caller(self.ports[number % len(self.ports)], headers))
                for number in range(count)
            ]


@contextlib.asynccontextmanager
async def arena(*, apps: int = 0, pools: int = 2) -> AsyncIterator[Arena]:
    """Bring up PostgreSQL as an installation has it (every commit is safe on the disk), found a stage, start apps."""
    with ground() as root:
        up = await bring_up(Settings(data=root))
        assert up.embedded is not None
        clock = MovedClock()
        connection = await asyncpg.connect(up.embedded.dsn(Embedded.superuser, "postgres"))
        await connection.execute(f"alter database visits set app.now = '{MONDAY.isoformat()}'")
        await connection.close()
        owner = make_engine(up.settings.owner_database_url, pool=2)
        engines = [make_engine(up.settings.database_url, pool=20) for _ in range(pools)]
        databases = [Database(engine, moved=clock) for engine in engines]
        for database in databases:
            await database.open()  # as an application does when it starts
        stage = await Stage(make_tools(up.settings, databases[0]), owner, clock, Litestar([])).found()
        made = Arena(root, stage, up.embedded, databases)
        try:
            for _ in range(apps):
                port = free_port()
                environment = os.environ | {"DATABASE_URL": up.settings.database_url, "VISITS_DATA": str(root)}
                part = Part(f"app {port}", ["serve", "--port", str(port)], environment, root / "apps.log")
                await part.start()
                made.apps.append(part)
                made.ports.append(port)
            async with httpx.AsyncClient(trust_env=False) as client:
                for port in made.ports:
                    await ready(client, port)
            yield made
        finally:
            for part in made.apps:
                await part.stop()
            for engine in [owner, *engines]:
                await engine.dispose()
            up.embedded.stop()
