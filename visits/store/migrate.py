"""Finds and runs the migrations, from a checkout or from the wheel, one migrator at a time."""

from importlib.resources import files
from pathlib import Path

import asyncpg
from sqlalchemy import Connection, text

from visits.store.engine import make_engine

#: pg_advisory_lock key under which one migrator works and the next one waits.
LOCK = 0x76697369


def scripts() -> Path:
    """The folder of migration scripts: inside the installed package, else beside the checkout."""
    packaged = Path(str(files("visits.store"))) / "alembic"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "alembic"


def head() -> str:
    """The newest revision, by file name: the line of revisions is numbered and single."""
    return max(path.stem for path in (scripts() / "versions").glob("[0-9]*.py"))


async def current(dsn: str) -> str | None:
    """The revision a database stands at, or None if it never saw a migration."""
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("select to_regclass('public.alembic_version')") is None:
            return None
        return str(await connection.fetchval("select version_num from alembic_version"))
    finally:
        await connection.close()


async def upgrade(dsn: str) -> bool:
    """Bring the database to the newest revision as its owner; say whether anything was done.

    Two migrators never work at once: the second waits for the lock and then finds nothing to do.
    """
    if await current(dsn) == head():
        return False
    engine = make_engine(dsn, pool=1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
            await connection.execute(text("set lock_timeout = '5s'"))
            await connection.commit()
            await connection.run_sync(_run)
            await connection.commit()
            await connection.execute(text("select pg_advisory_unlock(:key)"), {"key": LOCK})
            await connection.commit()
    finally:
        await engine.dispose()
    return True


def _run(connection: Connection) -> None:
    # Imported here: Alembic costs a second, and a start that needs no migration must not pay it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts()))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
