"""A running installation for browsers: the app on a real port, the worker and the clearance simulator beside it."""

import asyncio
import contextlib
import os
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from tests.support import database as databases
from tests.support.clearance import a_key
from tests.support.clock import MovedClock
from tests.support.contract import SECRET
from tests.support.stage import DOMAIN, Stage
from visits.app import make_app, make_tools
from visits.background.worker import work
from visits.clearance.simulator.app import make_simulator
from visits.clearance.simulator.core import Simulator
from visits.clearance.simulator.courier import by_http
from visits.serve import Server
from visits.settings import Settings
from visits.store.engine import make_engine
from visits.store.work import Database

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


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(app: Litestar, port: int = 0, *, lifespan: bool = False) -> AsyncIterator[int]:
    """The app on a port of the loopback, a free one unless named; its lifespan is somebody else's unless asked for."""
    port = port or free_port()
    server = Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="on" if lifespan else "off")
    )
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
async def installed(clock: MovedClock, folder: Path) -> AsyncIterator[tuple[Stage, int, str]]:
    """An installation of its own, with database, web, worker, and the clearance simulator at the end of real HTTP.

    Gives the stage, the port of the pages, and the address of the simulator.
    """
    async with databases.database() as name, contextlib.AsyncExitStack() as stack:
        beside = free_port()
        settings = Settings(
            data=folder,
            database_url=databases.dsn("visits_app", name),
            clearance_url=f"http://127.0.0.1:{beside}",
            clearance_secret=SECRET,
        )
        tools = make_tools(settings, Database(make_engine(settings.database_url, pool=20), moved=clock))
        owner = make_engine(databases.dsn("visits_owner", name), pool=2)
        stack.push_async_callback(owner.dispose)
        app = make_app(tools)
        stage = await Stage(tools, owner, clock, app).found()
        port = await stack.enter_async_context(serving(app, lifespan=True))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"host": stage.host}, trust_env=False)
        )
        simulator = Simulator(folder / "simulator.sqlite", clock)
        over_there = make_simulator(simulator, by_http(client, await a_key(stage)), secret=SECRET)
        await stack.enter_async_context(serving(over_there, beside, lifespan=True))
        await stack.enter_async_context(working(stage))
        yield stage, port, settings.clearance_url


def address(stage: Stage, port: int) -> str:
    """Where the pages of the stage's administration are."""
    return f"http://{stage.host}:{port}"


@contextlib.asynccontextmanager
async def launched(trusted: str) -> AsyncIterator[Browser]:
    """A browser of its own; it treats the origin or hosts as if they came over HTTPS, as an installation's pages do."""
    require_chromium()
    trust = f"--unsafely-treat-insecure-origin-as-secure={trusted}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, trust])
        try:
            yield browser
        finally:
            await browser.close()


class _Shared:
    """The run's one browser: starting it takes a second, so that it is started once and kept to the end."""

    def __init__(self) -> None:
        self._stack = contextlib.AsyncExitStack()
        self._browser: Browser | None = None

    async def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._browser = await self._stack.enter_async_context(launched(f"*.{DOMAIN}"))
        return self._browser

    async def close(self) -> None:
        await self._stack.aclose()


_SHARED = _Shared()
close_browser = _SHARED.close


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The run's browser, for pages of stages; at the end of the block every window is closed, and nothing is kept."""
    require_chromium()
    browser = await _SHARED.browser()
    try:
        yield browser
    finally:
        for context in browser.contexts:
            await context.close()


class Window:
    """One person's browser window: signed in, French, and watched for faults of the page."""

    def __init__(self, stage: Stage, context: BrowserContext, page: Page, base: str, *, script: bool) -> None:
        self.stage, self.context, self.page, self.base, self.script = stage, context, page, base, script
        self.faults: list[str] = []
        self.asleep = False
        page.set_default_timeout(10_000)
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))

    def _hear(self, kind: str, said: str) -> None:
        """Keep what the page reports; one that lives on after its session ended is right to be turned away."""
        if kind == "error" and not (self.asleep and "401" in said):
            self.faults.append(said)

    def sleeps(self) -> None:
        """The clock is about to jump: until the next page is opened, what this one asks may be refused."""
        self.asleep = True

    async def sign_in(self, name: str) -> None:
        """A fresh session of somebody, and the device's clock set: a session slept while the stage's clock moved."""
        await self.set_clock()
        token = await self.stage.token(name)
        await self.context.add_cookies([{"name": "visits-session", "value": token, "url": self.base}])

    async def set_clock(self) -> None:
        """The device says the stage's time; what counts seconds in a page goes on."""
        await self.page.clock.set_fixed_time(self.stage.clock.now())

    async def go(self, path: str) -> Page:
        """Open a page of ours and look at it."""
        await self.page.goto(self.base + path)
        await self.look()
        return self.page

    async def press(self, name: str, *, role: str = "button") -> Page:
        """Press what is called so (its start is enough), wait for the next page, look at it."""
        return await self.click(self.page.get_by_role(role, name=re.compile(f"^{re.escape(name)}")))  # type: ignore[arg-type]

    async def click(self, what: Locator) -> Page:
        """Press this, wait for the next page, look at it."""
        async with self.page.expect_navigation():
            await what.first.click()
        await self.look()
        return self.page

    async def comes(self, path: str, words: str) -> None:
        """Open a page again and again until it says so: others are at work meanwhile."""
        async with asyncio.timeout(10):
            await self.page.goto(self.base + path)
            while not await self.page.get_by_text(words).count():
                await self.page.reload()
        await self.look()

    async def look(self) -> None:
        """axe finds nothing, and the page reported no fault. Without script axe cannot run."""
        if self.script:
            await self._axe()
        assert self.faults == [], f"{self.page.url}: {self.faults}"
        self.asleep = False

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
    context = await browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        locale="fr-FR",
        timezone_id="Africa/Abidjan",
        java_script_enabled=script,
        accept_downloads=True,
    )
    made = Window(stage, context, await context.new_page(), address(stage, port), script=script)
    await made.set_clock()
    if name:
        await made.sign_in(name)
    return made
