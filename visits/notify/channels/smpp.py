"""Text messages over SMPP 3.4: one bound session for each settings, kept by enquire_link, with receipts and answers.

The session lives in the process that sends (the worker). A session that breaks is opened again by the next message;
what was submitted without an answer is tried again later with the same reference, and asks to replace the first.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from visits.notices import gsm7
from visits.notify.channels import pdu
from visits.notify.port import Down, Outgoing, Receipt, Refused, Sent, Settings

log = logging.getLogger("visits.notify")

TIMEOUT = 15.0
#: Seconds between two enquire_link; two without an answer end the session.
ENQUIRE = 30.0

#: command_status (§5.1.3): what passes by itself, what our settings cause, and what the number does.
PASSING = frozenset({0x08, 0x14, 0x58, 0x45, 0x64})
SETTINGS = frozenset({0x01, 0x02, 0x03, 0x04, 0x05, 0x0A, 0x0D, 0x0E, 0x0F, 0x15, 0x48, 0x49, 0x53})
NUMBER = frozenset({0x0B, 0x50, 0x51})

#: What the words of a receipt mean.
ERRORS = {"EXPIRED": "phone_off", "UNDELIV": "phone_off", "REJECTD": "refused", "DELETED": "refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A text message somebody sent to our number."""

    phone: str
    text: str


#: What to do with receipts and texts that come in; they are acknowledged only once it is done.
OnReceipt = Callable[[Receipt], Awaitable[None]]
OnText = Callable[[Arrived], Awaitable[None]]


class Session:
    """One bound transceiver."""

    def __init__(self, settings: Settings, on_receipt: OnReceipt, on_text: OnText) -> None:
        self._settings = settings
        self._on_receipt, self._on_text = on_receipt, on_text
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[pdu.Unit]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._writer: asyncio.StreamWriter | None = None
        self._opening = asyncio.Lock()

    @property
    def is_up(self) -> bool:
        """Is it bound?"""
        return self._writer is not None

    async def open(self) -> None:
        """Connect and bind, unless it is bound."""
        async with self._opening:
            if self._writer is not None:
                return
            settings = self._settings
            try:
                reader, writer = await asyncio.wait_for(
                    asyncio.open_connection(
                        settings.text("host", "localhost"),
                        settings.number("port", 2775),
                        ssl=True if settings.text("security") == "tls" else None,
                    ),
                    TIMEOUT,
                )
            except (OSError, TimeoutError) as fault:
                raise Down("provider_down", type(fault).__name__) from fault
            self._writer = writer
            self._spawn(self._read(reader))
            unit = pdu.bind(
                self._next(),
                system_id=settings.text("username"),
                password=settings.secret("password"),
                system_type=settings.text("system_type"),
            )
            try:
                answer = await self._ask(unit)
            except Down:
                await self._drop()
                raise
            if answer.status:
                await self._drop()
                raise Down("wrong_settings", f"bind 0x{answer.status:02X}")
            self._spawn(self._keep())

    async def submit(self, message: Outgoing) -> Sent:
        """Hand a message over; the answer names its id."""
        await self.open()
        unit = pdu.submit(
            self._next(),
            sender=self._settings.text("sender"),
            number=message.to,
            message=gsm7.encode(gsm7.plain(message.text)),
            reference=reference_of(message.id),
            replace=message.again,
            minutes=self._settings.number("validity", 24 * 60),
        )
        answer = await self._ask(unit)
        if answer.status:
            raise failure(answer.status)
        return Sent(provider_id=pdu.text_of(answer.body))

    async def close(self) -> None:
        """Unbind, if it is bound, and leave nothing running."""
        if self._writer is not None:
            with contextlib.suppress(Down):
                await self._ask(pdu.Unit(command=pdu.UNBIND, sequence=self._next()), wait=2.0)
        await self._drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- the wire -----------------------------------------------------------------------------------------
    async def _ask(self, unit: pdu.Unit, wait: float = TIMEOUT) -> pdu.Unit:
        answer: asyncio.Future[pdu.Unit] = asyncio.get_running_loop().create_future()
        self._waiting[unit.sequence] = answer
        try:
            await self._write(unit)
            return await asyncio.wait_for(answer, wait)
        except (OSError, TimeoutError) as fault:
            raise Down("provider_down", type(fault).__name__, maybe=True) from fault
        finally:
            self._waiting.pop(unit.sequence, None)

    async def _write(self, unit: pdu.Unit) -> None:
        if self._writer is None:
            raise ConnectionResetError("session is down")
        self._writer.write(unit.encoded())
        await self._writer.drain()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                head = await reader.readexactly(4)
                unit = pdu.decoded(head + await reader.readexactly(pdu.length_of(head) - 4))
                if unit.is_answer:
                    waiting = self._waiting.get(unit.sequence)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(unit)
                else:
                    self._spawn(self._serve(unit))
        except (OSError, EOFError, pdu.BadUnit) as fault:
            log.info("smpp session ended: %s", type(fault).__name__)
        finally:
            await self._drop()

    async def _serve(self, unit: pdu.Unit) -> None:
        """Answer a unit of theirs. A receipt or text that could not be kept is answered with «temporary error», so
        that it comes again (ESME_RX_T_APPN, §5.1.3)."""
        status, body = 0, b""
        command = unit.command | pdu.RESPONSE
        if unit.command == pdu.DELIVER_SM:
            body = b"\0"
            try:
                await self._delivered(pdu.short(unit.body))
            except pdu.BadUnit:
                status = 0x08
            except Exception as fault:  # whatever went wrong here, the other side must not forget it
                log.warning("smpp: what came in was not kept: %s", type(fault).__name__, exc_info=fault)
                status = 0x64
        elif unit.command not in (pdu.ENQUIRE_LINK, pdu.UNBIND):
            command, status = pdu.GENERIC_NACK, 0x03
        with contextlib.suppress(OSError):
            await self._write(pdu.Unit(command=command, status=status, sequence=unit.sequence, body=body))
        if unit.command == pdu.UNBIND:
            await self._drop()

    async def _delivered(self, short: pdu.Short) -> None:
        if short.esm_class & 0x3C == pdu.RECEIPT:
            provider_id, state, code = pdu.receipt_of(short)
            outcome = "delivered" if state == "DELIVRD" else "failed" if state in ERRORS else ""
            if provider_id and outcome:
                error = "" if outcome == "delivered" else ERRORS[state]
                await self._on_receipt(
                    Receipt(provider_id=provider_id, outcome=outcome, error=error, detail=f"{state} {code}".strip())
                )
            return
        text = read_text(short)
        phone = short.source if short.source.startswith("+") else f"+{short.source}"
        await self._on_text(Arrived(phone=phone, text=text))

    async def _keep(self) -> None:
        """Ask whether they are there; when they are not, let go."""
        while self._writer is not None:
            await asyncio.sleep(ENQUIRE)
            if self._writer is None:
                return
            try:
                await self._ask(pdu.Unit(command=pdu.ENQUIRE_LINK, sequence=self._next()))
            except Down:
                await self._drop()

    async def _drop(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("session ended"))

    def _next(self) -> int:
        self._sequence = self._sequence % 0x7FFFFFFE + 1
        return self._sequence

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def reference_of(notice: UUID) -> int:
    """The sixteen bits of user_message_reference (§5.3.2.17): the same at every try."""
    return int.from_bytes(notice.bytes[-2:], "big")


def failure(status: int) -> Down | Refused:
    """What a command_status means."""
    said = f"0x{status:02X}"
    if status in NUMBER:
        return Refused("unknown_number", said)
    if status in PASSING:
        return Down("provider_down", said)
    return Down("wrong_settings", said) if status in SETTINGS else Refused("refused", said)


def read_text(short: pdu.Short) -> str:
    """The words of a text, by its data coding; a header of a long one is passed over."""
    raw = short.message
    if short.esm_class & pdu.UDHI and raw:
        raw = raw[1 + raw[0] :]
    if short.data_coding & 0x0C == 0x08:
        return raw.decode("utf-16-be", "replace")
    return raw.decode("latin-1") if short.data_coding in (1, 3) else gsm7.decode(raw)
