"""An earlier time, from joining the list to the appointment that moved, on the pages of the declarant."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.support.pages import Pages
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_notices import notices, reached, told
from visits.background.deliver import deliver, moments
from visits.booking import queries
from visits.booking.change import cancel
from visits.journey.tables import Visit


@pytest.fixture
async def pages(stage: Stage) -> AsyncIterator[Pages]:
    """Browsers that are closed with the test."""
    async with AsyncExitStack() as stack:
        yield Pages(stage, stack)


async def two(stage: Stage) -> tuple[Visit, Visit]:
    """One bay and one officer: a visit at nine and one at two."""
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    early, late = await to_book(stage), await to_book(stage)
    return await booked(stage, early, tomorrow(stage, 9)), await booked(stage, late, tomorrow(stage, 14))


async def frees(stage: Stage, visit: Visit) -> None:
    async with stage.work() as work:
        kept = (await queries.live_of(work, visit.id))["confirmed"]
    await stage.run("declarant", cancel, kept.id)
    await deliver(stage.tools, stage.tenant, visit.id)


def list_of(visit: Visit) -> str:
    return f"/declarant/visits/{visit.id}/waitlist"


NINE = {"begin": "540", "end": "600"}


async def test_an_earlier_time_is_waited_for_offered_and_taken(stage: Stage, pages: Pages) -> None:
    early, late = await two(stage)
    await reached(stage)
    page = await pages("declarant", f"/declarant/visits/{late.id}/appointment")

    page = await pages.follow(page, "/waitlist")
    await page.press("M’inscrire", NINE)
    assert page.reads("Vous êtes en tête pour ces heures")
    assert page.reads("de 9 h à 10 h")
    await frees(stage, early)
    await told(stage, late)

    [notice] = await notices(stage, "slot_offered", "sms")
    assert notice.facts["when"].startswith("2026-11-24T09:00")
    page = await pages.follow(await pages("declarant", f"/declarant/visits/{late.id}/appointment"), "/waitlist")
    assert page.reads("Elle est retenue pour vous seul")
    await page.press("Prendre cette heure")
    assert page.reads("L’heure plus tôt est à vous")
    async with stage.work() as work:
        assert (await queries.live_of(work, late.id))["confirmed"].during.lower == tomorrow(stage, 9)


async def test_an_offer_that_is_passed_on_or_runs_out_leaves_the_visit_on_the_list(stage: Stage, pages: Pages) -> None:
    early, late = await two(stage)
    await (await pages("declarant", list_of(late))).press("M’inscrire", NINE)
    await frees(stage, early)

    page = await pages("declarant", list_of(late))
    stale = await pages("declarant", list_of(late))
    await page.press("Non merci, la passer au suivant")
    assert page.reads("Vous restez sur la liste")
    await deliver(stage.tools, stage.tenant, late.id)
    await stale.press("Prendre cette heure")
    assert stale.reads("L’heure proposée n’est plus retenue")
    stage.clock.move(minutes=16)
    await moments(stage.tools, stage.tenant)

    page = await pages("declarant", list_of(late))
    await page.press("Quitter la liste")
    assert page.reads("Vous avez quitté la liste")


async def test_wishes_that_make_no_sense_are_told_beside_their_field(stage: Stage, pages: Pages) -> None:
    _, late = await two(stage)
    page = await pages("declarant", list_of(late))

    await page.press("M’inscrire", {"begin": "600", "end": "540"})
    assert page.reads("La fin vient après le début")
    await page.press("M’inscrire", {"day": "2026-11-24", "begin": "1140", "end": "1200"})

    assert page.reads("aucune heure plus tôt")


async def test_another_visit_ahead_is_counted_and_not_named(stage: Stage, pages: Pages) -> None:
    early, late = await two(stage)
    await (await pages("declarant", list_of(early))).press("M’inscrire", {"begin": "480", "end": "540"})
    stage.clock.move(seconds=1)

    page = await pages("declarant", list_of(late))
    await page.press("M’inscrire", {"begin": "480", "end": "540"})

    assert page.reads("1 visite passe avant vous pour les mêmes heures")
    assert not page.reads(early.reference)


async def test_it_is_too_late_to_wait_once_the_appointment_is_settled(stage: Stage, pages: Pages) -> None:
    _, late = await two(stage)
    stage.clock.set(tomorrow(stage, 12, 30))

    page = await pages("declarant", list_of(late))

    assert page.reads("Il est trop tard pour une heure plus tôt")
