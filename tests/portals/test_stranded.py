"""Appointments whose bay or officer no longer works at their time wait in the chief's queue, with the way out."""

import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from tests.portals.reading import said
from tests.support.live import DESK, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, tomorrow
from visits.booking import queries
from visits.booking.change import cancel
from visits.booking.tables import Appointment, BookingPart
from visits.journey.tables import Visit
from visits.sites.tables import Absence, Resource


async def parts(stage: Stage, visit: Visit) -> tuple[Appointment, dict[str, BookingPart]]:
    """The appointment of a visit and what it keeps, by role."""
    async with stage.work() as work:
        kept = (await queries.live_of(work, visit.id))["confirmed"]
        return kept, {part.role: part for part in await queries.parts_of(work, [kept.id])}


async def closed(stage: Stage, role: str, visit: Visit | None = None) -> Visit:
    """A visit for tomorrow at ten whose bay, or officer, is away from nine to twelve since just now."""
    visit = visit or await booked(stage)
    part = (await parts(stage, visit))[1][role]
    async with stage.work() as work:
        away = Range(tomorrow(stage, 9), tomorrow(stage, 12))
        work.session.add(Absence(resource_id=part.resource_id, during=away, reason="panne", at=work.now))
    await calendars(stage)
    return visit


async def name_of(stage: Stage, part: BookingPart) -> str:
    async with stage.work() as work:
        return (await work.session.get_one(Resource, part.resource_id)).name


async def test_a_closed_bay_lays_its_appointment_before_the_chief_since_it_closed(stage: Stage) -> None:
    visit = await closed(stage, "bay")
    stage.clock.move(minutes=25)
    await calendars(stage)

    async with stage.browser("chief") as browser:
        page = await browser.get("/chief")

    assert "1 rendez-vous à replacer" in said(page)
    assert f'href="/chief/visits/{visit.id}/slots"' in page.text
    assert "depuis 25 min" in said(page)


async def test_an_appointment_that_fits_waits_for_nobody(stage: Stage) -> None:
    await booked(stage)
    await calendars(stage)

    async with stage.browser("chief") as browser:
        assert "à replacer" not in said(await browser.get("/chief"))


async def test_the_page_says_what_is_missing_and_never_who_was_kept(stage: Stage) -> None:
    visit = await closed(stage, "officer")
    officer = await name_of(stage, (await parts(stage, visit))[1]["officer"])

    async with stage.browser("chief") as browser:
        text = said(await browser.get(f"/chief/visits/{visit.id}/slots")).replace("’", "'")

    assert "ne tient plus" in text
    assert "L'agent prévu ne travaille plus à cette heure." in text
    assert officer.lower() not in text.lower()


async def test_the_same_hour_is_taken_again_with_what_is_free_then(stage: Stage) -> None:
    visit = await closed(stage, "bay")
    was, before = await parts(stage, visit)
    sent = {"day": str(was.day), "start": was.during.lower.isoformat(), "reason": "Aire en panne"}

    async with stage.browser("chief") as browser:
        done = await browser.post(f"/chief/visits/{visit.id}/slots", data=sent)
        after = await browser.get("/chief")

    now, kept = await parts(stage, visit)
    assert done.status_code == 303
    assert (now.id != was.id, now.during) == (True, was.during)
    assert kept["bay"].resource_id != before["bay"].resource_id
    assert "à replacer" not in said(after)


async def test_where_nothing_else_is_free_another_hour_is_chosen(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A")
    visit = await closed(stage, "bay", await booked(stage))
    was, _ = await parts(stage, visit)
    at = f"/chief/visits/{visit.id}/slots"
    sent = {"day": str(was.day), "start": was.during.lower.isoformat(), "reason": "Aire en panne"}

    async with stage.browser("chief") as browser:
        assert (await browser.post(at, data=sent)).status_code == 409
        later = sent | {"start": tomorrow(stage, 14).isoformat()}
        assert (await browser.post(at, data=later)).status_code == 303
        assert "à replacer" not in said(await browser.get("/chief"))


@pytest.mark.parametrize("way", ["the bay works again", "the declarant cancels"])
async def test_what_is_settled_otherwise_leaves_the_queue(stage: Stage, way: str) -> None:
    visit = await closed(stage, "bay")
    if way == "the declarant cancels":
        await stage.run("declarant", cancel, (await parts(stage, visit))[0].id)
    else:
        async with stage.work() as work:
            for away in await work.session.scalars(select(Absence).where(col(Absence.reason) == "panne")):
                await work.session.delete(away)
        await calendars(stage)

    async with stage.browser("chief") as browser:
        assert "à replacer" not in said(await browser.get("/chief"))


async def test_an_hour_that_still_fits_is_not_booked_anew(stage: Stage) -> None:
    visit = await booked(stage)
    was, _ = await parts(stage, visit)
    sent = {"day": str(was.day), "start": was.during.lower.isoformat(), "reason": "Confirmation"}

    async with stage.browser("chief") as browser:
        await browser.post(f"/chief/visits/{visit.id}/slots", data=sent)

    assert (await parts(stage, visit))[0].id == was.id


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_by_mouse_the_chief_moves_it_from_the_queue(stage: Stage, app: Litestar) -> None:
    await closed(stage, "bay")
    async with serving(app) as port, chromium() as browser:
        desk = await window(browser, stage, port, "chief", size=DESK)
        await desk.go("/chief")
        await desk.press("Replacer le rendez-vous", role="link")
        await desk.page.get_by_label("Raison").fill("Aire en panne")
        await desk.page.locator("input[name=start][value*='T10:00']").check()
        await desk.press("Déplacer la visite")
        await desk.go("/chief")
        assert await desk.page.get_by_text("Rien ne vous attend").count() == 1
