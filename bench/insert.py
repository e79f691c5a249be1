"""How fast one visit is put into a published office-day of many visits and inspectors.

`single` and `joint` are `scheduling.Timelines.insert` with the day in memory: an officer alone, and an officer, a bay
and two agencies at once; one answer in fifty is judged by the independent checker. `usecase` is
`visits.assignment.insert` as a chief calls it, with the database: the day is read, the start found, held and confirmed;
the visit is given back before the next one. `publish_s` is what the publication of that day took. `*_cpu_p99_ms` leaves
out what other processes on the machine took meanwhile. `displace` is `scheduling.ways` on that day for an urgent visit
which one inspector in ten may take, so that others have to give way: the starts of four hours, the least harm first.

Prints one JSON object as its last line: `single_p99_ms joint_p99_ms usecase_p99_ms`, and more.
"""

import argparse
import asyncio
import gc
import json
import random
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncpg

from bench.book_race import percentile
from scheduling import (
    Blocked,
    Giving,
    Insertion,
    Need,
    OfficeDay,
    Option,
    Plan,
    PlanVisit,
    Rest,
    Seat,
    Timelines,
    faults,
    ways,
)
from tests.support.arena import arena
from tests.support.stage import Stage
from tests.support.steps_booking import another, calendars, to_book, tomorrow
from tests.support.steps_publication import next_day
from visits.assignment.insert import insert
from visits.assignment.publish import publish
from visits.booking.change import cancel
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.rules import SlotTaken
from visits.people.tables import Person
from visits.sites.queries import office_by_id
from visits.sites.tables import Resource
from visits.store.embedded import Embedded

SITES = ("T1", "T2", "T3", "T4")
STARTS = (480, 510, 540, 570, 600, 630, 660, 780, 810, 840, 870, 900, 930, 960)
BAY = Need(role="bay", kind="bay")
AGENCIES = tuple(Need(role=f"agency:{code}", kind="agency_officer", agency=code) for code in ("PHYTO", "VET"))


def a_day(chance: random.Random, visits: int, inspectors: int) -> OfficeDay:
    """A day of single and joint visits at four sites; a third of the inspectors work through with a rest."""
    officers = [
        Seat(
            id=f"s{number:03}",
            skills=chance.choice([0, 1, 3, 7]),
            shift=((480, 720), (780, 1020)) if number % 3 else ((480, 960),),
            rest=None if number % 3 else Rest(minutes=30, earliest=600, latest=870),
        )
        for number in range(inspectors)
    ]
    bays = [Seat(id=f"b{number:03}", kind="bay", site=SITES[number % 4], shift=((360, 1200),)) for number in range(80)]
    guests = [
        Seat(id=f"a{number:03}", kind=need.kind, agency=need.agency, shift=((480, 1020),))
        for number, need in enumerate(AGENCIES * 10)
    ]
    wanted = []
    for number in range(visits):
        start = chance.choice(STARTS)
        joint = AGENCIES[number % 2 :] if number % 8 == 0 else ()
        wanted.append(
            PlanVisit(
                id=f"v{number}",
                minutes=chance.choice([30, 45, 60]),
                earliest=start,
                latest=start,
                site=chance.choice(SITES),
                needs=(Need(skills=chance.choice([0, 0, 0, 1])), BAY, *joint),
            )
        )
    roads = {frozenset((one, other)): 15 for one in SITES for other in SITES if one < other}
    return OfficeDay(seats=(*officers, *bays, *guests), visits=tuple(wanted), roads=roads)


def in_memory(day: OfficeDay, chance: random.Random, rounds: int, *, joint: bool) -> dict[str, float]:
    """Insert one visit, judge the day, take it out again; round after round."""
    plan = Insertion().plan(day)
    blocked = {each.visit for each in plan.blocked}
    served = tuple(each for each in day.visits if each.id not in blocked)
    published = replace(day, visits=served, settled=plan.routes)
    hand = Timelines(published)
    walls, cpus, full, wrong = [], [], 0, 0
    for number in range(rounds):
        visit = PlanVisit(
            id=f"new{number}",
            minutes=chance.choice([30, 45, 60]),
            earliest=chance.choice([480, 600, 780]),
            latest=1200,
            site=chance.choice(SITES),
            needs=(Need(skills=chance.choice([0, 1, 3])), BAY, *AGENCIES) if joint else (Need(skills=1),),
        )
        wall, cpu = time.perf_counter(), time.process_time()
        found = hand.insert(visit)
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((time.process_time() - cpu) * 1e3)
        full += isinstance(found, Blocked)
        if number % 50 == 0 and not isinstance(found, Blocked):
            wrong += bool(faults(replace(published, visits=(*served, visit)), Plan(routes=hand.routes())))
        hand.take_out(visit.id)
    name = "joint" if joint else "single"
    return {
        f"{name}_p50_ms": round(percentile(walls, 0.5), 2),
        f"{name}_p99_ms": round(percentile(walls, 0.99), 2),
        f"{name}_cpu_p99_ms": round(percentile(cpus, 0.99), 2),
        f"{name}_full": full,
        f"{name}_wrong": wrong,
        "planned": len(served),
    }


def displaced(day: OfficeDay, chance: random.Random, rounds: int) -> dict[str, float]:
    """Ask who would give way at each start of four hours; one visit in five goes first itself and stays."""
    plan = Insertion().plan(day)
    blocked = {each.visit for each in plan.blocked}
    served = [each for each in day.visits if each.id not in blocked]
    published = replace(day, visits=(), known=plan.routes)
    walls, found, wrong = [], 0, 0
    for number in range(rounds):
        first = chance.choice([480, 600, 780])
        visit = PlanVisit(
            id=f"urgent{number}",
            minutes=chance.choice([30, 45, 60]),
            earliest=first,
            latest=first + 225,
            site=chance.choice(SITES),
            needs=(Need(), BAY),
        )
        able = frozenset(chance.sample([each.id for each in day.seats if each.kind == "officer"], len(day.seats) // 24))
        seats = tuple(
            replace(each, refuses={visit.id: "conflict"}) if each.kind == "officer" and each.id not in able else each
            for each in day.seats
        )
        asked = replace(published, seats=seats)
        later = {each.id: chance.choice([1, 3]) for each in served if each.earliest >= first}
        firm = frozenset(each for each in later if chance.random() < 0.2)
        free = Timelines(asked, asked.known).first(visit)
        if isinstance(free, Option) and free.start < visit.latest:
            visit = replace(visit, latest=max(first, free.start - published.step))
        began = time.perf_counter()
        answers = ways(asked, visit, Giving(weights=later, firm=firm), soonest=first)
        walls.append((time.perf_counter() - began) * 1e3)
        found += bool(answers)
        if answers:
            best = answers[0]
            urgent = replace(visit, earliest=best.start, latest=best.start)
            moved = {each.visit: each.start for each in best.mended.fates}
            kept = [
                replace(each, earliest=at, latest=at) for each in served for at in [moved.get(each.id, each.earliest)]
            ]
            wrong += bool(faults(replace(asked, visits=(urgent, *kept), known=()), best.mended.plan))
    return {
        "displace_p50_ms": round(percentile(walls, 0.5), 1),
        "displace_p99_ms": round(percentile(walls, 0.99), 1),
        "displace_found": found,
        "displace_planned": len(served),
        "displace_wrong": wrong,
    }


async def book(stage: Stage, count: int, chance: random.Random) -> int:
    """So many appointments on the next day, at any hour that still has a place; how many there are."""
    visits = []
    for first in range(0, count, 20):
        visits += await asyncio.gather(*(to_book(stage) for _ in range(min(20, count - first))))
    made = 0
    for visit in visits:
        for hour in chance.sample((8, 9, 10, 11, 13, 14, 15, 16), 8):
            try:
                kept = await stage.run("chief", hold, visit.id, tomorrow(stage, hour), reason="bench")
            except SlotTaken:
                continue
            await stage.run("chief", confirm, kept.id)
            made += 1
            break
    return made


async def with_database(visits: int, inspectors: int, rounds: int) -> dict[str, Any]:
    """Fill a day by the use cases, publish it, and insert one visit after another."""
    chance = random.Random(7)
    async with arena(pools=1) as there:
        stage = there.stage
        async with stage.work() as work:
            office = await office_by_id(work, stage.office.id)
            office.policies = {"cool_off_most": 100, "holds_per_firm": 50, "bookings_per_firm": 0}
        for number in range(inspectors - 3):
            name = f"officer {number}"
            await another(stage, name, "officer", person_id=None)
        for number in range(inspectors - 3):
            await another(stage, f"bay {number}", "bay", site_id=stage.site.id)
        await persons(stage)
        await calendars(stage)
        booked = await book(stage, visits, chance)
        began = time.perf_counter()
        published = await stage.run("system", publish, stage.tools, stage.office.id, next_day(stage))
        took = time.perf_counter() - began
        assert published is not None
        connection = await asyncpg.connect(there.postgres.dsn(Embedded.superuser, "visits"))
        await connection.execute("analyze")  # as autovacuum has done on any server that ran for a minute
        await connection.close()
        walls = []
        urgent = await to_book(stage)
        gc.collect()
        gc.freeze()  # what filling the day left in this process is no part of a chief's request
        for _ in range(rounds):
            began = time.perf_counter()
            made = await stage.run("chief", insert, stage.tools, urgent.id, next_day(stage), reason="bench")
            walls.append((time.perf_counter() - began) * 1e3)
            await stage.run("chief", cancel, made.id, reason="bench")
        return {
            "usecase_p50_ms": round(percentile(walls, 0.5), 1),
            "usecase_p99_ms": round(percentile(walls, 0.99), 1),
            "publish_s": round(took, 2),
            "booked": booked,
            "routes": len(published.routes),
            "blocked": len(published.blocked),
        }


async def persons(stage: Stage) -> None:
    """Somebody behind every officer: a resource of nobody is never drawn."""
    async with stage.work() as work:
        for name, resource in stage.resources.items():
            if name.startswith("officer "):
                person = Person(login=name, name=name, state="active", created_at=work.now - timedelta(days=1))
                work.session.add(person)
                await work.session.flush()
                (await work.session.get_one(Resource, resource.id)).person_id = person.id


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--inspectors", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--database-rounds", type=int, default=200)
    parser.add_argument("--displace-rounds", type=int, default=200)
    given: Any = parser.parse_args()
    figures: dict[str, Any] = {"visits": given.visits, "inspectors": given.inspectors}
    for joint in (False, True):
        chance = random.Random(1)
        figures |= in_memory(a_day(chance, given.visits, given.inspectors), chance, given.rounds, joint=joint)
        print(figures, flush=True)
    chance = random.Random(2)
    figures |= displaced(a_day(chance, given.visits, given.inspectors), chance, given.displace_rounds)
    print(figures, flush=True)
    figures |= asyncio.run(with_database(given.visits, given.inspectors, given.database_rounds))
    print(json.dumps(figures))
    return int(any(figures[name] for name in ("single_wrong", "joint_wrong", "displace_wrong")))


if __name__ == "__main__":
    raise SystemExit(main())
