"""What every link to a clearance system must do, over real sockets, real folders and a real chief."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.contract import LINKS, Counterpart, counterpart
from tests.support.stage import Stage
from tests.support.steps_clearance import leaving, outbound
from visits.clearance import queries
from visits.clearance.port import Envelope, LinkDown
from visits.clearance.push import LEASE, adapter, link_of, tick_push
from visits.journey.states import State


@pytest.fixture(params=LINKS)
async def other(request: pytest.FixtureRequest, stage: Stage, tmp_path: Path) -> AsyncIterator[Counterpart]:
    async with counterpart(request.param, stage, tmp_path) as side:
        yield side


async def test_a_report_goes_over_and_the_voucher_comes_back(stage: Stage, other: Counterpart) -> None:
    visit, out = await leaving(stage)

    assert await tick_push(other.tools, stage.tenant) == 1
    await other.answers(visit)

    assert (await stage.visit(visit.id)).state == State.RELEASED
    kept = await outbound(stage, visit)
    assert kept.state == "acknowledged"
    assert kept.act
    assert await other.reports() == [out.message_key]


async def test_a_report_sent_twice_is_one_over_there(stage: Stage, other: Counterpart) -> None:
    visit, out = await leaving(stage)
    async with stage.work() as work:
        link = await link_of(work, other.tools.settings)
    # Sent once already, and killed before it was written down.
    await adapter(other.tools, link).push_report(Envelope(message_key=out.message_key, body=out.body))
    stage.clock.move(seconds=LEASE.total_seconds())

    await tick_push(other.tools, stage.tenant)
    await other.answers(visit)

    assert await other.reports() == [out.message_key]
    assert (await stage.visit(visit.id)).state == State.RELEASED


async def test_an_outage_loses_nothing(stage: Stage, other: Counterpart) -> None:
    if not await other.goes():
        pytest.skip("a person is never down")
    first, _ = await leaving(stage)
    second, _ = await leaving(stage)
    assert await tick_push(other.tools, stage.tenant) == 0
    async with stage.work() as work:
        assert len(await queries.links_down(work)) == 1
    await other.comes_back()
    stage.clock.move(seconds=31)

    assert await tick_push(other.tools, stage.tenant) == 2
    await other.answers(first)

    assert (await stage.visit(first.id)).state == State.RELEASED
    assert len(await other.reports()) == 2
    async with stage.work() as work:
        assert not await queries.links_down(work)
    assert (await stage.visit(second.id)).state in (State.PUSHED, State.ACKNOWLEDGED, State.RELEASED)


async def test_a_probe_tells_whether_somebody_is_there(stage: Stage, other: Counterpart) -> None:
    async with stage.work() as work:
        link = await link_of(work, other.tools.settings)
    await adapter(other.tools, link).probe()

    if await other.goes():
        with pytest.raises(LinkDown):
            await adapter(other.tools, link).probe()
        await other.comes_back()
