"""How near booking comes to what the database alone could do.

A booking is a hold and its confirmation, two transactions. Bookings are made one after another through the use case,
and over HTTP with one application process; the floor is every statement the use case sent, in order, with its values,
replayed by pgbench (prepared) on a copy of the same database on the same server. The second floor is the two statements
no booking can do without: take the bits, write appointment and parts.

Prints one JSON object as its last line: `usecase_ratio`, `http_ratio` (bookings a second by the floor's) and
`two_statement_ratio` (the use case's by the two statements'); what a booking costs in each, how many statements it
sends, and where the time goes.
"""

import argparse
import asyncio
import json
import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncpg
import uvloop
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import Range

from tests.support.arena import Arena, arena
from tests.support.clock import MONDAY
from tests.support.steps_booking import calendars, to_book, tomorrow
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.binaries import programs, server_account
from visits.store.embedded import Embedded

COPY = "floor"
#: Seven: nobody is given more minutes of visits a day.
HOURS = (8, 9, 10, 11, 13, 14, 15)


@dataclass
class Recorder:
    """Every statement of a pool, with its values; transactions end where they ended."""

    told: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    waited: float = 0.0
    on: bool = False
    _began: float = 0.0

    def watch(self, engine: Any) -> None:
        """Listen to an engine."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "commit", lambda connection: self._end("commit"))
        event.listen(engine, "rollback", lambda connection: self._end("rollback"))

    def _before(self, connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        self._began = time.perf_counter()
        if self.on:
            many = parameters if isinstance(parameters, list) else [parameters]
            self.told += [(statement, tuple(each)) for each in many]

    def _after(self, *rest: Any) -> None:
        self.waited += time.perf_counter() - self._began

    def _end(self, how: str) -> None:
        if self.on:
            self.told.append((how, ()))


def literal(value: Any) -> str:
    """A value as PostgreSQL reads it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return "'" + plain(value).replace("'", "''") + "'"


def plain(value: Any) -> str:
    """A value as the text of its type."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case bytes():
            return f"\\x{value.hex()}"
        case datetime() | date():
            return value.isoformat()
        case Range() | asyncpg.Range():
            return f'["{value.lower.isoformat()}","{value.upper.isoformat()}")'
        case list() | tuple():
            each = [plain(one) for one in value]
            quoted = [
                one if item is None else '"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"'
                for item, one in zip(value, each, strict=True)
            ]
            return "{" + ",".join(quoted) + "}"
        case _:
            return str(value)


def script(told: Sequence[tuple[str, tuple[Any, ...]]]) -> str:
    """What was told, as one script: each statement prepared once, then executed in order."""
    names: dict[str, str] = {}
    lines = []
    begun = False
    for statement, values in told:
        if statement in ("commit", "rollback"):
            if begun:
                lines.append(f"{statement};")
            begun = False
            continue
        if not begun:
            lines.append("begin;")
            begun = True
        name = names.setdefault(statement, f"s{len(names)}")
        lines.append(f"execute {name}({', '.join(map(literal, values))});" if values else f"execute {name};")
    head = [f"prepare {name} as {' '.join(statement.split())};" for statement, name in names.items()]
    return "\n".join([*head, *lines])


async def visits_to_book(there: Arena, count: int) -> list[Visit]:
    """Visits whose declarants choose a time."""
    made: list[Visit] = []
    while len(made) < count:
        made += await asyncio.gather(*(to_book(there.stage) for _ in range(min(20, count - len(made)))))
    return made


def slots(there: Arena, count: int) -> list[datetime]:
    """Starts, each as often as there are bays, in order."""
    found = [
        at
        for day in range(56)
        for hour in HOURS
        for at in [tomorrow(there.stage, hour) + timedelta(days=day)] * 3
        if at.isoweekday() <= 5
    ]
    return found[:count]


def pgbench(there: Arena, database: str, text: str, name: str) -> float:
    """Run a script once; how long it took, in seconds, as pgbench says."""
    file = there.root / f"{name}.sql"
    file.write_text(text, encoding="utf-8")
    program = programs(server_account()) / "pgbench"
    ran = subprocess.run(
        [program, "-n", "-t", "1", "-f", str(file), there.postgres.dsn("visits_app", database)],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode or "processed: 1/1" not in ran.stdout:
        raise RuntimeError(ran.stderr[-2000:] + ran.stdout[-2000:])
    [line] = [each for each in ran.stdout.splitlines() if each.startswith("latency average")]
    return float(line.split("=")[1].split()[0]) / 1e3


async def two_statements(there: Arena, visits: Sequence[UUID]) -> str:
    """The least a booking can be: its bits taken, its appointment and parts written; nothing is asked or told."""
    connection = await asyncpg.connect(there.postgres.dsn(Embedded.superuser, "visits"))
    found = await connection.fetch(
        "select a.*, array_agg(p.resource_id) as resources, array_agg(p.role) as roles from appointment a"
        " join booking_part p on p.appointment_id = a.id where a.visit_id = any($1::uuid[]) group by a.id order by 1",
        list(visits),
    )
    await connection.close()
    lines = [
        "prepare take(uuid, date, uuid[], bigint) as update day_bits set free = free & ~$4, version = version + 1"
        " where office_id = $1 and day = $2 and resource_id = any($3) and free & $4 = $4;",
        "prepare write(uuid, uuid, uuid, date, timestamptz, timestamptz, uuid[], text[]) as with made as (insert into"
        " appointment (id, visit_id, office_id, day, during, status, made_at, version, reason) values ($1, $2, $3, $4,"
        " tstzrange($5, $6), 'confirmed', $5, 1, '') returning id) insert into booking_part (id, appointment_id,"
        " resource_id, role, day, during, live, placeholder)"
        " select uuidv7(), $1, r, n, $4, tstzrange($5, $6), true, true from unnest($7, $8) as part(r, n)"
        " on conflict do nothing;",
        f"set app.tenant = '{there.stage.tenant}';",
    ]
    for row in found:
        opens = row["during"].lower.replace(hour=6, minute=0)
        mask = 0b1111 << int((row["during"].lower - opens) / timedelta(minutes=15))
        first, last, day = row["during"].lower, row["during"].upper, row["day"]
        taken = [row["office_id"], day, row["resources"], mask]
        written = [row["id"], row["visit_id"], row["office_id"], day, first, last, row["resources"], row["roles"]]
        lines += [
            "begin;",
            f"execute take({', '.join(map(literal, taken))});",
            f"execute write({', '.join(map(literal, written))});",
            "commit;",
        ]
    return "\n".join(lines)


async def through_use_case(there: Arena, visits: Sequence[Visit], at: Sequence[datetime], seen: Recorder) -> float:
    """Seconds for all bookings, one after another."""
    began = time.perf_counter()
    for visit, start in zip(visits, at, strict=True):
        kept = await there.stage.run("declarant", hold, visit.id, start)
        await there.stage.run("declarant", confirm, kept.id)
    return time.perf_counter() - began


async def over_http(there: Arena, visits: Sequence[Visit], at: Sequence[datetime], warm: int) -> float:
    """Seconds for all bookings but the first few, one after another from one client."""
    async with there.clients("declarant", 1) as [client]:
        began = time.perf_counter()
        for number, (visit, start) in enumerate(zip(visits, at, strict=True)):
            if number == warm:
                began = time.perf_counter()
            kept = await client.post(
                f"/api/visits/{visit.id}/holds",
                json={"starts_at": start.isoformat()},
                headers={"idempotency-key": f"h{number}"},
            )
            kept.raise_for_status()
            done = await client.post(
                f"/api/holds/{kept.json()['id']}/confirm", headers={"idempotency-key": f"c{number}"}
            )
            done.raise_for_status()
        return time.perf_counter() - began


async def copies(there: Arena) -> None:
    """Two copies of the database as it stands."""
    for pool in there.pools:
        await pool.engine.dispose()
    connection = await asyncpg.connect(there.postgres.dsn(Embedded.superuser, "postgres"))
    for name in (COPY, f"{COPY}2"):
        await connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'visits'")
        await connection.execute(f"create database {name} template visits owner visits_owner")
        await connection.execute(f"alter database {name} set app.now = '{MONDAY.isoformat()}'")
    await connection.close()


async def bench(bookings: int, warm: int) -> dict[str, Any]:
    """Everything, on one server."""
    async with arena(apps=1, pools=1) as there:
        async with there.stage.work() as work:
            office = await office_by_id(work, there.stage.office.id)
            office.policies = {"holds_per_firm": 100_000, "horizon_days": 60}
        await calendars(there.stage, days=60)
        visits = await visits_to_book(there, 2 * (bookings + warm))
        at = slots(there, len(visits))
        mine, others = visits[: bookings + warm], visits[bookings + warm :]
        http = await over_http(there, others, at[bookings + warm :], warm)
        for app in there.apps:
            await app.stop()
        await through_use_case(there, mine[:warm], at[:warm], Recorder())
        await copies(there)
        seen = Recorder()
        seen.watch(there.pools[0].engine.sync_engine)
        await there.stage.run("declarant", office_by_id, there.stage.office.id)
        seen.waited, seen.on = 0.0, True
        cpu = time.process_time()
        usecase = await through_use_case(there, mine[warm:], at[warm : bookings + warm], seen)
        cpu, seen.on = time.process_time() - cpu, False
        floor = pgbench(there, COPY, script(seen.told), "every_statement")
        least = pgbench(there, f"{COPY}2", await two_statements(there, [each.id for each in mine[warm:]]), "two")
    statements = sum(1 for each, _ in seen.told if each not in ("commit", "rollback"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "usecase_ratio": round(floor / usecase, 3),
        "http_ratio": round(floor / http, 3),
        "two_statement_ratio": round(least / usecase, 3),
        "usecase_ms": round(1e3 * usecase / bookings, 2),
        "http_ms": round(1e3 * http / bookings, 2),
        "floor_ms": round(1e3 * floor / bookings, 2),
        "two_statement_ms": round(1e3 * least / bookings, 2),
        "usecase_per_s": round(bookings / usecase, 1),
        "python_cpu_ms": round(1e3 * cpu / bookings, 2),
        "database_wait_ms": round(1e3 * seen.waited / bookings, 2),
        "statements_per_booking": round(statements / bookings, 1),
        "memory_mb": round(memory),
        "bookings": bookings,
    }


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=200)
    parser.add_argument("--warm", type=int, default=20)
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    os.environ.setdefault("PGCONNECT_TIMEOUT", "10")
    print(json.dumps(uvloop.run(bench(given.bookings, given.warm))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
