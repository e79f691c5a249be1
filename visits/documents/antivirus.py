"""Looks for harmful code: always for the test string every scanner knows, and with clamd where one is set."""

import asyncio
import struct
from typing import IO, Protocol

from visits.documents.refusals import FileInfected, ScannerDown
from visits.settings import Settings

#: The EICAR test string, in two parts so that no scanner takes this file for it.
TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CHUNK = 64 * 1024
#: Seconds to connect, and between two answers.
PATIENCE = 20.0


class Scanner(Protocol):
    """Something that knows harmful files."""

    async def scan(self, file: IO[bytes]) -> str | None:
        """The name of what was found, or None; ScannerDown if it cannot tell."""
        ...


class Clamd:
    """A ClamAV daemon, by its INSTREAM command (clamd(8)): chunks with their length in front, then a zero length."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host or "127.0.0.1", int(port)

    async def scan(self, file: IO[bytes]) -> str | None:
        """What the daemon says of the file."""
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection(self._host, self._port)
            try:
                answer = await self._ask(reader, writer, file)
            finally:
                writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as fault:
            raise ScannerDown() from fault
        verdict = answer.removeprefix("stream: ")
        if verdict == "OK":
            return None
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")
        raise ScannerDown(answer=answer)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, file: IO[bytes]) -> str:
        writer.write(b"zINSTREAM\0")
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            writer.write(struct.pack("!I", len(chunk)) + chunk)
            async with asyncio.timeout(PATIENCE):
                await writer.drain()
        writer.write(struct.pack("!I", 0))
        async with asyncio.timeout(PATIENCE):
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace").strip()


def scanners(settings: Settings) -> tuple[Scanner, ...]:
    """The scanners of this installation."""
    return (Clamd(settings.clamd),) if settings.clamd else ()


async def refuse_harmful(settings: Settings, file: IO[bytes]) -> None:
    """Ask every scanner; the first find refuses the file."""
    for scanner in scanners(settings):
        found = await scanner.scan(file)
        if found:
            raise FileInfected(found=found)


def carries_test_virus(content: IO[bytes] | bytes) -> bool:
    """Is the test string anywhere in it?"""
    if isinstance(content, bytes):
        return TEST_VIRUS in content
    content.seek(0)
    kept = b""
    while chunk := content.read(CHUNK):
        if TEST_VIRUS in kept + chunk:
            return True
        kept = chunk[-len(TEST_VIRUS) :]
    return False
