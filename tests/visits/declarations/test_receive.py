"""A declaration is taken once; other content under a known key goes to a person."""

import asyncio

from sqlalchemy import func, select
from sqlmodel import col

from tests.support.builders import a_declaration
from tests.support.stage import Stage
from visits.declarations import queries
from visits.declarations.lane import Colour
from visits.declarations.receive import Outcome, decide, receive
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.journey.states import State
from visits.store.tables import ChainEntry, DomainEvent


async def test_the_first_arrival_is_accepted_and_told_once(stage: Stage) -> None:
    content, digest = a_declaration()

    first = await stage.run("system", receive, content, digest)
    again = await stage.run("system", receive, content, digest)

    assert (first.outcome, again.outcome) == (Outcome.ACCEPTED, Outcome.UNCHANGED)
    assert again.declaration.id == first.declaration.id
    async with stage.work() as work:
        kinds = (await work.session.scalars(select(col(DomainEvent.kind)))).all()
        links = await work.session.scalar(select(func.count()).select_from(ChainEntry))
    assert kinds == ["declaration_registered"]
    assert links == 1


async def test_twenty_arrivals_at_once_make_one_declaration(stage: Stage) -> None:
    content, digest = a_declaration()

    answers = await asyncio.gather(*(stage.run("system", receive, content, digest) for _ in range(20)))

    assert sorted({answer.outcome for answer in answers}) == [Outcome.ACCEPTED, Outcome.UNCHANGED]
    async with stage.work() as work:
        assert await work.session.scalar(select(func.count()).select_from(Declaration)) == 1
        assert await work.session.scalar(select(func.count()).select_from(DomainEvent)) == 1


async def test_other_content_waits_for_the_chief_and_changes_nothing(stage: Stage) -> None:
    content, digest = a_declaration()
    kept = (await stage.run("system", receive, content, digest)).declaration
    other, other_digest = a_declaration(location_of_goods="TC09")

    answer = await stage.run("system", receive, other, other_digest)

    assert answer.outcome is Outcome.CONFLICT
    async with stage.work("chief") as work:
        [(conflict, declaration)] = await queries.open_conflicts(work)
    assert declaration.location_of_goods == kept.location_of_goods == "TC01"
    assert [each["path"] for each in conflict.differences] == ["location_of_goods"]


async def test_an_accepted_conflict_is_a_new_version(stage: Stage) -> None:
    content, digest = a_declaration()
    await stage.run("system", receive, content, digest)
    other, other_digest = a_declaration(location_of_goods="TC09")
    await stage.run("system", receive, other, other_digest)
    async with stage.work("chief") as work:
        [(conflict, _)] = await queries.open_conflicts(work)

    declaration = await stage.run("chief", decide, conflict.id, accept=True, reason="correction du terminal")

    assert (declaration.version, declaration.location_of_goods) == (2, "TC09")
    assert (await stage.run("system", receive, other, other_digest)).outcome is Outcome.UNCHANGED


async def test_a_draft_that_comes_back_registered_keeps_its_row(stage: Stage) -> None:
    draft = (await stage.run("system", receive, *a_declaration(status="draft", reference="R1"))).declaration

    registered = (await stage.run("system", receive, *a_declaration(reference="R1"))).declaration

    assert registered.id == draft.id
    assert registered.status == "registered"


async def test_a_red_lane_opens_one_visit(stage: Stage) -> None:
    declaration = await stage.declaration()

    visit = await stage.run("system", select_lane, declaration.id, Colour.RED, source="message")
    again = await stage.run("system", select_lane, declaration.id, Colour.RED, source="message")

    assert visit is not None
    assert again is not None
    assert (again.id, visit.level, visit.state) == (visit.id, "physical", State.PACKAGE)
    assert visit.order["containers"] == ["QZVU5081639"]


async def test_a_green_lane_before_the_start_withdraws_the_visit(stage: Stage) -> None:
    visit = await stage.opened()

    await stage.run("system", select_lane, visit.declaration_id, Colour.GREEN, source="message")

    assert (await stage.visit(visit.id)).state == State.CANCELLED


async def test_the_stamps_of_assessment_and_payment_are_progress_not_a_conflict(stage: Stage) -> None:
    content, digest = a_declaration()
    await stage.run("system", receive, content, digest)
    paid = content | {"receipt": {"serial": "R", "number": "6405", "date": "2026-11-21"}}

    first = await stage.run("system", receive, paid, digest)
    await stage.run("system", receive, paid, digest)

    assert first.outcome is Outcome.UNCHANGED
    async with stage.work() as work:
        kinds = (await work.session.scalars(select(col(DomainEvent.kind)).order_by(col(DomainEvent.seq)))).all()
    assert kinds == ["declaration_registered", "paid"]
