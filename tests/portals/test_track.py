"""The track page: where it stands, whose turn it was how long, what happened, and no name too early."""

from datetime import timedelta

from tests.support.stage import Stage
from tests.support.steps_states import assigned, at_state, happen
from visits import events
from visits.journey.queries import visit_for_update
from visits.journey.states import State


async def text_of(stage: Stage, visit_or_declaration: object, who: str = "declarant") -> str:
    async with stage.browser(who) as browser:
        answer = await browser.get(f"/declarant/declarations/{visit_or_declaration}")
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_released_case_says_so_first_with_its_voucher(stage: Stage) -> None:
    visit = await at_state(stage, State.RELEASED)

    text = await text_of(stage, visit.declaration_id)

    assert "<h1>Bon à enlever délivré</h1>" in text
    assert "BAE-1" in text
    assert f'href="/declarant/visits/{visit.id}/rate"' in text


async def test_the_time_is_cut_by_owner_and_adds_up(stage: Stage) -> None:
    visit = await at_state(stage, State.RELEASED, minutes=10)

    text = await text_of(stage, visit.declaration_id)

    assert '<p class="v-num v-num--xl">2 h</p>' in text
    assert "Douane 1 h 20, Vous 20 min, Système de dédouanement 20 min" in text


async def test_a_late_tablet_shows_both_times(stage: Stage) -> None:
    visit = await assigned(stage, await at_state(stage, State.BOOKED))
    began = stage.clock.move(minutes=60)
    stage.clock.move(minutes=45)
    await happen(stage, visit, "inspector1", events.VisitStarted, device_at=began)

    text = await text_of(stage, visit.declaration_id)

    assert began.isoformat() in text
    assert "Heure de la tablette. Reçu par le bureau : lundi 23 novembre à 10 h 15." in text


async def test_the_inspectors_name_comes_when_policy_reveals_it(stage: Stage) -> None:
    visit = await assigned(stage, await at_state(stage, State.BOOKED))
    before = await text_of(stage, visit.declaration_id)
    async with stage.work() as work:
        locked = await visit_for_update(work, visit.id)
        locked.revealed_at = work.now + timedelta(minutes=5)
    too_early = await text_of(stage, visit.declaration_id)
    stage.clock.move(minutes=5)

    after = await text_of(stage, visit.declaration_id)

    assert ["Inspector1 Exemple" in each for each in (before, too_early, after)] == [False, False, True]


async def test_a_declaration_without_visit_says_so(stage: Stage) -> None:
    declaration = await stage.declaration()

    text = await text_of(stage, declaration.id)

    assert "Aucune visite n’est demandée" in text
    assert "Déclaration enregistrée" in text


async def test_another_firm_finds_nothing(stage: Stage) -> None:
    visit = await at_state(stage, State.TO_BOOK)

    async with stage.browser("other_declarant") as browser:
        assert (await browser.get(f"/declarant/declarations/{visit.declaration_id}")).status_code == 404
