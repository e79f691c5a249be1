"""Somebody did not come: the finding signed on its page, read by the firm, contested, and answered by the chief."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.support.pages import Pages
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_fieldwork import ready
from tests.support.steps_reports import PASSWORD, with_passwords
from visits.background.deliver import deliver
from visits.fieldwork import branches
from visits.ids import new_id


@pytest.fixture
async def pages(stage: Stage) -> AsyncIterator[Pages]:
    """Browsers that are closed with the test."""
    async with AsyncExitStack() as stack:
        yield Pages(stage, stack)


async def limited(stage: Stage) -> None:
    """The firm missed three appointments."""
    await calendars(stage)
    visits = [await booked(stage, await to_book(stage), tomorrow(stage, 9)) for _ in range(3)]
    stage.clock.set(tomorrow(stage, 9, 30))
    for each in visits:
        await stage.run("chief", branches.party_absent, each.id, id=new_id())
        await deliver(stage.tools, stage.tenant, each.id)


async def test_the_finding_is_signed_and_the_firm_reads_it_on_paper(stage: Stage, pages: Pages) -> None:
    visit = await ready(stage)
    await with_passwords(stage, "inspector1")
    stage.clock.move(minutes=15)

    page = await pages("inspector1", f"/inspector/visits/{visit.id}/trouble")
    await page.press("Noter la carence")
    assert page.reads("Constat de carence (personne absente) : déclarant")
    await page.press("Signer le constat", {"password": "faux"})
    assert page.reads("Le mot de passe ne correspond pas")
    await page.press("Signer le constat", {"password": PASSWORD})
    assert page.reads("Le constat est signé")

    firm = await pages("declarant", f"/declarant/declarations/{visit.declaration_id}")
    firm = await pages.follow(firm, "/absences")
    assert firm.reads("Inspector1 Exemple")
    link = firm.link("/absences/pdf")
    assert link is not None
    paper = await firm.client.get(link)
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")


async def test_a_limit_is_explained_contested_and_lifted(stage: Stage, pages: Pages) -> None:
    await limited(stage)
    for hour in (10, 11):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    another = await to_book(stage)

    firm = await pages("declarant", f"/declarant/visits/{another.id}/slots")
    await firm.press("Vérifier et réserver", {"start": tomorrow(stage, 14).isoformat()})
    assert firm.reads("Votre cabinet a manqué 3 rendez-vous en 30 jours : 2 à venir au plus")
    firm = await pages.follow(firm, "/declarant/missed")
    assert firm.reads("La limite finit d’elle-même le jeudi 24 décembre")
    await firm.press("Contester", {"reason": " "})
    assert firm.reads("Écrivez la raison en quelques mots")
    await firm.press("Contester", {"reason": "La route était coupée."})
    assert firm.reads("Contestation envoyée")

    chief = await pages("chief", "/chief")
    assert chief.reads("1 contestation à trancher")
    chief = await pages.follow(chief, "/chief/appeals")
    assert chief.reads("La route était coupée.")
    await chief.press("Ne plus le compter", {"answer": "Route coupée, vérifié."})
    assert chief.reads("Aucune contestation")

    firm = await pages("declarant", "/declarant/missed")
    assert firm.reads("Contestation acceptée")
    assert not firm.reads("La limite finit")
    firm = await pages("declarant", f"/declarant/visits/{another.id}/slots")
    await firm.press("Vérifier et réserver", {"start": tomorrow(stage, 14).isoformat()})
    assert not firm.reads("Votre cabinet a manqué")


async def test_a_visit_without_any_absence_has_no_page_of_findings(stage: Stage) -> None:
    visit = await ready(stage)

    async with stage.browser("chief") as browser:
        assert (await browser.get(f"/office/visits/{visit.id}/absences")).status_code == 404
        assert (await browser.get(f"/office/visits/{visit.id}/absences/pdf?record=x")).status_code == 404
