"""Seeds are promised before anybody books, kept sealed, and shown when their day is over; never one that differs."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlmodel import col

from scheduling import commitment
from scheduling.draw import in_order, number
from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, starts
from tests.support.steps_booking import booked
from visits.assignment import queries, seeds
from visits.assignment.tables import DrawSeed
from visits.sites.tables import Office
from visits.store.tables import Audit, ChainEntry
from visits.store.work import Work

TODAY = date(2026, 11, 23)


async def committed(stage: Stage, day: date = TODAY) -> DrawSeed:
    return await stage.run("system", seeds.seed_of, stage.tools.vault, stage.office, day)


async def stored(stage: Stage, day: date = TODAY) -> DrawSeed:
    async with stage.work() as work:
        found = await queries.seed_of_day(work, stage.office.id, day)
    assert found is not None
    return found


async def test_the_whole_horizon_is_promised_once(stage: Stage) -> None:
    first = await stage.run("system", seeds.commit_seeds, stage.tools)
    again = await stage.run("system", seeds.commit_seeds, stage.tools)
    stage.clock.move(days=1)
    next_day = await stage.run("system", seeds.commit_seeds, stage.tools)

    assert (first, again, next_day) == (63, 0, 1)


async def test_the_promise_can_be_computed_by_anybody_and_stands_in_the_chain(stage: Stage) -> None:
    seed = await committed(stage)

    plain = seeds.opened(stage.tools.vault, stage.office, seed)
    assert seed.commitment == commitment("CIAB1", TODAY, plain)
    assert len(plain) == 32
    async with stage.work() as work:
        [body] = await work.session.scalars(select(col(Audit.body)).where(col(Audit.action) == "seeds_committed"))
        [kind] = await work.session.scalars(select(col(ChainEntry.kind)))
    assert body == {"commitments": {"2026-11-23": seed.commitment.hex()}}
    assert kind == "seeds_committed"


async def test_two_who_need_a_seed_at_once_get_the_same(stage: Stage) -> None:
    found = await asyncio.gather(*(committed(stage) for _ in range(8)))

    assert len({each.commitment for each in found}) == 1
    async with stage.work() as work:
        assert await work.session.scalar(select(func.count()).select_from(DrawSeed)) == 1


async def test_a_seed_is_shown_the_day_after_and_not_before(stage: Stage) -> None:
    seed = await committed(stage)
    stage.clock.set(stage.clock.now().replace(hour=5, minute=59) + timedelta(days=1))
    assert await stage.run("system", seeds.reveal_seeds, stage.tools) == 0

    stage.clock.move(minutes=1)
    assert await stage.run("system", seeds.reveal_seeds, stage.tools) == 1
    assert await stage.run("system", seeds.reveal_seeds, stage.tools) == 0

    shown = await stored(stage)
    assert shown.revealed == seeds.opened(stage.tools.vault, stage.office, seed)
    assert shown.revealed_at == stage.clock.now()


async def test_a_seed_that_breaks_its_promise_is_never_shown(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    honest = await committed(stage, TODAY)
    async with stage.work() as work:
        await queries.add_seed(
            work,
            office_id=stage.office.id,
            day=TODAY - timedelta(days=1),
            commitment=honest.commitment,
            sealed=honest.sealed,
        )
    stage.clock.move(days=1)

    assert await stage.run("system", seeds.reveal_seeds, stage.tools) == 1
    assert await stage.run("system", seeds.reveal_seeds, stage.tools) == 0

    assert (await stored(stage, TODAY - timedelta(days=1))).revealed is None
    assert "does not match its commitment" in caplog.text
    async with stage.work() as work:
        alarms = await work.session.scalar(
            select(func.count()).select_from(Audit).where(col(Audit.action) == "seed_broken")
        )
    assert alarms == 1


async def test_a_promise_cannot_be_changed_afterwards(stage: Stage) -> None:
    await committed(stage)

    for column in ("commitment", "sealed", "day", "committed_at"):
        with pytest.raises(Exception, match="permission denied"):
            async with stage.work() as work:
                await work.session.execute(text(f"update draw_seed set {column} = {column}"))


async def test_each_office_has_its_own_seed(stage: Stage) -> None:
    async with stage.work() as work:
        other = Office(code="CIAB2", name="Abidjan-Aéroport", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(other)

    ours = await committed(stage)
    theirs = await stage.run("system", seeds.seed_of, stage.tools.vault, other, TODAY)

    assert seeds.opened(stage.tools.vault, stage.office, ours) != seeds.opened(stage.tools.vault, other, theirs)


async def test_the_periodic_job_promises_and_reveals(stage: Stage) -> None:
    await seeds.keep_seeds(stage.tools, stage.tenant)
    stage.clock.move(days=1)

    await seeds.keep_seeds(stage.tools, stage.tenant)

    assert (await stored(stage)).revealed is not None


async def everything(work: Work) -> str:
    """Every row of every table of the administration, as text; binary columns in hex."""
    tables = await work.session.scalars(
        text("select tablename from pg_tables where schemaname = 'public' and tablename not like 'procrastinate%'")
    )
    whole = []
    for table in list(tables):
        rows = await work.session.scalars(text(f'select t::text from "{table}" t'))
        whole += list(rows)
    jobs = await work.session.scalars(text("select args::text from procrastinate_jobs"))
    return "\n".join([*whole, *jobs]).lower()


async def test_an_insider_who_reads_every_table_cannot_know_who_will_come(stage: Stage) -> None:
    await stage.run("system", seeds.commit_seeds, stage.tools)
    visit = await booked(stage)
    day = (await starts(stage, visit)).date()
    seed = await stored(stage, day)
    secret = seeds.opened(stage.tools.vault, stage.office, seed)
    officers = [str(stage.resources[f"inspector{each}"].id) for each in (1, 2, 3)]
    subject = str(visit.id)
    telling = [
        secret,
        number(secret, "visit", subject),
        *(number(secret, "order", subject, each) for each in officers),
        *(number(secret, "visit", f"{subject}/{again}") for again in (1, 2)),
    ]

    async with stage.work() as work:
        before = await everything(work)
    assert [each.hex() for each in telling if each.hex() in before] == []
    assert seed.commitment.hex() in before
    assert seed.sealed.hex() in before

    made = await drawn(stage, visit.id)
    assert made is not None
    async with stage.work() as work:
        after = await everything(work)
    assert made.number.hex() in after
    assert secret.hex() not in after
    assert [each["resource"] for each in made.candidates] == list(in_order(secret, subject, officers))
