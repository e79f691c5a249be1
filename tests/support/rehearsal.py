"""A world in which any number of stories begin at the same point: each is one transaction, rolled back at its end.

Within a story every use case is what it is anywhere, on the real database, only that its transaction is a savepoint.
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

if sys.platform == "win32":
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from tests.support import database as databases
from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.app import make_tools
from visits.settings import Settings
from visits.store.engine import make_engine
from visits.store.work import Database


class Rehearsed(Database):
    """A database seen through one connection whose transaction somebody else ends."""

    def __init__(self, connection: AsyncConnection, clock: MovedClock) -> None:
        super().__init__(connection.engine, moved=clock)
        self._sessions = async_sessionmaker(
            connection, class_=AsyncSession, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )


class Rehearsal:
    """A stage of its own on a loop of its own; what `prepare` does is there in every story."""

    def __init__(self, name: str, folder: Path, prepare: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
        self._runner = asyncio.Runner(loop_factory=new_event_loop)
        self.clock = MovedClock()
        self._engines = [make_engine(databases.dsn(role, name), pool=2) for role in ("visits_app", "visits_owner")]
        settings = Settings(data=folder, database_url=databases.dsn("visits_app", name))
        self.tools = make_tools(settings, Database(self._engines[0], moved=self.clock))
        self.stage = Stage(self.tools, self._engines[1], self.clock, None)  # type: ignore[arg-type]
        self._runner.run(self._found(prepare))
        gc.freeze()  # the program and its world stay to the end: no story need look through them

    async def _found(self, prepare: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
        await self.stage.found()
        await prepare(self.stage)
        self._morning = self.clock.now()
        self._connection = await self._engines[0].connect()
        self._database = Rehearsed(self._connection, self.clock)

    def begin(self) -> None:
        """A new story; what the one before did is undone."""
        self._runner.run(self._begin())

    async def _begin(self) -> None:
        if self._connection.in_transaction():
            await self._connection.rollback()
        self.clock.set(self._morning)
        await self._connection.begin()
        async with self._database.work(self.stage.actor()):
            pass  # the savepoint leaves the administration set for `look`

    def run(self, who: str, use_case: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        """One use case as somebody; a refusal leaves nothing behind."""
        return self._runner.run(self._database.run(self.stage.actor(who), use_case, *args, **named))  # type: ignore[arg-type]

    def look(self, query: str, *args: Any) -> Any:
        """The one JSON value a statement gives, as directly as can be: asked after every step."""
        return self._runner.run(self._look(query, args))

    async def _look(self, query: str, args: tuple[Any, ...]) -> Any:
        raw = await self._connection.get_raw_connection()
        return msgspec.json.decode(await raw.driver_connection.fetchval(query, *args))  # type: ignore[union-attr]

    def close(self) -> None:
        """Undo the last story and let go of the database."""
        self._runner.run(self._close())
        self._runner.close()
        gc.unfreeze()

    async def _close(self) -> None:
        await self._connection.rollback()
        await self._connection.close()
        for engine in self._engines:
            await engine.dispose()
