"""A visitor without script: reads pages, fills forms, presses buttons; repeats what the line swallowed."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import lxml.html

Fields = Mapping[str, str | list[str]]
Upload = tuple[str, bytes, str]

#: How often one message is tried before the visitor gives up.
TRIES = 8
#: From here on the other side is broken, not refusing: a patient visitor tries again.
FAULT = 500


class Lost(Exception):
    """The page is not what the visitor expected."""


class Visitor:
    """One person with a browser that runs no script."""

    def __init__(self, client: httpx.AsyncClient, *, tries: int = TRIES, pause: float = 0) -> None:
        self.client, self.tries, self.pause = client, tries, pause
        self.page: httpx.Response | None = None
        self.cut = False

    # -- moving -------------------------------------------------------------------------------------------
    async def go(self, path: str) -> "Visitor":
        """Open a page, following redirects."""
        await self._send(self.client.build_request("GET", path))
        return self

    async def press(
        self, text: str, fields: Fields | None = None, *, files: Mapping[str, Upload] | None = None
    ) -> "Visitor":
        """Press the button that reads so (its start is enough), with these fields filled in."""
        form, button = self._button(text)
        await self.submit(form, fields, files=files, button=button)
        return self

    async def submit(
        self, form: Any, fields: Fields | None = None, *, files: Mapping[str, Upload] | None = None, button: Any = None
    ) -> "Visitor":
        """Send a form as it stands, with these fields changed."""
        values = _values(form)
        if button is not None and button.get("name"):
            values[button.get("name")] = [button.get("value") or ""]
        for name, value in (fields or {}).items():
            values[name] = value if isinstance(value, list) else [value]
        action = urljoin(self.address, form.get("action") or self.address)
        if (form.get("method") or "get").lower() == "get":
            request = self.client.build_request("GET", action, params=values)
        elif "multipart" in (form.get("enctype") or ""):
            request = self.client.build_request("POST", action, data=values, files=files or {})
        else:
            request = self.client.build_request("POST", action, data=values)
        await self._send(request)
        return self

    async def sign_in(self, login: str, password: str) -> "Visitor":
        """Through the door."""
        await self.go("/signin")
        return await self.press("Se connecter", {"login": login, "password": password})

    # -- looking ------------------------------------------------------------------------------------------
    @property
    def address(self) -> str:
        """Where the visitor is."""
        assert self.page is not None
        return str(self.page.url)

    @property
    def path(self) -> str:
        """The same without the host."""
        return urlsplit(self.address).path

    @property
    def document(self) -> Any:
        """The page."""
        assert self.page is not None
        return lxml.html.fromstring(self.page.text)

    @property
    def title(self) -> str:
        """The first line of the page."""
        return " ".join(" ".join(each.text_content().split()) for each in self.document.xpath("//h1"))

    @property
    def said(self) -> str:
        """The title and what stands under it, for a fault's report."""
        main = self.document.xpath("//main") or [self.document]
        return " ".join(main[0].text_content().split())[:300]

    def reads(self, text: str) -> bool:
        """Does the page say this? Blanks of any kind count as one."""
        return " ".join(text.split()) in " ".join(self.document.text_content().split())

    def link(self, part: str) -> str | None:
        """The address of the first link whose address or words hold this."""
        for each in self.document.xpath("//a[@href]"):
            if part in each.get("href") or part in " ".join(each.text_content().split()):
                return str(each.get("href"))
        return None

    def forms(self, part: str = "") -> list[Any]:
        """The forms whose address holds this."""
        return [form for form in self.document.xpath("//form") if part in (form.get("action") or "")]

    # -- inside -------------------------------------------------------------------------------------------
    def _button(self, text: str) -> tuple[Any, Any]:
        document = self.document
        for button in document.xpath("//button[not(@type) or @type='submit']"):
            if " ".join(button.text_content().split()).startswith(" ".join(text.split())):
                named = button.get("form")
                form = document.get_element_by_id(named) if named else next(button.iterancestors("form"))
                return form, button
        said = [" ".join(each.text_content().split()) for each in document.xpath("//button")]
        raise Lost(f"no button «{text}» on {self.address} ({self.title}): {said}")

    async def _send(self, request: httpx.Request) -> None:
        self.cut = False
        request.read()
        for _ in range(self.tries):
            try:
                answer = await self.client.send(_again(self.client, request))
                if answer.status_code < FAULT or not self.pause:
                    break
            except httpx.TransportError:
                pass
            self.cut = True
            await asyncio.sleep(self.pause)
        else:
            raise Lost(f"the line never carried {request.method} {request.url}")
        self.page = answer
        if answer.is_redirect:
            await self._follow(answer)

    async def _follow(self, answer: httpx.Response) -> None:
        was_cut = self.cut
        await self._send(self.client.build_request("GET", urljoin(str(answer.url), answer.headers["location"])))
        self.cut |= was_cut


def _again(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Request:
    """The same message once more, byte for byte."""
    return client.build_request(request.method, request.url, headers=request.headers, content=request.content)


def _values(form: Any) -> dict[str, list[str]]:
    """What a browser would send of a form nobody touched."""
    values: dict[str, list[str]] = {}
    own = form.xpath(".//input|.//select|.//textarea")
    if form.get("id"):
        own += form.getroottree().xpath(f"//*[@form='{form.get('id')}'][self::input or self::select or self::textarea]")
    for each in own:
        name, kind = each.get("name"), (each.get("type") or "text").lower()
        if not name or each.get("disabled") is not None or kind in ("file", "submit", "button"):
            continue
        if each.tag == "select":
            picked = each.xpath("./option[@selected]|./optgroup/option[@selected]") or each.xpath(".//option")[:1]
            values.setdefault(name, []).extend(option.get("value", option.text or "") for option in picked)
        elif each.tag == "textarea":
            values.setdefault(name, []).append(each.text or "")
        elif kind not in ("radio", "checkbox") or each.get("checked") is not None:
            values.setdefault(name, []).append(each.get("value") or ("on" if kind == "checkbox" else ""))
    return values
