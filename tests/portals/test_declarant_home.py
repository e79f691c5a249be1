"""/declarant: two groups, one button a card, nothing of other firms."""

from tests.support.stage import Stage
from tests.support.steps_states import at_state
from visits.journey.states import State


async def test_a_firm_without_cases_is_told_what_will_fill_the_page(stage: Stage) -> None:
    async with stage.browser("declarant") as browser:
        answer = await browser.get("/declarant")

    assert answer.status_code == 200
    assert "Aucune déclaration n’attend de visite" in answer.text


async def test_a_case_of_the_firm_has_one_button_with_its_next_step(stage: Stage) -> None:
    visit = await at_state(stage, State.TO_BOOK)
    stage.clock.move(minutes=130)

    async with stage.browser("declarant") as browser:
        text = (await browser.get("/declarant")).text

    assert "À vous d’agir" in text
    assert f'href="/declarant/visits/{visit.id}/slots"' in text
    assert "2\u00a0h\u00a010" in text


async def test_a_case_that_others_hold_says_who_and_what_they_do(stage: Stage) -> None:
    await at_state(stage, State.CHECKING)

    async with stage.browser("declarant") as browser:
        text = (await browser.get("/declarant")).text

    assert "En cours chez d’autres" in text
    assert "<b>Douane</b> – vérifie le dossier" in text.replace("\u00a0", " ")
    assert "À vous d’agir" not in text


async def test_a_released_case_of_this_week_is_told_with_its_time(stage: Stage) -> None:
    await at_state(stage, State.RELEASED)

    async with stage.browser("declarant") as browser:
        text = (await browser.get("/declarant")).text

    assert "Terminées cette semaine" in text
    assert "Bon à enlever" in text


async def test_another_firm_sees_nothing_of_it(stage: Stage) -> None:
    await at_state(stage, State.TO_BOOK)

    async with stage.browser("other_declarant") as browser:
        text = (await browser.get("/declarant")).text

    assert "Aucune déclaration n’attend de visite" in text


async def test_the_fifty_first_case_is_on_the_second_page(stage: Stage) -> None:
    for _ in range(51):
        await stage.opened()

    async with stage.browser("declarant") as browser:
        first = (await browser.get("/declarant")).text
        second = (await browser.get("/declarant?p=2")).text

    assert first.count("v-card--act") == 50
    assert second.count("v-card--act") == 1
    assert "51 attendent un geste de vous" in first


async def test_an_importer_is_not_asked_for_what_the_broker_does(stage: Stage) -> None:
    await at_state(stage, State.TO_BOOK)

    async with stage.browser("importer") as browser:
        text = (await browser.get("/declarant")).text

    assert "À vous d’agir" not in text
    assert "<b>Déclarant</b>" in text


async def test_staff_have_no_such_page(stage: Stage) -> None:
    async with stage.browser("chief") as browser:
        assert (await browser.get("/declarant")).status_code == 403
