"""The register of interests: declared by oneself, kept and ended by others, and history for ever."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, live
from visits.assignment import interest_rows
from visits.assignment.interests import EndNeedsWords, OwnTie, TieUnclear, declare, end, enter
from visits.assignment.replace import decide
from visits.assignment.tables import Interest, Reassignment
from visits.errors import NotFound
from visits.people.tables import Membership
from visits.store.tables import Audit


async def ties(stage: Stage) -> list[Interest]:
    async with stage.work() as work:
        return list(await work.session.scalars(select(Interest).order_by(col(Interest.made_at))))


def person(stage: Stage, name: str):  # type: ignore[no-untyped-def]
    return stage.actor(name).person


async def test_an_officer_declares_a_tie_and_the_firm_is_known_by_its_code(stage: Stage) -> None:
    made = await stage.run("inspector1", declare, " 00847p ", "family", remark="beau-frère")

    assert (made.party, made.party_name, made.kind) == ("00847P", "Transit Lagune Exemple", "family")
    assert made.person_id == made.made_by == person(stage, "inspector1")


async def test_the_same_tie_twice_is_one(stage: Stage) -> None:
    first = await stage.run("inspector1", declare, "00847P", "family")
    again = await stage.run("inspector1", declare, "00847p", "money")

    assert again.id == first.id
    assert len(await ties(stage)) == 1


@pytest.mark.parametrize(("party", "kind"), [("", "family"), ("00847P", "cousin"), ("X" * 36, "family")])
async def test_a_tie_names_somebody_and_what_binds(stage: Stage, party: str, kind: str) -> None:
    with pytest.raises(TieUnclear):
        await stage.run("inspector1", declare, party, kind)


async def test_an_ended_tie_stays_as_history_and_may_come_again(stage: Stage) -> None:
    made = await stage.run("inspector1", declare, "00847P", "former")

    await stage.run("integrity", end, made.id, "parti depuis dix ans")
    await stage.run("inspector1", declare, "00847P", "dispute")

    [was, now] = await ties(stage)
    assert (was.end_reason, was.ended_by) == ("parti depuis dix ans", person(stage, "integrity"))
    assert now.ended_at is None
    async with stage.work() as work:
        told = await work.session.scalars(
            select(col(Audit.action)).where(col(Audit.action).like("interest_%")).order_by(col(Audit.id))
        )
        assert list(told) == ["interest_declared", "interest_ended", "interest_declared"]


async def test_a_tie_does_not_end_without_a_reason(stage: Stage) -> None:
    made = await stage.run("inspector1", declare, "00847P", "former")

    with pytest.raises(EndNeedsWords):
        await stage.run("integrity", end, made.id, "  ")


async def test_nobody_ends_a_tie_of_his_own(stage: Stage) -> None:
    made = await stage.run("inspector1", declare, "00847P", "former")
    async with stage.work() as work:
        work.session.add(
            Membership(
                person_id=person(stage, "inspector1"),
                role="integrity",
                office_id=stage.office.id,
                since=stage.clock.now(),
            )
        )
    async with stage.browser("inspector1") as browser:
        answer = await browser.post(f"/integrity/interests/{made.id}/end", data={"reason": "rien"})

    assert answer.status_code == 403
    with pytest.raises(OwnTie):
        await stage.run("inspector1", end, made.id, "rien")


async def test_another_offices_officers_are_not_there(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.run("integrity", enter, person(stage, "declarant"), "00847P", "family")


async def test_whoever_already_has_a_visit_of_the_party_gives_it_up_with_a_chief(stage: Stage) -> None:
    visit = await assigned(stage)
    name = next(name for name, each in stage.resources.items() if each.id == visit.inspector_id)

    await stage.run(name, declare, "00847P", "family")

    async with stage.work() as work:
        [asked] = await work.session.scalars(select(Reassignment))
    assert (asked.visit_id, asked.reason, asked.asked_by) == (visit.id, "conflict", person(stage, name))
    await stage.run("chief", decide, stage.tools, asked.id, agree=True)
    now = await live(stage, visit)
    assert now is not None
    assert now.resource_id != visit.inspector_id


async def test_an_importer_counts_as_well_as_a_declarant(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        declared = await interest_rows.drawn_to(work, await whose(stage, visit.inspector_id), "2604817K")

    assert [each.visit.id for each in declared] == [visit.id]


async def whose(stage: Stage, resource_id):  # type: ignore[no-untyped-def]
    return next(each.person_id for each in stage.resources.values() if each.id == resource_id)


# -- pages -----------------------------------------------------------------------------------------------------
async def test_the_officer_sees_own_ties_and_nobody_elses(stage: Stage) -> None:
    await stage.run("inspector2", declare, "00911K", "money")
    async with stage.browser("inspector1") as browser:
        answer = await browser.post("/inspector/interests", data={"party": "00847P", "kind": "family"})
        shown = await browser.get("/inspector/interests")

    assert answer.status_code == 303
    assert "Transit Lagune Exemple" in shown.text
    assert "Autre Transit" not in shown.text


async def test_the_unit_enters_and_ends_on_its_page(stage: Stage) -> None:
    typed = {"person": str(person(stage, "inspector1")), "party": "00847P", "kind": "dispute"}
    async with stage.browser("integrity") as browser:
        assert (await browser.post("/integrity/interests", data=typed)).status_code == 303
        [made] = await ties(stage)
        refused = await browser.post(f"/integrity/interests/{made.id}/end", data={"reason": ""})
        assert refused.status_code == 422
        assert (await browser.post(f"/integrity/interests/{made.id}/end", data={"reason": "jugé"})).status_code == 303
        shown = await browser.get("/integrity/interests")

    assert "jugé" in shown.text
    assert "Aucun lien en vigueur" in shown.text


@pytest.mark.parametrize("typed", [{}, {"party": "A"}, {"person": "x", "party": "A", "kind": "family"}])
async def test_a_form_that_is_not_whole_comes_back_with_what_is_missing(stage: Stage, typed: dict[str, str]) -> None:
    async with stage.browser("integrity") as browser:
        answer = await browser.post("/integrity/interests", data=typed)

    assert answer.status_code == 422
    assert await ties(stage) == []
