"""The staff's page of a case: whose turn, one button, both clocks, names for the staff only."""

import pytest

from tests.support.stage import Stage
from tests.support.steps_states import assigned, at_state, happen
from visits import events
from visits.journey.states import State


async def text_of(stage: Stage, visit_id: object, who: str = "chief") -> str:
    async with stage.browser(who) as browser:
        answer = await browser.get(f"/office/visits/{visit_id}")
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


BUTTONS = {
    State.CHECKING: ("/office/packages/{}", "Vérifier le dossier"),
    State.BOOKED: ("/chief/assignment", "Affecter un vérificateur"),
    State.SIGNED: ("/chief/reports/{}", "Valider le rapport"),
    State.ACKNOWLEDGED: ("/chief/manual/{}", "Saisir le bon à enlever"),
}


@pytest.mark.parametrize("state", BUTTONS, ids=str)
async def test_the_chief_has_one_button_for_the_next_step(stage: Stage, state: State) -> None:
    visit = await at_state(stage, state)
    href, words = BUTTONS[state]

    text = await text_of(stage, visit.id)

    assert f'href="{href.format(visit.id)}"' in text
    assert words in text


async def test_the_staff_see_who_acted_and_why(stage: Stage) -> None:
    visit = await at_state(stage, State.BOOKED)
    await happen(stage, visit, "chief", events.PartyAbsent, reason="personne au portail")

    text = await text_of(stage, visit.id)

    assert "Carence (personne absente au rendez-vous)" in text
    assert "Chief Exemple" in text
    assert "Motif : personne au portail" in text


async def test_order_lane_and_measured_times_are_there(stage: Stage) -> None:
    visit = await at_state(stage, State.ENDED, minutes=15)

    text = await text_of(stage, visit.id)

    assert "partielle, 30 %" in text
    assert "circuit rouge" in text
    assert "<dt>Visite, sans les suspensions</dt><dd>15 min</dd>" in text


@pytest.mark.parametrize("who", ["supervisor", "integrity", "inspector1"])
async def test_those_who_read_cases_open_it(stage: Stage, who: str) -> None:
    visit = await assigned(stage, await at_state(stage, State.BOOKED))

    assert "Visite prévue" in await text_of(stage, visit.id, who)


async def test_another_inspector_and_a_firm_do_not(stage: Stage) -> None:
    visit = await assigned(stage, await at_state(stage, State.BOOKED))

    async with stage.browser("inspector2") as browser:
        assert (await browser.get(f"/office/visits/{visit.id}")).status_code == 404
    async with stage.browser("declarant") as browser:
        assert (await browser.get(f"/office/visits/{visit.id}")).status_code == 403
