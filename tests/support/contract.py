"""The contract of every link to a clearance system: one suite, one counterpart for each way of talking."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import httpx

from tests.support.clearance import a_key, a_message
from tests.support.stage import Stage
from tests.support.steps_clearance import declaration_of
from tests.support.wire import as_tenant, served
from visits.clearance.folder import look
from visits.clearance.manual import key_act, key_voucher
from visits.clearance.simulator.app import make_simulator
from visits.clearance.simulator.core import Simulator
from visits.clearance.simulator.courier import Deliver, bring, by_http
from visits.journey.tables import Visit
from visits.store.tools import Tools

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1jbGVhcmFuY2U="


class Counterpart(Protocol):
    """The other side of a link, as the contract sees it."""

    #: Ours, set up for this link.
    tools: Tools

    async def answers(self, visit: Visit) -> None:
        """The other side gives its act and its voucher, each at least once."""
        ...

    async def reports(self) -> list[str]:
        """The keys of the reports it has, each once in effect."""
        ...

    async def goes(self) -> bool:
        """The other side goes away; False if this link cannot be down."""
        ...

    async def comes_back(self) -> None:
        """And is there again."""
        ...


class OverHttps:
    """The simulator behind two real sockets."""

    def __init__(self, stage: Stage, path: Path, *, late_acts: bool) -> None:
        self._stage = stage
        self._stack = AsyncExitStack()
        self.simulator = Simulator(path / "simulator.sqlite", stage.clock, delay=1.0, late_acts=late_acts)

    async def start(self) -> None:
        ours = await self._stack.enter_async_context(served(as_tenant(self._stage)))
        client = httpx.AsyncClient(base_url=ours, trust_env=False)
        self._stack.push_async_callback(client.aclose)
        self._deliver: Deliver = by_http(client, await a_key(self._stage))
        await self.comes_back()

    async def comes_back(self) -> None:
        self._line = AsyncExitStack()
        theirs = await self._line.enter_async_context(
            served(make_simulator(self.simulator, self._deliver, secret=SECRET))
        )
        settings = replace(self._stage.tools.settings, clearance_url=theirs, clearance_secret=SECRET)
        self.tools = replace(self._stage.tools, settings=settings)

    async def goes(self) -> bool:
        await self._line.aclose()
        return True

    async def answers(self, visit: Visit) -> None:
        self._stage.clock.move(seconds=10)
        assert await bring(self.simulator, self._deliver) >= 2

    async def reports(self) -> list[str]:
        return [f"{act['declaration']}/{act['visit']}/{act['version']}" for act in self.simulator.acts()]

    async def stop(self) -> None:
        await self._line.aclose()
        await self._stack.aclose()
        self.simulator.close()


class OverFolders:
    """Somebody who collects files and drops files."""

    def __init__(self, stage: Stage, path: Path) -> None:
        self._stage = stage
        self._out, self._in = path / "out", path / "in"
        self._out.mkdir()
        self._in.mkdir()
        settings = replace(stage.tools.settings, clearance_folder=str(self._out), inbox_folder=str(self._in))
        self.tools = replace(stage.tools, settings=settings)

    async def answers(self, visit: Visit) -> None:
        about = await declaration_of(self._stage, visit)
        facts = {"visit": visit.reference, "version": 1, "act": f"F-{about.number}"}
        for copy in ("1", "2"):
            (self._in / f"a{copy}.json").write_bytes(a_message("report_acknowledged", about, **facts))
            (self._in / f"b{copy}.json").write_bytes(a_message("release_issued", about, voucher=f"B-{about.number}"))
        await look(self.tools, self._stage.tenant)
        self._stage.clock.move(seconds=5)
        assert await look(self.tools, self._stage.tenant) == 4

    async def reports(self) -> list[str]:
        return [json.loads(path.read_text())["id"] for path in self._out.glob("*.json")]

    async def goes(self) -> bool:
        self._out.rename(self._out.with_name("away"))
        return True

    async def comes_back(self) -> None:
        self._out.with_name("away").rename(self._out)

    async def stop(self) -> None:
        """Nothing runs."""


class ByHand:
    """A visit chief with a second screen."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._carried: list[str] = []
        self.tools = stage.tools

    async def answers(self, visit: Visit) -> None:
        about = await declaration_of(self._stage, visit)
        for _ in range(2):
            out = await self._stage.run("chief", key_act, visit.id, f"M {about.number}")
            await self._stage.run("chief", key_voucher, visit.id, f"BAE {about.number}")
        self._carried.append(out.message_key)

    async def reports(self) -> list[str]:
        return self._carried

    async def goes(self) -> bool:
        return False

    async def comes_back(self) -> None:
        """Never away."""

    async def stop(self) -> None:
        """Nothing runs."""


LINKS = ("https", "https, the act later", "folder", "by hand")


@asynccontextmanager
async def counterpart(link: str, stage: Stage, path: Path) -> AsyncIterator[Counterpart]:
    """The other side of one of LINKS."""
    if link.startswith("https"):
        other = OverHttps(stage, path, late_acts=link != "https")
        await other.start()
        yield other
        await other.stop()
    elif link == "folder":
        yield OverFolders(stage, path)
    else:
        yield ByHand(stage)
