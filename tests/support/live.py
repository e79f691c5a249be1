"""A running installation for browsers: the app on a real port, the worker beside it, one Chromium."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.stage import Stage
from visits.background.worker import work
from visits.people import queries as people
from visits.people.signin import open_session
from visits.serve import Server

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
]
AXE = Path(__file__).parents[1] / "data" / "axe" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1180, "height": 820}
DESK = {"width": 1440, "height": 900}


def require_chromium() -> None:
    """Skip by name where there is no Chromium, unless VISITS_REQUIRE says that there must be."""
    if CHROMIUM.exists():
        return
    if "chromium" in os.environ.get("VISITS_REQUIRE", ""):
        pytest.fail("chromium is required and /usr/bin/chromium is not there")
    pytest.skip("chromium is not installed")


@contextlib.asynccontextmanager
async def serving(app: Litestar) -> AsyncIterator[int]:
    """The app on a free port of the loopback; its lifespan is somebody else's."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    server = Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn offers no event)
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def working(stage: Stage) -> AsyncIterator[None]:
    """The worker, until the block ends."""
    task = asyncio.create_task(work(stage.tools))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """One browser."""
    require_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Window:
    """One person's browser window: signed in, French, and watched for faults of the page."""

    def __init__(self, context: BrowserContext, page: Page, base: str, *, script: bool) -> None:
        self.context, self.page, self.base, self.script = context, page, base, script
        self.faults: list[str] = []
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))

    def _hear(self, kind: str, said: str) -> None:
        """Keep what the page reports; over plain HTTP Chromium only says that it leaves one header aside."""
        if kind == "error" and "Cross-Origin-Opener-Policy" not in said:
            self.faults.append(said)

    async def go(self, path: str) -> Page:
        """Open a page of ours and look at it."""
        await self.page.goto(self.base + path)
        await self.look()
        return self.page

    async def press(self, name: str, *, role: str = "button") -> Page:
        """Press what is called so, wait for the next page, look at it."""
        await self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        await self.page.wait_for_load_state("load")
        await self.look()
        return self.page

    async def look(self) -> None:
        """axe finds nothing, and the page reported no fault. Without script axe cannot run."""
        if self.script:
            await self._axe()
        assert self.faults == [], f"{self.page.url}: {self.faults}"

    async def _axe(self) -> None:
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate(
            "async () => (await axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa',"
            "'best-practice']})).violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | '))"
        )
        assert found == [], f"{self.page.url}: {found}"


async def window(
    browser: Browser,
    stage: Stage,
    port: int,
    name: str | None,
    *,
    size: dict[str, int],
    script: bool = True,
) -> Window:
    """A window of somebody of the stage."""
    base = f"http://{stage.host}:{port}"
    context = await browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        locale="fr-FR",
        timezone_id="Africa/Abidjan",
        java_script_enabled=script,
        accept_downloads=True,
    )
    if name:
        async with stage.work() as work_:
            person = await people.person_by_id(work_, stage.actors[name].person)  # type: ignore[arg-type]
            token = (await open_session(work_, person)).token
        await context.add_cookies([{"name": "visits-session", "value": token, "url": base}])
    return Window(context, await context.new_page(), base, script=script)
