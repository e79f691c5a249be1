"""What a way out of the service must do, in our words. Each adapter is a file of `channels/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A calendar entry that goes with an e-mail."""

    content: bytes
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message as it leaves."""

    #: The notice's id: the provider's reference, the same at every try.
    id: UUID
    to: str
    text: str
    language: str
    subject: str = ""
    invitation: Invitation | None = None
    #: The signed confirmation, sent as a picture of its code too.
    confirmation: str = ""
    #: The name and values of a message template registered with the provider.
    template: str = ""
    parameters: tuple[str, ...] = ()
    #: An earlier try was begun and may have arrived.
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took it."""

    provider_id: str = ""


class NotSent(Exception):
    """It did not leave. `error` is a code of notices/telling.py, the text the provider's own words."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(detail or error)
        self.error = error
        self.detail = line(detail)


class Down(NotSent):
    """For now: another try may do better. `maybe` says that this one may have arrived, only its answer did not."""

    def __init__(self, error: str, detail: str = "", *, maybe: bool = False) -> None:
        super().__init__(error, detail)
        self.maybe = maybe


class Refused(NotSent):
    """For good: this message to this address will never arrive."""


class Channel(Protocol):
    """A way out."""

    async def send(self, message: Outgoing) -> Sent:
        """Hand it over, or raise Down or Refused."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a channel is set: what may be shown, and secrets, which are never written anywhere."""

    #: Names the settings a connection was made with.
    version: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def text(self, name: str, default: str = "") -> str:
        """An option; its default where it is empty."""
        return str(self.options.get(name) or default)

    def number(self, name: str, default: int) -> int:
        """An option that is a number."""
        value = str(self.options.get(name) or "")
        return int(value) if value.isdecimal() else default

    def secret(self, name: str) -> str:
        """A secret; empty where there is none."""
        return self.secrets.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message, by its provider."""

    provider_id: str
    #: delivered or failed; anything else changes nothing.
    outcome: str
    error: str = ""
    detail: str = ""


def line(text: str, most: int = 200) -> str:
    """One line of a foreign answer."""
    return " ".join(text.split())[:most]
