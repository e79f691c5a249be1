"""Providers over real sockets: an HTTP server that keeps what it was asked and answers as told, and an SMTP server."""

import asyncio
import json
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.raw.decode()).items()}


@dataclass
class Provider:
    """Answers each request with the next of `answers`: (status, body), or «hang up»; else 200 and a fresh id."""

    answers: list[tuple[int, Any] | str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            event = await receive()
            raw, more = raw + event.get("body", b""), event.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append(Asked(scope["path"], headers, raw))
        answer = self.answers.pop(0) if self.answers else (200, {"id": f"g{len(self.asked)}"})
        if isinstance(answer, str):
            raise ConnectionAbortedError(answer)
        status, body = answer
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    """A running provider."""
    made = Provider()
    config = uvicorn.Config(made, host="127.0.0.1", port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    socket = config.bind_socket()
    made.port = socket.getsockname()[1]
    task = asyncio.create_task(server.serve(sockets=[socket]))
    try:
        yield made
    finally:
        server.should_exit = True
        await task


@dataclass
class Post:
    """Takes mail for everybody but those named in `refuses`: address to the answer they get."""

    refuses: dict[str, str] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    #: The answer to the whole message, if not «taken».
    answer: str = "250 OK"
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return self.answer


@asynccontextmanager
async def post(*, password: str = "") -> AsyncIterator[Post]:
    """A running SMTP server; with a password it lets nobody in without it."""
    made = Post()

    def let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password.decode() == password
        made.logins += [data.login.decode()] if good else []
        return AuthResult(success=good, handled=good)

    def connection() -> SMTP:
        asked: dict[str, Any] = {"authenticator": let_in, "auth_required": True} if password else {}
        with warnings.catch_warnings(action="ignore"):  # it warns of passwords without TLS; this is 127.0.0.1
            return SMTP(made, hostname="localhost", auth_require_tls=False, loop=loop, **asked)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
