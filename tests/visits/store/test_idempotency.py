"""A key is one request of one principal: repeated for thirty days, remembered for four hundred more, then nothing."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from visits.errors import Refusal
from visits.store import idempotency
from visits.store.idempotency import KNOWN, REPEATED, Kept, KeyInFlight, KeyOld, KeyReused, begin, keep, prune, sweep
from visits.store.tables import Idempotency
from visits.store.work import Work

ANSWER = Kept(status=201, body='{"id":1}')
SAME, OTHER = b"same", b"other"


async def first(work: Work, key: str, fingerprint: bytes = SAME) -> Kept | None:
    """A request that succeeds, unless it was there before."""
    found = await begin(work, key, fingerprint)
    if found is None:
        await keep(work, key, ANSWER)
    return found


async def keys(stage: Stage) -> list[tuple[str, bool]]:
    """What is still known, and whether its answer is."""
    async with stage.work() as work:
        rows = await work.session.scalars(select(Idempotency).order_by(col(Idempotency.key)))
        return [(row.key, row.answer is not None) for row in rows]


async def test_the_first_request_is_answered_by_the_work_and_the_next_by_its_answer(stage: Stage) -> None:
    assert await stage.run("declarant", first, "k") is None
    assert await stage.run("declarant", first, "k") == ANSWER


async def test_another_request_with_the_key_is_refused(stage: Stage) -> None:
    await stage.run("declarant", first, "k")

    with pytest.raises(KeyReused):
        await stage.run("declarant", first, "k", OTHER)


async def test_another_firm_with_the_same_letters_has_another_key(stage: Stage) -> None:
    await stage.run("declarant", first, "k")

    assert await stage.run("other_declarant", first, "k", OTHER) is None
    assert await stage.run("declarant", first, "k") == ANSWER


async def test_a_failed_request_leaves_no_key(stage: Stage) -> None:
    async def fails(work: Work) -> None:
        await begin(work, "k", SAME)
        raise Refusal()

    with pytest.raises(Refusal):
        await stage.run("declarant", fails)

    assert await keys(stage) == []


async def test_a_twin_waits_for_the_answer_and_gets_it(stage: Stage) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(work: Work) -> None:
        await begin(work, "k", SAME)
        begun.set()
        await go_on.wait()
        await keep(work, "k", ANSWER)

    one = asyncio.create_task(stage.run("declarant", slow))
    await begun.wait()
    twin = asyncio.create_task(stage.run("declarant", first, "k"))
    go_on.set()
    await one

    assert await twin == ANSWER


async def test_a_twin_of_a_request_that_takes_too_long_is_told_when_to_come_back(stage: Stage) -> None:
    async with stage.work("declarant") as work:
        await begin(work, "k", SAME)
        with pytest.raises(KeyInFlight) as told:
            await stage.run("declarant", first, "k")

    assert told.value.facts == {"wait": 1}


async def test_the_answer_is_repeated_to_the_last_instant_of_thirty_days(stage: Stage) -> None:
    await stage.run("declarant", first, "k")
    stage.clock.move(days=REPEATED.days)
    await sweep(stage.tools, stage.tenant)
    assert await stage.run("declarant", first, "k") == ANSWER

    stage.clock.move(seconds=1)
    with pytest.raises(KeyOld):
        await stage.run("declarant", first, "k")


@pytest.mark.parametrize("fingerprint", [SAME, OTHER], ids=["the same request", "another request"])
@pytest.mark.parametrize("swept", [True, False])
async def test_afterwards_the_key_alone_is_known(stage: Stage, swept: bool, fingerprint: bytes) -> None:
    await stage.run("declarant", first, "k")
    stage.clock.move(days=REPEATED.days, seconds=1)
    if swept:
        assert await sweep(stage.tools, stage.tenant) == 1
        assert await keys(stage) == [("k", False)]

    with pytest.raises(KeyOld):
        await stage.run("declarant", first, "k", fingerprint)


async def test_after_four_hundred_days_more_it_is_a_new_key(stage: Stage) -> None:
    await stage.run("declarant", first, "k")
    stage.clock.at += REPEATED + KNOWN
    await sweep(stage.tools, stage.tenant)
    assert await keys(stage) == [("k", False)]
    stage.clock.at += timedelta(seconds=1)
    await sweep(stage.tools, stage.tenant)

    assert await stage.run("declarant", first, "k", OTHER) is None


async def test_the_sweep_goes_through_many_in_batches_and_finds_nothing_the_second_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "BATCH", 2)
    for key in "abcde":
        await stage.run("declarant", first, key)
    stage.clock.move(days=REPEATED.days, seconds=1)
    await stage.run("declarant", first, "young")

    assert await stage.run("system", prune) == 2
    assert await sweep(stage.tools, stage.tenant) == 3
    assert await sweep(stage.tools, stage.tenant) == 0
    assert await keys(stage) == [*((key, False) for key in "abcde"), ("young", True)]
