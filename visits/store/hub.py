"""Tells open screens that something changed: one listening connection a process, ids only.

The notice is part of the transaction that changes the data, so it is heard after the commit or not at all. It
carries ids; the screen reads the data again with its own rights. Whoever may have missed something (the
connection was new, or the reader slow) hears RESYNC and reads everything again.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import asyncpg
from sqlalchemy import TextClause, text

log = logging.getLogger(__name__)

#: In place of an id: something may have been missed.
RESYNC = "resync"
BOARD = "board"
#: Ids waiting for a slow reader; one more, and they become a single RESYNC.
WAITING = 100
#: Seconds between tries to connect again, the last for ever.
PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
#: A line can die without a word; then this query finds out.
CHECK_EVERY = 15.0
#: Seconds the database gets to answer.
PATIENCE = 5.0


def notify_sql(topic: str, id: object, *, channel: str = BOARD) -> TextClause:
    """The statement that tells a topic's subscribers, to be executed in the transaction of the change."""
    payload = json.dumps({"topic": topic, "id": str(id)})
    statement = text("select pg_notify(cast(:channel as text), cast(:payload as text))")
    return statement.bindparams(channel=channel, payload=payload)


class Subscription:
    """The ids of one topic for one reader, each once while it waits; ends when closed or with the hub."""

    def __init__(self, hub: "Hub", topic: str) -> None:
        self._hub, self._topic = hub, topic
        # A dict for its order: an id already waiting need not wait twice.
        self._waiting: dict[str, None] = {}
        self._news = asyncio.Event()
        self._closed = False

    def put(self, id: str) -> None:
        """Let the id wait for the reader; never blocks."""
        if id == RESYNC or len(self._waiting) >= WAITING:
            self._waiting.clear()
            id = RESYNC
        if RESYNC not in self._waiting:
            self._waiting[id] = None
        self._news.set()

    def close(self) -> None:
        """Hear no more."""
        self._closed = True
        self._news.set()
        self._hub.leave(self._topic, self)

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        while not self._waiting:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        first = next(iter(self._waiting))
        del self._waiting[first]
        return first

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Hub:
    """`async with Hub(dsn) as hub`: listens while the block runs, whatever becomes of the database."""

    def __init__(
        self,
        dsn: str,
        *,
        channels: Iterable[str] = (BOARD,),
        check_every: float = CHECK_EVERY,
        patience: float = PATIENCE,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._dsn, self._channels = dsn, tuple(channels)
        self._check_every, self._patience, self._pauses = check_every, patience, pauses
        self._tries = 0
        self._topics: dict[str, set[Subscription]] = {}
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether notices arrive at this moment."""
        return self._connected.is_set()

    async def ready(self) -> None:
        """Return once the hub hears."""
        await self._connected.wait()

    def subscribe(self, topic: str) -> Subscription:
        """Hear a topic from this moment on; subscribe before reading the data, then nothing falls between."""
        subscription = Subscription(self, topic)
        self._topics.setdefault(topic, set()).add(subscription)
        return subscription

    def leave(self, topic: str, subscription: Subscription) -> None:
        """Forget a subscription; it calls this itself when closed."""
        readers = self._topics.get(topic, set())
        readers.discard(subscription)
        if not readers:
            self._topics.pop(topic, None)

    def hang_up(self) -> None:
        """End every subscription: the process stops, and open streams must not hold it up."""
        for subscription in self._readers():
            subscription.close()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="hub")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        self.hang_up()

    async def _run(self) -> None:
        """Connect, listen, and again: a lost connection is expected and costs the readers one RESYNC."""
        while True:
            try:
                await self._listen()
                continue
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
                log.warning("hub-not-connected %s", type(fault).__name__)
            await asyncio.sleep(self._pauses[min(self._tries, len(self._pauses) - 1)])
            self._tries += 1

    async def _listen(self) -> None:
        """Connect and hand on what is heard, until the connection is lost."""
        name = {"application_name": "visits-hub"}
        connection = await asyncpg.connect(self._dsn, timeout=self._patience, server_settings=name)
        try:
            await self._hear_until_lost(connection)
        finally:
            self._connected.clear()
            connection.terminate()

    async def _hear_until_lost(self, connection: Any) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        for channel in self._channels:
            await connection.add_listener(channel, self._hear)
        self._tries = 0
        self._connected.set()
        for subscription in self._readers():
            subscription.put(RESYNC)
        while not lost.is_set():
            try:
                await asyncio.wait_for(lost.wait(), self._check_every)
            except TimeoutError:
                await connection.execute("select 1", timeout=self._patience)

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        notice = json.loads(str(payload))
        for subscription in self._topics.get(notice["topic"], ()):
            subscription.put(notice["id"])

    def _readers(self) -> list[Subscription]:
        return [subscription for readers in self._topics.values() for subscription in readers]
