"""A notice leaves once in effect: ladder, outage, killed at the worst moment, receipts in any order."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_notices import (
    Killed,
    Scripted,
    booked_and_told,
    channel,
    notices,
    reached,
    sent,
    sent_by,
    the_notice,
)
from visits.background.timetable import TASKS, TICKS
from visits.notices import queries
from visits.notices.contacts import save
from visits.notices.notices import again, send
from visits.notices.tables import Notice, NoticeReceipt
from visits.notify.deliver import LADDER, LEASE, Done, housekeeping, send_due, send_one, wait_after
from visits.notify.port import Receipt
from visits.notify.receipts import receipt
from visits.store.tables import Audit
from visits.store.work import Work

SMS = ("appointment_confirmed", "sms")


async def one(stage: Stage) -> Notice:
    """A text message that waits."""
    await booked_and_told(stage, channels=["sms"])
    return await the_notice(stage, *SMS)


async def tell(stage: Stage, told: Receipt, provider: str = "file") -> bool:
    return await stage.run("system", receipt, provider, told)


async def test_what_is_taken_is_sent_with_the_providers_id(stage: Stage) -> None:
    notice = await one(stage)

    assert await send_one(stage.tools, stage.tenant, notice.id, by=Scripted()) is Done.SENT

    kept = await the_notice(stage, *SMS)
    assert (kept.state, kept.provider_id, kept.tries, kept.open) == ("sent", f"p-{notice.id}", 1, False)


async def test_a_sent_notice_is_not_sent_again(stage: Stage) -> None:
    notice, way = await one(stage), Scripted()
    await send_one(stage.tools, stage.tenant, notice.id, by=way)

    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.NOT_DUE
    assert len(way.seen) == 1


async def test_two_workers_send_it_once(stage: Stage) -> None:
    notice, way = await one(stage), Scripted()

    done = await asyncio.gather(*(send_one(stage.tools, stage.tenant, notice.id, by=way) for _ in range(8)))

    assert (done.count(Done.SENT), len(way.seen)) == (1, 1)


async def test_a_provider_that_is_down_is_asked_again_by_the_ladder(stage: Stage) -> None:
    notice, way = await one(stage), Scripted("down", "down")
    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.LATER
    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.NOT_DUE
    stage.clock.move(seconds=LADDER[0].total_seconds() * 1.1)
    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.LATER
    stage.clock.move(seconds=LADDER[1].total_seconds() * 1.1)

    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.SENT

    assert (await the_notice(stage, *SMS)).tries == 3


async def test_after_the_last_step_it_is_shown_as_failed(stage: Stage) -> None:
    notice = await one(stage)
    async with stage.work() as work:
        (await queries.notice_by_id(work, notice.id)).expires_at = stage.clock.now() + timedelta(days=9)
        (await queries.notice_by_id(work, notice.id)).appointment_id = None
    for _ in range(len(LADDER)):
        assert await send_one(stage.tools, stage.tenant, notice.id, by=Scripted("down")) is Done.LATER
        stage.clock.move(days=0.3)
        async with stage.work() as work:
            (await queries.notice_by_id(work, notice.id)).urgent = True

    assert await send_one(stage.tools, stage.tenant, notice.id, by=Scripted("down")) is Done.FAILED

    kept = await the_notice(stage, *SMS)
    assert (kept.state, kept.error) == ("failed", "provider_down")
    async with stage.work() as work:
        assert await work.session.scalar(select(col(Audit.id)).where(col(Audit.action) == "notice_failed"))


async def test_a_refusal_for_good_is_not_tried_again(stage: Stage) -> None:
    notice = await one(stage)

    assert await send_one(stage.tools, stage.tenant, notice.id, by=Scripted("no")) is Done.FAILED

    kept = await the_notice(stage, *SMS)
    assert (kept.state, kept.error, kept.detail) == ("failed", "unknown_number", "0x0B")


async def test_killed_between_sending_and_writing_it_down_the_reader_gets_it_once(stage: Stage) -> None:
    notice, way = await one(stage), Scripted("killed")
    with pytest.raises(Killed):
        await send_one(stage.tools, stage.tenant, notice.id, by=way)
    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.NOT_DUE
    stage.clock.move(seconds=LEASE.total_seconds())

    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.SENT

    assert [each.again for each in way.seen] == [False, True]
    assert len({each.id for each in way.seen}) == len(way.taken) == 1


async def test_killed_and_then_receipted_it_is_not_sent_again(stage: Stage) -> None:
    notice, way = await one(stage), Scripted("killed")
    with pytest.raises(Killed):
        await send_one(stage.tools, stage.tenant, notice.id, by=way)
    async with stage.work() as work:
        (await queries.notice_by_id(work, notice.id)).provider_id = "p-1"
    await tell(stage, Receipt(provider_id="p-1", outcome="delivered"))
    stage.clock.move(seconds=LEASE.total_seconds())

    assert await send_one(stage.tools, stage.tenant, notice.id, by=way) is Done.NOT_DUE

    assert (await the_notice(stage, *SMS)).state == "delivered"


async def test_a_lost_answer_is_tried_again_as_a_repeat(stage: Stage) -> None:
    notice, way = await one(stage), Scripted("maybe")
    await send_one(stage.tools, stage.tenant, notice.id, by=way)
    stage.clock.move(minutes=1)
    await send_one(stage.tools, stage.tenant, notice.id, by=way)

    assert ([each.again for each in way.seen], len(way.taken)) == ([False, True], 1)


async def test_too_late_to_be_of_use_it_stays(stage: Stage) -> None:
    notice = await one(stage)
    stage.clock.set(notice.expires_at)

    assert await send_one(stage.tools, stage.tenant, notice.id, by=Scripted()) is Done.NOT_DUE
    assert (await the_notice(stage, *SMS)).state == "expired"


async def test_a_receipt_shows_it_delivered_and_comes_twice_without_harm(stage: Stage) -> None:
    notice = await one(stage)
    await send_one(stage.tools, stage.tenant, notice.id, by=Scripted())
    told = Receipt(provider_id=f"p-{notice.id}", outcome="delivered")

    assert await tell(stage, told)
    assert not await tell(stage, told)

    assert (await the_notice(stage, *SMS)).state == "delivered"


async def test_a_receipt_never_goes_backwards(stage: Stage) -> None:
    notice = await one(stage)
    await send_one(stage.tools, stage.tenant, notice.id, by=Scripted())
    await tell(stage, Receipt(provider_id=f"p-{notice.id}", outcome="delivered"))

    await tell(stage, Receipt(provider_id=f"p-{notice.id}", outcome="failed", error="phone_off"))

    assert (await the_notice(stage, *SMS)).state == "delivered"


async def test_what_was_believed_lost_may_have_arrived(stage: Stage) -> None:
    notice = await one(stage)
    await send_one(stage.tools, stage.tenant, notice.id, by=Scripted())
    await tell(stage, Receipt(provider_id=f"p-{notice.id}", outcome="failed", error="phone_off"))
    assert (await the_notice(stage, *SMS)).error == "phone_off"

    await tell(stage, Receipt(provider_id=f"p-{notice.id}", outcome="delivered"))

    assert ((await the_notice(stage, *SMS)).state, (await the_notice(stage, *SMS)).error) == ("delivered", "")


async def test_a_receipt_faster_than_our_own_record_waits_for_it(stage: Stage) -> None:
    notice = await one(stage)
    await tell(stage, Receipt(provider_id=f"p-{notice.id}", outcome="delivered"))
    await tell(stage, Receipt(provider_id=f"p-{notice.id}", outcome="delivered"))

    await send_one(stage.tools, stage.tenant, notice.id, by=Scripted())

    assert (await the_notice(stage, *SMS)).state == "delivered"


async def test_another_providers_receipt_says_nothing_of_ours(stage: Stage) -> None:
    notice = await one(stage)
    await send_one(stage.tools, stage.tenant, notice.id, by=Scripted())

    assert not await tell(stage, Receipt(provider_id=f"p-{notice.id}", outcome="delivered"), provider="elsewhere")


async def test_what_whatsapp_cannot_bring_goes_as_a_text_message(stage: Stage) -> None:
    await booked_and_told(stage, channels=["whatsapp", "sms"])
    assert await notices(stage, *SMS) == []

    await sent_by(stage, Scripted("no"), "appointment_confirmed", "whatsapp")

    assert (await the_notice(stage, *SMS)).state == "waiting"


async def test_a_person_may_ask_for_another_try(stage: Stage) -> None:
    notice = await one(stage)
    await send_one(stage.tools, stage.tenant, notice.id, by=Scripted("no"))

    async def once_more(work: Work) -> None:
        await again(work, await queries.notice_by_id(work, notice.id, lock=True))

    await stage.run("chief", once_more)

    assert await send_one(stage.tools, stage.tenant, notice.id, by=Scripted()) is Done.SENT


async def test_one_notice_nobody_can_write_does_not_hold_up_the_others(stage: Stage) -> None:
    await one(stage)
    async with stage.work() as work:
        broken = (await work.session.scalars(select(Notice).order_by(col(Notice.id)).limit(1))).one()
        broken.facts = {"when": "no instant"}

    assert await send_due(stage.tools, stage.tenant) >= 0

    found = await notices(stage)
    assert [each.state for each in found if each.id != broken.id] == ["sent"] * (len(found) - 1)


async def test_the_code_for_an_address_is_forgotten_once_it_left(stage: Stage) -> None:
    await stage.run("declarant", save, phone="+2250700000001", email="", channels=["sms"], everything=False)
    assert (await the_notice(stage, "contact_code", "sms")).facts != {}

    await sent(stage)

    assert (await the_notice(stage, "contact_code", "sms")).facts == {}


async def test_anybody_may_send_with_a_key_of_their_own_once(stage: Stage) -> None:
    await reached(stage)
    person = stage.actors["declarant"].person
    assert person

    async def offer(work: Work) -> int:
        facts = {"title": "C 1", "when": stage.clock.now(), "until": stage.clock.now()}
        return len(await send(work, to=[person], template="waitlist_offer", facts=facts, key="waitlist/1"))

    assert (await stage.run("system", offer), await stage.run("system", offer)) == (2, 0)


async def test_old_receipts_are_forgotten(stage: Stage) -> None:
    await tell(stage, Receipt(provider_id="nobody", outcome="delivered"))
    stage.clock.move(days=31)

    await housekeeping(stage.tools, stage.tenant)

    async with stage.work() as work:
        assert (await work.session.scalars(select(NoticeReceipt))).all() == []


async def test_another_administration_has_its_own_ways(stage: Stage) -> None:
    abroad = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()
    await channel(abroad, "sms", "http", url="http://127.0.0.1:1", answers="no")
    await one(stage)

    await sent(stage)

    assert (await the_notice(stage, *SMS)).state == "sent"


def test_the_ladder_ends() -> None:
    chance = random.Random(1)

    assert wait_after(1, chance) < timedelta(minutes=1)  # type: ignore[operator]
    assert wait_after(len(LADDER) + 1, chance) is None


def test_notices_have_their_job_and_their_tick() -> None:
    assert "notices" in TASKS
    assert {"notices", "links"} <= {tick.name for tick in TICKS}
