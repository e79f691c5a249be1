"""`visits demo`: a whole port with one command – database, web, worker, clearance simulator, people and a history."""

import asyncio
import dataclasses
import secrets
import socket
import webbrowser
from pathlib import Path

import httpx
import uvicorn

from visits.actor import system
from visits.app import make_tools
from visits.background.timetable import run_all_once
from visits.clearance.simulator.app import make_simulator
from visits.clearance.simulator.core import Simulator
from visits.clearance.simulator.courier import by_http
from visits.clock import SystemClock
from visits.demo import cast, port
from visits.demo.history import load
from visits.demo.today import play_today, promise_today
from visits.ids import TenantId, new_id
from visits.installation import Installation, bring_up
from visits.people.passwords import fingerprint
from visits.people.tables import ApiKey
from visits.roles import NAMES, Role
from visits.serve import Server, clockwork, serving, told, until_stopped, web_server
from visits.settings import Settings
from visits.store.tools import Tools


@dataclasses.dataclass(frozen=True, slots=True)
class Keys:
    """What the simulator and we know of each other; made once, kept in the data folder."""

    api: str
    secret: str

    @classmethod
    def at(cls, path: Path) -> "Keys":
        """The keys kept in a file only its owner reads."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(f"{secrets.token_urlsafe(32)}\n{secrets.token_urlsafe(32)}\n", encoding="ascii")
        api, secret = path.read_text(encoding="ascii").split()
        return cls(api, secret)


def demo(*, data: Path, port: int, seed: int, browser: bool) -> int:
    """Start everything and run until Ctrl-C; a second start finds all data."""
    data = data.resolve()
    address = f"http://127.0.0.1:{port}"
    there: list[Installation] = []

    async def everything() -> None:
        keys = Keys.at(data / "simulator.keys")
        beside = _free_port()
        settings = Settings.from_environment(
            data=data,
            host="127.0.0.1",
            port=port,
            public_url=address,
            database_url="",
            training=True,
            clearance_url=f"http://127.0.0.1:{beside}",
            clearance_secret=keys.secret,
        )
        up = await bring_up(settings)
        there.append(up)
        tools = make_tools(up.settings)
        new = await settle(tools, api_key=keys.api)
        web = web_server(tools, "127.0.0.1", port)
        simulator = _simulator(data / "simulator.sqlite", address, beside, keys, seed)
        parts = [
            asyncio.create_task(serving(web), name="web"),
            asyncio.create_task(_behind(web, tools, new, seed), name="worker"),
            asyncio.create_task(serving(simulator), name="simulator"),
        ]
        announcing = asyncio.create_task(_announce(web, address, beside, browser))
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in [announcing, *parts]:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await tools.database.engine.dispose()

    try:
        return told(lambda: until_stopped(everything))
    finally:
        for up in there:
            if up.embedded:
                up.embedded.stop()


async def settle(tools: Tools, *, api_key: str) -> TenantId | None:
    """Found the port with its people and its history; the administration if this was its first start, else None."""
    if await port.known_tenant(tools.settings.owner_database_url):
        return None
    tenant = await load(tools, tools.settings.owner_database_url)
    async with tools.database.work(system(tenant, "demo")) as work:
        work.session.add(
            ApiKey(
                id=new_id(),
                token=fingerprint(api_key),
                name="simulateur",
                role=Role.INTEGRATOR,
                created_at=work.now,
            )
        )
    return tenant


async def prepare(tools: Tools, *, seed: int, api_key: str) -> None:
    """The whole sample port: history, calendars, seeds, and a day that has begun."""
    new = await settle(tools, api_key=api_key)
    await _day_so_far(tools, new, seed)


async def _behind(web: Server, tools: Tools, new: TenantId | None, seed: int) -> None:
    """What need not be there for the first page: the jobs a start owes, the day so far, then the worker."""
    while not web.started:  # noqa: ASYNC110  (uvicorn offers no event)
        await asyncio.sleep(0.02)
    await _day_so_far(tools, new, seed)
    await clockwork(tools)


async def _day_so_far(tools: Tools, new: TenantId | None, seed: int) -> None:
    """A new port promises its draws and lives its day; then come the jobs any start owes."""
    if new:
        await promise_today(tools, new)
        await play_today(tools, new, seed=seed)
    await run_all_once(tools)


def _simulator(data: Path, target: str, beside: int, keys: Keys, seed: int) -> Server:
    """The clearance simulator, in the same process but with its own books and only our public interface."""
    client = httpx.AsyncClient(base_url=target, timeout=15, trust_env=False)
    app = make_simulator(
        Simulator(data, SystemClock(), seed=seed, delay=2.0), by_http(client, keys.api), secret=keys.secret, seed=seed
    )
    app.on_shutdown.append(client.aclose)
    return Server(uvicorn.Config(app, host="127.0.0.1", port=beside, log_level="warning", access_log=False))


async def _announce(web: Server, address: str, beside: int, browser: bool) -> None:
    """Say where everything is, once the pages answer."""
    while not web.started:  # noqa: ASYNC110  (uvicorn offers no event)
        await asyncio.sleep(0.02)
    print(f"\nVisites: {address}   (clearance simulator: http://127.0.0.1:{beside})")
    print(f"Password of everybody: {cast.PASSWORD}\n")
    for role, logins in _logins().items():
        print(f"  {NAMES[role]:<24} {', '.join(logins)}")
    print("\nCtrl-C stops everything; the next start finds it again.", flush=True)
    if browser:
        await asyncio.to_thread(webbrowser.open, address)


def _logins() -> dict[Role, list[str]]:
    logins: dict[Role, list[str]] = {}
    for person in cast.people():
        logins.setdefault(person.role, []).append(person.login)
    return logins


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
