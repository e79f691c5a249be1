"""The simulator's few pages and endpoints: reports in, declarations and lanes out, a page that shows both."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State

from visits.clearance.signature import BadSignature, verify
from visits.clearance.simulator.core import Simulator
from visits.clearance.simulator.courier import Deliver, bring
from visits.clearance.simulator.sample import sample
from visits.errors import Refusal

log = logging.getLogger("visits.simulator")

#: Seconds between two looks at what is due.
LOOK = 0.2
LANES = ("red", "yellow", "green", "blue")
_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
).get_template("page.html")
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"
}


class Report(msgspec.Struct):
    """As much of a report as an act needs; the rest is kept as it came."""

    id: str
    declaration: dict[str, Any]
    visit: str
    version: int
    digest: str


@get("/", media_type=MediaType.HTML)
async def page(request: Request[Any, Any, Any]) -> Response[str]:
    """Acts given, and what waits to be said."""
    simulator: Simulator = request.app.state.simulator
    text = _PAGE.render(acts=simulator.acts(), letters=simulator.letters(), lanes=LANES)
    return Response(text, media_type=MediaType.HTML, headers=_HEADERS)


@get("/page.css", media_type=MediaType.CSS)
async def style() -> str:
    """The page's style."""
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


@get("/acts")
async def acts(request: Request[Any, Any, Any]) -> list[dict[str, Any]]:
    """The acts as JSON."""
    simulator: Simulator = request.app.state.simulator
    return simulator.acts()


@post("/acts", status_code=200)
async def receive(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Take a report: 201 with its act number, 200 with the same one when it comes again, 202 if the act comes later."""
    simulator: Simulator = request.app.state.simulator
    body = await request.body()
    if request.app.state.secret:
        try:
            verify(request.app.state.secret, dict(request.headers), body, simulator.clock.now())
        except BadSignature:
            return Response({"error": "bad signature"}, status_code=401)
    try:
        msgspec.json.decode(body, type=Report)
        act = simulator.receive(msgspec.json.decode(body))
    except (msgspec.DecodeError, KeyError) as fault:
        return Response({"error": str(fault)[:200]}, status_code=422)
    request.app.state.wake.set()
    if simulator.late_acts:
        return Response({}, status_code=202)
    return Response({"act": act.number}, status_code=201 if act.new else 200)


@post("/declarations", status_code=202)
async def declare(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Send a declaration (SAD XML in the body) to Visits, then its lane (`?lane=red&agency=PHYTO`)."""
    lane = request.query_params.get("lane")
    try:
        key = request.app.state.simulator.emit_declaration(
            await request.body(), lane=lane if lane in LANES else None, agency=request.query_params.get("agency")
        )
    except (Refusal, ValueError) as fault:
        return Response({"error": str(fault)[:200]}, status_code=422)
    request.app.state.wake.set()
    return Response({"declaration": key}, status_code=202)


@post("/messages", status_code=202)
async def say(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Send any message to Visits, as it is given."""
    try:
        sent = request.app.state.simulator.emit_message(msgspec.json.decode(await request.body()))
    except (msgspec.DecodeError, KeyError, TypeError) as fault:
        return Response({"error": str(fault)[:200]}, status_code=422)
    request.app.state.wake.set()
    return Response({"id": sent}, status_code=202)


@post("/sample", status_code=303)
async def send_sample(request: Request[Any, Any, Any]) -> Response[None]:
    """The button: a fresh sample declaration with its lane."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return Response(None, status_code=403)
    form = await request.form()
    lane = str(form.get("lane", "red"))
    simulator: Simulator = request.app.state.simulator
    declared = sample(len(simulator.letters()) + 1, simulator.clock.now().date(), seed=request.app.state.seed)
    simulator.emit_declaration(declared, lane=lane if lane in LANES else "red")
    request.app.state.wake.set()
    return Response(None, status_code=303, headers={"location": "/"})


def make_simulator(simulator: Simulator, deliver: Deliver, *, secret: str = "", seed: int = 1) -> Litestar:
    """The simulator's app; its courier runs as long as the app does."""
    wake = asyncio.Event()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        courier = asyncio.create_task(_run(simulator, deliver, wake))
        yield
        courier.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await courier
        simulator.close()

    return Litestar(
        route_handlers=[page, style, acts, receive, declare, say, send_sample],
        lifespan=[lifespan],
        state=State({"simulator": simulator, "secret": secret, "wake": wake, "seed": seed}),
        openapi_config=None,
        request_max_body_size=64 * 1024 * 1024,
        logging_config=None,
    )


async def _run(simulator: Simulator, deliver: Deliver, wake: asyncio.Event) -> None:
    while True:
        try:
            await bring(simulator, deliver)
        except Exception as fault:  # the courier never gives up
            log.warning("courier: %s", type(fault).__name__, exc_info=fault)
        wake.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), LOOK)
