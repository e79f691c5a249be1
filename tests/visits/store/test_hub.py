"""Screens hear of every committed change, or that they must read everything again."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tests.support import database as databases
from visits.store.embedded import Embedded
from visits.store.hub import RESYNC, WAITING, Hub, notify_sql

CHANNEL = f"board_{os.getpid()}"
SOCKET = ".s.PGSQL.5432"


@pytest.fixture
def dsn() -> str:
    return databases.dsn(Embedded.superuser, "postgres")


@pytest.fixture
async def hub(dsn: str) -> AsyncIterator[Hub]:
    async with Hub(dsn, channels=[CHANNEL], pauses=[0.01]) as hub:
        await hub.ready()
        yield hub


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(dsn.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def tell(connection: AsyncConnection, topic: str, *ids: str) -> None:
    for id in ids:
        await connection.execute(notify_sql(topic, id, channel=CHANNEL))
    await connection.commit()


async def test_a_committed_change_is_heard_and_one_rolled_back_is_not(hub, connection):
    with hub.subscribe("office") as ids:
        await connection.execute(notify_sql("office", "undone", channel=CHANNEL))
        await connection.rollback()
        await tell(connection, "office", "done")

        assert await anext(ids) == "done"


async def test_only_the_own_topic_is_heard(hub, connection):
    with hub.subscribe("office") as ids:
        await tell(connection, "another office", "theirs")
        await tell(connection, "office", "ours")

        assert await anext(ids) == "ours"


async def test_after_the_server_dropped_the_line_readers_resync_and_hear_again(hub, connection):
    with hub.subscribe("office") as ids:
        await connection.exec_driver_sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            f" where application_name = 'visits-hub' and query like '%{CHANNEL}%'"
        )

        assert await anext(ids) == RESYNC
        await tell(connection, "office", "after")
        assert await anext(ids) == "after"


async def test_a_reader_too_slow_is_told_once_to_read_everything(hub, connection):
    with hub.subscribe("office") as slow, hub.subscribe("last") as last:
        await tell(connection, "office", *(f"id {n}" for n in range(WAITING + 1)))
        await tell(connection, "last", "end")
        await anext(last)

        assert await anext(slow) == RESYNC
        await tell(connection, "office", "later")
        assert await anext(slow) == "later"


async def test_an_id_waits_once(hub, connection):
    with hub.subscribe("office") as ids, hub.subscribe("last") as last:
        await tell(connection, "office", "a", "b")
        await tell(connection, "office", "a")
        await tell(connection, "last", "end")
        await anext(last)

        assert [await anext(ids), await anext(ids)] == ["a", "b"]
        await tell(connection, "office", "c")
        assert await anext(ids) == "c"


async def test_readers_end_with_the_hub(dsn):
    async with Hub(dsn, channels=[CHANNEL]) as hub:
        await hub.ready()
        ids = hub.subscribe("office")

    assert [id async for id in ids] == []
    assert not hub.connected


class Line:
    """A wire to the server. It can go dead without a word; whoever connects again gets a living one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.deaths = 0

    async def open(self) -> asyncio.Server:
        return await asyncio.start_unix_server(self._connect, self.folder / SOCKET)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        born = self.deaths
        answers, server = await asyncio.open_unix_connection(databases.cluster().socket_folder / SOCKET)
        await asyncio.gather(self._carry(reader, server, born), self._carry(answers, writer, born))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, born: int) -> None:
        while data := await source.read(65536):
            if self.deaths == born:
                target.write(data)
        target.close()


async def test_a_line_that_died_without_a_word_is_found_out(tmp_path, dsn):
    line = Line(tmp_path)
    dsn = f"postgresql://{Embedded.superuser}@/postgres?host={tmp_path}&port=5432"

    async with await line.open(), Hub(dsn, check_every=0.01, patience=0.2, pauses=[0.01]) as hub:
        await hub.ready()
        with hub.subscribe("office") as ids:
            line.deaths += 1

            assert await anext(ids) == RESYNC


async def test_the_hub_waits_for_a_database_that_is_not_there_yet(tmp_path):
    dsn = f"postgresql://{Embedded.superuser}@/postgres?host={tmp_path}&port=5432"

    async with Hub(dsn, pauses=[0.01]) as hub:
        with hub.subscribe("office") as ids:
            assert not hub.connected
            async with await Line(tmp_path).open():
                assert await anext(ids) == RESYNC
