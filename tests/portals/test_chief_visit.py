"""The chief's decisions on one visit: only what fits its state, each with a reason."""

import pytest

from tests.portals.test_inspector_visit import press
from tests.support.stage import Stage
from tests.support.steps_fieldwork import ended, ready, started
from tests.support.steps_states import at_state
from visits.fieldwork import queries
from visits.journey.states import State


async def test_the_page_offers_what_fits_the_state(stage: Stage) -> None:
    visit = await ready(stage)

    async with stage.browser("chief") as desk:
        booked = (await desk.get(f"/chief/visits/{visit.id}")).text
        await started(stage, visit)
        running = (await desk.get(f"/chief/visits/{visit.id}")).text

    assert "Noter la carence" in booked
    assert "Ordonner l’extension" not in booked
    assert "/chief/assignment" in booked
    assert "Noter la carence" not in running
    assert "Ordonner l’extension" in running


@pytest.mark.parametrize(
    ("path", "state"), [("/cancel", State.CANCELLED), ("/paper", State.ENDED)], ids=["cancel", "paper"]
)
async def test_a_decision_needs_a_reason(stage: Stage, path: str, state: State) -> None:
    visit = await ready(stage)
    own = f"/chief/visits/{visit.id}"

    async with stage.browser("chief") as desk:
        refused = await press(desk, own, path, reason=" ")
        assert refused.status_code == 422
        assert "Écrivez la raison" in refused.text
        page = await press(desk, own, path, reason="panne générale")

    assert page.status_code == 200
    assert (await stage.visit(visit.id)).state == state


async def test_the_chief_orders_a_counter_visit(stage: Stage) -> None:
    visit = await ended(stage)

    async with stage.browser("chief") as desk:
        page = await press(desk, f"/chief/visits/{visit.id}", "/counter-visit", reason="écart contesté")

    assert "Une seconde visite est en cours" in page.text
    async with stage.work() as work:
        [second] = await queries.children_of(work, visit.id)
    assert second.parent_id == visit.id


async def test_the_laboratory_is_waited_for_and_answers(stage: Stage) -> None:
    visit = await ended(stage)
    own = f"/chief/visits/{visit.id}"

    async with stage.browser("chief") as desk:
        await press(desk, own, "/lab-awaited", reason="dosage")
        assert (await stage.visit(visit.id)).state == State.LAB
        await press(desk, own, "/lab-result", reason="conforme")

    assert (await stage.visit(visit.id)).state == State.ENDED


async def test_seizure_is_offered_when_the_report_is_acknowledged(stage: Stage) -> None:
    visit = await at_state(stage, State.ACKNOWLEDGED)

    async with stage.browser("chief") as desk:
        await press(desk, f"/chief/visits/{visit.id}", "/seize", reason="contrefaçon")

    assert (await stage.visit(visit.id)).state == State.SEIZED


@pytest.mark.parametrize("who", ["inspector1", "declarant", "supervisor", "integrity"])
async def test_only_chiefs_decide(stage: Stage, who: str) -> None:
    visit = await ready(stage)

    async with stage.browser(who) as other:
        assert (await other.get(f"/chief/visits/{visit.id}")).status_code == 403
        assert (await other.post(f"/chief/visits/{visit.id}/cancel", data={"reason": "x"})).status_code == 403
