"""A visit at a firm's premises on every page and paper: never « by video », never on a terminal's list."""

from email import message_from_string

import pytest
from litestar import Litestar

from tests.portals.reading import said
from tests.support.live import TABLET, chromium, require_chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, to_book, tomorrow
from tests.support.steps_fieldwork import BOX, ended, ready, started
from tests.support.steps_notices import files, notices, reached, sent, told
from tests.support.steps_premises import at_home
from tests.support.steps_reports import previewed, with_passwords, written
from visits.booking import premises, premises_rows
from visits.booking.groups import Pattern, book
from visits.errors import NotFound
from visits.fieldwork import checkin
from visits.fieldwork.positioning import Position, Said, say
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id

NAME, STREET = "Entrepôt Exemple", "Zone industrielle, lot 12"


async def seen(stage: Stage, who: str, path: str) -> str:
    async with stage.browser(who) as client:
        return said(await client.get(path)).replace("’", "'")


async def test_the_inspectors_day_has_the_address_the_road_and_who_opens(stage: Stage) -> None:
    await ready(stage, await at_home(stage))

    day = await seen(stage, "inspector1", "/inspector/day")

    for words in (NAME, STREET, "30 min de route, partir à 9 h 30", "12 km", "Mme Exemple", "+2250700000017"):
        assert words in day, words


async def test_the_visit_on_the_tablet_says_how_to_get_there(stage: Stage) -> None:
    visit = await ready(stage, await at_home(stage))

    page = await seen(stage, "inspector1", f"/inspector/visits/{visit.id}")

    for words in (NAME, STREET, "partir à 9 h 30", "Mme Exemple", "prêt à être ouvert"):
        assert words in page, words
    assert "aire de visite" not in page


async def test_a_day_that_opens_one_by_one_tells_the_road_but_not_whose_it_is(stage: Stage) -> None:
    first = await ready(stage)
    second = await booked(stage, await at_home(stage), stage.clock.now().replace(hour=14))
    async with stage.work() as work:
        office = await office_by_id(work, stage.office.id)
        office.policies = office.policies | {"inspector_sees": "next"}
        (await work.session.get_one(Visit, second.id)).inspector_id = first.inspector_id

    day = await seen(stage, "inspector1", "/inspector/day")

    assert "À domicile, 30 min de route" in day
    assert NAME not in day


@pytest.mark.parametrize("path", ["/declarant/visits/{}/appointment", "/declarant/visits/{}/arrive"])
async def test_the_declarants_pages_name_the_premises(stage: Stage, path: str) -> None:
    visit = await ready(stage, await at_home(stage))

    page = await seen(stage, "declarant", path.format(visit.id))

    assert STREET in page
    assert "Par vidéo" not in page
    assert "entrée du terminal" not in page


@pytest.mark.parametrize("path", ["/office/visits/{}", "/chief/visits/{}/ticket", "/chief/visits/{}/walkin"])
async def test_the_staffs_pages_name_the_premises(stage: Stage, path: str) -> None:
    visit = await booked(stage, await at_home(stage))

    page = await seen(stage, "chief", path.format(visit.id))

    assert f"{NAME}, {STREET}" in page
    assert "Par vidéo" not in page


async def test_the_board_names_the_premises(stage: Stage) -> None:
    await ready(stage, await at_home(stage))

    assert NAME in await seen(stage, "supervisor", "/supervisor/board?view=table")


async def test_no_terminal_has_the_goods(stage: Stage) -> None:
    visit, other = await booked(stage, await at_home(stage)), await booked(stage)
    async with stage.browser("terminal") as screen:
        listed = (await screen.get("/terminal")).text

    assert str(other.id) in listed
    assert str(visit.id) not in listed
    with pytest.raises(NotFound):
        await stage.run("terminal", say, visit.id, Said(id=new_id(), container=BOX, position=Position.PLACED))


async def test_notices_and_the_calendar_entry_have_the_address(stage: Stage) -> None:
    await reached(stage)
    visit = await booked(stage, await at_home(stage))
    await told(stage, visit)
    await sent(stage)

    by_text = next(text for text in await files(stage) if "Réf." in text)
    [mail] = [message_from_string(text) for text in await files(stage) if "VCALENDAR" in text or "base64" in text]
    [entry] = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert "Entrepot Exemple, Zone industrielle, lot 12" in by_text
    assert b"LOCATION:Entrep\xc3\xb4t Exemple\\, Zone industrielle\\, lot 12" in entry.replace(b"\r\n ", b"")
    async with stage.browser("declarant") as client:
        own = (await client.get(f"/declarant/visits/{visit.id}/appointment.ics")).text
    assert f"LOCATION:{NAME}\\, Zone industrielle\\, lot 12" in own.replace("\r\n ", "")


async def test_nobody_is_told_that_a_terminal_placed_the_goods(stage: Stage) -> None:
    await reached(stage)
    visit = await ready(stage, await at_home(stage))
    await stage.run("inspector1", checkin.goods_presented, visit.id, id=new_id(), containers=[BOX])
    await told(stage, visit)

    assert await notices(stage, "goods_positioned") == []


async def test_the_report_was_made_at_the_premises(stage: Stage) -> None:
    visit = await ended(stage, await started(stage, await ready(stage, await at_home(stage))))
    await with_passwords(stage, "inspector1")
    await written(stage, visit)

    content = (await previewed(stage, visit.id)).content

    assert content.place.name == f"{NAME}, {STREET}"


async def test_visits_at_the_same_premises_are_booked_together_there(stage: Stage) -> None:
    here, there = await at_home(stage), await to_book(stage)
    async with stage.work() as work:
        home = await premises_rows.home_of(work, here.id)
    assert home is not None
    await stage.run("declarant", premises.choose, there.id, home.id)

    group = await stage.run("declarant", book, [here.id, there.id], tomorrow(stage, 9), pattern=Pattern.IN_TURN)

    assert NAME in await seen(stage, "declarant", f"/declarant/groups/{group.id}")


@pytest.mark.browser
@pytest.mark.slow
async def test_everything_on_the_tablet_can_be_touched_with_gloves(stage: Stage, app: Litestar) -> None:
    """Slow: Chromium is started."""
    require_chromium()
    visit = await ready(stage, await at_home(stage))
    async with serving(app) as port, chromium() as browser:
        opened = await window(browser, stage, port, "inspector1", size=TABLET)
        for path in ("/inspector/day", f"/inspector/visits/{visit.id}"):
            await opened.page.goto(opened.base + path)
            box = await opened.page.locator('a[href^="tel:"]').bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 56, path
