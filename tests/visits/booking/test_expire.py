"""Holds that ran out give their places back, by their moment or by the sweep, once."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import held
from visits.background.deliver import moments
from visits.booking import queries
from visits.booking.confirm import confirm
from visits.booking.expire import sweep
from visits.booking.reconcile import reconcile
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent


async def status(stage: Stage, appointment_id: object) -> str:
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []
        return (await queries.appointment_by_id(work, appointment_id)).status  # type: ignore[arg-type]


async def test_its_moment_gives_a_hold_back(stage: Stage) -> None:
    kept = await held(stage)
    stage.clock.move(minutes=5)
    await moments(stage.tools, stage.tenant)
    assert await status(stage, kept.id) == "held"

    stage.clock.move(seconds=1)
    await moments(stage.tools, stage.tenant)

    assert await status(stage, kept.id) == "expired"


async def test_its_moment_leaves_a_confirmed_one_alone(stage: Stage) -> None:
    kept = await held(stage)
    await stage.run("declarant", confirm, kept.id)
    stage.clock.move(minutes=6)

    await moments(stage.tools, stage.tenant)

    assert await status(stage, kept.id) == "confirmed"


async def test_the_sweep_takes_what_was_missed_and_tells_it_once(stage: Stage) -> None:
    kept = await held(stage)
    stage.clock.set(kept.expires_at + timedelta(seconds=1))  # type: ignore[operator]

    assert [await stage.run("system", sweep), await stage.run("system", sweep)] == [1, 0]

    assert await status(stage, kept.id) == "expired"
    async with stage.work() as work:
        told = select(func.count()).select_from(DomainEvent).where(col(DomainEvent.kind) == "hold_expired")
        assert await work.session.scalar(told) == 1
