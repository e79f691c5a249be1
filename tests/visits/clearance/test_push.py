"""A report leaves until it is acknowledged: ladder, outage, and being killed at the worst moment."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.clearance import Killed, Scripted, a_message, told
from tests.support.clock import MovedClock
from tests.support.stage import Stage
from tests.support.steps_clearance import DIGEST, declaration_of, leaving, link, outbound, validated
from visits.background.deliver import deliver
from visits.clearance.push import LADDER, LEASE, Pushed, push_one, replay_report, tick_push, wait_after
from visits.errors import NotFound
from visits.journey.states import State
from visits.store.tables import Audit, DomainEvent


async def test_a_validated_report_leaves_with_digest_number_and_signatures(stage: Stage) -> None:
    visit, out = await leaving(stage)

    declaration = await declaration_of(stage, visit)
    assert out.message_key == f"CIAB1/2026/C/{declaration.number}/{visit.reference}/1"
    assert out.body["digest"] == DIGEST
    assert out.body["number"]["number"] is not None
    assert [(each["kind"], each["verdict"]) for each in out.body["signatures"]] == [
        ("officer", "signed"),
        ("declarant", "signed"),
    ]
    assert out.body["content"]["result"] == "DISCREPANCY_DUTY"


async def test_the_event_told_twice_puts_the_report_on_its_way_once(stage: Stage) -> None:
    visit, out = await leaving(stage)
    async with stage.work() as work:
        for event in await work.session.scalars(
            select(DomainEvent).where(
                col(DomainEvent.stream_id) == visit.id, col(DomainEvent.kind) == "report_validated"
            )
        ):
            event.delivered_at = None

    await deliver(stage.tools, stage.tenant, visit.id)

    assert (await outbound(stage, visit)).id == out.id


async def test_an_answer_with_the_act_acknowledges_at_once(stage: Stage) -> None:
    visit, out = await leaving(stage)

    assert await push_one(stage.tools, stage.tenant, out.id, by=Scripted()) is Pushed.SENT

    kept = await outbound(stage, visit)
    assert (kept.state, kept.act) == ("acknowledged", "ACT-1")
    assert (await stage.visit(visit.id)).state == State.ACKNOWLEDGED


async def test_an_answer_without_the_act_waits_for_the_message(stage: Stage) -> None:
    visit, out = await leaving(stage)
    await push_one(stage.tools, stage.tenant, out.id, by=Scripted(acts=False))
    assert (await stage.visit(visit.id)).state == State.PUSHED

    message = a_message(
        "report_acknowledged", await declaration_of(stage, visit), visit=visit.reference, version=1, act="A-7"
    )
    first = await told(stage, message)
    again = await told(stage, message)

    assert first.body == again.body
    assert (await outbound(stage, visit)).act == "A-7"
    assert (await stage.visit(visit.id)).state == State.ACKNOWLEDGED


async def test_an_acknowledgement_faster_than_our_own_record_counts(stage: Stage) -> None:
    visit, out = await leaving(stage)
    declaration = await declaration_of(stage, visit)

    class Fast(Scripted):
        async def push_report(self, envelope):  # type: ignore[no-untyped-def]
            receipt = await super().push_report(envelope)
            await told(
                stage, a_message("report_acknowledged", declaration, visit=visit.reference, version=1, act="ACT-1")
            )
            return receipt

    await push_one(stage.tools, stage.tenant, out.id, by=Fast())

    assert (await outbound(stage, visit)).state == "acknowledged"
    assert (await stage.visit(visit.id)).state == State.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"visit": "V-000000-0"}, "unknown_visit"), ({"version": 2}, "report_not_sent")],
    ids=["a visit nobody knows", "a version that never left"],
)
async def test_an_acknowledgement_of_the_unknown_is_refused(
    stage: Stage, changes: dict[str, object], code: str
) -> None:
    visit, _ = await leaving(stage)
    facts = {"visit": visit.reference, "version": 1, "act": "A-7"} | changes

    answer = await told(stage, a_message("report_acknowledged", await declaration_of(stage, visit), **facts))

    assert (answer.status, answer.body["code"]) == (422, code)


async def test_another_act_for_the_same_report_is_noted_and_changes_nothing(stage: Stage) -> None:
    visit, out = await leaving(stage)
    await push_one(stage.tools, stage.tenant, out.id, by=Scripted())

    answer = await told(
        stage,
        a_message(
            "report_acknowledged", await declaration_of(stage, visit), visit=visit.reference, version=1, act="A-9"
        ),
    )

    assert (answer.outcome, answer.body["code"]) == ("noted", "other_act")
    assert (await outbound(stage, visit)).act == "ACT-1"


async def test_an_act_of_another_visit_is_refused_by_the_database(stage: Stage) -> None:
    _, out = await leaving(stage)
    await push_one(stage.tools, stage.tenant, out.id, by=Scripted())
    second, _ = await leaving(stage)

    answer = await told(
        stage,
        a_message(
            "report_acknowledged", await declaration_of(stage, second), visit=second.reference, version=1, act="ACT-1"
        ),
    )

    assert (answer.status, answer.body["code"]) == (409, "act_taken")
    assert (await stage.visit(second.id)).state == State.VALIDATED


async def test_the_tries_follow_the_ladder_and_then_wait_for_a_person(stage: Stage, clock: MovedClock) -> None:
    visit, out = await leaving(stage)
    other_side = Scripted(*["no"] * 10)

    waits = []
    for _ in range(10):
        assert await push_one(stage.tools, stage.tenant, out.id, by=other_side) is Pushed.TURNED_AWAY
        kept = await outbound(stage, visit)
        if kept.state == "waiting":
            waits.append(kept.due_at - clock.now())
            clock.set(kept.due_at - timedelta(milliseconds=1))
            assert await push_one(stage.tools, stage.tenant, out.id, by=other_side) is Pushed.NOT_DUE
            clock.set(kept.due_at)

    assert (kept.state, kept.tries, kept.fault) == ("parked", 10, "HTTP 422")
    assert [step * 0.9 <= wait <= step * 1.1 for step, wait in zip(LADDER, waits, strict=True)] == [True] * 9
    assert await link(stage) is None or (await link(stage)).down_since is None  # type: ignore[union-attr]


def test_the_ladder_is_that_of_the_standard_and_ends() -> None:
    hours = [0, 0, 0.5, 2, 5, 10, 14, 20, 24]
    assert [step.total_seconds() // 1800 / 2 for step in LADDER] == hours
    assert wait_after(1, random.Random(1)) != wait_after(1, random.Random(2))
    assert wait_after(10, random.Random(1)) is None


async def test_a_parked_report_is_played_again_with_a_fresh_ladder(stage: Stage, clock: MovedClock) -> None:
    visit, out = await leaving(stage)
    for _ in range(10):
        await push_one(stage.tools, stage.tenant, out.id, by=Scripted("no"))
        clock.set((await outbound(stage, visit)).due_at)

    await stage.run("chief", replay_report, out.id)
    assert await push_one(stage.tools, stage.tenant, out.id, by=Scripted()) is Pushed.SENT

    assert (await outbound(stage, visit)).state == "acknowledged"


async def test_a_report_of_another_office_cannot_be_played_again(stage: Stage) -> None:
    _, out = await leaving(stage)

    with pytest.raises(NotFound):
        await stage.run("other_declarant", replay_report, out.id)


async def test_an_outage_marks_the_link_and_its_end_sends_everything_oldest_first(
    stage: Stage, clock: MovedClock
) -> None:
    other_side = Scripted(up=False)
    visits = []
    for _ in range(3):
        visit, out = await leaving(stage)
        visits.append(visit)
        await push_one(stage.tools, stage.tenant, out.id, by=other_side)
        clock.move(seconds=1)
    down = await link(stage)
    assert down is not None
    assert down.down_since is not None
    clock.move(minutes=6)
    await tick_push(stage.tools, stage.tenant, by=other_side)
    clock.move(seconds=31)
    other_side.up, other_side.tried = True, []

    assert await tick_push(stage.tools, stage.tenant, by=other_side) == 3

    keys = [(await outbound(stage, visit)).message_key for visit in visits]
    assert other_side.tried == keys
    assert [(await stage.visit(visit.id)).state for visit in visits] == [State.ACKNOWLEDGED] * 3
    assert (await link(stage)).down_since is None  # type: ignore[union-attr]


async def test_a_link_that_is_down_is_probed_every_thirty_seconds(stage: Stage, clock: MovedClock) -> None:
    visit, out = await leaving(stage)
    other_side = Scripted(up=False)
    for _ in range(2):
        await push_one(stage.tools, stage.tenant, out.id, by=other_side)
        clock.set((await outbound(stage, visit)).due_at)
    await push_one(stage.tools, stage.tenant, out.id, by=other_side)
    clock.move(seconds=31)
    await tick_push(stage.tools, stage.tenant, by=other_side)  # asks, in vain
    other_side.up = True

    clock.move(seconds=29)
    assert await tick_push(stage.tools, stage.tenant, by=other_side) == 0
    clock.move(seconds=2)
    assert await tick_push(stage.tools, stage.tenant, by=other_side) == 1


async def test_a_report_turned_away_does_not_hold_up_the_others(stage: Stage) -> None:
    first, _ = await leaving(stage)
    second, _ = await leaving(stage)

    assert await tick_push(stage.tools, stage.tenant, by=Scripted("no")) == 1

    assert (await stage.visit(first.id)).state == State.VALIDATED
    assert (await stage.visit(second.id)).state == State.ACKNOWLEDGED


async def test_an_answer_lost_on_its_way_leaves_one_act(stage: Stage, clock: MovedClock) -> None:
    visit, _ = await leaving(stage)
    other_side = Scripted("lost")
    await tick_push(stage.tools, stage.tenant, by=other_side)
    clock.move(seconds=6)

    await tick_push(stage.tools, stage.tenant, by=other_side)

    assert len(other_side.tried) == 2
    assert (len(other_side.taken), (await outbound(stage, visit)).act) == (1, "ACT-1")


async def test_killed_between_sending_and_writing_it_down_leaves_one_act(stage: Stage, clock: MovedClock) -> None:
    visit, out = await leaving(stage)
    other_side = Scripted("killed")
    with pytest.raises(Killed):
        await push_one(stage.tools, stage.tenant, out.id, by=other_side)
    assert (await outbound(stage, visit)).state == "waiting"
    assert await tick_push(stage.tools, stage.tenant, by=other_side) == 0

    clock.move(seconds=LEASE.total_seconds())
    assert await tick_push(stage.tools, stage.tenant, by=other_side) == 1

    assert other_side.taken == {out.message_key: "ACT-1"}
    assert (await stage.visit(visit.id)).state == State.ACKNOWLEDGED


async def test_two_workers_at_one_report_send_it_once(stage: Stage) -> None:
    _, out = await leaving(stage)
    other_side = Scripted()

    answers = await asyncio.gather(*(push_one(stage.tools, stage.tenant, out.id, by=other_side) for _ in range(8)))

    assert answers.count(Pushed.SENT) == 1
    assert len(other_side.tried) == 1


async def test_a_voucher_that_came_early_releases_the_visit_once_it_is_acknowledged(stage: Stage) -> None:
    visit = await validated(stage)
    second = await stage.opened()
    await told(stage, a_message("release_issued", await declaration_of(stage, second), voucher="BAE-1"))
    await told(stage, a_message("release_issued", await declaration_of(stage, visit), id="r2", voucher="BAE-2"))

    assert (await stage.visit(visit.id)).state == State.RELEASED
    assert (await stage.visit(second.id)).state == State.PACKAGE


async def test_exit_is_noted_on_the_released_visit_once(stage: Stage) -> None:
    visit = await validated(stage)
    declaration = await declaration_of(stage, visit)
    await told(stage, a_message("release_issued", declaration, voucher="BAE-1"))

    first = await told(stage, a_message("goods_exited", declaration, gate="3"))
    again = await told(stage, a_message("goods_exited", declaration, id="2", gate="3"))

    assert (first.outcome, again.outcome) == ("accepted", "unchanged")


async def test_giving_up_is_in_the_journal(stage: Stage, clock: MovedClock) -> None:
    visit, out = await leaving(stage)
    for _ in range(10):
        await push_one(stage.tools, stage.tenant, out.id, by=Scripted("no"))
        clock.set((await outbound(stage, visit)).due_at)

    async with stage.work() as work:
        noted = await work.session.scalar(select(Audit).where(col(Audit.action) == "report_parked"))
    assert noted is not None
    assert noted.subject == str(visit.id)
