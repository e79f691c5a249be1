"""Runs the simulator as a process of its own."""

import socket
from pathlib import Path

import httpx
import uvicorn

from visits.clearance.simulator.app import make_simulator
from visits.clearance.simulator.core import Simulator
from visits.clearance.simulator.courier import by_http
from visits.clock import SystemClock


def serve(
    *,
    host: str,
    port: int,
    data: Path,
    target: str,
    key: str,
    secret: str,
    delay: float = 2.0,
    seed: int = 1,
    late_acts: bool = False,
) -> None:
    """Serve until stopped; `target` is where Visits is, `key` the API key it gave to the clearance system."""
    simulator = Simulator(data, SystemClock(), seed=seed, delay=delay, late_acts=late_acts)
    client = httpx.AsyncClient(base_url=target, timeout=15, trust_env=False)
    app = make_simulator(simulator, by_http(client, key), secret=secret, seed=seed)
    app.on_shutdown.append(client.aclose)
    # Listening before it is said: whoever reads the address may use it at once.
    listening = socket.create_server((host, port), backlog=128)
    print(f"http://{host}:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])
