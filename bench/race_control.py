"""Known bad: what a race for one slot does to plain inserts, beside bench/book_race.py.

Everybody takes the bay and the officer of the slot in one transaction, half of them in one order and half in the other,
as it comes. The constraint lets nothing be given twice, but whoever loses waits for whoever waits for the loser.
"""

import asyncio
import time

import asyncpg

from visits.store.embedded import Embedded

_PLAIN = "insert into race_control values ($1, tstzrange('2026-01-01 9:00', '2026-01-01 9:45'))"


async def control(postgres: Embedded, clients: int, rounds: int) -> dict[str, float]:
    """Plain inserts under the exclusion constraint, no gate before it, on a table of their own."""
    pool = await asyncpg.create_pool(postgres.dsn(Embedded.superuser, "visits"), min_size=clients, max_size=clients)
    waits: list[float] = []
    deadlocks = stored = 0
    await pool.execute(
        "create table race_control"
        " (resource int, during tstzrange, exclude using gist (resource with =, during with &&))"
    )

    async def one(number: int) -> None:
        nonlocal deadlocks, stored
        began = time.perf_counter()
        try:
            async with pool.acquire() as connection, connection.transaction():
                for resource in (number % 2, 1 - number % 2):
                    await connection.execute(
                        "insert into race_control values ($1, tstzrange('2026-01-01 9:00', '2026-01-01 9:45'))",
                        resource,
                    )
            stored += 1
        except asyncpg.DeadlockDetectedError:
            deadlocks += 1
        except asyncpg.ExclusionViolationError:
            pass
        waits.append((time.perf_counter() - began) * 1e3)

    for _ in range(rounds):
        await asyncio.gather(*(one(number) for number in range(clients)))
        await pool.execute("truncate race_control")
    await pool.execute("drop table race_control")
    await pool.close()
    return {
        "clients": clients,
        "rounds": rounds,
        "stored": stored,
        "deadlocks": deadlocks,
        "max_ms": round(max(waits), 1),
    }
