"""Runs the processes of an installation: web, worker, simulator; and the one-off commands."""

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn

if sys.platform == "win32":
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

from visits.actor import system
from visits.app import make_app, make_tools
from visits.background import timetable
from visits.background.worker import work
from visits.errors import Refusal
from visits.evidence.answer import answer as verified
from visits.evidence.answer import heads_in
from visits.ids import TenantId, new_id
from visits.installation import NoOwner, bring_up
from visits.people.access import tenant_of
from visits.people.invite import Link, Newcomer
from visits.settings import Settings
from visits.sites.found import Administration, FirstOffice, found
from visits.sites.readmit import readmit
from visits.store.engine import make_engine
from visits.store.hub import Hub
from visits.store.tools import Tools
from visits.store.work import Database
from visits.web.language import say


class Server(uvicorn.Server):
    """A server among other tasks of one process: signals are somebody else's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def web_server(tools: Tools, host: str, port: int) -> Server:
    """The web application, ready to `await server.serve()`."""
    config = uvicorn.Config(
        make_app(tools),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        proxy_headers=tools.settings.secure,
        timeout_graceful_shutdown=20,
        server_header=False,
    )
    return Server(config)


def until_stopped(*parts: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the parts until SIGINT or SIGTERM, or until one of them ends; then end them all.

    On uvloop where there is one: uvicorn takes it by itself only when the server is alone in its process.
    """

    async def run() -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stop.set)
        tasks = [asyncio.create_task(part()) for part in parts]
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in [waiting, *tasks]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(run())


async def serving(server: Server) -> None:
    """Serve until cancelled, then let requests under way finish."""
    task = asyncio.ensure_future(server.serve())
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        server.should_exit = True
        # Open streams would hold the end up until the patience is over.
        hub: Hub | None = server.config.app.state.get("hub")  # type: ignore[union-attr]
        if hub:
            hub.hang_up()
        await task
        raise


async def clockwork(tools: Tools) -> None:
    """The worker and the timetable, until cancelled."""
    scheduler = timetable.start(tools)
    try:
        await work(tools)
    finally:
        scheduler.shutdown(wait=False)


@contextlib.asynccontextmanager
async def _tools() -> AsyncIterator[Tools]:
    """The tools of the installation the environment names, its database as it is."""
    there = await bring_up(Settings.from_environment(), upgrade=False)
    tools = make_tools(there.settings)
    try:
        yield tools
    finally:
        await tools.database.engine.dispose()


def serve(*, host: str | None, port: int | None, migrate: bool) -> int:
    """`visits serve`."""
    settings = Settings.from_environment()
    if host:
        settings = dataclasses.replace(settings, host=host)
    if port:
        settings = dataclasses.replace(settings, port=port)

    async def web() -> None:
        there = await bring_up(settings, upgrade=migrate or not settings.database_url)
        tools = make_tools(there.settings)
        print(f"http://{settings.host}:{settings.port}", flush=True)
        await serving(web_server(tools, settings.host, settings.port))

    return told(lambda: until_stopped(web))


def worker() -> int:
    """`visits worker`."""

    async def run() -> None:
        async with _tools() as tools:
            print("working", flush=True)
            await clockwork(tools)

    return told(lambda: until_stopped(run))


def simulator(*, host: str, port: int, data: Path, target: str, key: str, secret: str, delay: float) -> int:
    """`visits simulator`."""
    from visits.clearance.simulator.serve import serve as simulate

    return told(
        lambda: simulate(
            host=host,
            port=port,
            data=data,
            target=target,
            key=key or os.environ.get("VISITS_SIMULATOR_KEY", ""),
            secret=secret or os.environ.get("VISITS_CLEARANCE_SECRET", ""),
            delay=delay,
        )
    )


def import_files(files: Sequence[Path], *, tenant: str, as_json: bool) -> int:
    """`visits import`: take files into the database; exit status 2 if any was refused."""
    from visits.clearance.folder import import_files as take

    async def run() -> int:
        refused = False
        async with _tools() as tools:
            found = await tenant_of(tools.database, tenant)
            for answer in await take(tools, system(TenantId(found.id), "import"), files):
                refused |= "refused" in answer
                print(json.dumps(answer, ensure_ascii=False, default=str) if as_json else _line(answer))
        return 2 if refused else 0

    return _status(run)


def verify_evidence(*, tenant: str, office: str, since: Path | None, first: int, last: int | None) -> int:
    """`visits evidence verify`: one line of JSON; exit status 2 if anything was changed."""

    async def run() -> int:
        noted = await asyncio.to_thread(heads_in, since) if since else None
        async with _tools() as tools:
            found = await tenant_of(tools.database, tenant)
            who = system(TenantId(found.id), "verify")
            answer = await tools.database.run(who, verified, office=office, since=noted, first=first, last=last)
        print(json.dumps({"administration": found.host} | answer, ensure_ascii=False), flush=True)
        return 0 if answer["whole"] else 2

    return _status(run)


def list_draws(*, tenant: str, office: str, days: int) -> int:
    """`visits draw list`: one line of JSON for each promised day."""
    from visits.assignment.command import promises

    async def run() -> int:
        async with _tools() as tools:
            found = await tenant_of(tools.database, tenant)
            for line in await tools.database.run(
                system(TenantId(found.id), "list"), promises, office=office, days=days
            ):
                print(json.dumps(line, ensure_ascii=False))
        return 0

    return _status(run)


def publish_day(*, tenant: str, office: str, day: date) -> int:
    """`visits plan publish`: one line of JSON; exit status 2 if there was nothing to publish."""
    from visits.assignment import command

    async def run() -> int:
        async with _tools() as tools:
            found = await tenant_of(tools.database, tenant)
            who = system(TenantId(found.id), "publish")
            answer = await tools.database.run(who, command.publish_day, tools, office=office, day=day)
        print(json.dumps(answer, ensure_ascii=False), flush=True)
        return 0 if answer["published"] else 2

    return _status(run)


def _status(run: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """The exit status of a one-off command."""
    status = 0

    def whole() -> None:
        nonlocal status
        status = asyncio.run(run())

    return told(whole) or status


def _line(answer: dict[str, Any]) -> str:
    if "refused" in answer:
        return f"{answer['file']}: {answer['refused']} – {answer['detail']}"
    return f"{answer['file']}: {answer['outcome']} {answer.get('reference', '')}".rstrip()


def migrate() -> int:
    """`visits migrate`."""
    return told(lambda: asyncio.run(_migrate()))


async def _migrate() -> None:
    await bring_up(Settings.from_environment())


def setup(administration: Administration, newcomer: Newcomer, office: FirstOffice | None) -> int:
    """`visits setup`: found an administration and print the first administrator's link, this once."""

    async def run() -> None:
        settings = Settings.from_environment()
        link = await _found(settings, administration, newcomer, office)
        print(f"{administration.name}: {administration.host}")
        _print_link("First administrator", settings.public_url, administration.host, link)

    return told(lambda: asyncio.run(run()))


async def _found(
    settings: Settings, administration: Administration, newcomer: Newcomer, office: FirstOffice | None
) -> Link:
    """As the owner of the database: the application may not add an administration."""
    there = await bring_up(settings)
    if not there.settings.owner_database_url:
        raise NoOwner()
    database = Database(make_engine(there.settings.owner_database_url, pool=1))
    try:
        return await database.run(system(TenantId(new_id()), "setup"), found, administration, newcomer, office)
    finally:
        await database.engine.dispose()


def admin_link(*, login: str, tenant: str, lost_code: bool) -> int:
    """`visits admin link`: print a new link for an administrator who cannot sign in, this once."""

    async def run() -> int:
        async with _tools() as tools:
            found = await tenant_of(tools.database, tenant)
            who = system(TenantId(found.id), "admin link")
            link = await tools.database.run(who, readmit, login, lost_code=lost_code)
        print(f"{found.name}: {found.host}")
        _print_link("Administrator", tools.settings.public_url, found.host, link)
        return 0

    return _status(run)


def _print_link(role: str, public_url: str, host: str, link: Link) -> None:
    print(f"{role}: {link.person.login}")
    print(f"One-time link until {link.until:%Y-%m-%d %H:%M} UTC, shown only now:")
    print(invitation_address(public_url, host, link), flush=True)


def invitation_address(public_url: str, host: str, link: Link) -> str:
    """Where the link leads: the administration's own name, reached as VISITS_PUBLIC_URL is."""
    public = urlsplit(public_url)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{host.strip().lower()}{port}{link.path}"


def told(run: Callable[[], None]) -> int:
    """Run; a refusal is one sentence on the error stream, not a traceback."""
    try:
        run()
    except Refusal as refusal:
        print(say(refusal.says, "fr", **refusal.facts), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
