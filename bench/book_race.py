"""Races for appointments, run for real: who asks at the same moment gets one place, or a refusal, within a second.

Five kinds of race, through the use case over two pools of twenty connections, and the first kind over HTTP with two
application processes; at the end a known-bad control: plain inserts under the exclusion constraint, without the gate.

Prints one JSON object as its last line: `double_bookings` (live parts of one resource that overlap, or places given
twice), `deadlocks` (errors of the database's lock manager), `max_ms` and `p99_ms` (from the question to the answer,
waiting for a connection included), `http_max_ms`, and the same by kind.
"""

import argparse
import asyncio
import json
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.arena import Arena, arena
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from visits.booking import queries
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.expire import sweep
from visits.booking.hold import hold
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.errors import Refusal
from visits.journey.tables import Visit
from visits.people.tables import Agency
from visits.sites.queries import office_by_id
from visits.store.embedded import Embedded
from visits.store.work import sqlstate

Ask = tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]

OVERLAPS = text(
    "select count(*) from booking_part a join booking_part b using (resource_id)"
    " where a.id < b.id and a.live and b.live and a.during && b.during"
)


@dataclass
class Tally:
    """What a kind of race showed."""

    double_bookings: int = 0
    deadlocks: int = 0
    busy: int = 0
    waits: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """For the report."""
        return {
            "double_bookings": self.double_bookings,
            "deadlocks": self.deadlocks,
            "too_busy": self.busy,
            "asked": len(self.waits),
            "max_ms": round(max(self.waits), 1),
            "p99_ms": round(percentile(self.waits, 0.99), 1),
            "p50_ms": round(statistics.median(self.waits), 1),
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Races:
    """The five kinds; each prepares its ground once and is run round after round."""

    def __init__(self, there: Arena, clients: int, rounds: int) -> None:
        self.there, self.stage = there, there.stage
        self.clients, self.rounds = clients, rounds
        self.tallies: dict[str, Tally] = {}

    async def ask(self, tally: Tally, asks: Sequence[Ask]) -> list[Any]:
        """All questions at the same moment, in turn over the pools; refusals are answers."""
        declarant = self.stage.actor("declarant")

        async def one(number: int, use_case: Callable[..., Awaitable[Any]], told: tuple[Any, ...]) -> Any:
            pool = self.there.pools[number % len(self.there.pools)]
            began = time.perf_counter()
            try:
                return await pool.run(declarant, use_case, *told)
            except Refusal as refusal:
                tally.busy += refusal.code == "too-busy"
                return refusal
            except DBAPIError as fault:
                tally.deadlocks += sqlstate(fault) == "40P01"
                tally.busy += sqlstate(fault) == "55P03"
                return fault
            finally:
                tally.waits.append((time.perf_counter() - began) * 1e3)

        return await asyncio.gather(*(one(number, *each) for number, each in enumerate(asks)))

    async def judge(self, tally: Tally, places_given_twice: int = 0) -> None:
        """No two live parts overlap, and what is free is what no part takes."""
        async with self.stage.work() as work:
            overlaps = await work.session.scalar(OVERLAPS)
            differences = await reconcile(work, await office_by_id(work, self.stage.office.id))
        tally.double_bookings += int(overlaps or 0) + len(differences) + places_given_twice

    async def visits(self, count: int, **order: Any) -> list[Visit]:
        """Visits whose declarants choose a time."""
        made = []
        for start in range(0, count, 20):
            made += await asyncio.gather(*(to_book(self.stage) for _ in range(min(20, count - start))))
        if order:
            async with self.stage.work() as work:
                for each in made:
                    row = await work.session.get_one(Visit, each.id)
                    row.level, row.order = order.get("level", row.level), row.order | order
        return made

    async def free(self, answers: Sequence[Any]) -> None:
        """Give back what was won."""
        for each in winners(answers):
            if each.status in ("held", "confirmed"):
                await self.stage.run("declarant", cancel, each.id)

    async def same(self) -> Tally:
        """Everybody wants the one slot there is."""
        tally, crowd = Tally(), await self.visits(self.clients)
        await only(self.stage, "bay A", "inspector1")
        await calendars(self.stage)
        for _ in range(self.rounds):
            answers = await self.ask(tally, [(hold, (each.id, tomorrow(self.stage, 10))) for each in crowd])
            await self.judge(tally, abs(len(winners(answers)) - 1))
            await self.free(answers)
        self.crowd = crowd
        return tally

    async def overlapping(self) -> Tally:
        """Half want ten o'clock, half half past: the visits overlap."""
        tally = Tally()
        wishes = [tomorrow(self.stage, 10), tomorrow(self.stage, 10, 30)]
        for _ in range(self.rounds):
            answers = await self.ask(
                tally, [(hold, (each.id, wishes[number % 2])) for number, each in enumerate(self.crowd)]
            )
            await self.judge(tally, abs(len(winners(answers)) - 1))
            await self.free(answers)
        return tally

    async def joint(self) -> Tally:
        """Joint visits of two agencies, named in one order and in the other, and plain ones for the same officer."""
        tally, stage = Tally(), self.stage
        for code in ("PHYTO", "VET"):
            agency = stage.agency.id if code == "PHYTO" else await self._agency(code)
            await another(stage, f"agent {code}", "agency_officer", agency_id=agency)
        await calendars(stage)
        crowd = []
        for share, agencies in enumerate((["PHYTO", "VET"], ["VET", "PHYTO"], ["VET"], ["PHYTO"])):
            count = len(range(share, self.clients, 4))
            crowd += await self.visits(count, level="joint", agencies=agencies)
        for number in range(self.rounds):
            turn = crowd[number % 7 :] + crowd[: number % 7]
            answers = await self.ask(tally, [(hold, (each.id, tomorrow(stage, 10))) for each in turn])
            await self.judge(tally, abs(len(winners(answers)) - 1))
            await self.free(answers)
        return tally

    async def hold_expiry(self) -> Tally:
        """A hold is confirmed by its owner in the very moment it runs out and everybody else wants its place."""
        tally, stage = Tally(), self.stage
        [owner, *others] = self.crowd
        at = tomorrow(stage, 10)

        async def late(work: Any, visit: UUID, starts_at: datetime) -> Any:
            work.now += timedelta(microseconds=1)
            return await hold(work, visit, starts_at)

        async def late_sweep(work: Any) -> int:
            work.now += timedelta(microseconds=1)
            return await sweep(work)

        for number in range(self.rounds):
            kept = await held(stage, owner, at)
            stage.clock.move(minutes=5)
            asks: list[Ask] = [(late, (each.id, at)) for each in others]
            asks.insert(number % 7, (confirm, (kept.id,)))
            asks.insert(number % 5, (late_sweep, ()))
            answers = await self.ask(tally, asks)
            await self.judge(tally, abs(len([each for each in winners(answers) if each.during.lower == at]) - 1))
            await self.free(answers)
            async with stage.work() as work:
                left = await queries.live_of(work, owner.id)
            await self.free(list(left.values()))
        return tally

    async def move_swap(self) -> Tally:
        """Pairs of booked visits change places with each other, all at once."""
        tally, stage = Tally(), self.stage
        await only(stage, "bay A", "bay B", "inspector1", "inspector2")
        await calendars(stage)
        hours = [(day, hour) for day in range(4) for hour in (8, 9, 10, 11, 13, 14, 15, 16)]
        slots = [tomorrow(stage, hour) + timedelta(days=day) for day, hour in hours if _open(stage, day)]
        pairs = list(zip(slots[::2], slots[1::2], strict=False))[: max(1, self.clients // 2)]
        crowd = iter(self.crowd)
        seated = [[await booked(stage, next(crowd), at) for at in pair] for pair in pairs]
        for _ in range(self.rounds):
            asks: list[Ask] = []
            for pair, (first, second) in zip(seated, pairs, strict=True):
                for visit in pair:
                    async with stage.work() as work:
                        now = (await queries.live_of(work, visit.id))["confirmed"]
                    asks.append((move, (now.id, second if now.during.lower == first else first)))
            await self.ask(tally, asks)
            await self.judge(tally)
        return tally

    async def _agency(self, code: str) -> UUID:
        async with self.stage.work() as work:
            agency = Agency(code=code, name=code)
            work.session.add(agency)
            await work.session.flush()
            return agency.id

    async def http(self) -> Tally:
        """Everybody wants the one slot, each from a client of one of two application processes."""
        tally, at = Tally(), tomorrow(self.stage, 10).isoformat()
        async with self.there.clients("declarant", self.clients) as clients:
            await asyncio.gather(*(each.get("/health/live") for each in clients))

            async def one(number: int, turn: int) -> UUID | None:
                began = time.perf_counter()
                answer = await clients[number].post(
                    f"/api/visits/{self.crowd[number].id}/holds",
                    json={"starts_at": at},
                    headers={"idempotency-key": f"{turn}-{number}"},
                )
                tally.waits.append((time.perf_counter() - began) * 1e3)
                told = answer.json()
                if answer.status_code >= 500:
                    tally.deadlocks += 1
                tally.busy += str(told.get("type", "")).endswith("too-busy")
                return UUID(told["id"]) if answer.status_code == 201 else None

            for turn in range(self.rounds):
                answers = await asyncio.gather(*(one(number, turn) for number in range(self.clients)))
                won = [each for each in answers if each is not None]
                await self.judge(tally, abs(len(won) - 1))
                for each in won:
                    await self.stage.run("declarant", cancel, each)
        return tally


def winners(answers: Sequence[Any]) -> list[Appointment]:
    """The appointments among the answers."""
    return [each for each in answers if isinstance(each, Appointment)]


def _open(stage: Stage, day: int) -> bool:
    return (tomorrow(stage, 10) + timedelta(days=day)).isoweekday() <= 5


async def control(postgres: Embedded, clients: int, rounds: int) -> dict[str, float]:
    """Known bad: plain inserts under the exclusion constraint, no gate before it, on a table of their own."""
    pool = await asyncpg.create_pool(postgres.dsn(Embedded.superuser, "visits"), min_size=clients, max_size=clients)
    waits: list[float] = []
    deadlocks = stored = 0
    await pool.execute(
        "create table race_control"
        " (resource int, during tstzrange, exclude using gist (resource with =, during with &&))"
    )

    async def one() -> None:
        nonlocal deadlocks, stored
        began = time.perf_counter()
        try:
            await pool.execute("insert into race_control values (1, tstzrange('2026-01-01 9:00', '2026-01-01 9:45'))")
            stored += 1
        except asyncpg.DeadlockDetectedError:
            deadlocks += 1
        except asyncpg.ExclusionViolationError:
            pass
        waits.append((time.perf_counter() - began) * 1e3)

    for _ in range(rounds):
        await asyncio.gather(*(one() for _ in range(clients)))
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


async def bench(clients: int, rounds: int, http_rounds: int, control_rounds: int) -> dict[str, Any]:
    """Everything, on one server."""
    async with arena(apps=2) as there:
        async with there.stage.work() as work:
            office = await office_by_id(work, there.stage.office.id)
            office.policies = {"holds_per_firm": 10_000}
        races = Races(there, clients, rounds)
        kinds: dict[str, Tally] = {"same": await races.same()}
        _tell("same", kinds)
        races.rounds = http_rounds
        over_http = await races.http()
        print("http", over_http.figures(), flush=True)
        races.rounds = rounds
        for name in ("overlapping", "hold_expiry", "joint", "move_swap"):
            kinds[name] = await getattr(races, name)()
            _tell(name, kinds)
        for each in there.apps:
            await each.stop()
        for pool in there.pools:
            await pool.engine.dispose()
        bad = await control(there.postgres, 50, control_rounds) if control_rounds else {}
    waits = [wait for tally in kinds.values() for wait in tally.waits]
    return {
        "double_bookings": sum(each.double_bookings for each in [*kinds.values(), over_http]),
        "deadlocks": sum(each.deadlocks for each in [*kinds.values(), over_http]),
        "too_busy": sum(each.busy for each in [*kinds.values(), over_http]),
        "max_ms": round(max(waits), 1),
        "p99_ms": round(percentile(waits, 0.99), 1),
        "http_max_ms": over_http.figures()["max_ms"],
        "http_p99_ms": over_http.figures()["p99_ms"],
        "clients": clients,
        "rounds": rounds,
        "kinds": {name: tally.figures() for name, tally in kinds.items()},
        "control": bad,
    }


def _tell(name: str, kinds: dict[str, Tally]) -> None:
    print(name, kinds[name].figures(), flush=True)


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--http-rounds", type=int, default=10)
    parser.add_argument("--control-rounds", type=int, default=3)
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    figures = asyncio.run(bench(given.clients, given.rounds, given.http_rounds, given.control_rounds))
    print(json.dumps(figures))
    return 0 if figures["double_bookings"] == 0 and figures["deadlocks"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
