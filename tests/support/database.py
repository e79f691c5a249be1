"""One server for all test runs, one migrated template, and a fresh clone of it for each worker.

The server is left running, so that the next run attaches to it; `python -m tests.support.database` stops it.
"""

import hashlib
import itertools
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import asyncpg
import psutil

from visits.store import migrate
from visits.store.embedded import Embedded
from visits.store.provision import provision

REPOSITORY = Path(__file__).parents[2]
#: Templates kept: a run that began on an older state of the tree may still clone its own.
KEPT = 4
LOCK = 7_304_118_222
_numbers = itertools.count(1)


@cache
def cluster() -> Embedded:
    """The running test server: VISITS_TEST_DATA, or a folder in /tmp for each user."""
    root = os.environ.get("VISITS_TEST_DATA") or f"/tmp/visits-test-{os.geteuid()}"
    server = Embedded(Path(root), fast=True)
    server.start()
    return server


def dsn(role: str = "visits_app", database: str = "visits") -> str:
    """The address of a test database for one of the roles."""
    return cluster().dsn(role, database)


async def fresh_database() -> str:
    """The name of a new, migrated, empty database: a clone of the template, about 40 ms."""
    name = f"visits_run_{os.getpid()}_{next(_numbers)}"
    async with _locked() as connection:
        template = await _template(connection)
        await connection.execute(f"create database {name} template {template} owner visits_owner")
    return name


async def drop_database(name: str) -> None:
    """Remove a database made by `fresh_database`, whoever is still connected."""
    connection = await _superuser()
    try:
        await connection.execute(f"drop database if exists {name} with (force)")
    finally:
        await connection.close()


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    """A fresh database, dropped at the end."""
    name = await fresh_database()
    try:
        yield name
    finally:
        await drop_database(name)


async def _template(connection: asyncpg.Connection) -> str:
    """The template of this state of the tree, built when it is not there; held under the lock."""
    name = f"visits_template_{_fingerprint()}"
    if await connection.fetchval("select true from pg_database where datname = $1", name):
        return name
    await _sweep(connection)
    draft = "visits_draft"
    await connection.execute(f"drop database if exists {draft} with (force)")
    await provision(dsn(Embedded.superuser, "postgres"), draft)
    await migrate.upgrade(dsn("visits_owner", draft))
    await connection.execute(f"alter database {draft} rename to {name}")
    await connection.execute(f"alter database {name} is_template true allow_connections false")
    return name


async def _sweep(connection: asyncpg.Connection) -> None:
    """Drop old templates, and the databases of runs that died before their end."""
    for name in await _names(connection, "visits_run_%"):
        if not psutil.pid_exists(int(name.split("_")[2])):
            await connection.execute(f"drop database {name} with (force)")
    for name in (await _names(connection, "visits_template_%"))[KEPT - 1 :]:
        await connection.execute(f"alter database {name} is_template false")
        await connection.execute(f"drop database {name}")


async def _names(connection: asyncpg.Connection, pattern: str) -> list[str]:
    """Databases by name, the newest first."""
    rows = await connection.fetch("select datname from pg_database where datname like $1 order by oid desc", pattern)
    return [row["datname"] for row in rows]


def _fingerprint() -> str:
    """Changes with anything that shapes the schema."""
    digest = hashlib.sha256()
    for path in sorted(_shapes()):
        digest.update(str(path.relative_to(REPOSITORY)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _shapes() -> Iterable[Path]:
    yield from (REPOSITORY / "alembic").rglob("*.py")
    yield from (REPOSITORY / "alembic").rglob("*.sql")
    yield from (REPOSITORY / "visits").glob("*/tables.py")
    yield from (REPOSITORY / "visits" / "store" / "jobs_schema").glob("*.sql")
    yield from (REPOSITORY / "visits" / "store" / name for name in ("base.py", "provision.py"))


@asynccontextmanager
async def _locked() -> AsyncIterator[asyncpg.Connection]:
    """One worker builds or clones at a time; a worker that dies frees the lock with its connection."""
    connection = await _superuser()
    try:
        await connection.execute(f"select pg_advisory_lock({LOCK})")
        yield connection
    finally:
        await connection.close()


async def _superuser() -> asyncpg.Connection:
    return await asyncpg.connect(dsn(Embedded.superuser, "postgres"))


if __name__ == "__main__":
    cluster().stop()
