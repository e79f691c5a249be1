"""The simulator keeps its word: one act a report, its letters in order, nothing forgotten when it is killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.clearance import a_key, control
from tests.support.clock import MovedClock
from tests.support.contract import SECRET
from tests.support.stage import Stage
from tests.support.steps_clearance import leaving, outbound
from tests.support.wire import as_tenant, served
from visits.clearance.asycuda.read import read
from visits.clearance.push import push_one, tick_push
from visits.clearance.signature import BadSignature, signed_headers, verify
from visits.clearance.simulator.app import make_simulator
from visits.clearance.simulator.core import Letter, Simulator
from visits.clearance.simulator.courier import bring, by_http
from visits.clearance.simulator.double import InMemory
from visits.clearance.simulator.sample import sample
from visits.clock import SystemClock
from visits.journey.states import State

REPORT = {
    "id": "CIAB1/2026/C/48213/V-1/1",
    "declaration": {"office": "CIAB1", "year": 2026, "serial": "C", "number": "48213"},
    "visit": "V-1",
    "version": 1,
    "digest": "ab",
    "content": {"result": "CONFORM"},
}


@pytest.fixture
def simulator(clock: MovedClock) -> Simulator:
    return Simulator(":memory:", clock)


class Visits:
    """Our side as a list, answering by a written pattern of statuses."""

    def __init__(self, *pattern: int) -> None:
        self.pattern = list(pattern)
        self.heard: list[dict[str, Any]] = []

    async def __call__(self, letter: Letter) -> tuple[int, str]:
        self.heard.append(msgspec.json.decode(letter.body) if letter.kind == "message" else {"id": letter.id})
        return (self.pattern.pop(0) if self.pattern else 200), "said"

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.heard]


def test_a_report_has_one_act_however_often_it_comes(simulator: Simulator) -> None:
    first, again = simulator.receive(REPORT), simulator.receive(REPORT)
    other = simulator.receive(REPORT | {"id": "another", "visit": "V-2"})

    assert (first.number, first.new) == ("SW-2026-1", True)
    assert (again.number, again.new) == ("SW-2026-1", False)
    assert other.number == "SW-2026-2"


async def test_lane_and_voucher_follow_the_act_in_their_order(simulator: Simulator, clock: MovedClock) -> None:
    simulator.receive(REPORT)
    ours = Visits()
    assert await bring(simulator, ours) == 0

    clock.move(seconds=10)
    await bring(simulator, ours)
    await bring(simulator, ours)

    assert ours.ids == ["SW-2026-1-lane", "SW-2026-1-release"]
    assert ours.heard[1]["voucher"] == "BAE-2026-000001"


async def test_a_letter_nobody_takes_holds_back_its_declaration_only(simulator: Simulator, clock: MovedClock) -> None:
    simulator.receive(REPORT)
    other = REPORT["declaration"] | {"number": "2"}  # type: ignore[operator]
    simulator.receive(REPORT | {"id": "other", "declaration": other})
    clock.move(seconds=10)
    ours = Visits(503)

    await bring(simulator, ours)
    assert ours.ids == ["SW-2026-1-lane", "SW-2026-2-lane", "SW-2026-2-release"]
    clock.move(seconds=2)
    await bring(simulator, ours)

    assert ours.ids[3:] == ["SW-2026-1-lane", "SW-2026-1-release"]


async def test_a_letter_refused_for_good_is_kept_and_shown(simulator: Simulator, clock: MovedClock) -> None:
    simulator.receive(REPORT)
    clock.move(seconds=10)
    ours = Visits(422)

    await bring(simulator, ours)

    assert {each["id"]: each["state"] for each in simulator.letters()} == {
        "SW-2026-1-lane": "refused",
        "SW-2026-1-release": "sent",
    }


def test_a_second_version_has_another_act_and_the_same_voucher(simulator: Simulator, clock: MovedClock) -> None:
    simulator.receive(REPORT)
    simulator.receive(REPORT | {"id": "v2", "version": 2})
    clock.move(minutes=1)

    assert len(simulator.acts()) == 2
    assert len({each["id"] for each in simulator.letters()}) == 4


def test_the_same_seed_gives_the_same_story(clock: MovedClock) -> None:
    def told(seed: int) -> list[Any]:
        simulator = Simulator(":memory:", clock, seed=seed)
        simulator.receive(REPORT)
        return simulator.letters()

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_a_sample_is_a_plain_declaration_the_reader_takes_without_doubt() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for place in range(1, 20):
        assert read(sample(place, now.date()), now=now).warnings == ()
    assert sample(1, now.date()) == sample(1, now.date())


async def test_the_double_in_memory_carries_a_report_to_its_act(stage: Stage, simulator: Simulator) -> None:
    visit, out = await leaving(stage)

    await push_one(stage.tools, stage.tenant, out.id, by=InMemory(simulator))

    assert (await outbound(stage, visit)).act == "SW-2026-1"


# ---------- its pages ----------


@asynccontextmanager
async def pages(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    app = make_simulator(simulator, Visits(), secret=SECRET)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator") as client:
        yield client


async def test_a_report_signed_with_another_secret_is_not_taken(simulator: Simulator, clock: MovedClock) -> None:
    body = msgspec.json.encode(REPORT)
    async with pages(simulator) as client:
        bare = await client.post("/acts", content=body)
        other = await client.post("/acts", content=body, headers=signed_headers("other", "m", clock.now(), body))
        good = await client.post("/acts", content=body, headers=signed_headers(SECRET, "m", clock.now(), body))
        again = await client.post("/acts", content=body, headers=signed_headers(SECRET, "m", clock.now(), body))

    assert [each.status_code for each in (bare, other, good, again)] == [401, 401, 201, 200]
    assert good.json() == again.json() == {"act": "SW-2026-1"}


async def test_the_page_sends_a_sample_and_shows_what_happened(simulator: Simulator) -> None:
    async with pages(simulator) as client:
        assert "Aucun rapport" in (await client.get("/")).text
        assert (await client.post("/sample", data={"lane": "red"})).status_code == 303
        foreign = await client.post("/sample", headers={"sec-fetch-site": "cross-site"})
        simulator.receive(REPORT)
        page = (await client.get("/")).text

    assert foreign.status_code == 403
    assert "SW-2026-1" in page
    assert "CIAB1/2026/C/80001-sad-1" in page


async def test_a_declaration_given_to_it_is_sent_with_its_lane(simulator: Simulator) -> None:
    async with pages(simulator) as client:
        answer = await client.post("/declarations?lane=red&agency=PHYTO", content=control())
        bad = await client.post("/declarations", content=b"<no/>")
        message = {"type": "paid", "id": "p1", "at": "2026-11-23T08:00:00Z", "declaration": REPORT["declaration"]}
        said = await client.post("/messages", json=message)
        odd = await client.post("/messages", content=b"[]")
    ours = Visits()
    await bring(simulator, ours)

    assert (answer.json(), bad.status_code) == ({"declaration": "CIAB1/2026/C/50117"}, 422)
    assert (said.status_code, odd.status_code) == (202, 422)
    assert set(ours.ids) == {"CIAB1/2026/C/50117-sad-1", "CIAB1/2026/C/50117-lane-1", "p1"}
    assert ours.ids.index("CIAB1/2026/C/50117-sad-1") < ours.ids.index("CIAB1/2026/C/50117-lane-1")


# ---------- signatures ----------


@pytest.mark.parametrize(
    ("change", "seconds"),
    [({"webhook-id": "other"}, 0), ({"webhook-signature": "v2,abc"}, 0), ({}, 301), ({"webhook-timestamp": "x"}, 0)],
    ids=["another id", "another kind", "too old", "no time"],
)
def test_a_signature_covers_id_time_and_body(clock: MovedClock, change: dict[str, str], seconds: int) -> None:
    headers = signed_headers(SECRET, "m1", clock.now(), b"body")
    assert verify(SECRET, headers, b"body", clock.now()) == "m1"

    with pytest.raises(BadSignature):
        verify(SECRET, headers | change, b"body", clock.move(seconds=seconds))
    with pytest.raises(BadSignature):
        verify(SECRET, headers, b"other", clock.now())


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    # The example of the Standard Webhooks reference implementation (tests of its Python library).
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)

    headers = signed_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


# ---------- killed ----------


class Process:
    """The simulator as a process that can be killed."""

    def __init__(self, data: Path, target: str, key: str) -> None:
        self._environment = os.environ | {
            "SIMULATOR_PORT": "0",
            "SIMULATOR_DATA": str(data),
            "SIMULATOR_TARGET": target,
            "SIMULATOR_DELAY": "0.05",
            "VISITS_SIMULATOR_KEY": key,
            "VISITS_CLEARANCE_SECRET": SECRET,
        }

    async def start(self) -> str:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "visits.clearance.simulator",
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        return (await asyncio.wait_for(self._process.stdout.readline(), 30)).decode().strip()

    async def kill(self) -> None:
        self._process.kill()
        await self._process.wait()


@pytest.mark.slow(reason="starts the simulator twice")
async def test_killed_in_the_middle_of_its_story_it_loses_nothing_and_says_nothing_twice(
    stage: Stage, clock: MovedClock, tmp_path: Path
) -> None:
    clock.set(SystemClock().now())
    visit, _ = await leaving(stage)
    lane_heard, released = asyncio.Event(), asyncio.Event()
    heard: list[str] = []

    async def seen(path: str, body: bytes) -> None:
        message = msgspec.json.decode(body)
        heard.append(message["type"])
        if not lane_heard.is_set():
            # We took it; before the simulator hears so, it is killed.
            lane_heard.set()
            await process.kill()
        elif message["type"] == "release_issued":
            released.set()

    async with served(as_tenant(stage, seen)) as ours:
        process = Process(tmp_path / "simulator.sqlite", ours, await a_key(stage))
        theirs = await process.start()
        settings = replace(stage.tools.settings, clearance_url=theirs, clearance_secret=SECRET)
        assert await tick_push(replace(stage.tools, settings=settings), stage.tenant) == 1
        await asyncio.wait_for(lane_heard.wait(), 30)
        await process.start()
        await asyncio.wait_for(released.wait(), 30)
        await process.kill()

    assert heard[:2] == ["lane_rerouted", "lane_rerouted"]
    assert (await outbound(stage, visit)).act == f"SW-{clock.now().year}-1"
    assert (await stage.visit(visit.id)).state == State.RELEASED


async def test_two_real_sockets_carry_a_declaration_to_its_visit(stage: Stage, simulator: Simulator) -> None:
    async with served(as_tenant(stage)) as ours, httpx.AsyncClient(base_url=ours, trust_env=False) as client:
        simulator.emit_declaration(control(), lane="red")
        taken = await bring(simulator, by_http(client, await a_key(stage)))

    assert taken == 2
    assert {each["state"] for each in simulator.letters()} == {"sent"}
