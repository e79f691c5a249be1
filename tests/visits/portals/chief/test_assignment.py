"""The chief sees why nobody or somebody was drawn, tries again, asks, and gives the second opinion; never chooses."""

from datetime import timedelta

import pytest

from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, drawn, draws, live, starts
from tests.support.steps_booking import booked
from tests.visits.assignment.test_replace import alone
from visits.assignment import queries
from visits.assignment.replace import ask, replace
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.tables import Resource

BOARD = "/chief/assignment"


async def read(stage: Stage, path: str, who: str = "chief") -> str:
    async with stage.browser(who) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def state_of(stage: Stage, name: str, state: str) -> None:
    async with stage.work() as work:
        resource = await work.session.get_one(Resource, stage.resources[name].id)
        (await work.session.get_one(Person, resource.person_id)).state = state


async def nobody_left(stage: Stage) -> Visit:
    """A booked visit whose draw found nobody."""
    visit = await booked(stage)
    stage.clock.set(await starts(stage, visit) - timedelta(hours=2))
    for number in (1, 2, 3):
        await state_of(stage, f"inspector{number}", "locked")
    await drawn(stage, visit.id)
    return visit


async def test_a_quiet_day_says_so(stage: Stage) -> None:
    text = await read(stage, BOARD)

    assert "Chaque visite a son vérificateur" in text
    assert "Aucun tirage en cours." in text


async def test_a_visit_nobody_may_be_drawn_for_says_who_is_left_out_and_why(stage: Stage) -> None:
    visit = await nobody_left(stage)

    text = await read(stage, BOARD)

    assert "1 visite sans vérificateur" in text
    assert "<b>Inspector1 Exemple</b> n'est pas en fonction" in text
    assert f'action="{BOARD}/{visit.id}/draw"' in text


async def test_trying_again_draws_once_somebody_is_there(stage: Stage) -> None:
    visit = await nobody_left(stage)
    async with stage.browser("chief") as browser:
        await browser.post(f"{BOARD}/{visit.id}/draw")
        assert await live(stage, visit) is None
        assert "Personne ne peut encore être tiré." in (await browser.get(BOARD)).text.replace("\u00a0", " ")
        await state_of(stage, "inspector2", "active")
        assert "1 vérificateur peut maintenant être tiré." in await read(stage, BOARD)
        answer = await browser.post(f"{BOARD}/{visit.id}/draw")

    assert answer.headers["location"] == f"{BOARD}/{visit.id}"
    assert (await stage.visit(visit.id)).inspector_id == stage.resources["inspector2"].id


async def test_the_draw_is_explained_with_names_and_chances(stage: Stage) -> None:
    visit = await assigned(stage)

    text = await read(stage, f"{BOARD}/{visit.id}")

    assert "3 vérificateurs possibles" in text
    assert "Sa chance était de 1 / 3" in text
    assert text.count("1 / 3") == 1 + 3
    assert f"/public/draws/CIAB1/{(await draws(stage, visit))[0].day}?draw=1" in text


async def test_asking_needs_a_reason_of_the_list(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.browser("chief") as browser:
        answer = await browser.post(f"{BOARD}/{visit.id}", data={"reason": "", "remark": "vite"})

    assert answer.status_code == 422
    assert "Choisissez un motif dans la liste." in answer.text
    assert "vite" in answer.text


async def test_one_chief_asks_and_another_lets_the_draw_decide(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.browser("chief") as browser:
        await browser.post(f"{BOARD}/{visit.id}", data={"reason": "conflict", "remark": "cousin du déclarant"})
    async with stage.work() as work:
        asked = await queries.open_reassignment(work, visit.id)
    assert asked is not None

    mine = await read(stage, BOARD)
    theirs = await read(stage, BOARD, "chief2")
    async with stage.browser("chief2") as browser:
        await browser.post(f"{BOARD}/requests/{asked.id}", data={"choice": "agree"})

    assert "un autre chef doit donner son avis" in mine
    assert "Garder le même" not in mine
    assert "Chief Exemple demande un autre tirage" in theirs
    assert "cousin du déclarant" in theirs
    assert (await stage.visit(visit.id)).inspector_id != visit.inspector_id


async def test_a_chief_cannot_answer_his_own_request(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "conflict")
    async with stage.browser("chief") as browser:
        answer = await browser.post(f"{BOARD}/requests/{asked.id}", data={"choice": "agree"})

    assert answer.status_code == 403
    assert len(await draws(stage, visit)) == 1


async def test_an_answer_given_twice_is_stale(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "conflict")
    async with stage.browser("chief2") as browser:
        first = await browser.post(f"{BOARD}/requests/{asked.id}", data={"choice": "refuse"})
        second = await browser.post(f"{BOARD}/requests/{asked.id}", data={"choice": "refuse"})
        third = await browser.post(f"{BOARD}/requests/{asked.id}", data={"choice": "maybe"})

    assert (first.status_code, second.status_code, third.status_code) == (303, 409, 422)


async def test_a_visit_that_lost_its_inspector_comes_back_to_the_board(stage: Stage) -> None:
    visit = await assigned(stage)
    await alone(stage, visit)
    await stage.run("system", replace, stage.tools, visit.id, "ill")

    text = await read(stage, BOARD)

    assert "1 visite sans vérificateur" in text
    assert "a été remplacé pour cette visite" in text


@pytest.mark.parametrize("who", ["declarant", "inspector1", "supervisor", "admin", "integrity"])
async def test_only_chiefs_come_here(stage: Stage, who: str) -> None:
    visit = await assigned(stage)
    async with stage.browser(who) as browser:
        for path in (BOARD, f"{BOARD}/{visit.id}"):
            assert (await browser.get(path)).status_code == 403
        assert (await browser.post(f"{BOARD}/{visit.id}/draw")).status_code == 403


async def test_nobody_comes_here_without_signing_in(stage: Stage) -> None:
    async with stage.browser() as browser:
        assert (await browser.get(BOARD)).headers["location"].startswith("/signin")
