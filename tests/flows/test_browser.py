"""The whole story in a real browser, four people in French: from the declaration's message to the voucher."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.async_api import Page, Route, expect

from tests.support import live
from tests.support.clock import MovedClock
from tests.support.files import a_pdf
from tests.support.live import DESK, PHONE, TABLET, Window, require_chromium
from tests.support.stage import Stage
from tests.support.steps_assignment import FREEZE, passed, starts
from tests.support.steps_booking import calendars
from tests.support.steps_fieldwork import a_photo
from tests.support.steps_reports import PASSWORD, with_passwords
from tests.support.story import sample_of
from visits.assignment import queries as assignment
from visits.demo.samples import xml
from visits.journey.tables import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a whole story is played in Chromium

NUMBER = 52101
INSPECTORS = ("inspector1", "inspector2", "inspector3")


@dataclass
class Play:
    """One declaration on its way, and the windows of the four people."""

    stage: Stage
    clock: MovedClock
    clearance: str
    declarant: Window
    chief: Window
    inspector: Window
    supervisor: Window
    drawn: str = ""
    visit: Visit = field(init=False)

    @property
    def declaration(self) -> str:
        """The page the declarant follows it on."""
        return f"/declarant/declarations/{self.visit.declaration_id}"

    def own(self, page: str) -> str:
        """A page of the visit, as the declarant sees it."""
        return f"/declarant/visits/{self.visit.id}/{page}"

    async def awake(self) -> None:
        """Sessions that slept while the clock moved are opened again; what is due by now is done."""
        await passed(self.stage)
        await self.declarant.sign_in("declarant")
        await self.chief.sign_in("chief")
        await self.supervisor.sign_in("supervisor")
        if self.drawn:
            await self.inspector.sign_in(self.drawn)


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
        async with live.chromium(live.address(stage, port)) as browser:
            yield Play(
                stage=stage,
                clock=clock,
                clearance=clearance,
                declarant=await live.window(browser, stage, port, None, size=PHONE),
                chief=await live.window(browser, stage, port, "chief", size=DESK),
                inspector=await live.window(browser, stage, port, None, size=TABLET),
                supervisor=await live.window(browser, stage, port, "supervisor", size=DESK),
            )


# ---------- 1, 2: intake ----------


async def arrives(play: Play) -> None:
    """The clearance system sends a declaration and its lane; its declarant signs in and finds the visit."""
    content = xml(sample_of(NUMBER, play.clock.now().date()))
    async with httpx.AsyncClient(base_url=play.clearance, trust_env=False) as system:
        answer = await system.post("/declarations?lane=red", content=content)
        assert answer.is_success
    phone = play.declarant
    page = await phone.go("/signin")
    await page.get_by_label("Identifiant").fill("declarant")
    await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await phone.press("Se connecter")
    await phone.comes("/declarant", f"C {NUMBER}")
    await phone.click(page.get_by_role("link", name=re.compile(f"C.{NUMBER}")))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Le dossier attend ses pièces")
    await phone.press("Compléter", role="link")
    play.visit = await play.stage.visit_called(page.url.split("/")[-2])


# ---------- 3: documents ----------


async def package_goes_back_once(play: Play) -> None:
    """One paper arrives over a cut line, one is sent back and replaced."""
    phone, desk = play.declarant, play.chief
    page = await phone.go(play.own("documents"))
    await scan_sent_over_a_cut_line(phone)
    while await page.locator(".v-sticky a").count():
        await attached(phone)
    await phone.press("Envoyer le dossier")
    await expect(page.locator("h1")).to_have_text("La douane vérifie le dossier")

    checking = await desk.go(f"/office/packages/{play.visit.id}")
    paper = checking.get_by_role("group", name=re.compile("Facture.*scan"))
    await paper.get_by_label("Raison").select_option("illegible")
    await paper.get_by_label("Précision").fill("Le bas de la page manque.")
    await desk.press("Renvoyer avec 1 défaut")

    await phone.go(play.own("documents"))
    await expect(page.locator("h1")).to_have_text("1 pièce est à corriger")
    await expect(page.locator("main")).to_contain_text("Le bas de la page manque.")
    await attached(phone)
    await phone.press("Envoyer le dossier")

    await desk.go(f"/office/packages/{play.visit.id}")
    await desk.press("Accepter le dossier")
    await expect(checking.locator("h1")).to_have_text("Le dossier est accepté")


async def scan_sent_over_a_cut_line(phone: Window) -> None:
    """The line is cut after the first piece; the rest follows by itself."""
    page, pieces = phone.page, 0

    async def cut(route: Route) -> None:
        nonlocal pieces
        pieces += route.request.method == "PATCH"
        await (route.abort() if pieces == 2 else route.continue_())

    async with page.expect_response(lambda answer: answer.request.method == "HEAD"):
        await page.route("**/api/documents/uploads/*", cut)
        await page.locator("#file-380").set_input_files({"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": scan()})
    await page.locator(".v-upload--ok").wait_for()
    await page.unroute("**/api/documents/uploads/*")
    assert len(phone.faults) == 1
    assert "ERR_FAILED" in phone.faults.pop()
    await phone.click(page.locator("form:has(#file-380) button"))
    await expect(page.locator("#line-380")).to_contain_text("scan.jpg")


async def attached(phone: Window) -> None:
    """The paper the page asks for next, with a press of its button."""
    page = phone.page
    field = (await page.locator(".v-sticky a").get_attribute("href")) or ""
    await page.locator(field).set_input_files(
        {"name": f"{field[1:]}.pdf", "mimeType": "application/pdf", "buffer": a_pdf(page.url + field)}
    )
    form = page.locator(f"form:has({field})")
    if phone.script:
        await form.locator(".v-upload--ok").wait_for()
    await phone.click(form.get_by_role("button"))


def scan() -> bytes:
    """A page of noise: too large for one piece."""
    held = io.BytesIO()
    Image.effect_noise((1000, 1000), 90).save(held, "JPEG", quality=95)
    return held.getvalue()
