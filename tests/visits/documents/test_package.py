"""A package goes to customs when nothing is missing, and comes back with everything that is wrong at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.files import a_pdf
from tests.support.stage import Stage
from tests.support.steps_documents import accepted, complete, given, package, returned, submitted
from visits.declarations.lane import Colour
from visits.documents.checklist import Defect
from visits.documents.package import submit
from visits.documents.refusals import NoDefect, PackageIncomplete, RuleMalformed
from visits.documents.review import accept, send_back
from visits.documents.rules import retire_rule, rules_for, save_rule, seed_rules
from visits.documents.tables import PackageReview
from visits.errors import BadInput, NotAllowed, NotFound, Refusal, Stale
from visits.journey.states import NotYours, State, WrongState
from visits.store.tables import DomainEvent

ILLEGIBLE = Defect(document_type="380", reason="missing", text="il manque la page 2")


async def kinds(stage: Stage) -> list[str]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(DomainEvent.kind))
            .where(col(DomainEvent.kind).startswith("package"))
            .order_by(col(DomainEvent.seq))
        )
        return list(rows)


async def test_what_is_missing_is_listed_and_keeps_the_package(stage: Stage) -> None:
    visit = await stage.opened()
    await given(stage, visit.id, "271")

    with pytest.raises(PackageIncomplete) as refused:
        await stage.run("declarant", submit, visit.id)

    assert refused.value.facts == {"count": 2, "documents": ["380", "705"]}
    assert (await stage.visit(visit.id)).state == State.PACKAGE


async def test_a_complete_package_goes_to_customs_once(stage: Stage) -> None:
    visit = await complete(stage)

    await asyncio.gather(*(stage.run("declarant", submit, visit.id) for _ in range(5)))

    assert (await stage.visit(visit.id)).state == State.CHECKING
    assert await kinds(stage) == ["package_submitted"]


@pytest.mark.parametrize(
    ("who", "refusal"), [("other_declarant", NotFound), ("importer", NotYours), ("chief", NotYours)]
)
async def test_only_the_firm_s_declarants_send_the_package(stage: Stage, who: str, refusal: type[Refusal]) -> None:
    visit = await complete(stage)

    with pytest.raises(refusal):
        await stage.run(who, submit, visit.id)


async def test_a_package_that_was_accepted_is_not_sent_again(stage: Stage) -> None:
    visit = await accepted(stage)

    with pytest.raises(WrongState):
        await stage.run("declarant", submit, visit.id)


@pytest.mark.parametrize(
    ("colour", "wished", "state"),
    [
        pytest.param(Colour.RED, {}, State.TO_BOOK, id="a visit is booked"),
        pytest.param(Colour.YELLOW, {}, State.AT_DESK, id="documents go to a desk"),
        pytest.param(Colour.YELLOW, {"level": "video"}, State.TO_BOOK, id="a video visit is booked"),
    ],
)
async def test_an_accepted_package_goes_on_as_its_level_asks(
    stage: Stage, colour: Colour, wished: dict[str, Any], state: State
) -> None:
    assert (await accepted(stage, colour, **wished)).state == state


async def test_an_inspector_may_check_a_package(stage: Stage) -> None:
    visit = await submitted(stage)

    review = await stage.run("inspector2", accept, visit.id, "tout y est")

    assert (review.accepted, review.remark) == (True, "tout y est")
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_a_returned_package_names_all_its_defects(stage: Stage) -> None:
    visit, invoice = await returned(stage, "illegible", "incomplete")

    found = await package(stage, visit.id, "declarant")

    assert visit.state == State.PACKAGE
    assert [(each.document, each.reason) for each in found.defects] == [
        (invoice.id, "illegible"),
        (invoice.id, "incomplete"),
    ]
    assert [need.document_type for need in found.missing] == ["380"]
    assert await kinds(stage) == ["package_submitted", "package_returned"]


async def test_a_returned_package_cannot_come_back_unmended(stage: Stage) -> None:
    visit, invoice = await returned(stage)

    with pytest.raises(PackageIncomplete):
        await stage.run("declarant", submit, visit.id)
    await given(stage, visit.id, content=a_pdf("lisible"), replaces=invoice.id)
    await stage.run("declarant", submit, visit.id)

    assert (await stage.visit(visit.id)).state == State.CHECKING
    assert (await package(stage, visit.id)).defects == []


async def test_a_defect_that_asks_for_an_answer_does_not_block(stage: Stage) -> None:
    visit, _ = await returned(stage, "differs")

    await stage.run("declarant", submit, visit.id)

    assert (await stage.visit(visit.id)).state == State.CHECKING


async def test_an_officer_may_ask_for_a_paper_no_rule_asks_for(stage: Stage) -> None:
    visit = await submitted(stage)
    await stage.run("chief", send_back, visit.id, [Defect(document_type="911", reason="missing", text="licence")])

    assert [need.document_type for need in (await package(stage, visit.id)).missing] == ["911"]
    await given(stage, visit.id, "911")
    assert (await package(stage, visit.id)).missing == []


async def test_a_package_is_not_sent_back_without_a_reason(stage: Stage) -> None:
    visit = await submitted(stage)

    with pytest.raises(NoDefect):
        await stage.run("chief", send_back, visit.id, [])


async def test_a_defect_names_a_document_of_this_visit(stage: Stage) -> None:
    visit, other = await submitted(stage), await stage.opened()
    foreign = await given(stage, other.id)
    wrong = [
        Defect(document_type="380", document=foreign.id, reason="illegible"),
        Defect(document_type="999", reason="illegible"),
        Defect(document_type="380", reason="because"),
    ]

    for defect in wrong:
        with pytest.raises((NotFound, BadInput)):
            await stage.run("chief", send_back, visit.id, [defect])
    assert (await stage.visit(visit.id)).state == State.CHECKING


@pytest.mark.parametrize("pair", [("chief", "inspector1"), ("inspector1", "inspector2"), ("chief", "chief2")])
async def test_of_two_officers_deciding_at_once_one_decides(stage: Stage, pair: tuple[str, str]) -> None:
    visit = await submitted(stage)

    answers = await asyncio.gather(
        stage.run(pair[0], accept, visit.id),
        stage.run(pair[1], send_back, visit.id, [ILLEGIBLE]),
        return_exceptions=True,
    )

    assert sorted(type(each) for each in answers if isinstance(each, Refusal)) == [WrongState]
    async with stage.work() as work:
        assert len((await work.session.scalars(select(PackageReview))).all()) == 1


async def test_the_same_verdict_sent_again_is_one_verdict(stage: Stage) -> None:
    visit = await submitted(stage)

    first = await stage.run("inspector1", accept, visit.id)
    again = await stage.run("inspector1", accept, visit.id)

    assert again.id == first.id


async def test_a_verdict_on_a_page_that_has_changed_is_stale(stage: Stage) -> None:
    visit = await submitted(stage)
    seen = (await package(stage, visit.id)).mark
    await stage.run("inspector1", send_back, visit.id, [Defect(document_type="530", document=None, reason="missing")])
    await given(stage, visit.id, "530")
    await stage.run("declarant", submit, visit.id)

    with pytest.raises(Stale):
        await stage.run("chief", accept, visit.id, seen=seen)


@pytest.mark.parametrize(
    ("who", "refusal"), [("supervisor", NotYours), ("declarant", NotYours), ("other_declarant", NotFound)]
)
async def test_only_officers_decide(stage: Stage, who: str, refusal: type[Refusal]) -> None:
    visit = await submitted(stage)

    with pytest.raises(refusal):
        await stage.run(who, accept, visit.id)


# ---------- the rules ----------


async def test_without_rules_of_its_own_an_administration_has_the_default_ones(stage: Stage) -> None:
    async with stage.work() as work:
        before = await rules_for(work, stage.office.id)
    async with stage.work("admin") as work:
        await seed_rules(work)
        await seed_rules(work)
    async with stage.work() as work:
        assert await rules_for(work, stage.office.id) == before


async def test_a_saved_rule_asks_from_then_on_and_a_retired_one_no_more(stage: Stage) -> None:
    visit = await stage.opened()

    rule = await stage.run("admin", save_rule, document_type="911", when={"hs_prefixes": ["8708"], "origins": []})
    assert "911" in [need.document_type for need in (await package(stage, visit.id)).missing]
    assert rule.when == {"hs_prefixes": ["8708"]}

    await stage.run("admin", save_rule, rule.id, document_type="911", mandatory=False)
    assert "911" not in [need.document_type for need in (await package(stage, visit.id)).missing]

    await stage.run("admin", retire_rule, rule.id)
    assert "911" not in [need.document_type for need in (await package(stage, visit.id)).needs]
    assert "380" in [need.document_type for need in (await package(stage, visit.id)).missing]


async def test_a_rule_of_an_office_holds_there_alone(stage: Stage) -> None:
    await stage.run("admin", save_rule, document_type="911", office_id=stage.office.id)

    async with stage.work() as work:
        here = await rules_for(work, stage.office.id)
        elsewhere = await rules_for(work, stage.site.id)
    assert len(here) == len(elsewhere) + 1


async def test_only_administrators_change_rules(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        await stage.run("chief", save_rule, document_type="911")
    with pytest.raises(NotAllowed):
        await stage.run("chief", retire_rule, stage.office.id)
    with pytest.raises(NotFound):
        await stage.run("admin", retire_rule, stage.office.id)


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        pytest.param("999", {}, id="unknown document"),
        pytest.param("911", {"colour": ["red"]}, id="unknown condition"),
        pytest.param("911", {"origins": "TR"}, id="no list"),
        pytest.param("911", {"origins": [""]}, id="empty word"),
        pytest.param("911", {"cited": "yes"}, id="no yes or no"),
    ],
)
async def test_a_malformed_rule_is_refused(stage: Stage, kind: str, when: dict[str, Any]) -> None:
    with pytest.raises(RuleMalformed):
        await stage.run("admin", save_rule, document_type=kind, when=when)
