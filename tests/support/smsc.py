"""A message centre that speaks SMPP 3.4 over a real socket, written from the specification alone.

It shares no line with our client, so that both cannot be wrong in the same way.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Submitted:
    """What one submit_sm asked for."""

    source: str
    destination: str
    text: bytes
    registered: int
    replace: int
    coding: int
    validity: str
    reference: int | None


@dataclass
class Centre:
    """Accepts one password, keeps what was submitted, and does as told for the next submissions."""

    password: str = "geheim"
    #: Statuses of the next submit_sm, or «silent» and «cut»; empty: taken.
    script: list[int | str] = field(default_factory=list)
    submitted: list[Submitted] = field(default_factory=list)
    bound: list[str] = field(default_factory=list)
    enquiries: int = 0
    #: Statuses our client answered deliver_sm with.
    answers: list[int] = field(default_factory=list)
    port: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _sequence: int = 1000
    _answered: dict[int, "asyncio.Future[int]"] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._writers.append(writer)
        try:
            while True:
                head = await reader.readexactly(16)
                length, command, status, sequence = struct.unpack(">IIII", head)
                body = await reader.readexactly(length - 16)
                await self._unit(writer, command, status, sequence, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _unit(self, writer: asyncio.StreamWriter, command: int, status: int, sequence: int, body: bytes) -> None:
        if command == 0x80000005:
            self.answers.append(status)
            if sequence in self._answered:
                self._answered.pop(sequence).set_result(status)
        elif command == 0x00000009:
            system_id, password = body.split(b"\0")[:2]
            good = password.decode() == self.password
            self.bound += [system_id.decode()] if good else []
            _send(writer, 0x80000009, 0 if good else 0x0E, sequence, b"centre\0" if good else b"")
        elif command == 0x00000015:
            self.enquiries += 1
            _send(writer, 0x80000015, 0, sequence)
        elif command == 0x00000006:
            _send(writer, 0x80000006, 0, sequence)
        elif command == 0x00000004:
            step = self.script.pop(0) if self.script else 0
            if step == "cut":
                self.submitted.append(_read(body))
                writer.close()
                return
            if not isinstance(step, int):
                return
            if step == 0:
                self.submitted.append(_read(body))
            _send(writer, 0x80000004, step, sequence, f"m{len(self.submitted)}".encode() + b"\0" if not step else b"")
        await writer.drain()

    async def deliver(self, source: str, text: bytes, *, receipt: bool = False, coding: int = 0) -> int:
        """Hand a text or a receipt to the client; the status it answers with."""
        self._sequence += 1
        body = (
            b"\0\x01\x01" + source.encode() + b"\0" + b"\x01\x01" + b"VISITES\0" + bytes((4 if receipt else 0, 0, 0))
            + b"\0\0" + bytes((0, 0, coding, 0, len(text))) + text
        )  # fmt: skip
        answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._answered[self._sequence] = answered
        _send(self._writers[-1], 0x00000005, 0, self._sequence, body)
        await self._writers[-1].drain()
        return await asyncio.wait_for(answered, 5)

    async def receipt(self, message_id: str, state: str = "DELIVRD") -> int:
        """The usual text of a delivery receipt."""
        text = (
            f"id:{message_id} sub:001 dlvrd:001 submit date:2611230800 done date:2611230801 stat:{state} err:000 text:x"
        )
        return await self.deliver("2250700000042", text.encode(), receipt=True)

    def cut(self) -> None:
        """Every connection breaks."""
        for writer in self._writers:
            writer.close()


def _send(writer: asyncio.StreamWriter, command: int, status: int, sequence: int, body: bytes = b"") -> None:
    writer.write(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)


def _read(body: bytes) -> Submitted:
    """submit_sm, §4.4.1, field by field."""
    service, rest = body.split(b"\0", 1)
    assert service == b""
    source, rest = rest[2:].split(b"\0", 1)
    destination, rest = rest[2:].split(b"\0", 1)
    schedule, rest = rest[3:].split(b"\0", 1)
    assert schedule == b""
    validity, rest = rest.split(b"\0", 1)
    registered, replace, coding, _default, length = rest[:5]
    options, reference = rest[5 + length :], None
    while options:
        tag, size = struct.unpack(">HH", options[:4])
        if tag == 0x0204:
            reference = struct.unpack(">H", options[4 : 4 + size])[0]
        options = options[4 + size :]
    return Submitted(
        source.decode(),
        destination.decode(),
        rest[5 : 5 + length],
        registered,
        replace,
        coding,
        validity.decode(),
        reference,
    )


@asynccontextmanager
async def centre(**facts: str) -> AsyncIterator[Centre]:
    """A running message centre."""
    made = Centre(**facts)  # type: ignore[arg-type]
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.cut()
        server.close()
        await server.wait_closed()
