"""Work: one transaction of one actor. It reads the time once, keeps events and audit, and writes them last."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.pool import QueuePool

from visits.actor import Actor
from visits.clock import Clock
from visits.events import Event
from visits.store.journal import AuditNote, write_journal

P = ParamSpec("P")
T = TypeVar("T")

#: SQLSTATEs after which the whole use case is run again: serialization failure and deadlock.
AGAIN = frozenset({"40001", "40P01"})
ATTEMPTS = 3

_BEGIN = text(
    "select set_config('app.tenant', :tenant, true), set_config('lock_timeout', '5s', true),"
    " coalesce(cast(:moved as timestamptz), nullif(current_setting('app.now', true), '')::timestamptz, now())"
)

_HURRY = text("select set_config('lock_timeout', '800ms', true)")


class Work:
    """One transaction: `session`, `now`, `actor`, `emit`, `audit`. Whoever made it commits it."""

    def __init__(self, session: AsyncSession, now: datetime, actor: Actor) -> None:
        self.session = session
        self.now = now
        self.actor = actor
        self._events: list[Event] = []
        self._notes: list[AuditNote] = []

    def emit(self, event: Event) -> None:
        """Record that something happened; stored with the data, handled after the commit, at least once."""
        self._events.append(event)

    def audit(self, action: str, subject: UUID | str = "", *, office: UUID | None = None, **facts: Any) -> None:
        """Record who did or saw what; its digest goes into the office's evidence chain."""
        self._notes.append(AuditNote(action=action, subject=str(subject), office=office, body=facts))


class Database:
    """Opens Work. `moved` replaces the database's clock in tests and in the port simulator."""

    def __init__(self, engine: AsyncEngine, *, moved: Clock | None = None) -> None:
        self.engine = engine
        self.moved = moved
        self._sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)

    async def open(self) -> None:
        """Open every connection of the pool now: the first rush of a morning shall not wait for them.

        If one fails the others are given up and the group of faults is raised; the pool is none the worse for it.
        """
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as opening:
            for _ in range(pool.size()):
                opening.create_task(stack.enter_async_context(self.engine.connect()))

    @asynccontextmanager
    async def work(self, actor: Actor) -> AsyncIterator[Work]:
        """One transaction as `actor`: committed at the end, rolled back by any exception."""
        async with self._sessions() as session:
            now = await self._begin(session, actor)
            work = Work(session, now, actor)
            try:
                yield work
                await session.flush()
                await write_journal(session, actor, work.now, work._events, work._notes)
                await session.commit()
            except BaseException:
                await session.rollback()
                raise

    async def _begin(self, session: AsyncSession, actor: Actor) -> datetime:
        """Begin as the actor; a connection that died in the pool is replaced, nothing was done on it yet."""
        told = {"tenant": str(actor.tenant), "moved": self.moved.now() if self.moved else None}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                row = (await session.execute(_BEGIN, told)).one()
            except DBAPIError as fault:
                await session.rollback()
                if attempt == ATTEMPTS or not fault.connection_invalidated:
                    raise
                continue
            began: datetime = row[2]
            return began
        raise AssertionError("unreachable")

    async def run(
        self,
        actor: Actor,
        use_case: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **named: P.kwargs,
    ) -> T:
        """Run a use case in its own transaction; on a deadlock or serialization failure the whole of it again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.work(actor) as work:
                    return await use_case(work, *args, **named)
            except DBAPIError as fault:
                if attempt == ATTEMPTS or sqlstate(fault) not in AGAIN:
                    raise
        raise AssertionError("unreachable")


async def hurry(work: Work) -> None:
    """From here on this transaction waits for no row longer than 800 ms (else 5 s): many ask for one thing at once."""
    if not work.session.info.get("hurried"):
        await work.session.execute(_HURRY)
        work.session.info["hurried"] = True


def sqlstate(fault: DBAPIError) -> str | None:
    """The five-character code PostgreSQL gave, or None."""
    return getattr(fault.orig, "sqlstate", None)
