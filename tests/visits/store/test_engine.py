"""The engine: the connection used last is warm, and is used next."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from visits.store.tools import Tools

_PREPARED = text("select name from pg_prepared_statements where statement like '%told%'")


async def _told(engine: AsyncEngine, *, many: int) -> set[str]:
    """The prepared statements of a connection after it ran as many different ones."""
    async with engine.connect() as connection:
        for number in range(many):
            await connection.execute(text(f"select {number} as told"))
        return set(await connection.scalars(_PREPARED))


async def test_one_transaction_after_another_prepares_no_statement_anew(tools: Tools) -> None:
    """Several hundred statements are what the service has, and other connections stand open beside."""
    async with tools.database.engine.connect(), tools.database.engine.connect():
        pass
    first = await _told(tools.database.engine, many=300)

    again = await _told(tools.database.engine, many=300)

    assert len(first) > 300
    assert again == first
