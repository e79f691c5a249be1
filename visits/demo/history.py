"""The history of the sample port: made once by the port simulator through the real use cases, loaded in bulk.

`python -m visits.demo.history` makes the archive again (it founds a port in a database of its own).
"""

import asyncio
import json
import lzma
import tempfile
from base64 import b64decode, b64encode
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from visits import schema
from visits.actor import system
from visits.app import make_tools
from visits.background.timetable import run_all_once
from visits.demo import port
from visits.demo.simulate import Baton, play, town_of
from visits.ids import TenantId
from visits.installation import bring_up
from visits.settings import Settings
from visits.store.tools import Tools
from visits.store.work import Work

ARCHIVE = "history.json.xz"
FIRST, LAST = date(2026, 10, 26), date(2026, 11, 13)
A_DAY = 9
SEED = 1

#: Not part of a history: sessions, keys, calendars (written out anew) and seeds of days to come.
LEFT_OUT = frozenset(
    {"tenant", "session", "invitation", "api_key", "token_key", "throttle", "idempotency", "day_bits", "due"}
)

_INSERT = (
    "insert into {table} ({columns}) select {columns} from json_populate_recordset(null::{table}, cast(:rows as json))"
)
_NUMBERS = text("select nextval('visit_number') from generate_series(1, :n)")


def tables() -> list[Table]:
    """The tables of the archive, those referred to first."""
    return [
        table for table in schema.metadata.sorted_tables if table.name not in LEFT_OUT and "tenant_id" in table.columns
    ]


async def load(tools: Tools, owner_dsn: str) -> TenantId:
    """Load the archive into an empty database: the administration, its rows and its files."""
    kept = _read()
    tenant = await port.add_tenant(owner_dsn, TenantId(UUID(kept["tenant"])))
    for content in kept["files"]:
        await tools.blobs.put(b64decode(content))
    rows = kept["rows"]
    # A seed nobody drew with is sealed by a key that is not here, and its day may still come.
    drawn = {row["day"] for row in rows["draw"]}
    rows["draw_seed"] = [row for row in rows["draw_seed"] if row["day"] in drawn]
    async with tools.database.work(system(tenant, "demo")) as work:
        for table in tables():
            await _insert(work, table, rows.get(table.name) or [])
        await work.session.execute(_NUMBERS, {"n": len(kept["rows"]["visit"])})
    return tenant


async def _insert(work: Work, table: Table, rows: list[dict[str, Any]]) -> None:
    """One statement a table; a row that refers to its own table comes after the one it refers to by its id's age.

    A column younger than the archive has its default, one that is gone since is passed over.
    """
    if rows:
        columns = ", ".join(f'"{name}"' for name in rows[0] if name in table.columns)
        await work.session.execute(text(_INSERT.format(table=table.name, columns=columns)), {"rows": json.dumps(rows)})


def _read() -> dict[str, Any]:
    packed = files(__package__ or "visits.demo").joinpath(ARCHIVE).read_bytes()
    kept: dict[str, Any] = json.loads(lzma.decompress(packed))
    return kept


async def dump(connection: AsyncConnection, tools: Tools, tenant: TenantId) -> bytes:
    """The archive of an administration: rows as JSON, files once each."""
    await connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(tenant)})
    rows = {}
    for table in tables():
        found = await connection.execute(
            text(f"select coalesce(json_agg(t), '[]') from {table.name} t")  # noqa: S608
        )
        rows[table.name] = found.scalar_one()
    rows["draw_seed"] = [row for row in rows["draw_seed"] if row["revealed"]]
    digests = {row["blob"] for name in ("document", "evidence") for row in rows[name]}
    contents = [b64encode(await tools.blobs.read(key)).decode() for key in sorted(digests)]
    return lzma.compress(
        json.dumps({"tenant": str(tenant), "rows": rows, "files": contents}, ensure_ascii=False).encode(), preset=9
    )


async def make(folder: Path) -> bytes:
    """Found a port, live three weeks of it, and pack them."""
    there = await bring_up(Settings(data=folder, training=True))
    tools = make_tools(there.settings)
    baton = Baton(datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(hours=6))
    tenant = await port.add_tenant(there.settings.owner_database_url)
    await port.found(tools.database, tenant)
    town = await town_of(tools, tenant, baton)
    await run_all_once(town.tools)
    days = [day for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)) if day.isoweekday() <= 5]
    until = datetime.combine(LAST + timedelta(days=9), datetime.min.time(), UTC)
    done = await play(town, baton, days=days, a_day=A_DAY, until=until, seed=SEED)
    baton.at = until
    await run_all_once(town.tools)
    print(f"{done} declarations lived to their end")
    async with tools.database.engine.connect() as connection:
        packed = await dump(connection, tools, tenant)
    await tools.database.engine.dispose()
    if there.embedded:
        there.embedded.stop()
    return packed


def main() -> None:
    """Write the archive beside this file."""
    with tempfile.TemporaryDirectory(prefix="visits-history-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        packed = asyncio.run(make(Path(folder)))
    path = Path(__file__).with_name(ARCHIVE)
    path.write_bytes(packed)
    print(f"{path.name}: {len(packed):,} bytes")


if __name__ == "__main__":
    main()
