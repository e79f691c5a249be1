"""Another inspector is drawn, never chosen: at once for an absence, after two chiefs agreed for anything else."""

import asyncio
from dataclasses import replace as replace_of
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, at_desk, draws, live
from tests.support.steps_booking import only
from tests.visits.assignment.test_draw import in_order, kinds, officer_parts
from visits.assignment.draw import draw_now
from visits.assignment.replace import ask, decide, replace
from visits.assignment.rules import (
    AlreadyAsked,
    NobodyEligible,
    NotAssigned,
    SameEyes,
    SecondPersonNeeded,
    UnknownReason,
    two_pairs,
)
from visits.assignment.tables import Assignment, Reassignment
from visits.errors import NotFound, Stale
from visits.ids import PersonId
from visits.journey.tables import Visit
from visits.people.admin import appoint_deputy
from visits.people.tables import Membership, Person
from visits.sites.tables import Resource
from visits.store.tables import Audit


async def alone(stage: Stage, visit: Visit) -> None:
    """Nobody is left but whoever has the visit."""
    async with stage.work() as work:
        for number in (1, 2, 3):
            resource = await work.session.get_one(Resource, stage.resources[f"inspector{number}"].id)
            if resource.id != visit.inspector_id:
                (await work.session.get_one(Person, resource.person_id)).state = "locked"


async def test_an_absent_inspector_is_replaced_by_another_draw(stage: Stage) -> None:
    visit = await assigned(stage)

    made = await stage.run("system", replace, stage.tools, visit.id, "ill")

    assert made is not None
    assert made.chosen != visit.inspector_id
    assert (str(visit.inspector_id), "replaced") in [(each["resource"], each["rule"]) for each in made.excluded]
    assert (made.redraw, made.subject) == (1, f"{visit.id}/1")
    assert (await kinds(stage, visit))[-2:] == ["inspector_absent", "inspector_assigned"]
    [kept] = [part for part in await officer_parts(stage, visit) if part.live]
    assert kept.resource_id == made.chosen == (await stage.visit(visit.id)).inspector_id
    assert await in_order(stage)


async def test_replaced_again_nobody_comes_twice(stage: Stage) -> None:
    visit = await assigned(stage)

    await stage.run("system", replace, stage.tools, visit.id, "ill")
    await stage.run("system", replace, stage.tools, visit.id, "absent")

    made = await draws(stage, visit)
    assert len({each.chosen for each in made}) == len({each.number for each in made}) == 3


async def test_when_nobody_is_left_the_chief_has_the_visit(stage: Stage) -> None:
    visit = await assigned(stage)
    await alone(stage, visit)

    assert await stage.run("system", replace, stage.tools, visit.id, "ill") is None

    assert await live(stage, visit) is None
    assert (await stage.visit(visit.id)).inspector_id is None
    assert (await kinds(stage, visit))[-2:] == ["inspector_absent", "draw_blocked"]
    with pytest.raises(NobodyEligible):
        await stage.run("chief", draw_now, stage.tools, visit.id)


async def test_a_visit_laid_before_the_chief_is_drawn_once_somebody_is_there(stage: Stage) -> None:
    visit = await assigned(stage)
    await alone(stage, visit)
    await stage.run("system", replace, stage.tools, visit.id, "ill")
    async with stage.work() as work:
        for person in await work.session.scalars(select(Person).where(col(Person.state) == "locked")):
            person.state = "active"

    made = await stage.run("chief", draw_now, stage.tools, visit.id)

    assert made.redraw == 1
    assert made.chosen != visit.inspector_id
    assert await in_order(stage)


async def test_a_desk_is_replaced_too(stage: Stage) -> None:
    visit = await at_desk(stage)

    made = await stage.run("system", replace, stage.tools, visit.id, "leave")

    assert made is not None
    assert (await stage.visit(visit.id)).inspector_id == made.chosen != visit.inspector_id


async def test_asking_changes_nothing_yet(stage: Stage) -> None:
    visit = await assigned(stage)

    await stage.run("chief", ask, visit.id, "conflict", "cousin du déclarant")

    assert (await stage.visit(visit.id)).inspector_id == visit.inspector_id
    assert len(await draws(stage, visit)) == 1


async def test_a_second_chief_agrees_and_the_draw_decides(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "conflict")

    made = await stage.run("chief2", decide, stage.tools, asked.id, agree=True)

    assert made is not None
    assert made.reason == "conflict"
    now = await live(stage, visit)
    assert now is not None
    assert (now.ordered_by, now.seconded_by) == (stage.actor("chief").person, stage.actor("chief2").person)
    async with stage.work() as work:
        [was] = await work.session.scalars(select(Assignment).where(col(Assignment.replaced)))
        told = await work.session.scalars(
            select(col(Audit.action)).where(col(Audit.action).like("replacement%")).order_by(col(Audit.id))
        )
        assert list(told) == ["replacement_asked", "replacement_agreed"]
    assert was.resource_id == visit.inspector_id
    assert "inspector_absent" not in await kinds(stage, visit)


async def test_whoever_asks_cannot_agree(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "conflict")

    with pytest.raises(SecondPersonNeeded):
        await stage.run("chief", decide, stage.tools, asked.id, agree=True)
    with pytest.raises(SecondPersonNeeded):
        await stage.run("chief", decide, stage.tools, asked.id, agree=False)


async def test_a_refusal_leaves_the_inspector(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "safety")

    await stage.run("chief2", decide, stage.tools, asked.id, agree=False)

    assert (await stage.visit(visit.id)).inspector_id == visit.inspector_id
    assert await stage.run("chief", ask, visit.id, "safety") is not None


async def test_a_request_is_decided_once(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "conflict")

    answers = await asyncio.gather(
        *(stage.run("chief2", decide, stage.tools, asked.id, agree=True) for _ in range(3)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in answers) == ["Draw", "Stale", "Stale"]
    assert len(await draws(stage, visit)) == 2


async def test_only_one_request_waits_at_a_time(stage: Stage) -> None:
    visit = await assigned(stage)
    await stage.run("chief", ask, visit.id, "conflict")

    with pytest.raises(AlreadyAsked):
        await stage.run("chief2", ask, visit.id, "skills")


async def test_a_request_lapses_with_its_inspector(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "conflict")

    await stage.run("system", replace, stage.tools, visit.id, "ill")

    async with stage.work() as work:
        assert (await work.session.get_one(Reassignment, asked.id)).state == "lapsed"
    with pytest.raises(Stale):
        await stage.run("chief2", decide, stage.tools, asked.id, agree=True)


async def test_without_anybody_else_an_inspector_who_is_there_stays(stage: Stage) -> None:
    visit = await assigned(stage)
    await alone(stage, visit)
    asked = await stage.run("chief", ask, visit.id, "skills")

    with pytest.raises(NobodyEligible):
        await stage.run("chief2", decide, stage.tools, asked.id, agree=True)

    assert (await stage.visit(visit.id)).inspector_id == visit.inspector_id
    async with stage.work() as work:
        assert (await work.session.get_one(Reassignment, asked.id)).state == "open"


@pytest.mark.parametrize("reason", ["", "because", "cool_off"])
async def test_a_reason_is_one_of_the_list(stage: Stage, reason: str) -> None:
    visit = await assigned(stage)

    with pytest.raises(UnknownReason):
        await stage.run("chief", ask, visit.id, reason)
    with pytest.raises(UnknownReason):
        await stage.run("system", replace, stage.tools, visit.id, reason)


async def test_there_must_be_somebody_to_replace(stage: Stage) -> None:
    await only(stage, "bay A")
    visit = await stage.opened()

    with pytest.raises(NotAssigned):
        await stage.run("chief", ask, visit.id, "conflict")
    with pytest.raises(NotAssigned):
        await stage.run("system", replace, stage.tools, visit.id, "ill")


async def test_a_declarant_cannot_ask(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "conflict")

    with pytest.raises(NotFound):
        await stage.run("other_declarant", decide, stage.tools, asked.id, agree=True)


# -- two pairs of eyes -----------------------------------------------------------------------------------------
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("asker", "decider", "two"),
    [
        ({A}, {B}, True),
        ({A}, {A}, False),
        ({A, B}, {B}, True),
        ({A}, {A, B}, True),
        ({C}, {C}, False),
    ],
    ids=["two chiefs", "a deputy and whom he stands for", "both by right", "also by right", "two deputies of one"],
)
def test_a_deputy_and_whom_he_stands_for_are_one(asker: set[UUID], decider: set[UUID], two: bool) -> None:
    assert two_pairs(asker, decider) is two


async def deputised(stage: Stage, name: str, of: str) -> None:
    """Somebody of the stage stands in for a chief, besides nothing else in the office's direction."""
    async with stage.work() as work:
        [held] = await work.session.scalars(select(Membership).where(col(Membership.person_id) == person(stage, of)))
    until = stage.clock.now() + timedelta(days=30)
    await stage.run("admin", appoint_deputy, held.id, person(stage, name), until)
    stage.actors[name] = replace_of(stage.actors[name], roles=stage.actors[name].roles | stage.actors[of].roles)


def person(stage: Stage, name: str) -> PersonId:
    found = stage.actor(name).person
    assert found is not None
    return found


async def test_a_deputy_cannot_agree_to_what_his_chief_asked(stage: Stage) -> None:
    visit = await assigned(stage)
    await deputised(stage, "supervisor", "chief")
    asked = await stage.run("chief", ask, visit.id, "conflict")

    with pytest.raises(SameEyes):
        await stage.run("supervisor", decide, stage.tools, asked.id, agree=True)
    assert (await stage.visit(visit.id)).inspector_id == visit.inspector_id


async def test_a_chief_cannot_agree_to_what_his_deputy_asked(stage: Stage) -> None:
    visit = await assigned(stage)
    await deputised(stage, "supervisor", "chief")
    asked = await stage.run("supervisor", ask, visit.id, "conflict")

    with pytest.raises(SameEyes):
        await stage.run("chief", decide, stage.tools, asked.id, agree=True)
    assert await stage.run("chief2", decide, stage.tools, asked.id, agree=True) is not None


async def test_a_deputyship_that_has_ended_since_still_counts_for_what_was_asked_in_it(stage: Stage) -> None:
    visit = await assigned(stage)
    await deputised(stage, "supervisor", "chief")
    asked = await stage.run("supervisor", ask, visit.id, "conflict")
    async with stage.work() as work:
        [held] = await work.session.scalars(select(Membership).where(col(Membership.deputy_of).is_not(None)))
        held.until = stage.clock.now() + timedelta(seconds=1)
    stage.clock.move(minutes=5)

    with pytest.raises(SameEyes):
        await stage.run("chief", decide, stage.tools, asked.id, agree=True)


async def test_the_inspector_it_is_about_does_not_decide(stage: Stage) -> None:
    visit = await assigned(stage)
    name = next(name for name, each in stage.resources.items() if each.id == visit.inspector_id)
    asked = await stage.run("chief2", ask, visit.id, "conflict")
    await deputised(stage, name, "chief")

    with pytest.raises(SameEyes):
        await stage.run(name, decide, stage.tools, asked.id, agree=False)
