"""How fast free times are found in a full office, in the database and over HTTP, beside a live oracle.

The office has many inspectors, and years of appointments behind and weeks of them before it. `sql` is the statement
that answers a visit with fourteen days of masks, sent by asyncpg over one connection; `oracle` asks the same without
any bitmap: hours of work minus holidays minus live parts as multiranges, per resource and day; both answers must be
equal. `http` is GET /api/visits/{id}/slots by four clients of two application processes.

Prints one JSON object as its last line: `sql_p50_ms sql_p99_ms http_p50_ms http_p99_ms oracle_p50_ms ratio_to_oracle`,
and beside them the compact answer (`free_*`), answers that differed (`different`), statements a request and memory.
"""

import argparse
import asyncio
import json
import logging
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncpg
import psutil
import uvloop
from sqlalchemy import event

from bench.book_race import percentile
from tests.support.arena import Arena, arena
from tests.support.steps_booking import calendars, to_book
from visits.booking.materialise import AHEAD
from visits.booking.offer import offer
from visits.booking.strain import Strain
from visits.declarations.queries import case_of
from visits.sites.policies import policy
from visits.store.embedded import Embedded

#: Visits begin on these quarter hours of a shift from eight to noon and one to five: four steps each.
LENGTH = 4
SEEN = 14

_PEOPLE = """
insert into resource (id, tenant_id, office_id, kind, name, site_id, skills, grade, active_from)
select uuidv7(), $1, $2, kind, kind || ' ' || n, case kind when 'bay' then $3::uuid end, n % 8, 0, date '2020-01-01'
from (values ('officer', $4::int), ('bay', $5::int)) as many(kind, most) cross join lateral generate_series(1, most) n
"""
_HOURS = """
insert into work_template (id, tenant_id, resource_id, valid, isodow, work)
select uuidv7(), r.tenant_id, r.id, daterange('2020-01-01', null), dow,
    case r.kind when 'officer' then '[[480, 720], [780, 1020]]'::jsonb else '[[420, 1080]]'::jsonb end
from resource r cross join generate_series(1, 5) dow
where r.office_id = $1 and not exists (select from work_template t where t.resource_id = r.id)
"""
#: One officer and one bay for every hour of the past that was worked, newest first, as many as asked for.
_PAST = """
with officers as (select id, row_number() over (order by id) - 1 as n from resource
    where office_id = $2 and kind = 'officer'),
bays as (select id, row_number() over (order by id) - 1 as n, count(*) over () as many from resource
    where office_id = $2 and kind = 'bay'),
days as (select day::date from generate_series($5::date - 2600, $5::date - 1, interval '1 day') day
    where extract(isodow from day) < 6),
made as (select uuidv7() as id, day, hour, o.id as officer, b.id as bay
    from days cross join unnest(array[8, 9, 10, 11, 13, 14, 15, 16]) hour cross join officers o
    join bays b on b.n = o.n % b.many order by day desc limit $6),
kept as (insert into appointment
    (id, tenant_id, visit_id, office_id, site_id, day, during, status, made_at, version, reason)
    select id, $1, $3, $2, $4, day,
        tstzrange(day + make_interval(hours => hour), day + make_interval(hours => hour + 1)), 'done', day, 1, ''
    from made)
insert into booking_part (id, tenant_id, appointment_id, resource_id, role, day, during, live, placeholder)
select uuidv7(), $1, id, resource, role, day,
    tstzrange(day + make_interval(hours => hour), day + make_interval(hours => hour + 1)), false, false
from made cross join lateral (values (officer, 'officer'), (bay, 'bay')) as part(resource, role)
"""
#: What is booked ahead: a share of the free hours, with parts that live and bits that are gone.
_AHEAD = """
with made as (select uuidv7() as id, b.day, b.resource_id, b.kind, step
    from day_bits b cross join unnest(array[8, 12, 16, 20, 28, 32, 36, 40]) step
    where b.office_id = $2 and b.free >> step & 15 = 15 and random() < $5),
kept as (insert into appointment
    (id, tenant_id, visit_id, office_id, site_id, day, during, status, made_at, version, reason)
    select id, $1, $3, $2, $4, day, tstzrange(at, at + interval '1 hour'), 'done', day, 1, '' from made
    cross join lateral (select day + make_interval(mins => 360 + 15 * step) as at) begins),
parts as (insert into booking_part (id, tenant_id, appointment_id, resource_id, role, day, during, live, placeholder)
    select uuidv7(), $1, id, resource_id, kind, day, tstzrange(at, at + interval '1 hour'), true, true from made
    cross join lateral (select day + make_interval(mins => 360 + 15 * step) as at) begins)
update day_bits b set free = b.free & ~taken.mask from
    (select day, resource_id, bit_or(15::bigint << step) as mask from made group by day, resource_id) taken
where b.day = taken.day and b.resource_id = taken.resource_id
"""
_ORACLE = """
with hours as (
    select r.id, r.kind, day::date as day, range_agg(tstzrange(day + make_interval(mins => (w ->> 0)::int),
        day + make_interval(mins => (w ->> 1)::int))) as work
    from resource r join work_template t on t.resource_id = r.id
    join generate_series($3::date, $4::date, interval '1 day') day
        on t.isodow = extract(isodow from day) and t.valid @> day::date
    cross join lateral jsonb_array_elements(t.work) w
    where r.office_id = $1 and (r.kind = 'officer' and r.skills & $5 = $5 or r.kind = 'bay' and r.site_id = $2)
        and r.active_from <= day and (r.active_to is null or r.active_to >= day)
        and not exists (select from holiday h where h.day = day and (h.office_id is null or h.office_id = $1))
    group by r.id, r.kind, day),
busy as (select p.resource_id, p.day, range_agg(p.during) as taken, sum(upper(p.during) - lower(p.during)) as long
    from booking_part p
    where p.live and p.day between $3 and $4 group by p.resource_id, p.day),
free as (select kind, hours.day, work - coalesce(taken, '{}'::tstzmultirange) as free
    from hours left join busy on busy.resource_id = hours.id and busy.day = hours.day
    where kind = 'bay' or coalesce(long, '0') + make_interval(mins => 15 * $6) <= make_interval(mins => $7))
select day, bit_and(mask) as mask from (
    select day, kind, bit_or(1::bigint << step) as mask from free cross join generate_series(0, 62) step
    where free @> tstzrange(day + make_interval(mins => 360 + 15 * step),
        day + make_interval(mins => 360 + 15 * (step + $6)))
    group by day, kind) one_kind
group by day having count(*) = 2
"""


async def fill(there: Arena, inspectors: int, appointments: int, visit: UUID, share: float) -> asyncpg.Connection:
    """The office with its past and its future; foreign keys and row security are not asked, this is a superuser."""
    stage = there.stage
    connection = await asyncpg.connect(there.postgres.dsn(Embedded.superuser, "visits"))
    of = (stage.tenant, stage.office.id)
    await connection.execute(_PEOPLE, *of, stage.site.id, inspectors, max(3, inspectors // 3))
    await connection.execute(_HOURS, stage.office.id)
    await calendars(stage, days=AHEAD)
    today = stage.clock.now().date()
    await connection.execute("set session_replication_role = replica")
    await connection.execute("select setseed(0.5)")
    await connection.execute(_AHEAD, *of, visit, stage.site.id, share)
    ahead = await connection.fetchval("select count(*) from appointment where office_id = $1", stage.office.id)
    await connection.execute(_PAST, *of, visit, stage.site.id, today, max(0, appointments - ahead), timeout=600)
    await connection.execute("set session_replication_role = origin")
    # One statement has moved every day's bits; bookings change a row at a time, and it stays on its page.
    await connection.execute("create index in_order on day_bits (office_id, kind, day)")
    await connection.execute("cluster day_bits using in_order")
    await connection.execute("drop index in_order")
    await connection.execute("vacuum analyze")
    return connection


async def timed(count: int, ask: Callable[[int], Awaitable[Any]]) -> list[float]:
    """Milliseconds of each question, one after another."""
    taken = []
    for number in range(count):
        began = time.perf_counter()
        await ask(number)
        taken.append((time.perf_counter() - began) * 1e3)
    return taken


async def statement_of(there: Arena, visit: UUID) -> tuple[str, tuple[Any, ...], int]:
    """The statement that answers a visit, as the service sends it; and how many a whole search takes."""
    told: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        told.append((statement, parameters))

    engine = there.pools[0].engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    async with there.pools[0].work(there.stage.actor("declarant")) as work:
        await offer(work, await case_of(work, visit))
    event.remove(engine, "before_cursor_execute", note)
    [(statement, parameters)] = [each for each in told if "bit_or" in each[0]]
    return statement, tuple(parameters), len(told)


def masks_of(rows: Sequence[Any]) -> dict[date, int]:
    """By day: the starts at which some resource of every role is free."""
    roles: dict[date, dict[int, int]] = {}
    for row in rows:
        found = roles.setdefault(row["day"], {})
        found[row["place"]] = found.get(row["place"], 0) | row["free"]
    places = {place for each in roles.values() for place in each}
    by_day = {day: reduce(and_, found.values()) for day, found in roles.items() if found.keys() == places}
    return {day: mask for day, mask in by_day.items() if mask}


async def over_http(there: Arena, path: str, clients: int, requests: int) -> list[float]:
    """Milliseconds of each request, by some clients at once."""
    async with there.clients("declarant", clients) as many:

        async def one(client: Any, count: int) -> list[float]:
            async def ask(number: int) -> None:
                (await client.get(path)).raise_for_status()

            await timed(20, ask)
            return await timed(count, ask)

        found = await asyncio.gather(*(one(each, requests // clients) for each in many))
    return [each for some in found for each in some]


async def bench(inspectors: int, appointments: int, requests: int, clients: int, share: float) -> dict[str, Any]:
    """Everything, on one server."""
    async with arena(apps=2, pools=1) as there:
        visit = (await to_book(there.stage)).id
        connection = await fill(there, inspectors, appointments, visit, share)
        stored = await connection.fetchval("select count(*) from appointment")
        statement, parameters, sent = await statement_of(there, visit)
        app = await asyncpg.connect(there.postgres.dsn("visits_app", "visits"))
        await app.execute(f"set app.tenant = '{there.stage.tenant}'; set jit = off")
        asked, oracle = await app.prepare(statement), await app.prepare(_ORACLE)
        first = there.stage.clock.now().date()
        chance = random.Random(1)
        days = [first + timedelta(days=chance.randrange(0, AHEAD - SEEN)) for _ in range(requests)]
        place = [each == first for each in parameters].index(True)

        def bound(day: date) -> list[Any]:
            """The service's own values, for fourteen days from another one."""
            values = list(parameters)
            values[place : place + 2] = [day, day + timedelta(days=SEEN - 1)]
            return values

        def facts(day: date) -> list[Any]:
            return [there.stage.office.id, there.stage.site.id, day, day + timedelta(days=SEEN - 1), 0, LENGTH, most]

        most = policy(there.stage.office, Strain).most_minutes
        different = 0
        for day in days[:20]:
            mine = masks_of(await asked.fetch(*bound(day)))
            theirs = {row["day"]: row["mask"] for row in await oracle.fetch(*facts(day)) if row["mask"]}
            different += mine != theirs
        sql = await timed(requests, lambda number: asked.fetch(*bound(days[number])))
        live = await timed(max(20, requests // 20), lambda number: oracle.fetch(*facts(days[number])))
        await app.close()
        await connection.close()
        http = await over_http(there, f"/api/visits/{visit}/slots", clients, requests)
        free = await over_http(there, f"/api/visits/{visit}/free", clients, requests)
        memory = [psutil.Process(each.process.pid).memory_info().rss for each in there.apps if each.process]
    median = {name: round(percentile(each, 0.5), 3) for name, each in (("sql", sql), ("oracle", live))}
    return {
        "sql_p50_ms": median["sql"],
        "sql_p99_ms": round(percentile(sql, 0.99), 3),
        "http_p50_ms": round(percentile(http, 0.5), 2),
        "http_p99_ms": round(percentile(http, 0.99), 2),
        "oracle_p50_ms": median["oracle"],
        "ratio_to_oracle": round(percentile(live, 0.5) / percentile(sql, 0.5), 1),
        "free_p50_ms": round(percentile(free, 0.5), 2),
        "free_p99_ms": round(percentile(free, 0.99), 2),
        "different": different,
        "statements": sent,
        "memory_mb": round(max(memory) / 2**20),
        "inspectors": inspectors,
        "appointments": stored,
        "clients": clients,
        "requests": requests,
    }


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inspectors", type=int, default=200)
    parser.add_argument("--appointments", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--share", type=float, default=0.7)
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    figures = uvloop.run(bench(given.inspectors, given.appointments, given.requests, given.clients, given.share))
    print(json.dumps(figures))
    return 0 if figures["different"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
