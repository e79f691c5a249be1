"""The inspector's day and desk: what is next, what waits, nothing of others."""

from tests.support.stage import Stage
from tests.support.steps_assignment import policy
from tests.support.steps_fieldwork import at_desk, ended, ready, started
from tests.support.steps_states import at_state, happen
from visits.events import ReportReturned, ReportSigned
from visits.journey.states import State


async def test_the_day_names_the_next_visit_and_starts_it_in_one_press(stage: Stage) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=-18)

    async with stage.browser("inspector1") as browser:
        page = await browser.get("/inspector/day")

    assert page.status_code == 200
    assert "Prochaine visite à 10\u00a0h" in page.text
    assert "<small>dans</small> 18 <small>min</small>" in page.text
    assert f'action="/inspector/visits/{visit.id}/start"' in page.text
    assert page.text.count("<h1") == 1


async def test_a_late_visit_says_since_when(stage: Stage) -> None:
    await ready(stage)
    stage.clock.move(minutes=7)

    async with stage.browser("inspector1") as browser:
        page = await browser.get("/inspector/day")

    assert "prévue il y a" in page.text


async def test_a_free_day_says_what_will_fill_it(stage: Stage) -> None:
    async with stage.browser("inspector1") as browser:
        page = await browser.get("/inspector/day")

    assert "Aucune visite aujourd" in page.text
    assert 'href="/inspector/queue"' in page.text


async def test_desk_work_waits_below_the_visits(stage: Stage) -> None:
    visit = await ready(stage)
    desk = await at_desk(stage)

    async with stage.browser("inspector1") as browser:
        text = (await browser.get("/inspector/day")).text

    assert text.index(f"/inspector/visits/{visit.id}") < text.index(f"/inspector/visits/{desk.id}")
    assert "Bureau" in text


async def test_the_visit_under_way_comes_first(stage: Stage) -> None:
    visit = await started(stage)

    async with stage.browser("inspector1") as browser:
        text = (await browser.get("/inspector/day")).text

    assert "Visite en cours" in text
    assert "Continuer la visite" in text
    assert f'href="/inspector/visits/{visit.id}"' in text


async def test_an_ended_visit_asks_for_its_report(stage: Stage) -> None:
    await ended(stage)

    async with stage.browser("inspector1") as browser:
        assert "Écrire le rapport" in (await browser.get("/inspector/day")).text


async def test_the_office_may_keep_later_visits_shut(stage: Stage) -> None:
    await ready(stage)
    desk = await at_desk(stage)
    await policy(stage, inspector_sees="next")

    async with stage.browser("inspector1") as browser:
        text = (await browser.get("/inspector/day")).text

    assert f"/inspector/visits/{desk.id}" not in text
    assert "v-visit--hid" in text


async def test_nobody_sees_the_day_of_others(stage: Stage) -> None:
    visit = await ready(stage)

    async with stage.browser("inspector2") as browser:
        assert str(visit.id) not in (await browser.get("/inspector/day")).text
    async with stage.browser("declarant") as browser:
        assert (await browser.get("/inspector/day")).status_code == 403
    async with stage.browser() as browser:
        assert (await browser.get("/inspector/day")).status_code == 303


async def test_the_queue_holds_packages_of_the_office(stage: Stage) -> None:
    visit = await at_state(stage, State.CHECKING)

    async with stage.browser("inspector1") as browser:
        page = await browser.get("/inspector/queue")

    assert f"/office/packages/{visit.id}" in page.text
    assert "1 dossier à vérifier" in page.text


async def test_the_queue_is_empty_in_words(stage: Stage) -> None:
    async with stage.browser("inspector1") as browser:
        assert "Aucun dossier à vérifier" in (await browser.get("/inspector/queue")).text


async def test_a_returned_report_comes_back_with_its_reason(stage: Stage) -> None:
    visit = await ended(stage)
    await happen(stage, visit, "inspector1", ReportSigned, version=1, digest="ab" * 32, officers=1)
    await happen(stage, visit, "chief", ReportReturned, version=1, reason="photo illisible")

    async with stage.browser("inspector1") as browser:
        page = await browser.get("/inspector/queue")
    assert "photo illisible" in page.text
    async with stage.browser("inspector2") as browser:
        assert "photo illisible" not in (await browser.get("/inspector/queue")).text
