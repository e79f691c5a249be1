"""The whole story in a real browser, four people in French: from the declaration's message to the voucher."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from litestar import Litestar
from playwright.async_api import expect

from tests.support import live
from tests.support.acts import (
    INSPECTORS,
    Play,
    acknowledged_and_released,
    arrives,
    booked_and_moved,
    completed,
    drawn_in_secret,
    examined,
    on_the_board,
    package_goes_back_once,
    rated,
    rated_once,
    reported,
    taken,
)
from tests.support.clock import MovedClock
from tests.support.live import DESK, PHONE, TABLET, require_chromium
from tests.support.stage import Stage
from tests.support.steps_assignment import FREEZE, drawn, starts
from tests.support.steps_booking import calendars, only
from tests.support.steps_documents import package
from tests.support.steps_fieldwork import BAYS, ended, started
from tests.support.steps_reports import signed, validated, with_passwords
from visits.background.deliver import deliver
from visits.clearance.manual import key_act, key_voucher
from visits.documents.checklist import Defect
from visits.documents.review import accept, send_back

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a whole story is played in Chromium


async def test_four_people_bring_a_declaration_to_its_voucher(clock: MovedClock, tmp_path: Path) -> None:
    require_chromium()
    async with playing(clock, tmp_path) as play:
        await arrives(play)
        await package_goes_back_once(play)
        await booked_and_moved(play)
        await drawn_in_secret(play)
        await examined(play)
        await reported(play)
        await acknowledged_and_released(play)
        await rated_once(play)
        await on_the_board(play)


@asynccontextmanager
async def playing(clock: MovedClock, folder: Path) -> AsyncIterator[Play]:
    """An installation with calendars, and a window for each of the four."""
    async with live.installed(clock, folder) as (stage, port, clearance):
        await calendars(stage)
        await with_passwords(stage, "declarant", "chief", *INSPECTORS)
        async with live.chromium() as browser:
            yield Play(
                stage=stage,
                clock=clock,
                clearance=clearance,
                declarant=await live.window(browser, stage, port, None, size=PHONE),
                chief=await live.window(browser, stage, port, "chief", size=DESK),
                inspector=await live.window(browser, stage, port, None, size=TABLET),
                supervisor=await live.window(browser, stage, port, "supervisor", size=DESK),
            )


async def test_the_declarants_part_needs_no_script(stage: Stage, app: Litestar, clock: MovedClock) -> None:
    require_chromium()
    await only(stage, *BAYS, "inspector1")
    await calendars(stage)
    visit = await stage.opened()
    own = f"/declarant/visits/{visit.id}"
    async with live.serving(app) as port, live.chromium() as browser:
        phone = await live.window(browser, stage, port, "declarant", size=PHONE, script=False)
        page = await phone.go(f"{own}/documents")
        title = page.locator("h1")
        await completed(phone)
        [invoice, *_] = (await package(stage, visit.id)).documents
        illegible = Defect(document_type=invoice.document_type, document=invoice.id, reason="illegible")
        await stage.run("chief", send_back, visit.id, [illegible])
        await phone.go(f"{own}/documents")
        await expect(title).to_have_text("1 pièce est à corriger")
        await completed(phone)
        await stage.run("chief", accept, visit.id)

        await phone.go(f"{own}/slots")
        await taken(phone, place=0)
        await phone.press("Réserver cette visite")
        await phone.press("Déplacer", role="link")
        await taken(phone, place=1)
        await phone.press("Déplacer la visite")
        await expect(title).to_have_text("Votre visite est réservée")

        begins = await starts(stage, visit)
        clock.set(begins - FREEZE)
        await drawn(stage, visit.id)
        clock.set(begins)
        await phone.sign_in("declarant")
        await phone.go(f"{own}/arrive")
        await phone.press("Dire que je suis là")
        await ended(stage, await started(stage, visit))
        await signed(stage, visit)

        await phone.sign_in("declarant")
        await phone.go(f"{own}/report")
        await page.get_by_label("Je signe avec réserves").check()
        await page.get_by_label("Réserves, ou raison du refus").fill("Erreur de colisage du fournisseur.")
        await phone.press("Enregistrer la réponse")
        await expect(title).to_have_text("Vous avez signé avec réserves")
        await validated(stage, await stage.visit(visit.id))
        await deliver(stage.tools, stage.tenant, visit.id)
        await stage.run("chief", key_act, visit.id, "SW-1")
        await stage.run("chief", key_voucher, visit.id, "BAE-1")

        await rated(phone, f"{own}/rate")
        await phone.go(f"{own}/rate")
        await expect(page.get_by_text("Un avis est déjà donné pour cette visite")).to_be_visible()
