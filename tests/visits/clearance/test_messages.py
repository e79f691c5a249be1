"""Messages come late, twice and out of order; each has its effect once."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.clearance import (
    a_message,
    control,
    inbound,
    integrator,
    told,
)
from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.background.deliver import deliver
from visits.clearance import port
from visits.clearance.asycuda.json_form import digest, to_json
from visits.clearance.asycuda.read import read
from visits.clearance.inbox import DECLARATION, settle, take
from visits.declarations import queries
from visits.declarations.lane import Colour
from visits.declarations.receive import receive
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.ids import reference
from visits.journey.queries import visits_of
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.people.tables import Agency
from visits.store.tables import DomainEvent

PATH = "/api/clearance/messages"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


async def arrive(stage: Stage) -> Any:
    return await take(stage.tools, stage.actor(), channel="api", sender="sydam", kind=DECLARATION, raw=control())


async def visits(stage: Stage, declaration: Declaration | None = None) -> list[Visit]:
    async with stage.work() as work:
        found = declaration or await work.session.scalar(select(Declaration))
        return list(await visits_of(work, found.id)) if found else []


async def colours(stage: Stage, declaration: Declaration) -> dict[str | None, Colour]:
    async with stage.work() as work:
        return await queries.colours_of(work, declaration.id)


async def kinds(stage: Stage) -> list[str]:
    async with stage.work() as work:
        return list(await work.session.scalars(select(col(DomainEvent.kind)).order_by(col(DomainEvent.id))))


async def test_a_red_lane_opens_the_visit_it_orders(stage: Stage) -> None:
    declaration = await stage.declaration()

    async with await integrator(stage) as client:
        order = {"extent": "FULL", "instructions": "Dépoter.", "containers": ["QZVU5081639"]}
        answer = await client.post(PATH, content=a_message("lane_chosen", declaration, lane="red", order=order))

    assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted")
    [visit] = await visits(stage, declaration)
    assert (visit.level, visit.order["extent"], visit.order["instructions"]) == ("physical", "FULL", "Dépoter.")


async def test_a_lane_before_its_declaration_waits_for_it(stage: Stage) -> None:
    async with await integrator(stage) as client:
        answer = await client.post(PATH, content=a_message("lane_chosen", lane="red"))
        again = await client.post(PATH, content=a_message("lane_chosen", lane="red"))

    assert (answer.status_code, answer.json()["outcome"], answer.json()["code"]) == (
        202,
        "parked",
        "unknown_declaration",
    )
    assert again.json() == answer.json()

    await arrive(stage)

    [visit] = await visits(stage)
    assert visit.state == State.PACKAGE
    assert [row.outcome for row in await inbound(stage)] == ["accepted", "accepted"]


async def test_what_waited_is_applied_in_the_order_in_which_it_happened(stage: Stage) -> None:
    await told(stage, a_message("lane_rerouted", id="b", lane="green", at=at(7, 50)))
    await told(stage, a_message("lane_chosen", id="a", lane="red", at=at(7, 40)))

    await arrive(stage)

    [visit] = await visits(stage)
    assert visit.state == State.CANCELLED


async def test_a_declaration_that_came_another_way_wakes_what_waited(stage: Stage) -> None:
    content, digest = stage_control()
    await told(stage, a_message("report_acknowledged", visit="V-000001-1", version=1, act="A", at=at(7)))
    await told(stage, a_message("lane_chosen", lane="red"))
    declaration = (await stage.run("system", receive, content, digest)).declaration
    assert await visits(stage, declaration) == []

    await deliver(stage.tools, stage.tenant, declaration.id)

    assert len(await visits(stage, declaration)) == 1
    assert {row.kind: (row.outcome, row.code) for row in await inbound(stage)} == {
        "report_acknowledged": ("refused", "unknown_visit"),
        "lane_chosen": ("accepted", ""),
    }


async def test_a_lane_and_its_declaration_at_the_same_moment_open_one_visit(stage: Stage) -> None:
    for _ in range(3):
        await asyncio.gather(arrive(stage), told(stage, a_message("lane_chosen", lane="red")))

    assert len(await visits(stage)) == 1


async def test_a_lane_overtaken_by_a_newer_one_changes_nothing(stage: Stage) -> None:
    declaration = await stage.declaration()
    await told(stage, a_message("lane_rerouted", declaration, id="b", lane="green", at=at(7, 50)))

    late = await told(stage, a_message("lane_chosen", declaration, id="a", lane="red", at=at(7, 40)))

    assert (late.outcome, late.body["code"]) == ("unchanged", "late_lane")
    assert await colours(stage, declaration) == {None: Colour.GREEN}
    assert await visits(stage, declaration) == []


async def test_a_lane_written_before_the_chief_set_one_by_hand_changes_nothing(stage: Stage, clock: MovedClock) -> None:
    declaration = await stage.declaration()
    await stage.run(
        "chief", select_lane, declaration.id, Colour.RED, source="hand", reason="renseignement", by_hand=True
    )

    await told(stage, a_message("lane_chosen", declaration, lane="green", at=at(7)))

    assert await colours(stage, declaration) == {None: Colour.RED}


async def test_an_unknown_agency_is_kept_until_somebody_adds_it(stage: Stage) -> None:
    declaration = await stage.declaration()
    message = a_message("lane_chosen", declaration, lane="red", agency="AIRP")

    kept = await told(stage, message)
    async with stage.work() as work:
        work.session.add(Agency(code="AIRP", name="Autorité du médicament"))
    await settle(stage.tools, stage.tenant, about=str(kept.body["reference"]))

    assert (kept.status, kept.body["code"]) == (202, "unknown-agency")
    [visit] = await visits(stage, declaration)
    assert (visit.level, visit.order["agencies"]) == ("joint", ["AIRP"])


async def test_a_repeated_message_has_the_same_answer_and_no_second_effect(stage: Stage) -> None:
    declaration = await stage.declaration()

    first = await told(stage, a_message("paid", declaration, receipt="Q-118"))
    again = await told(stage, a_message("paid", declaration, receipt="Q-118"))
    renamed = await told(stage, a_message("paid", declaration, id="other", receipt="Q-118"))

    assert first.body == again.body
    assert renamed.outcome == "unchanged"
    assert (await kinds(stage)).count("paid") == 1


async def test_twenty_times_the_same_message_at_once_is_one(stage: Stage) -> None:
    declaration = await stage.declaration()

    answers = await asyncio.gather(*(told(stage, a_message("lane_chosen", declaration, lane="red")) for _ in range(20)))

    assert {answer.status for answer in answers} == {200}
    assert len(await inbound(stage)) == 1
    assert len(await visits(stage, declaration)) == 1


async def test_one_id_on_two_messages_is_refused(stage: Stage) -> None:
    declaration = await stage.declaration()
    await told(stage, a_message("paid", declaration))

    answer = await told(stage, a_message("assessed", declaration, id="paid-1"))

    assert (answer.status, answer.body["code"]) == (422, "message_id_reused")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b'{"type":"nothing"}',
        b"\xff\xfe",
        a_message("lane_chosen", lane="orange"),
        a_message("lane_chosen", lane="red", extra=1),
        a_message("lane_chosen", lane="red", reason="a\x00b"),
        a_message("release_issued", voucher=""),
        a_message("release_issued", voucher="B\n"),
        a_message("release_issued", voucher="B" * 129),
        a_message("paid").replace(b"+00:00", b"").replace(b'Z"', b'"'),
        b"[" * 200_000,
    ],
    ids=[
        "empty",
        "a list",
        "cut",
        "an unknown type",
        "no text",
        "an unknown lane",
        "an unknown field",
        "a zero byte",
        "an empty voucher",
        "a line end",
        "too long",
        "a time without a zone",
        "too deep",
    ],
)
async def test_a_message_of_another_shape_is_refused_with_one_row(stage: Stage, raw: bytes) -> None:
    async with await integrator(stage) as client:
        answer = await client.post(PATH, content=raw)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
    assert [row.outcome for row in await inbound(stage)] == ["refused"]


async def test_arrival_assessment_and_payment_carry_the_senders_time(stage: Stage) -> None:
    declaration = await stage.declaration()

    await told(stage, a_message("cargo_arrived", declaration, manifest="M1", at=at(5)))
    await told(stage, a_message("assessed", declaration, at=at(23)))

    async with stage.work() as work:
        events = (
            await work.session.scalars(
                select(DomainEvent).where(col(DomainEvent.kind).in_(("cargo_arrived", "assessed")))
            )
        ).all()
    # A clock ahead of ours is not believed.
    assert {event.kind: event.device_at for event in events} == {"cargo_arrived": at(5), "assessed": None}


async def test_a_withdrawal_cancels_the_open_visit_once(stage: Stage) -> None:
    visit = await stage.opened()
    async with stage.work() as work:
        declaration = await work.session.get_one(Declaration, visit.declaration_id)

    answer = await told(stage, a_message("visit_withdrawn", declaration, visit=visit.reference, reason="annulée"))
    late = await told(stage, a_message("visit_withdrawn", declaration, id="other"))

    assert answer.outcome == "accepted"
    assert (await stage.visit(visit.id)).state == State.CANCELLED
    assert (late.outcome, late.body["code"]) == ("noted", "too_late")


async def test_a_visit_of_another_declaration_is_unknown(stage: Stage) -> None:
    visit = await stage.opened()
    other = await stage.declaration()

    answer = await told(stage, a_message("visit_withdrawn", other, visit=visit.reference))

    assert (answer.status, answer.body["code"]) == (422, "unknown_visit")
    assert (await stage.visit(visit.id)).state == State.PACKAGE


async def test_a_voucher_without_a_visit_is_kept_with_the_declaration(stage: Stage) -> None:
    declaration = await stage.declaration()

    first = await told(stage, a_message("release_issued", declaration, voucher="BAE-1"))
    again = await told(stage, a_message("release_issued", declaration, id="2", voucher="BAE-1"))
    other = await told(stage, a_message("release_issued", declaration, id="3", voucher="BAE-2"))

    assert (first.outcome, again.outcome, other.body["code"]) == ("accepted", "unchanged", "other_voucher")
    async with stage.work() as work:
        kept = await work.session.get_one(Declaration, declaration.id)
    assert (kept.voucher, kept.released_at) == ("BAE-1", at(7, 59))
    assert (await kinds(stage)).count("release_issued") == 1


async def test_a_voucher_before_the_end_of_the_visit_is_noted(stage: Stage) -> None:
    visit = await stage.opened()
    async with stage.work() as work:
        declaration = await work.session.get_one(Declaration, visit.declaration_id)

    answer = await told(stage, a_message("release_issued", declaration, voucher="BAE-1"))

    assert (answer.outcome, answer.body["code"]) == ("noted", "early_release")
    assert (await stage.visit(visit.id)).state == State.PACKAGE
    assert "release_issued" in await kinds(stage)


def test_every_reference_of_a_visit_can_be_named_in_a_message() -> None:
    for number in range(37):
        raw = a_message("report_acknowledged", visit=reference("V", number), version=1, act="A")

        msgspec.json.decode(raw, type=port.AnyMessage)


def stage_control() -> tuple[dict[str, Any], bytes]:
    """The control declaration as the reader gives it."""
    sad = read(control(), now=at(8))
    return to_json(sad, file="", size=0), digest(sad)
