"""Customs or an agency did not come: the visit gets another time first of all, walked on its pages."""

from tests.flows.test_branches import joint, kinds, pages, tablet
from tests.support.pages import Pages
from tests.support.stage import Stage
from tests.support.steps_fieldwork import ready
from visits.journey.states import Clock, State

__all__ = ["pages"]


async def test_customs_did_not_come(stage: Stage, pages: Pages) -> None:
    visit = await ready(stage)
    declarant = await pages("declarant", f"/declarant/visits/{visit.id}/appointment")
    await (await pages.follow(declarant, "/arrive")).press("Dire que je suis là")
    stage.clock.move(minutes=30)

    declarant = await pages("declarant", f"/declarant/visits/{visit.id}/arrive")
    await declarant.press("Personne n’est venu")

    assert declarant.reads("rien ne compte contre vous")
    assert "customs_no_show" in await kinds(stage, visit.id)
    after = await stage.visit(visit.id)
    assert (after.state, after.clock, after.inspector_id) == (State.TO_BOOK, Clock.CUSTOMS, None)
    waiting = await pages("declarant", f"/declarant/visits/{visit.id}/waitlist")
    assert waiting.reads("Elle est retenue pour vous seul")
    await waiting.press("Prendre cette heure")
    assert (await stage.visit(visit.id)).state == State.BOOKED
    await pages.track(visit, "Visite prévue", "Rendez-vous manqué par la douane")


async def test_agency_did_not_come(stage: Stage, pages: Pages) -> None:
    visit = await joint(stage)
    stage.clock.move(minutes=15)

    inspector = await pages("inspector1", tablet(visit, "/trouble"))
    await inspector.press("Trouver une autre heure")

    assert inspector.reads("Constat d’absence : Protection des végétaux")
    assert "agency_no_show" in await kinds(stage, visit.id)
    after = await stage.visit(visit.id)
    assert (after.state, after.clock) == (State.TO_BOOK, Clock.AGENCY)
    await pages.track(visit, "Un rendez-vous est à choisir", "Rendez-vous manqué par PHYTO")
