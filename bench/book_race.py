"""Races for appointments, run for real: who asks at the same moment gets one place, or a refusal, within a second.

Five kinds of race, through the use case over two pools of twenty connections, and the first kind over HTTP with two
application processes; at the end a known-bad control: plain inserts under the exclusion constraint, without the gate.

Prints one JSON object as its last line: `double_bookings` (live parts of one resource that overlap, or places given
twice), `deadlocks` (as the database itself counted them, also those that were run again and nobody saw), `max_ms` and
`p99_ms` (from the question to the answer, waiting for a connection included), `http_max_ms`, `too_busy` (a lock was not
free in time), `http_errors` (answers over HTTP of 500 and more), and the same by kind.
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
import uvloop
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bench.race_control import control
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
    #: Who got what was asked for.
    won: int = 0
    #: Answers over HTTP that are faults of ours.
    errors: int = 0
    #: Rounds after which the place lies free: given back while everybody asked, for whoever asks next.
    left_free: int = 0
    waits: list[float] = field(default_factory=list)
    #: The longest wait of each round: the first finds caches and connections cold.
    worst: list[float] = field(default_factory=list)

    def close_round(self, asked: int) -> None:
        """A round is over in which so many asked."""
        self.worst.append(round(max(self.waits[-asked:]), 1))

    def figures(self) -> dict[str, float]:
        """For the report."""
        return {
            "double_bookings": self.double_bookings,
            "deadlocks": self.deadlocks,
            "too_busy": self.busy,
            "errors": self.errors,
            "left_free": self.left_free,
            "asked": len(self.waits),
            "won": self.won,
            "max_ms": round(max(self.waits), 1),
            "p99_ms": round(percentile(self.waits, 0.99), 1),
            "p50_ms": round(statistics.median(self.waits), 1),
            "first_round_max_ms": self.worst[0],
            "later_rounds_max_ms": max(self.worst[1:], default=0.0),
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

        answers = await asyncio.gather(*(one(number, *each) for number, each in enumerate(asks)))
        tally.won += len(winners(answers))
        tally.close_round(len(asks))
        return answers

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
            won = len([each for each in winners(answers) if each.during.lower == at])
            tally.left_free += won == 0  # the sweep was first, and everybody else had just been told it is taken
            await self.judge(tally, max(0, won - 1))
            await self.free(answers)
            async with stage.work() as work:
                left = await queries.live_of(work, owner.id)
            await self.free(list(left.values()))
        return tally

    async def move_swap(self) -> Tally:
        """Pairs of booked visits change places with each other, each on two days, all at once. There is room for
        both while they pass, so that nobody has a reason to refuse."""
        tally, stage = Tally(), self.stage
        hours = [
            tomorrow(stage, hour) + timedelta(days=day)
            for day in range(5)
            if _open(stage, day)
            for hour in (8, 9, 10, 11, 13, 14, 15, 16)
        ]
        half = len(hours) // 2
        ways = list(zip(hours[:half], hours[half:], strict=False))
        abreast = -(-self.clients // (2 * len(ways)))
        rooms = [f"{kind} {number}" for kind in ("lane", "officer") for number in range(2 * abreast)]
        for name in rooms:
            lane = {"kind": "bay", "site_id": stage.site.id} if name.startswith("lane") else {"kind": "officer"}
            await another(stage, name, **lane)
        await only(stage, *rooms)
        await calendars(stage)
        seats = [(way, way[end]) for _ in range(abreast) for way in ways for end in (0, 1)][: self.clients]
        seated = [(await booked(stage, visit, at), way) for visit, (way, at) in zip(self.crowd, seats, strict=True)]
        for _ in range(self.rounds):
            asks: list[Ask] = []
            for visit, (first, second) in seated:
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
                told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
                tally.errors += answer.status_code >= 500
                tally.busy += told.get("code") == "too-busy"
                return UUID(told["id"]) if answer.status_code == 201 else None

            for turn in range(self.rounds):
                answers = await asyncio.gather(*(one(number, turn) for number in range(self.clients)))
                tally.close_round(self.clients)
                won = [each for each in answers if each is not None]
                tally.won += len(won)
                await self.judge(tally, abs(len(won) - 1))
                for each in won:
                    await self.stage.run("declarant", cancel, each)
        return tally


def winners(answers: Sequence[Any]) -> list[Appointment]:
    """The appointments among the answers."""
    return [each for each in answers if isinstance(each, Appointment)]


def _open(stage: Stage, day: int) -> bool:
    return (tomorrow(stage, 10) + timedelta(days=day)).isoweekday() <= 5


async def counted_deadlocks(postgres: Embedded) -> int:
    """All deadlocks since the server was made, as it counted them itself: who is told, over HTTP or after another try,
    no longer knows. A connection reports when it ends, so this waits until all have."""
    connection = await asyncpg.connect(postgres.dsn(Embedded.superuser, "postgres"))
    still = "select count(*) from pg_stat_activity, pg_sleep(0.1) where datname = 'visits' and usename = 'visits_app'"
    while await connection.fetchval(still):
        pass
    found: int = await connection.fetchval("select deadlocks from pg_stat_database where datname = 'visits'")
    await connection.close()
    return found


async def bench(clients: int, rounds: int, http_rounds: int, control_rounds: int) -> dict[str, Any]:
    """Everything, on one server."""
    async with arena(apps=2) as there:
        async with there.stage.work() as work:
            office = await office_by_id(work, there.stage.office.id)
            office.policies = {"holds_per_firm": 10_000, "bookings_per_firm": 0}
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
        deadlocks = await counted_deadlocks(there.postgres)
        bad = await control(there.postgres, 50, control_rounds) if control_rounds else {}
    waits = [wait for tally in kinds.values() for wait in tally.waits]
    return {
        "double_bookings": sum(each.double_bookings for each in [*kinds.values(), over_http]),
        "deadlocks": deadlocks,
        "too_busy": sum(each.busy for each in [*kinds.values(), over_http]),
        "max_ms": round(max(waits), 1),
        "p99_ms": round(percentile(waits, 0.99), 1),
        "http_max_ms": over_http.figures()["max_ms"],
        "http_p99_ms": over_http.figures()["p99_ms"],
        "http_errors": over_http.errors,
        "clients": clients,
        "rounds": rounds,
        "kinds": {name: tally.figures() for name, tally in [*kinds.items(), ("http", over_http)]},
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
    parser.add_argument("--control-rounds", type=int, default=1)
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    figures = uvloop.run(bench(given.clients, given.rounds, given.http_rounds, given.control_rounds))
    print(json.dumps(figures))
    return 0 if figures["double_bookings"] == 0 and figures["deadlocks"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
