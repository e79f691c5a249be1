"""A whole installation in processes of its own: PostgreSQL, web applications, workers, simulator – to be killed."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

from visits.actor import system
from visits.app import make_tools
from visits.background.timetable import run_all_once
from visits.demo import port
from visits.ids import TenantId, new_id
from visits.installation import bring_up
from visits.people.passwords import fingerprint
from visits.people.tables import ApiKey
from visits.roles import Role
from visits.settings import Settings
from visits.sites.queries import offices
from visits.store.embedded import Embedded
from visits.store.tools import Tools

KEY, SECRET = "fleet-key", "fleet-secret-fleet-secret-fleet-secret"
#: Appointments at once, inspectors drawn at once, no rest between the same people: a story need not wait for days. A
#: fortnight of the port holds some 480 stories; a month holds as many as anybody plays.
AT_ONCE = {
    "notice_minutes": 0,
    "freeze_minutes": 50_000,
    "cool_off_most": 100_000,
    "holds_per_firm": 1000,
    "horizon_days": 30,
}


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Part:
    """One process; ended hard, started again with the same words."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self._arguments, self._environment, self._log = name, arguments, environment, log
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "visits", *self._arguments, env=self._environment, stdout=out, stderr=out
            )

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), 25)
            await self.kill()


class Fleet:
    """The installation: `apps`, `workers`, `simulator`, `postgres`; `tools` look at the same database from here."""

    def __init__(self, root: Path, *, apps: int, workers: int) -> None:
        self.root = root
        self.ports = [free_port() for _ in range(apps)]
        self._workers = workers
        self.apps: list[Part] = []
        self.workers: list[Part] = []

    async def start(self) -> None:
        """Found the port in a fresh database and start every process."""
        beside = free_port()
        up = await bring_up(Settings(data=self.root))
        assert up.embedded is not None
        self.postgres: Embedded = up.embedded
        self.tools: Tools = make_tools(up.settings)
        self.tenant: TenantId = await port.add_tenant(up.settings.owner_database_url)
        await port.found(self.tools.database, self.tenant)
        async with self.tools.database.work(system(self.tenant)) as work:
            [office] = await offices(work)
            office.policies = office.policies | AT_ONCE
            key = ApiKey(id=new_id(), token=fingerprint(KEY), name="sydam", role=Role.INTEGRATOR, created_at=work.now)
            work.session.add(key)
        await run_all_once(self.tools)
        environment = os.environ | {
            "DATABASE_URL": up.settings.database_url,
            "VISITS_DATA": str(self.root),
            "VISITS_CLEARANCE_URL": f"http://127.0.0.1:{beside}",
            "VISITS_CLEARANCE_SECRET": SECRET,
            "VISITS_SIMULATOR_KEY": KEY,
        }
        log = self.root / "fleet.log"
        self.apps = [
            Part(f"app {at}", ["serve", "--port", str(at)], environment | {"VISITS_PORT": str(at)}, log)
            for at in self.ports
        ]
        self.workers = [Part(f"worker {place}", ["worker"], environment, log) for place in range(self._workers)]
        self.simulator = Part(
            "simulator",
            [
                "simulator",
                "--port",
                str(beside),
                "--target",
                f"http://127.0.0.1:{self.ports[0]}",
                "--data",
                str(self.root / "simulator.sqlite"),
                "--delay",
                "0.2",
            ],
            environment,
            log,
        )
        for part in [*self.apps, *self.workers, self.simulator]:
            await part.start()
        async with httpx.AsyncClient() as client:
            for at in self.ports:
                await ready(client, at)

    async def kill_postgres(self) -> None:
        """kill -9 of the postmaster, then start it again: what an operator's supervisor does."""
        pid = int((self.postgres.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(self.postgres.start)

    async def stop(self) -> None:
        """End everything."""
        await asyncio.gather(*(part.stop() for part in [*self.apps, *self.workers, self.simulator]))
        await self.tools.database.engine.dispose()
        await asyncio.to_thread(self.postgres.stop)


async def ready(client: httpx.AsyncClient, at: int) -> None:
    """Wait until the application on a port answers."""
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            if (await client.get(f"http://127.0.0.1:{at}/health/ready")).status_code == httpx.codes.OK:
                return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"nothing is ready on port {at}")


class Either(httpx.AsyncBaseTransport):
    """A load balancer: messages go to the ports in turn, and to the next one where nobody listens."""

    def __init__(self, ports: list[int]) -> None:
        self._ports, self._turn = ports, 0
        self._through = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in self._ports:
            self._turn += 1
            at = self._ports[self._turn % len(self._ports)]
            request.url = request.url.copy_with(host="127.0.0.1", port=at)
            try:
                return await self._through.handle_async_request(request)
            except httpx.ConnectError as fault:
                refused = fault
        raise refused

    async def aclose(self) -> None:
        await self._through.aclose()


@contextlib.contextmanager
def ground() -> Iterator[Path]:
    """A folder the unprivileged database account may reach, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="visits-fleet-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextlib.asynccontextmanager
async def fleet(root: Path, *, apps: int = 1, workers: int = 1) -> AsyncIterator[Fleet]:
    """A running fleet, ended afterwards."""
    made = Fleet(root, apps=apps, workers=workers)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
