"""Findings: the declared side is the declaration's, corrections are new rows, boxes and seals are checked."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_fieldwork import BOX, ended, quantity, ready, started
from visits.errors import BadInput, NotFound
from visits.fieldwork import findings, queries, rules
from visits.fieldwork.findings import Seen
from visits.fieldwork.words import Deed, Facet, Kind, Method, Moment, SealState
from visits.ids import new_id
from visits.journey.states import WrongState
from visits.store.tables import DomainEvent


async def record_of(stage: Stage, visit_id: Any) -> rules.Record:
    async with stage.work() as work:
        return await queries.record_of(work, visit_id)


async def test_a_count_is_set_beside_what_is_declared(stage: Stage) -> None:
    visit = await started(stage)

    row = await stage.run("inspector1", findings.record, visit.id, quantity("468"))

    assert (row.kind, row.declared, row.found, row.unit, row.method) == (
        Kind.QUANTITY_MORE,
        "420",
        "468",
        "Carton",
        "COUNT",
    )


async def test_the_same_finding_sent_twice_is_one_row_and_one_event(stage: Stage) -> None:
    visit, seen = await started(stage), quantity("468")

    rows = await asyncio.gather(*(stage.run("inspector1", findings.record, visit.id, seen) for _ in range(5)))

    assert {row.id for row in rows} == {seen.id}
    async with stage.work() as work:
        told = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "finding_recorded"))
        assert [event.body["finding"] for event in told] == [str(seen.id)]


async def test_two_tablets_on_one_visit_keep_both_findings(stage: Stage) -> None:
    visit = await started(stage)

    await asyncio.gather(
        *(stage.run("inspector1", findings.record, visit.id, quantity(found)) for found in ("468", "470"))
    )

    record = await record_of(stage, visit.id)
    assert {row.found for row in record.findings} == {"468", "470"}
    assert len(rules.standing(record.findings)) == 1


async def test_one_tap_says_conform(stage: Stage) -> None:
    visit = await started(stage)

    row = await stage.run("inspector1", findings.conform, visit.id, id=new_id(), item=1)

    assert (row.kind, row.facet) == (Kind.CONFORM, "")


async def test_a_correction_names_what_it_corrects(stage: Stage) -> None:
    visit = await started(stage)
    wrong = await stage.run("inspector1", findings.record, visit.id, quantity("486"))

    right = await stage.run("inspector1", findings.record, visit.id, quantity("468", corrects=wrong.id))

    record = await record_of(stage, visit.id)
    assert len(record.findings) == 2
    assert [row.id for row in rules.standing(record.findings)] == [right.id]


async def test_undo_is_a_row_of_its_own(stage: Stage) -> None:
    visit, sent = await started(stage), new_id()
    wrong = await stage.run("inspector1", findings.record, visit.id, quantity("486"))
    stage.clock.move(minutes=1)

    for _ in range(2):
        await stage.run("inspector1", findings.withdraw, visit.id, wrong.id, id=sent)

    record = await record_of(stage, visit.id)
    assert [row.kind for row in record.findings] == [Kind.QUANTITY_MORE, Kind.WITHDRAWN]
    assert rules.standing(record.findings) == []


async def test_a_finding_of_another_visit_cannot_be_corrected_here(stage: Stage) -> None:
    first = await started(stage)
    foreign = await stage.run("inspector1", findings.record, first.id, quantity("486"))
    second = await started(stage)

    with pytest.raises(NotFound):
        await stage.run("inspector1", findings.withdraw, second.id, foreign.id, id=new_id())


async def test_undeclared_goods_need_no_item_but_words(stage: Stage) -> None:
    visit = await started(stage)
    seen = Seen(id=new_id(), kind=Kind.UNDECLARED, container=BOX, remark="12 pneus")

    row = await stage.run("inspector1", findings.record, visit.id, seen)

    assert (row.kind, row.item, row.remark) == (Kind.UNDECLARED, None, "12 pneus")
    with pytest.raises(BadInput):
        await stage.run("inspector1", findings.record, visit.id, Seen(id=new_id(), kind=Kind.UNDECLARED))


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param({"item": 9, "facet": Facet.QUANTITY, "found": "1"}, id="unknown item"),
        pytest.param({"facet": Facet.QUANTITY, "found": "1"}, id="quantity of nothing"),
        pytest.param({"item": 1, "facet": Facet.DESCRIPTION, "found": " "}, id="found nothing"),
        pytest.param({"item": 1, "kind": Kind.WITHDRAWN, "remark": "x"}, id="undone from nowhere"),
        pytest.param({"kind": Kind.CONFORM}, id="conform nothing"),
        pytest.param({"kind": Kind.OTHER, "container": "ZZZU0000000", "remark": "x"}, id="unknown box"),
        pytest.param({}, id="nothing at all"),
    ],
)
async def test_what_makes_no_sense_is_refused(stage: Stage, seen: dict[str, Any]) -> None:
    visit = await started(stage)

    with pytest.raises(BadInput):
        await stage.run("inspector1", findings.record, visit.id, Seen(id=new_id(), **seen))
    assert (await record_of(stage, visit.id)).findings == []


async def test_nothing_is_found_before_the_start(stage: Stage) -> None:
    visit = await ready(stage)

    with pytest.raises(WrongState):
        await stage.run("inspector1", findings.record, visit.id, quantity("468"))


@pytest.mark.parametrize("who", ["inspector2", "chief", "declarant", "agency_officer"])
async def test_nobody_else_finds_anything(stage: Stage, who: str) -> None:
    visit = await started(stage)

    with pytest.raises(NotFound):
        await stage.run(who, findings.record, visit.id, quantity("468"))


async def test_the_inspector_may_still_correct_before_the_signature(stage: Stage) -> None:
    visit = await ended(stage)

    row = await stage.run("inspector1", findings.record, visit.id, quantity("470"))

    assert row.found == "470"


async def test_a_finding_cannot_be_changed_or_deleted(stage: Stage) -> None:
    visit = await started(stage)
    row = await stage.run("inspector1", findings.record, visit.id, quantity("468"))

    for statement in ("update finding set found = '1' where id = :id", "delete from finding where id = :id"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with stage.work() as work:
                await work.session.execute(text(statement), {"id": row.id})


# ---------- boxes ----------


async def test_the_number_of_the_order_read_on_the_box_is_taken(stage: Stage) -> None:
    visit = await started(stage)

    assert await stage.run(
        "inspector1", findings.read_number, visit.id, id=new_id(), container=BOX, read="qzvu 508163-9"
    )


@pytest.mark.parametrize(
    ("read", "same", "valid"),
    [("QZVU5081638", False, False), ("CSQU3054383", False, True)],
    ids=["wrong digit", "another box"],
)
async def test_another_number_is_confirmed_at_the_box(stage: Stage, read: str, same: bool, valid: bool) -> None:
    visit = await started(stage)

    with pytest.raises(findings.CheckTheBox) as refusal:
        await stage.run("inspector1", findings.read_number, visit.id, id=new_id(), container=BOX, read=read)
    assert (refusal.value.facts["same"], refusal.value.facts["check_digit"]) == (same, valid)

    await stage.run("inspector1", findings.read_number, visit.id, id=new_id(), container=BOX, read=read, confirmed=True)
    step = rules.step_of((await record_of(stage, visit.id)).steps, Deed.NUMBER, BOX)
    assert step is not None
    assert step.body == {"read": read, "same": same, "check_digit": valid, "confirmed": True}


async def test_a_broken_seal_is_told_as_not_intact(stage: Stage) -> None:
    visit, sent = await started(stage), new_id()

    for _ in range(2):
        await stage.run(
            "inspector1",
            findings.seal,
            visit.id,
            id=sent,
            container=BOX,
            moment=Moment.BEFORE,
            number="ci 048  2217",
            state=SealState.BROKEN,
        )

    async with stage.work() as work:
        [told] = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "seal_removed"))
    assert told.body == {"container": BOX, "seal": "CI 048 2217", "intact": False}


async def test_a_missing_seal_has_no_number_and_a_present_one_has(stage: Stage) -> None:
    visit = await started(stage)
    facts: dict[str, Any] = {"container": BOX, "moment": Moment.BEFORE, "number": ""}

    await stage.run("inspector1", findings.seal, visit.id, id=new_id(), state=SealState.MISSING, **facts)
    with pytest.raises(BadInput):
        await stage.run("inspector1", findings.seal, visit.id, id=new_id(), **facts)


async def test_a_mistyped_seal_is_corrected(stage: Stage) -> None:
    visit = await started(stage)
    facts: dict[str, Any] = {"container": BOX, "moment": Moment.BEFORE}
    wrong = await stage.run("inspector1", findings.seal, visit.id, id=new_id(), number="CI 1", **facts)

    right = await stage.run(
        "inspector1", findings.seal, visit.id, id=new_id(), number="CI 2", corrects=wrong.id, **facts
    )

    seals = (await record_of(stage, visit.id)).seals
    assert [row.id for row in rules.seals_standing(seals, BOX, Moment.BEFORE)] == [right.id]


async def test_a_shut_box_gets_no_new_seal(stage: Stage) -> None:
    visit = await started(stage)

    with pytest.raises(findings.Opened):
        await stage.run(
            "inspector1", findings.seal, visit.id, id=new_id(), container=BOX, moment=Moment.AFTER, number="CI 9"
        )


@pytest.mark.parametrize(
    ("method", "percent", "kept"),
    [(Method.TAILGATE, 30, None), (Method.PARTIAL, 30, 30), (Method.FULL, None, 100)],
)
async def test_an_opening_has_its_method_and_share(
    stage: Stage, method: Method, percent: int | None, kept: int | None
) -> None:
    visit = await started(stage)

    await stage.run("inspector1", findings.opened, visit.id, id=new_id(), container=BOX, method=method, percent=percent)

    step = rules.step_of((await record_of(stage, visit.id)).steps, Deed.OPENED, BOX)
    assert step is not None
    assert step.body == {"method": method, "percent": kept}


@pytest.mark.parametrize(("method", "percent"), [(Method.SEAL, 10), (Method.PARTIAL, 0), (Method.PARTIAL, 101)])
async def test_an_impossible_opening_is_refused(stage: Stage, method: Method, percent: int) -> None:
    visit = await started(stage)

    with pytest.raises(BadInput):
        await stage.run(
            "inspector1", findings.opened, visit.id, id=new_id(), container=BOX, method=method, percent=percent
        )


async def test_packages_and_weight_of_a_box_are_kept(stage: Stage) -> None:
    visit = await started(stage)

    await stage.run("inspector1", findings.counted, visit.id, id=new_id(), container=BOX, packages=468, opened=12)
    await stage.run("inspector1", findings.weighed, visit.id, id=new_id(), container=BOX, kilograms="9 360,5")

    steps = (await record_of(stage, visit.id)).steps
    assert [step.body for step in steps if step.container == BOX] == [
        {"counted": 468, "opened": 12},
        {"kilograms": "9360.5"},
    ]
    with pytest.raises(BadInput):
        await stage.run("inspector1", findings.counted, visit.id, id=new_id(), container=BOX, packages=3, opened=4)
