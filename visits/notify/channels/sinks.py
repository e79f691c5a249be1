"""Ways out that need nobody: a folder of files (the default) and the console."""

import asyncio
import os
import sys
from pathlib import Path

from visits.notify.channels.mail import composed
from visits.notify.port import Down, Outgoing, Sent

FOLDER = "notices"


class FileSink:
    """One file a notice in the data folder: .eml for e-mail, .txt for a text message. The same notice is one file."""

    def __init__(self, folder: Path, channel: str, sender: str) -> None:
        self._folder = folder / FOLDER
        self._channel = channel
        self._sender = sender

    async def send(self, message: Outgoing) -> Sent:
        """Write it, whole or not at all."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as fault:
            raise Down("provider_down", f"{type(fault).__name__}") from fault
        return Sent(provider_id=str(message.id))

    def _write(self, message: Outgoing) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mail = self._channel == "email"
        content = composed(message, self._sender).as_bytes() if mail else as_text(message, self._channel).encode()
        target = self._folder / f"{message.id}.{'eml' if mail else 'txt'}"
        draft = target.with_suffix(".draft")
        draft.write_bytes(content)
        os.replace(draft, target)


class ConsoleSink:
    """Prints each notice; for a trial on one's own machine."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    async def send(self, message: Outgoing) -> Sent:
        """Print it."""
        sys.stdout.write(as_text(message, self._channel))
        sys.stdout.flush()
        return Sent(provider_id=str(message.id))


def as_text(message: Outgoing, channel: str) -> str:
    """A notice as lines."""
    head = [f"channel: {channel}", f"to: {message.to}", f"reference: {message.id}"]
    if message.subject:
        head.append(f"subject: {message.subject}")
    if message.template and channel == "whatsapp":
        head.append(f"template: {message.template} {list(message.parameters)}")
    return "\n".join([*head, "", message.text, ""])


def sweep(folder: Path, older_than: float) -> int:
    """Remove notices written before an instant (seconds of the epoch); how many."""
    gone = 0
    for each in (folder / FOLDER).glob("*.*"):
        if each.stat().st_mtime < older_than:
            each.unlink(missing_ok=True)
            gone += 1
    return gone
