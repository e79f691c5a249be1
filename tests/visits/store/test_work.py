"""The pool of connections."""

import asyncio

import pytest
from sqlalchemy.pool import QueuePool

from visits.store.engine import make_engine
from visits.store.work import Database


async def test_connections_that_did_not_open_take_no_place_in_the_pool() -> None:
    """A server that comes up turns the first away and lets the others wait."""
    came = asyncio.Event()

    async def turned_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if came.is_set():
            await reader.read()
            await reader.read()
        came.set()
        writer.close()

    server = await asyncio.start_server(turned_away, "127.0.0.1", 0)
    engine = make_engine(f"postgresql://nobody@127.0.0.1:{server.sockets[0].getsockname()[1]}/none", pool=3)
    try:
        with pytest.raises(ExceptionGroup):
            await Database(engine).open()

        assert isinstance(engine.pool, QueuePool)
        assert engine.pool.checkedout() == 0
    finally:
        await engine.dispose()
        server.close()
