"""Calendars as administrators and supervisors keep them: closed days, moons, closures; nothing by surprise."""

import re
from datetime import date
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlmodel import col

from scheduling import bits
from tests.portals.reading import said
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, tomorrow
from visits.booking.tables import DayBits
from visits.sites import holidays, queries
from visits.sites.tables import Office
from visits.store.work import Work

CHRISTMAS = date(2026, 12, 25)
RAMADAN_ENDS = date(2027, 3, 9)


async def filled(stage: Stage) -> None:
    """The stage's office with the days its country publishes."""

    async def use_case(work: Work) -> None:
        await holidays.fill(work, await queries.office_by_id(work, stage.office.id))

    await stage.run("system", use_case)


async def worked(stage: Stage, name: str, day: date) -> int:
    """How many quarter hours are written out for a resource's day."""
    async with stage.work() as work:
        query = select(DayBits).where(col(DayBits.resource_id) == stage.resources[name].id, col(DayBits.day) == day)
        found = await work.session.scalar(query)
        return len(list(bits(found.work))) if found else 0


def form_for(answer: httpx.Response, words: str) -> str:
    """The address a form posts to, found by what its button reads aloud."""
    text = answer.text.replace("\u00a0", " ")
    found = re.search(rf'action="([^"]+)">(?:(?!</form>).)*aria-label="[^"]*{words}', text, re.S)
    assert found, words
    return found[1]


def path(stage: Stage) -> str:
    return f"/admin/calendars/{stage.office.id}"


async def test_closing_a_day_names_first_the_appointments_that_fall_outside(stage: Stage) -> None:
    visit = await booked(stage)
    typed = {"day": tomorrow(stage, 8).date().isoformat(), "holiday": "Fête", "where": "office"}
    async with stage.browser("admin") as browser:
        asked = await browser.post(f"{path(stage)}/holidays", data=typed)
        assert asked.status_code == 409
        assert "Un rendez-vous à venir ne tient plus" in said(asked)
        assert f"visite {visit.reference}" in said(asked)
        assert "Aucun jour fermé" in said(await browser.get(path(stage)))

        done = await browser.post(f"{path(stage)}/holidays", data=typed | {"confirmed": "1"})

        assert done.status_code == 303
        assert "Fête" in said(await browser.get(path(stage)))
    assert await worked(stage, "bay A", tomorrow(stage, 8).date()) == 0


async def test_a_supervisor_shifts_a_moon_day_with_one_tap_for_the_own_office_only(stage: Stage) -> None:
    await filled(stage)
    async with stage.work() as work:
        other = Office(code="CIAB9", name="Ailleurs", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(other)
    async with stage.browser("supervisor") as browser:
        shown = await browser.get("/admin/calendars", follow_redirects=True)
        action = form_for(shown, "Déplacer Fête de fin du Ramadan au mercredi 10 mars")
        assert (await browser.post(action, data={"to": "2027-03-10"})).status_code == 303
        again = await browser.post(action, data={"to": "2027-03-10"})
        assert again.status_code == 303

    async with stage.work() as work:
        ours = await queries.holidays_of(work, stage.office.id, RAMADAN_ENDS, date(2027, 3, 10))
        theirs = await queries.holidays_of(work, other.id, RAMADAN_ENDS, date(2027, 3, 10))
    assert list(ours) == [date(2027, 3, 10)]
    assert list(theirs) == [RAMADAN_ENDS]


async def test_a_confirmed_moon_day_asks_no_more(stage: Stage) -> None:
    await filled(stage)
    async with stage.browser("admin") as browser:
        shown = await browser.get(path(stage))
        assert "à confirmer" in said(shown)
        while found := re.search(r'action="([^"]+/confirm)"', shown.text):
            assert (await browser.post(found[1])).status_code == 303
            shown = await browser.get(path(stage))

        assert "à confirmer" not in said(shown).replace("À confirmer", "")


async def test_a_published_day_is_opened_and_closed_again_by_the_office_itself(stage: Stage) -> None:
    await filled(stage)
    await calendars(stage, days=60)
    assert await worked(stage, "bay A", CHRISTMAS) == 0
    async with stage.browser("supervisor") as browser:
        shown = await browser.get(path(stage))
        await browser.post(form_for(shown, "Rouvrir le vendredi 25 décembre"))
        assert await worked(stage, "bay A", CHRISTMAS) > 0

        shown = await browser.get(path(stage))
        await browser.post(form_for(shown, "Refermer le vendredi 25 décembre"))

    assert await worked(stage, "bay A", CHRISTMAS) == 0


async def test_a_closure_of_some_hours_takes_only_those_of_its_site(stage: Stage) -> None:
    await calendars(stage)
    day = tomorrow(stage, 8).date()
    before = await worked(stage, "bay A", day), await worked(stage, "inspector1", day)
    typed = {"from_day": day.isoformat(), "from_time": "10:00", "to_time": "11:00", "reason": "Coupure de courant"}
    async with stage.browser("supervisor") as browser:
        done = await browser.post(f"{path(stage)}/closures", data=typed | {"site": str(stage.site.id)})
        assert done.status_code == 303
        shown = await browser.get(path(stage))
        assert "Coupure de courant" in said(shown)
        assert (await worked(stage, "bay A", day), await worked(stage, "inspector1", day)) == (before[0] - 4, before[1])

        found = re.search(r"/admin/calendars/closures/[\w-]+/withdraw", shown.text)
        assert found
        await browser.post(found[0])

    assert await worked(stage, "bay A", day) == before[0]


async def test_a_closure_that_cannot_be_is_refused_beside_its_field(stage: Stage) -> None:
    async with stage.browser("supervisor") as browser:
        backwards = {"from_day": "2026-12-01", "from_time": "11:00", "to_time": "10:00", "reason": "Travaux"}
        assert 'id="to_day-error"' in (await browser.post(f"{path(stage)}/closures", data=backwards)).text
        past = await browser.post(f"{path(stage)}/closures", data={"from_day": "2026-11-01", "reason": "Travaux"})
        assert 'id="to_day-error"' in past.text
        nowhere = {"from_day": "2026-12-01", "reason": "Travaux", "site": "x"}
        assert 'id="site-error"' in (await browser.post(f"{path(stage)}/closures", data=nowhere)).text
        never = await browser.post(f"{path(stage)}/closures", data={"from_day": "9999-12-31", "reason": "Travaux"})
        assert 'id="from_day-error"' in never.text


async def test_a_supervisor_keeps_no_other_offices_calendar_and_closes_no_country(stage: Stage) -> None:
    await filled(stage)
    async with stage.work() as work:
        other = Office(code="CIAB9", name="Ailleurs", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(other)
    typed = {"day": "2026-12-01", "holiday": "Fête"}
    async with stage.browser("supervisor") as browser:
        assert (await browser.get(f"/admin/calendars/{other.id}")).status_code == 404
        assert (await browser.post(f"/admin/calendars/{other.id}/holidays", data=typed)).status_code in (404, 422)
        assert (await browser.post(f"{path(stage)}/holidays", data=typed | {"where": "all"})).status_code == 422


async def test_an_office_of_a_country_without_calendar_says_what_to_do(stage: Stage) -> None:
    facts = {"code": "xx1", "name": "Nulle part", "tz": "Africa/Abidjan", "country": "XX", "currency": "XOF"}
    async with stage.browser("admin") as browser:
        made = await browser.post("/admin/offices", data=facts | {"grid": "day"})
        office = UUID(made.headers["location"].rsplit("/", 1)[1])

        shown = await browser.get(f"/admin/calendars/{office}")

    assert "Aucun calendrier publié pour le pays « XX »" in said(shown)


async def test_a_new_office_has_the_days_its_country_and_region_publish(stage: Stage) -> None:
    facts = {"code": "cvmin", "name": "Mindelo", "tz": "Atlantic/Cape_Verde", "country": "CV", "currency": "CVE"}
    async with stage.browser("admin") as browser:
        made = await browser.post("/admin/offices", data=facts | {"grid": "day"})
        calendar = f"/admin/calendars/{made.headers['location'].rsplit('/', 1)[1]}"
        assert "Noël" in said(await browser.get(calendar))
        assert "Mardi du Carnaval" not in said(await browser.get(calendar))

        await browser.post(f"{calendar}/region", data={"region": "SV"})
        wrong = await browser.post(f"{calendar}/region", data={"region": "ZZ"})

        assert "Mardi du Carnaval" in said(await browser.get(calendar))
    assert 'id="region-error"' in wrong.text


async def test_season_hours_end_and_the_usual_ones_come_back(stage: Stage) -> None:
    await calendars(stage, days=30)
    where = f"/admin/offices/resources/{stage.resources['bay A'].id}"
    week = {f"day{day}": "8:00-9:00" for day in range(1, 6)} | {"first": "2026-11-30", "last": "2026-12-04"}
    async with stage.browser("supervisor") as browser:
        assert (await browser.post(f"{where}/hours", data=week)).status_code == 303
        shown = await browser.get(where)

    assert "Du lundi 30 novembre au vendredi 4 décembre" in said(shown)
    assert [await worked(stage, "bay A", date(2026, 12, day)) for day in (4, 7)] == [4, 44]
