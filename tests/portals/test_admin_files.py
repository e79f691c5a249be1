"""Calendars as files: seen line by line, taken whole or in part, and read back unchanged."""

import html
import re
from datetime import date

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.portals.reading import said
from tests.portals.test_admin_calendars import filled, path, worked
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, tomorrow
from tests.support.steps_policies import ruled
from visits.booking.tables import DayBits
from visits.portals.admin.calendars import FILES
from visits.sites import queries
from visits.sites.languages import bits_of
from visits.sites.tables import Absence, Holiday, WorkTemplate

GOOD = "site;du;au;raison\nTC01;24/12/2026;24/12/2026;Inventaire\n;31/12/2026 12:00;31/12/2026 18:00;Fête\n"
HALF = "jour;nom\n25/12/2026;Noël\n32/12/2026;Rien\n"


async def send(browser: httpx.AsyncClient, where: str, content: str | bytes) -> httpx.Response:
    return await browser.post(where, files={"file": ("a.csv", content, "text/csv")})


def asked(answer: httpx.Response) -> dict[str, str]:
    """The form that takes what is shown."""
    form = re.search(r'<form class="v-btns" method="post" action="[^"]+/take">(.*?)</form>', answer.text, re.S)
    assert form, said(answer)
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form[1])
    return {name: html.unescape(value) for name, value in fields}


async def test_nothing_is_stored_before_every_line_was_seen(stage: Stage) -> None:
    await calendars(stage, days=60)
    where = f"{path(stage)}/files/closures"
    async with stage.browser("supervisor") as browser:
        shown = await send(browser, where, GOOD.encode("cp1252"))
        assert shown.status_code == 200
        assert "2 lignes, toutes prêtes" in said(shown)
        assert "Inventaire" not in said(await browser.get(path(stage)))

        taken = await browser.post(f"{where}/take", data=asked(shown))

        assert taken.status_code == 303
        assert "Inventaire" in said(await browser.get(path(stage)))
    assert await worked(stage, "bay A", date(2026, 12, 24)) == 0
    assert await worked(stage, "inspector1", date(2026, 12, 24)) > 0


async def test_a_faulty_line_keeps_the_whole_file_out_unless_the_good_lines_are_asked_for(stage: Stage) -> None:
    where = f"{path(stage)}/files/days"

    async def closed() -> int:
        async with stage.work() as work:
            return await work.session.scalar(select(func.count()).select_from(Holiday)) or 0

    async with stage.browser("admin") as browser:
        shown = await send(browser, where, HALF)
        assert shown.status_code == 422
        assert "Lignes à corriger : 1 sur 2" in said(shown)
        assert "3 jour Date illisible : « 32/12/2026 »" in said(shown)
        refused = await browser.post(f"{where}/take", data={"content": HALF, "take": "all"})
        assert "Rien n’est enregistré" in said(refused).replace("'", "’")
        assert await closed() == 0

        assert (await browser.post(f"{where}/take", data=asked(shown))).status_code == 303

    assert await closed() == 1


async def test_appointments_a_file_would_leave_outside_are_named_first(stage: Stage) -> None:
    visit = await booked(stage)
    day = f"{tomorrow(stage, 8):%d/%m/%Y}"
    where = f"{path(stage)}/files/closures"
    content = f"site;du;au;raison\n;{day};{day};Grève\n"
    async with stage.browser("supervisor") as browser:
        shown = await send(browser, where, content)
        assert f"visite {visit.reference}" in said(shown)
        unasked = await browser.post(f"{where}/take", data={"content": content, "take": "all"})
        assert f"visite {visit.reference}" in said(unasked)
        assert "Grève" not in said(await browser.get(path(stage)))

        assert (await browser.post(f"{where}/take", data=asked(shown))).status_code == 303


async def test_every_line_says_what_it_would_change_and_what_was_before(stage: Stage) -> None:
    await calendars(stage, days=60)
    where = f"{path(stage)}/files/closures"
    later = "site;du;au;raison\nTC01;24/12/2026;24/12/2026;Travaux\n;31/12/2026 12:00;31/12/2026 18:00;Fête\n"
    more = later + ";02/01/2027;02/01/2027;Repos\n"
    async with stage.browser("supervisor") as browser:
        first = await send(browser, where, GOOD)
        assert "Nouvelles : 2. Changées : 0. Déjà ainsi : 0." in said(first)
        await browser.post(f"{where}/take", data=asked(first))

        shown = await send(browser, where, more)
        again = await send(browser, where, GOOD)

    assert "Nouvelles : 1. Changées : 1. Déjà ainsi : 1." in said(shown)
    assert "change TC01 24/12/2026 24/12/2026 Travaux raison : Inventaire" in said(shown)
    assert "ce fichier ne change rien" in said(again)


async def test_what_is_there_is_read_back_unchanged(stage: Stage) -> None:
    await filled(stage)
    await calendars(stage, days=60)
    bay = f"/admin/offices/resources/{stage.resources['bay A'].id}"
    season = {f"day{day}": "8:00-9:00" for day in range(1, 6)} | {"first": "2026-11-30", "last": "2026-12-04"}
    async with stage.browser("supervisor") as browser:
        await browser.post(f"{bay}/hours", data=season)
        await browser.post(f"{bay}/absences", data={"from_day": "2026-12-08", "from_time": "10:00", "reason": "panne"})
        await send(browser, f"{path(stage)}/files/closures", GOOD)
        before = {}
        for kind in FILES:
            where = f"{path(stage)}/files/{kind}"
            export = await browser.get(f"{where}/export.csv")
            before[kind] = export.content
            lines = export.text.strip().count("\n")
            if not lines:
                continue
            shown = await send(browser, where, export.content)
            assert f"{lines} lignes, toutes prêtes" in said(shown) or "Une ligne, prête" in said(shown), kind
            assert "ce fichier ne change rien" in said(shown), kind
            assert (await browser.post(f"{where}/take", data=asked(shown))).status_code == 303
            assert (await browser.get(f"{where}/export.csv")).content == before[kind]
    async with stage.work() as work:
        counted = [await work.session.scalar(select(func.count()).select_from(each)) for each in (Absence, Holiday)]
        seasons = select(func.count()).where(col(WorkTemplate.resource_id) == stage.resources["bay A"].id)
        assert await work.session.scalar(seasons) == 15
    assert counted[0] == 1


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
async def test_an_export_is_read_back_whatever_language_it_was_made_in(stage: Stage, language: str) -> None:
    await filled(stage)
    async with stage.browser("admin") as browser:
        await browser.post("/account/language", data={"language": language})
        for kind in ("days", "hours", "resources"):
            where = f"{path(stage)}/files/{kind}"
            export = await browser.get(f"{where}/export.csv")
            await browser.post("/account/language", data={"language": "fr"})
            shown = said(await send(browser, where, export.content))
            assert "toutes prêtes" in shown
            assert "Colonnes non lues" not in shown
            await browser.post("/account/language", data={"language": language})


@pytest.mark.parametrize("kind", FILES)
async def test_the_model_is_a_file_of_its_kind_with_nothing_to_take(stage: Stage, kind: str) -> None:
    where = f"{path(stage)}/files/{kind}"
    async with stage.browser("admin") as browser:
        model = await browser.get(f"{where}/model.csv")
        assert model.headers["content-type"] == "text/csv; charset=utf-8"
        sent = await send(browser, where, model.content)
        assert "Le fichier est vide" in said(sent)

        examples = await send(browser, where, model.text.replace("# ", ""))

    assert "à corriger" in said(examples) or "prête" in said(examples)


async def test_a_workbook_and_an_unknown_kind_are_refused(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        workbook = await send(browser, f"{path(stage)}/files/days", b"PK\x03\x04")
        assert workbook.status_code == 422
        assert "pas un CSV" in said(workbook)
        assert (await browser.get(f"{path(stage)}/files/people")).status_code == 404


async def test_places_come_with_the_usual_hours(stage: Stage) -> None:
    content = "ressource;genre;site;dernier jour\nAire D;aire;TC01;\nChariot 1;chariot;TC01;31/12/2026\n"
    where = f"{path(stage)}/files/resources"
    async with stage.browser("admin") as browser:
        await browser.post(f"{where}/take", data=asked(await send(browser, where, content)))
        shown = said(await browser.get(path(stage)))

    assert "Aire D" in shown
    assert re.search("Chariot 1 .*31 déc. 2026", shown)


async def test_what_an_officer_can_do_comes_with_a_file_and_the_draw_reads_it(stage: Stage) -> None:
    async with stage.work() as work:
        office = await queries.office_by_id(work, stage.office.id)
        office.policies = office.policies | {"skills": ["1 : Chimie : 28", "2 : Gaz, comprimé : 27"]}
    where = f"{path(stage)}/files/resources"
    officer = stage.resources["inspector1"]
    heading = "ressource;genre;site;dernier jour;grade;habilitations;langues\n"
    line = f"{heading}{officer.name};vérificateur;;;3;Chimie, 2;arabe, en\n"
    async with stage.browser("admin") as browser:
        taken = await browser.post(f"{where}/take", data={"content": line})
        export = (await browser.get(f"{where}/export.csv")).text
        again = await send(browser, where, export.encode())

    assert taken.status_code == 303
    async with stage.work() as work:
        kept = await queries.resource_by_id(work, officer.id)
        days = await work.session.scalars(
            select(DayBits.skills).where(col(DayBits.resource_id) == officer.id).distinct()
        )
        able = 0b11 | bits_of(["ar", "en"])
        assert (kept.grade, kept.skills, set(days)) == (3, able, {able})
    assert any(row.endswith(";3;Chimie, 2;anglais, arabe") for row in export.splitlines())
    assert "toutes prêtes" in said(again)


async def test_what_an_officer_speaks_is_ticked_beside_what_he_or_she_can_do(stage: Stage) -> None:
    await ruled(stage, skills=("1 : Chimie : 28",))
    await calendars(stage)
    officer = stage.resources["inspector1"]
    where = f"/admin/offices/resources/{officer.id}"
    async with stage.browser("admin") as browser:
        sent = await browser.post(f"{where}/skills", data={"grade": "2", "skills": ["1"], "languages": ["en", "pt"]})
        shown = (await browser.get(where)).text

    assert sent.status_code == 303
    async with stage.work() as work:
        assert (await queries.resource_by_id(work, officer.id)).skills == 0b1 | bits_of(["en", "pt"])
    assert re.search(r'value="en"[^>]*checked', shown)
    assert not re.search(r'value="ar"[^>]*checked', shown)
    assert 'name="languages" value="fr"' not in shown
