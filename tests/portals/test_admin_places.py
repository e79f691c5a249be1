"""Offices, sites, calendars, agencies and checklists as administrators change them."""

import re

from tests.portals.reading import said
from tests.support.stage import Stage
from tests.support.steps_booking import booked


async def test_hours_that_keep_every_appointment_are_saved_without_asking(stage: Stage) -> None:
    await booked(stage)
    path = f"/admin/offices/resources/{stage.resources['bay A'].id}"
    week = {f"day{day}": "6:00-20:00" for day in range(1, 6)} | {"day6": "", "day7": "", "first": "2026-11-23"}
    async with stage.browser("admin") as browser:
        saved = await browser.post(f"{path}/hours", data=week)
        assert saved.status_code == 303
        assert 'value="06:00-20:00"' in (await browser.get(path)).text

        wrong = await browser.post(f"{path}/hours", data=week | {"day1": "matin", "first": "2026-11-20"})

    assert wrong.status_code == 422
    assert 'value="matin"' in wrong.text


async def test_hours_of_a_past_day_are_refused_beside_the_day(stage: Stage) -> None:
    path = f"/admin/offices/resources/{stage.resources['bay A'].id}"
    async with stage.browser("admin") as browser:
        refused = await browser.post(f"{path}/hours", data={"first": "2026-11-20"})

    assert 'id="first-error"' in refused.text


async def test_an_absence_is_withdrawn_and_put_back(stage: Stage) -> None:
    path = f"/admin/offices/resources/{stage.resources['inspector1'].id}"
    async with stage.browser("admin") as browser:
        await browser.post(f"{path}/absences", data={"from_day": "2026-11-25", "reason": "congé"})
        shown = await browser.get(path)
        found = re.search(r"/admin/offices/absences/[\w-]+/withdraw", shown.text)
        assert found
        await browser.post(found[0])
        shown = await browser.get(path)
        assert "retirée" in said(shown)

        await browser.post(found[0].replace("withdraw", "restore"))

        assert "retirée" not in said(await browser.get(path))


async def test_an_absence_of_some_hours_takes_only_those(stage: Stage) -> None:
    path = f"/admin/offices/resources/{stage.resources['inspector1'].id}"
    typed = {"from_day": "2026-11-25", "from_time": "10:00", "to_time": "11:00", "reason": "formation"}
    async with stage.browser("admin") as browser:
        await browser.post(f"{path}/absences", data=typed)
        assert "à 10 h au mercredi 25 novembre à 11 h" in said(await browser.get(path))

        backwards = await browser.post(f"{path}/absences", data=typed | {"to_time": "09:00"})

    assert backwards.status_code == 422


async def test_an_office_a_site_and_its_bays_are_added(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        office = await browser.post(
            "/admin/offices",
            data={
                "code": "ngl1",
                "name": "Lagos",
                "tz": "Africa/Lagos",
                "country": "ng",
                "currency": "ngn",
                "grid": "night",
            },
        )
        taken = await browser.post(
            "/admin/offices",
            data={
                "code": "ngl1",
                "name": "Lagos",
                "tz": "Africa/Nowhere",
                "country": "ng",
                "currency": "ngn",
                "grid": "night",
            },
        )
        assert 'id="tz-error"' in taken.text
        path = office.headers["location"]
        site = await browser.post(
            f"{path}/sites/new",
            data={
                "code": "apapa",
                "name": "Apapa",
                "latitude": "6,4474",
                "longitude": "3.3903",
                "fence_metres": "300",
                "locations": "ap1, ap2",
            },
        )
        place = site.headers["location"]
        shown = (await browser.get(place)).text
        assert 'value="6.4474"' in shown
        assert 'value="AP1 AP2"' in shown
        half = await browser.post(place, data={"name": "Apapa", "latitude": "6", "fence_metres": "300"})
        assert 'id="longitude-error"' in half.text
        await browser.post(f"{place}/places", data={"kind": "scanner", "place": "Scanner 1"})

        assert "Scanner 1" in said(await browser.get(place))
        assert "pas de 30 min" in said(await browser.get(path))


async def test_agencies_are_added_and_renamed(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        await browser.post("/admin/offices/agencies", data={"code": "veto", "name": "Services vétérinaires"})
        taken = await browser.post("/admin/offices/agencies", data={"code": "VETO", "name": "Autre"})
        assert 'id="code-error"' in taken.text
        await browser.post("/admin/offices/agencies", data={"agency": str(stage.agency.id), "name": "Phyto"})

        assert "PHYTO Phyto" in said(await browser.get("/admin/offices/agencies"))


async def test_checklist_rules_are_taken_over_changed_retired_and_put_back(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        assert "Voici les règles d’origine" in said(await browser.get("/admin/checklists"))
        await browser.post("/admin/checklists/seed")
        typed = {"document_type": "861", "mandatory": "yes", "hs_prefixes": "8708 87", "flows": "I", "office": ""}
        added = await browser.post("/admin/checklists/new", data=typed)
        assert added.status_code == 303
        listed = await browser.get("/admin/checklists")
        assert "Débuts de code SH 8708 87" in said(listed)
        wrong = await browser.post("/admin/checklists/new", data=typed | {"hs_prefixes": "87-08"})
        assert 'id="hs_prefixes-error"' in wrong.text
        rule = re.findall(r"/admin/checklists/[\w-]{36}(?=/retire)", listed.text)[-1]

        await browser.post(f"{rule}/retire")
        assert "Règles retirées" in said(await browser.get("/admin/checklists"))
        await browser.post(f"{rule}/restore")
        assert "Règles retirées" not in said(await browser.get("/admin/checklists"))
        assert (await browser.get(rule)).status_code == 200
