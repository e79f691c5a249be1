"""Real HTTP over loopback: an application on a port of its own, and our service under the stage's host name."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from tests.support.stage import Stage
from visits.serve import Server

Seen = Callable[[str, bytes], Awaitable[None]]


class Told(Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def served(app: Any, *, lifespan: str = "off") -> AsyncIterator[str]:
    """The address of an application, running until the end of the block."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan=lifespan)  # type: ignore[arg-type]
    server = Told(config)
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


def as_tenant(stage: Stage, seen: Seen | None = None) -> Any:
    """The service as its administration's host name answers; `seen` is told path and body before it is."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope = scope | {"headers": [*headers, (b"host", stage.host.encode())]}
        if seen is None:
            await stage.app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        given = False

        async def again() -> Any:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        answered: list[Any] = []

        async def hold(message: Any) -> None:
            answered.append(message)

        await stage.app(scope, again, hold)
        await seen(scope["path"], body)
        for message in answered:
            await send(message)

    return app
