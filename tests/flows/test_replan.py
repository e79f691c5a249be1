"""An absence from the form that enters it to the declarant's answer, on the pages of the office head and the firm."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.support.pages import Pages
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_landing import at_sea, reserved
from tests.support.steps_regular import granted
from tests.support.steps_replan import away
from visits.booking import queries
from visits.booking.change import cancel
from visits.booking.groups import Pattern, book
from visits.journey.tables import Visit


@pytest.fixture
async def pages(stage: Stage) -> AsyncIterator[Pages]:
    """Browsers that are closed with the test."""
    async with AsyncExitStack() as stack:
        yield Pages(stage, stack)


async def two(stage: Stage) -> list[Visit]:
    """One officer and two bays; visits at nine and ten of tomorrow."""
    await only(stage, "bay A", "bay B", "inspector1")
    await calendars(stage)
    return [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in (9, 10)]


AWAY = {"from_day": "2026-11-24", "to_day": "2026-11-24", "reason": "maladie"}


async def test_an_absence_is_seen_applied_answered_and_undone(stage: Stage, pages: Pages) -> None:
    first, second = await two(stage)
    form = await pages("chief2", f"/admin/offices/resources/{stage.resources['inspector1'].id}")

    form = await form.press("Enregistrer l’absence", AWAY)
    assert form.reads("2 rendez-vous à venir ne tiennent plus")
    assert form.reads("Changent d’heure : 2")
    await form.press("Enregistrer quand même")

    assert form.reads("2 rendez-vous ne tiennent plus")
    await form.press("Appliquer ce plan", {"reason": " "})
    assert form.reads("Donnez la raison")
    await form.press("Appliquer ce plan", {"reason": "agent malade"})
    assert form.reads("Le plan est appliqué")

    firm = await pages("declarant", f"/declarant/visits/{first.id}/appointment")
    assert firm.reads("Le bureau a changé votre heure")
    assert firm.reads("agent malade")
    await firm.press("Elle ne me va pas")
    assert firm.path.endswith("/slots")
    other = await pages("declarant", f"/declarant/visits/{second.id}/appointment")
    await other.press("Cette heure me va")
    assert not other.reads("Le bureau a changé votre heure")

    chief = await pages("chief", "/chief/replan")
    assert chief.reads("1 déclarant a refusé")
    await chief.press("Annuler ce replacement")
    assert chief.reads("2 rendez-vous remis")


async def test_a_plan_pressed_twice_is_applied_once_and_says_so_twice(stage: Stage, pages: Pages) -> None:
    await two(stage)
    form = await pages("chief2", f"/admin/offices/resources/{stage.resources['inspector1'].id}")
    form = await form.press("Enregistrer l’absence", AWAY)
    await form.press("Enregistrer quand même")
    [plan] = form.forms("/chief/replan")

    for _ in range(2):
        await form.submit(plan, {"reason": "agent malade"})

        assert form.reads("Le plan est appliqué")
        assert form.reads("2 rendez-vous replacés")


async def test_a_plan_that_changed_is_shown_with_what_differs(stage: Stage, pages: Pages) -> None:
    first, second = await two(stage)
    form = await pages("chief2", f"/admin/offices/resources/{stage.resources['inspector1'].id}")
    form = await form.press("Enregistrer l’absence", AWAY)
    await form.press("Enregistrer quand même")
    async with stage.work() as work:
        kept = (await queries.live_of(work, first.id))["confirmed"]
    await stage.run("declarant", cancel, kept.id)

    await form.press("Appliquer ce plan", {"reason": "agent malade"})

    assert form.reads("Le plan a changé depuis que vous l’avez vu")
    assert form.reads("Rien n’est appliqué")
    assert form.reads("1 rendez-vous ne tient plus")
    assert not form.reads(first.reference)
    assert second.reference


async def test_the_queue_of_the_visit_chief_leads_to_the_plan(stage: Stage, pages: Pages) -> None:
    await two(stage)
    form = await pages("chief2", f"/admin/offices/resources/{stage.resources['inspector1'].id}")
    form = await form.press("Enregistrer l’absence", AWAY)
    await form.press("Enregistrer quand même")

    chief = await pages.follow(await pages("chief", "/chief"), "/chief/replan")

    assert chief.reads("Sans solution : 0")


async def test_without_anything_to_place_anew_the_page_says_so(stage: Stage, pages: Pages) -> None:
    assert (await pages("chief", "/chief/replan")).reads("Aucun rendez-vous à replacer")


async def test_a_regular_hour_that_falls_away_is_counted_and_given_up(stage: Stage, pages: Pages) -> None:
    await only(stage, "bay A", "inspector1")
    day = (await granted(stage))[0].day.isoformat()
    form = await pages("chief2", f"/admin/offices/resources/{stage.resources['inspector1'].id}")

    form = await form.press("Enregistrer l’absence", {"from_day": day, "to_day": day, "reason": "maladie"})
    assert form.reads("Un rendez-vous à venir ne tient plus")
    assert form.reads("heure régulière d’un cabinet")
    assert form.reads("Sans solution : 1")
    await form.press("Enregistrer quand même")

    chief = await pages("chief", "/chief")
    await pages.follow(chief, "/chief/replan")
    assert chief.reads("rendue, le cabinet est prévenu")
    await chief.press("Appliquer ce plan", {"reason": "agent malade"})
    assert chief.reads("Aucun rendez-vous à replacer")
    firm = await pages("declarant", "/declarant/regular")
    assert firm.reads("rien de libre")


async def test_a_provisional_time_is_named_in_the_plan(stage: Stage, pages: Pages) -> None:
    await only(stage, "bay A", "inspector1")
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await away(stage, "inspector1")

    chief = await pages.follow(await pages("chief", "/chief"), "/chief/replan")
    assert chief.reads("heure provisoire, avant le navire")
    await chief.press("Appliquer ce plan", {"reason": "agent malade"})

    assert (await pages("declarant", f"/declarant/visits/{visit.id}/provisional")).reads("25 novembre")


async def test_visits_of_a_group_are_named_so_and_the_firm_reads_that_they_came_apart(
    stage: Stage, pages: Pages
) -> None:
    await only(stage, "bay A", "bay B", "inspector1")
    await calendars(stage)
    visits = [(await to_book(stage)).id for _ in range(2)]
    group = await stage.run("declarant", book, visits, tomorrow(stage, 9), pattern=Pattern.IN_TURN)
    await away(stage, "inspector1", first=10, last=12)

    chief = await pages("chief", "/chief/replan")
    assert chief.reads("d’un groupe de 2 visites")
    await chief.press("Appliquer ce plan", {"reason": "agent malade"})

    firm = await pages("declarant", f"/declarant/groups/{group.id}")
    assert firm.reads("Les heures ne se suivent plus.")
    assert firm.reads("les remet ensemble")


async def test_a_group_that_moves_as_one_is_shown_so_and_each_visit_is_answered_by_itself(
    stage: Stage, pages: Pages
) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visits = [(await to_book(stage)).id for _ in range(2)]
    group = await stage.run("declarant", book, visits, tomorrow(stage, 9), pattern=Pattern.IN_TURN)
    await away(stage, "inspector1", first=9, last=11)

    chief = await pages("chief", "/chief/replan")
    assert chief.reads("avec les visites touchées de son groupe, un seul agent")
    await chief.press("Appliquer ce plan", {"reason": "agent malade"})

    assert (await pages("declarant", f"/declarant/groups/{group.id}")).reads("L’une après l’autre")
    firm = await pages("declarant", f"/declarant/visits/{visits[1]}/appointment")
    assert firm.reads("Votre réponse vaut pour cette visite seule")
    await firm.press("Cette heure me va")
    assert (await pages("declarant", f"/declarant/visits/{visits[0]}/appointment")).reads(
        "Le bureau a changé votre heure"
    )
