"""A service killed while it publishes, and a clock that jumps over midnight, change no name and lose none."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from scheduling.draw import number
from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, starts
from tests.support.steps_booking import booked, calendars, tomorrow
from tests.support.steps_publication import assignments, booked_at, draws_of_the_day, next_day, published, whose
from tests.support.steps_witness import brought, value
from tests.visits.assignment.test_draw import in_order as calendars_agree
from tests.visits.assignment.test_draw import kinds
from tests.visits.assignment.test_seeds import everything
from tests.visits.assignment.test_witness import eve, seed
from visits.assignment import queries, record, seeds
from visits.assignment.publish import publish, publish_due
from visits.assignment.tables import DrawSeed
from visits.store.work import Work


class Killed(Exception):
    """The process is gone."""


async def killed(stage: Stage, writes: int) -> dict[str, Any] | None:
    """Publish, and die after so many writes; None if publication had not so many, and then it died before the commit
    with these names."""
    names: dict[str, Any] = {}
    reached = False

    async def use_case(work: Work) -> None:
        nonlocal reached
        left = count(1)

        def after_flush(*_: object) -> None:
            nonlocal reached
            if next(left) == writes:
                reached = True
                raise Killed

        event.listen(work.session.sync_session, "after_flush", after_flush)
        await publish(work, stage.tools, stage.office.id, next_day(stage))
        for draw in await queries.draws_of_day(work, stage.office.id, next_day(stage)):
            names[draw.subject] = draw.chosen
        raise Killed

    with pytest.raises(Killed):
        await stage.run("system", use_case)
    return None if reached else names


# -- killed --------------------------------------------------------------------------------------------------
async def test_killed_at_any_write_a_publication_leaves_nothing_and_comes_to_the_same_names(stage: Stage) -> None:
    await stage.run("system", seeds.commit_seeds, stage.tools)
    await calendars(stage)
    visits = await booked_at(stage, tomorrow(stage, 9), tomorrow(stage, 10), tomorrow(stage, 10))
    names = None
    for writes in count(1):
        names = await killed(stage, writes)
        assert await assignments(stage) == []
        assert await draws_of_the_day(stage) == []
        assert (await seed(stage, next_day(stage))).settled_at is None
        if names is not None:
            break

    await published(stage)

    assert writes > 3
    assert {draw.subject: draw.chosen for draw in await draws_of_the_day(stage)} == names
    assert all([await whose(stage, each) for each in visits])
    assert await calendars_agree(stage)


async def test_killed_between_the_value_and_the_publication_the_value_still_counts(stage: Stage) -> None:
    witness, _ = await eve(stage)
    await brought(stage, witness, next_day(stage))
    assert await killed(stage, 1) is None
    stage.clock.move(hours=5)

    assert await publish_due(stage.tools, stage.tenant) == 1

    assert {draw.witness for draw in await draws_of_the_day(stage)} == {value(stage, witness, next_day(stage))}


# -- the clock -----------------------------------------------------------------------------------------------
async def test_a_clock_that_jumps_over_midnight_draws_each_visit_by_the_same_seed(stage: Stage) -> None:
    """The hour of publication is never seen: the day begins, and each visit is drawn by itself."""
    await stage.run("system", seeds.commit_seeds, stage.tools)
    await calendars(stage)
    [visit] = await booked_at(stage, tomorrow(stage, 10))
    day = next_day(stage)
    stage.clock.set((await starts(stage, visit)).replace(hour=8))

    assert await publish_due(stage.tools, stage.tenant) == 0
    made = await drawn(stage, visit.id)

    assert made is not None
    assert (made.day, made.purpose) == (day, "visit")
    stage.clock.move(days=1)
    await stage.run("system", seeds.reveal_seeds, stage.tools)
    assert await stage.run("system", record.findings, stage.office, day) == []


async def test_a_secret_the_clock_gave_away_too_early_draws_nobody_any_more(stage: Stage) -> None:
    await stage.run("system", seeds.commit_seeds, stage.tools)
    visit = await booked(stage)
    now = stage.clock.now()
    stage.clock.move(days=3)
    await stage.run("system", seeds.reveal_seeds, stage.tools)
    stage.clock.set(now)

    assert await drawn(stage, visit.id) is None

    assert (await kinds(stage, visit))[-1] == "draw_blocked"


async def test_a_clock_set_back_promises_and_reveals_nothing_twice(stage: Stage) -> None:
    await seeds.keep_seeds(stage.tools, stage.tenant)
    stage.clock.move(days=1)
    await seeds.keep_seeds(stage.tools, stage.tenant)
    before = await promises(stage)
    stage.clock.move(days=-1)

    await seeds.keep_seeds(stage.tools, stage.tenant)

    assert await promises(stage) == before


async def promises(stage: Stage) -> list[tuple[Any, ...]]:
    async with stage.work() as work:
        rows = await work.session.execute(
            select(col(DrawSeed.day), col(DrawSeed.commitment), col(DrawSeed.revealed_at)).order_by(col(DrawSeed.day))
        )
        return [tuple(row) for row in rows]


async def test_the_day_that_opens_at_midnight_was_promised_before(stage: Stage) -> None:
    await stage.run("system", seeds.commit_seeds, stage.tools)
    horizon = 60
    stage.clock.set(stage.clock.now().replace(hour=0, minute=0) + timedelta(days=1))

    promised = await seed(stage, (stage.clock.now() + timedelta(days=horizon)).date())

    assert promised.committed_at < stage.clock.now()


# -- who looks -----------------------------------------------------------------------------------------------
async def test_before_the_publication_no_row_tells_a_number_of_it_even_to_whoever_has_the_witness(
    stage: Stage,
) -> None:
    """The rows and the value of the witness together: of the seed they hold its commitment and its sealed form."""
    await stage.run("system", seeds.commit_seeds, stage.tools)
    witness, visits = await eve(stage)
    day = next_day(stage)
    await brought(stage, witness, day)
    its = await seed(stage, day)
    secret, mixed = seeds.opened(stage.tools.vault, stage.office, its), value(stage, witness, day)
    officers = [str(stage.resources[f"inspector{each}"].id) for each in (1, 2, 3)]
    telling = [secret]
    for with_it in (b"", mixed):
        for seat in ("s001", "s002", "s003"):
            telling += [number(secret, "route", seat, witness=with_it)]
            telling += [number(secret, "order", "route", seat, witness=with_it)]
            telling += [number(secret, "order", seat, each, witness=with_it) for each in officers]
        telling += [number(secret, "visit", str(each.id), witness=with_it) for each in visits]

    async with stage.work() as work:
        before = await everything(work)

    assert [each.hex() for each in telling if each.hex() in before] == []
    assert its.commitment.hex() in before
    assert mixed.hex() in before
    await published(stage)
    async with stage.work() as work:
        after = await everything(work)
    assert number(secret, "route", "s001", witness=mixed).hex() in after
