"""The acts of the browser story: each is one part of it, played in the windows of its people."""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from PIL import Image
from playwright.async_api import Page, Route, expect

from tests.support.clock import MovedClock
from tests.support.files import a_pdf
from tests.support.live import Window
from tests.support.stage import Stage
from tests.support.steps_assignment import FREEZE, passed, starts
from tests.support.steps_fieldwork import a_photo
from tests.support.steps_reports import PASSWORD
from tests.support.story import sample_of
from visits.assignment import queries as assignment
from visits.clearance.simulator.sample import xml
from visits.ids import new_id
from visits.journey.tables import Visit

NUMBER = 52101
#: Every step of the story, as the declarant reads it at the end.
TIMELINE = [
    "Déclaration enregistrée",
    "Circuit rouge",
    "Visite physique décidée",
    "Dossier déposé",
    "Dossier retourné, 1 point à corriger",
    "Dossier déposé",
    "Dossier accepté",
    "Rendez-vous pris : lundi 23 novembre à 10 h",
    "Rendez-vous déplacé : mardi 24 novembre à 8 h 30",
    "Vérificateur tiré au sort",
    "Arrivée pointée : déclarant",
    "Marchandises en place",
    "Visite commencée",
    "Plomb CI 048 2217 retiré",
    "Visite suspendue : intempéries",
    "Visite reprise",
    "Plomb CI 048 2300 posé",
    "Visite terminée",
    "Rapport signé par le vérificateur",
    "Rapport signé par le déclarant, avec réserves",
    "Rapport validé",
    "Rapport transmis au système de dédouanement",
    "Rapport reçu par le système de dédouanement",
    "Circuit changé : Circuit vert",
    "Bon à enlever délivré",
]
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

    async def later(self, moment: datetime) -> None:
        """The clock jumps; sessions that slept meanwhile are opened again; what is due by now is done."""
        for window in (self.declarant, self.chief, self.inspector, self.supervisor):
            window.sleeps()
        self.clock.set(moment)
        await passed(self.stage)
        await self.declarant.sign_in("declarant")
        await self.chief.sign_in("chief")
        await self.supervisor.sign_in("supervisor")
        if self.drawn:
            await self.inspector.sign_in(self.drawn)


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
    await phone.press("Ajouter les pièces du dossier", role="link")
    play.visit = await play.stage.visit_called(page.url.split("/")[-2])


# ---------- 3: documents ----------


async def package_goes_back_once(play: Play) -> None:
    """One paper arrives over a cut line, one is sent back and replaced."""
    phone, desk = play.declarant, play.chief
    page = await phone.go(play.own("documents"))
    await scan_sent_over_a_cut_line(phone)
    await completed(phone)
    await expect(page.locator("h1")).to_have_text("La douane vérifie le dossier")

    checking = await desk.go(f"/office/packages/{play.visit.id}")
    paper = checking.get_by_role("group", name=re.compile("Facture.*scan"))
    await paper.get_by_label("Raison").select_option("illegible")
    await paper.get_by_label("Précision").fill("Le bas de la page manque.")
    await desk.press("Renvoyer avec 1 défaut")

    await phone.go(play.own("documents"))
    await expect(page.locator("h1")).to_have_text("1 pièce est à corriger")
    await expect(page.locator("main")).to_contain_text("Le bas de la page manque.")
    await completed(phone)

    await desk.go(f"/office/packages/{play.visit.id}")
    await desk.press("Accepter le dossier")
    await phone.comes(play.declaration, "Un rendez-vous est à choisir")


async def scan_sent_over_a_cut_line(phone: Window) -> None:
    """The line is cut after the first piece; the rest follows by itself."""
    page, pieces = phone.page, 0
    paper = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": scan()}

    async def cut(route: Route) -> None:
        nonlocal pieces
        is_piece = route.request.method == "PATCH"
        pieces += is_piece
        await (route.abort() if is_piece and pieces == 2 else route.continue_())

    await page.route("**/api/documents/uploads/*", cut)
    async with page.expect_response(lambda answer: answer.request.method == "HEAD"):
        await page.locator("#file-380").set_input_files(paper)  # type: ignore[arg-type]
    await page.locator(".v-upload--ok").wait_for()
    await page.unroute("**/api/documents/uploads/*")
    assert len(phone.faults) == 1
    assert "ERR_FAILED" in phone.faults.pop()
    await phone.click(page.locator("form:has(#file-380) button"))
    await expect(page.locator("#line-380")).to_contain_text("scan.jpg")


async def completed(phone: Window) -> None:
    """Every paper the page still asks for is sent, then the package."""
    while await phone.page.locator(".v-sticky a").count():
        await attached(phone)
    await phone.press("Envoyer le dossier")


async def attached(phone: Window) -> None:
    """The paper the page asks for next, with a press of its button."""
    page = phone.page
    field = (await page.locator(".v-sticky a").get_attribute("href")) or ""
    await page.locator(field).set_input_files(
        {"name": f"{field[1:]}.pdf", "mimeType": "application/pdf", "buffer": a_pdf(str(new_id()))}
    )
    form = page.locator(f"form:has({field})")
    if phone.script:
        await form.locator(".v-upload--ok").wait_for()
    await phone.click(form.locator("button"))


def scan() -> bytes:
    """A page of noise: too large for one piece."""
    held = io.BytesIO()
    Image.effect_noise((1000, 1000), 90).save(held, "JPEG", quality=95)
    return held.getvalue()


# ---------- 4: booking ----------


async def booked_and_moved(play: Play) -> None:
    """The first free hour is held, checked and confirmed; then the visit moves to the next day."""
    phone = play.declarant
    page = await phone.go(play.own("slots"))
    await taken(phone, place=0)
    await expect(page.locator("h1")).to_have_text("Vérifiez avant de réserver")
    await phone.press("Réserver cette visite")
    await expect(page.locator("h1")).to_have_text("Votre visite est réservée")
    first = await starts(play.stage, play.visit)

    await phone.press("Déplacer", role="link")
    await phone.click(page.locator(".v-day a[href]:not([aria-current])"))
    await taken(phone, place=1)
    await expect(page.locator("h1")).to_have_text("Vérifiez avant de déplacer")
    await phone.press("Déplacer la visite")
    assert await starts(play.stage, play.visit) > first


async def taken(phone: Window, *, place: int) -> None:
    """One of the free hours of the day shown."""
    await phone.page.locator("input[name=start]:enabled").nth(place).check()
    await phone.press("Vérifier et réserver")


# ---------- 5: the draw ----------


async def drawn_in_secret(play: Play) -> None:
    """At the freeze an inspector is drawn; the declarant reads the name on arrival and not before."""
    phone = play.declarant
    begins = await starts(play.stage, play.visit)
    await play.later(begins - FREEZE)
    async with play.stage.work() as work:
        live_ = await assignment.live_assignment(work, play.visit.id)
    assert live_ is not None
    play.drawn = next(name for name in INSPECTORS if play.stage.resources[name].id == live_.resource_id)
    name = f"{play.drawn.capitalize()} Exemple"

    for path in ("/declarant", play.declaration, *map(play.own, ("appointment", "documents", "arrive"))):
        page = await phone.go(path)
        told = await page.content()
        assert name not in told, path
        assert play.drawn not in told, path

    await play.later(begins)
    page = await phone.go(play.own("arrive"))
    await phone.press("Dire que je suis là")
    await expect(page.locator("h1")).to_have_text("Votre arrivée est notée")
    await phone.go(play.declaration)
    await expect(page.locator("main")).to_contain_text(f"Vérificateur : {name}")


# ---------- 6: the visit ----------


async def examined(play: Play) -> None:
    """From the day's list over every stop to the end: one item has a gap, the visit stands still once."""
    tablet = play.inspector
    page = await tablet.go("/inspector/day")
    await tablet.press("Voir l’ordre de visite", role="link")
    await expect(page.locator(".v-present")).to_contain_text("Declarant Exemple")
    await tablet.press("Noter en place")
    await tablet.press("Commencer la visite")

    await page.get_by_label("Numéro du plomb").fill("CI 048 2217")
    await tablet.press("Enregistrer le plomb")
    await page.get_by_label("Part dépotée").fill("30")
    await tablet.press("Enregistrer l’ouverture")

    more = page.get_by_role("button", name="Quantité : un de plus")
    for _ in range(3):
        await more.click()
    await expect(page.locator("[data-gap]").first).to_have_text("+3")
    await tablet.press("Enregistrer l’écart +3")
    async with page.expect_navigation():
        await page.locator("#photo").set_input_files(
            {"name": "comptage.jpg", "mimeType": "image/jpeg", "buffer": a_photo((1600, 1200))}
        )
    await tablet.look()
    await expect(page.locator(".v-rail img")).to_have_count(1)

    await tablet.press("Suspendre", role="link")
    await page.get_by_label("intempéries").check()
    await tablet.press("Suspendre la visite")
    await play.declarant.comes(play.declaration, "La visite est suspendue")
    await play.later(play.clock.now() + timedelta(minutes=20))
    await tablet.press("Reprendre la visite")

    await page.get_by_label("Numéro du plomb neuf").fill("CI 048 2300")
    await tablet.press("Enregistrer le plomb neuf")
    await expect(page.locator("h1")).to_have_text("Tout ce qui est demandé est fait")
    await tablet.press("Finir la visite")
    await expect(page.locator("h1")).to_have_text("La visite est faite, le rapport est à écrire")


# ---------- 7: the report ----------


async def reported(play: Play) -> None:
    """Written and signed on the tablet, signed with reserves on the phone, validated at the desk, printed."""
    tablet, phone, desk = play.inspector, play.declarant, play.chief
    page = tablet.page
    await tablet.press("Écrire le rapport", role="link")
    await page.get_by_label("Différence sans droits à compléter").check()
    await page.get_by_label("Conclusion", exact=True).fill(
        "L’article 1 présente un excédent de 3 cartons ; le reste est conforme."
    )
    await page.get_by_label("Article sur lequel repose la visite").fill("Code des douanes, article 75")
    await page.get_by_label("Circuit proposé").select_option("green")
    await page.get_by_label("Pourquoi ce circuit").fill("écart sans droits")
    for group in ("L’intéressé a été invité à assister et à signer", "Le rapport lui est lu"):
        await page.get_by_role("group", name=group).get_by_label("Oui").check()
    await tablet.press("Enregistrer le brouillon")
    await tablet.press("Relire et signer")
    await drawn_on(page)
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await tablet.press("Signer le rapport")
    await expect(page.locator("h1")).to_have_text("Le déclarant répond au rapport")

    page = await phone.go(play.own("report"))
    await page.get_by_label("Je signe avec réserves").check()
    await page.get_by_label("Réserves, ou raison du refus").fill("Erreur de colisage du fournisseur.")
    await drawn_on(page)
    await phone.press("Enregistrer la réponse")

    page = await desk.go(f"/chief/reports/{play.visit.id}")
    await expect(page.locator("main")).to_contain_text("Erreur de colisage du fournisseur.")
    await desk.press("Valider le rapport")
    for language in ("français", "anglais", "portugais"):
        async with page.expect_download() as coming:
            await page.get_by_role("link", name=f"PDF en {language}").click()
        assert (await (await coming.value).path()).read_bytes().startswith(b"%PDF")


async def drawn_on(page: Page) -> None:
    """A zigzag on the pad of the page."""
    pad = page.locator("canvas")
    await pad.scroll_into_view_if_needed()
    box = await pad.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 20, box["y"] + 40)
    await page.mouse.down()
    for step in range(8):
        await page.mouse.move(box["x"] + 20 + 12 * step, box["y"] + 40 + 30 * (step % 2), steps=3)
    await page.mouse.up()
    await expect(page.locator("[data-sign] input")).to_have_value(re.compile("^M.*L"))


# ---------- 8, 9: the clearance system, the end ----------


async def acknowledged_and_released(play: Play) -> None:
    """The report reaches the clearance system, which answers with its act, another lane and the voucher."""
    phone = play.declarant
    await phone.comes(play.declaration, "Le bon à enlever est attendu")
    play.clock.move(seconds=10)
    await phone.comes(play.declaration, "BAE-2026-000001")
    async with httpx.AsyncClient(base_url=play.clearance, trust_env=False) as system:
        [act] = (await system.get("/acts")).json()
    assert (act["number"], act["visit"], act["version"]) == ("SW-2026-1", play.visit.reference, 1)
    steps = await phone.page.locator(".v-tl li b").all_inner_texts()
    assert [each.replace("\xa0", " ") for each in reversed(steps)] == TIMELINE


async def rated_once(play: Play) -> None:
    """A second opinion is refused."""
    await rated(play.declarant, play.own("rate"))
    await play.declarant.go(play.own("rate"))
    await expect(play.declarant.page.get_by_text("Un avis est déjà donné pour cette visite")).to_be_visible()


async def rated(phone: Window, path: str) -> None:
    """Three marks."""
    page = await phone.go(path)
    for question in await page.locator("fieldset").all():
        await question.get_by_role("radio").nth(3).check()
    await phone.press("Envoyer mon avis")
    await expect(page.locator("main")).to_contain_text("Votre avis est enregistré. Merci.")


async def on_the_board(play: Play) -> None:
    """The supervisor sees the day."""
    desk = play.supervisor
    page = await desk.go("/supervisor/board")
    await expect(page.locator(".v-board")).to_contain_text(f"C {NUMBER}")
    await desk.go("/supervisor/board?view=table")
    await desk.click(page.get_by_role("link", name=re.compile(f"C.{NUMBER}")))
