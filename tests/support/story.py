"""The whole story by forms alone: one declaration from its message to its removal voucher, with four people.

It asks nothing of the database: the same story runs in the flow tests, over a cut line and in bench/stories.py.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import httpx
import lxml.html

from tests.support.files import a_pdf
from tests.support.forms import Lost, Visitor
from visits.clearance.simulator.sample import CATALOGUE, Sample, xml

BAD_ANSWERS = 500


@dataclass
class Cast:
    """Who plays: signed-in visitors, and the clearance system's client with its API key."""

    clearance: httpx.AsyncClient
    declarant: Visitor
    chief: Visitor
    inspectors: Sequence[Visitor]
    #: What every inspector signs with.
    password: str


@dataclass
class Story:
    """One declaration on its way. `told` keeps what was acknowledged to whom."""

    cast: Cast
    sample: Sample
    lane: str = "red"
    #: Which of the free starts the declarant takes: the first unless many stories run beside each other.
    choose: Callable[[list[str]], str] = lambda starts: starts[0]
    visit: str = ""
    inspector: Visitor | None = None
    told: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The declaration's number, as people search for it."""
        return f"C {self.sample.number}"

    # -- the clearance system -----------------------------------------------------------------------------
    async def arrive(self) -> None:
        """The declaration and its lane come in."""
        content = xml(self.sample)
        await self._post("/api/clearance/declarations", content, "application/xml")
        message = {
            "type": "lane_chosen",
            "id": f"lane-{self.sample.number}",
            "at": f"{self.sample.day.isoformat()}T08:00:00Z",
            "declaration": self._about(),
            "lane": self.lane,
        }
        await self._post("/api/clearance/messages", json.dumps(message).encode(), "application/json")
        self.told.append("arrive")

    def _about(self) -> dict[str, str | int]:
        return {
            "office": self.sample.office,
            "year": self.sample.day.year,
            "serial": "C",
            "number": str(self.sample.number),
        }

    async def _post(self, path: str, content: bytes, kind: str) -> httpx.Response:
        for _ in range(max(40, self.cast.declarant.tries)):
            try:
                answer = await self.cast.clearance.post(path, content=content, headers={"content-type": kind})
                if answer.status_code < BAD_ANSWERS:
                    answer.raise_for_status()
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(self.cast.declarant.pause)
        raise Lost(f"{path} never answered")

    # -- the declarant ------------------------------------------------------------------------------------
    async def package(self) -> None:
        """Every asked document is sent, then the package."""
        who = self.cast.declarant
        await who.go(f"/search?q={self.sample.number}")
        if "/declarant/declarations/" not in who.path:
            link = who.link("/declarant/declarations/")
            if link is None:
                raise Lost(f"{self.key} is not found: {who.title}")
            await who.go(link)
        here = next(part for part in _links(who) if "/declarant/visits/" in part)
        self.visit = here.split("/declarant/visits/")[1].split("/")[0]
        page = f"/declarant/visits/{self.visit}/documents"
        await who.go(page)
        for _ in range(12):
            missing = [form for form in who.forms("/documents") if _file_of(form) and _is_missing(form)]
            if not missing or who.reads("Tout y est"):
                break
            name = _file_of(missing[0])
            kind = name.removeprefix("file-")
            await who.submit(
                missing[0], files={name: (f"{kind}.pdf", a_pdf(f"{kind} {self.visit}"), "application/pdf")}
            )
            await who.go(page)
        await who.press("Envoyer le dossier")
        await self._expect(who, page, "La douane vérifie le dossier")
        self.told.append("package")

    async def book(self) -> None:
        """A time is held, checked and confirmed."""
        who = self.cast.declarant
        page = f"/declarant/visits/{self.visit}/slots"
        for _ in range(30):
            await who.go(page)
            if "/appointment" in who.path:
                break
            starts = _free_starts(who)
            if not starts:
                raise Lost(f"no free start on {who.address}: {who.said}")
            await who.press("Vérifier et réserver", {"start": self.choose(starts)})
            if "/check" in who.path:
                await who.press("Réserver")
            if "/appointment" in who.path:
                break
        await self._expect(who, f"/declarant/visits/{self.visit}/appointment", "Votre visite est réservée")
        self.told.append("book")

    async def answer(self) -> None:
        """The declarant signs the report on the own page."""
        who = self.cast.declarant
        page = f"/declarant/visits/{self.visit}/report"
        await who.go(page)
        await who.press("Enregistrer la réponse", {"verdict": "signed", "called": "Commis 1 Exemple"})
        await who.go(page)
        self.told.append("answer")

    async def rate(self) -> None:
        """Once, after the voucher."""
        who = self.cast.declarant
        await who.go(f"/declarant/visits/{self.visit}/rate")
        if not who.path.endswith("/rate"):
            self.told.append("rate")  # the answer to the first time was lost
            return
        marks = {each.get("name"): "4" for each in who.document.xpath("//input[@type='radio']")}
        await who.press("Envoyer", marks)
        self.told.append("rate")

    # -- the chief ----------------------------------------------------------------------------------------
    async def accept(self) -> None:
        """The package is accepted."""
        who = self.cast.chief
        await who.go(f"/office/packages/{self.visit}")
        if "est accepté" not in who.title:
            await who.press("Accepter le dossier")
        await self._expect(who, f"/office/packages/{self.visit}", "Le dossier est accepté")
        self.told.append("accept")

    async def validate(self) -> None:
        """The report is validated."""
        who = self.cast.chief
        await who.go(f"/chief/reports/{self.visit}")
        await who.press("Valider")
        self.told.append("validate")

    async def carry_over(self) -> None:
        """Where no clearance system waits: the act and the voucher are keyed."""
        who = self.cast.chief
        for part, name in (("act", f"SW-{self.sample.number}"), ("voucher", f"BAE-{self.sample.number}")):
            await who.go(f"/chief/manual/{self.visit}")
            forms = who.forms(f"/{part}")
            if forms:
                field_name = next(each.get("name") for each in forms[0].xpath(".//input[not(@type='hidden')]"))
                await who.submit(forms[0], {field_name: name})
        self.told.append("carry_over")

    # -- the inspector ------------------------------------------------------------------------------------
    async def find_inspector(self) -> bool:
        """Whose day shows the visit?"""
        for who in self.cast.inspectors:
            await who.go(f"/inspector/visits/{self.visit}")
            if who.page is not None and who.page.status_code == httpx.codes.OK:
                self.inspector = who
                return True
        return False

    async def examine(self) -> None:
        """Start, follow the steps the page names, end."""
        who = self.inspector
        assert who is not None
        base = f"/inspector/visits/{self.visit}"
        await who.go(base)
        for form in who.forms("/goods"):
            await who.submit(form)
            await who.go(base)
        if who.forms("/start"):
            await who.go(f"{base}/people")
            if who.forms("/people"):
                await who.press("Noter", {"party": "declarant", "called": "Commis 1 Exemple"})
            await who.go(base)
            await who.submit(who.forms("/start")[0])
        for number, stop in enumerate(await self._stops(base)):
            await who.go(stop)
            if stop.endswith("/number"):
                await self._deed(who, {"seal": f"CI 048 {number:04d}"})
            elif stop.endswith("/opening"):
                await self._deed(who, {"method": "PARTIAL", "percent": "30"})
            elif "/items/" in stop:
                await self._deed(who, {})
            elif stop.endswith("/seal"):
                await self._deed(who, {"seal": f"CI 049 {number:04d}"})
        await who.go(f"{base}/end")
        if who.forms("/end"):
            await who.press("Finir la visite")
        self.told.append("examine")

    async def _stops(self, base: str) -> list[str]:
        who = self.inspector
        assert who is not None
        await who.go(base)
        seen = dict.fromkeys(
            href
            for href in _links(who)
            if href.startswith(base) and (href.endswith(("/number", "/opening", "/seal")) or "/items/" in href)
        )
        return list(seen)

    async def _deed(self, who: Visitor, fields: dict[str, str]) -> None:
        forms = list(who.document.xpath("//form[@id='deed']"))
        if forms and (not fields or all(forms[0].xpath(f".//*[@name='{name}']") for name in fields)):
            await who.submit(forms[0], fields)

    async def write(self) -> None:
        """The report is written and signed."""
        who = self.inspector
        assert who is not None
        base = f"/inspector/visits/{self.visit}/report"
        await who.go(base)
        if "Le rapport est signé" in who.title:
            self.told.append("write")
            return
        await who.press(
            "Enregistrer le brouillon",
            {
                "result": "CONFORM",
                "conclusion": "Les marchandises sont conformes.",
                "legal_basis": "Code des douanes, article 75",
                "proposed_lane": "green",
                "lane_reason": "conforme",
                "invited_to_attend": "yes",
                "read_to_party": "yes",
            },
        )
        await who.go(f"{base}/sign")
        if who.document.xpath("//input[@name='password']"):
            await who.press("Signer", {"password": self.cast.password})
        self.told.append("write")

    async def _expect(self, who: Visitor, path: str, text: str) -> None:
        """After a cut the answer may have been lost: look at the page itself."""
        if text not in who.title:
            await who.go(path)
        if text not in who.title:
            raise Lost(f"«{text}» is not on {who.address}: {who.said}")


def _links(who: Visitor) -> list[str]:
    return [each.get("href") for each in who.document.xpath("//a[@href]")]


def _file_of(form: lxml.html.HtmlElement) -> str:
    """The name of the form's file field, or nothing."""
    found = form.xpath(".//input[@type='file']/@name")
    return str(found[0]) if found else ""


def _is_missing(form: lxml.html.HtmlElement) -> bool:
    """A field that stands open in its card waits for a document; one inside `details` is only possible."""
    return not list(form.iterancestors("details")) and not form.xpath(".//select")


def _free_starts(who: Visitor) -> list[str]:
    """The values of the time tiles that can be taken."""
    return [str(each) for each in who.document.xpath("//input[@name='start'][not(@disabled)]/@value")]


def sample_of(number: int, day: date, *, declarant: str = "00847P", consignee: str = "2604817K") -> Sample:
    """A declaration with one item and one box."""
    return Sample(
        number=number,
        day=day,
        office="CIAB1",
        office_name="Abidjan-Port",
        site="TC01",
        declarant=(declarant, "Transit 1 Exemple"),
        consignee=(consignee, "Importateur 1 Exemple"),
        lines=((CATALOGUE[0], 420),),
        boxes=("QZVU5081639",),
    )
