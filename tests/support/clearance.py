"""Messages of a clearance system, its key, and the counterparts the contract of every link is judged with."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.stage import Stage
from visits.clearance.inbox import MESSAGE, Taken, take
from visits.clearance.port import Envelope, LinkDown, Receipt, TurnedAway
from visits.clearance.tables import Inbound
from visits.declarations.tables import Declaration
from visits.ids import OfficeId
from visits.people.passwords import fingerprint
from visits.people.tables import ApiKey

DATA = Path(__file__).parents[1] / "data"
BAD = DATA / "asycuda-bad"
#: The declaration of the control file, as messages name it.
CONTROL = {"office": "CIAB1", "year": 2026, "serial": "C", "number": "50117"}
KEY = "key-of-the-clearance-system"


def control() -> bytes:
    """A plain declaration: CIAB1/2026/C/50117, one box, two items."""
    return (BAD / "00_control_ok.xml").read_bytes()


def a_message(type: str, about: Declaration | dict[str, Any] | None = None, **changes: Any) -> bytes:
    """One JSON message, about the control declaration unless another is named."""
    key = about or CONTROL
    if isinstance(key, Declaration):
        key = {"office": key.office_code, "year": key.year, "serial": key.serial, "number": key.number}
    at = changes.pop("at", datetime.fromisoformat("2026-11-23T07:59:00+00:00"))
    whole = {"type": type, "id": f"{type}-1", "at": at, "declaration": key} | changes
    return msgspec.json.encode(whole)


async def a_key(stage: Stage, *, role: str = "integrator", office: OfficeId | None = None, key: str = KEY) -> str:
    """An API key of the stage's administration."""
    async with stage.work() as work:
        work.session.add(
            ApiKey(
                token=fingerprint(f"{key}-{stage.tenant}"),
                name="sydam",
                role=role,
                office_id=office,
                created_at=work.now,
            )
        )
    return f"{key}-{stage.tenant}"


async def integrator(stage: Stage, **of: Any) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """An HTTP client with a key of the stage's administration."""
    key = await a_key(stage, **of)
    return stage.browser(None, accept="application/json", authorization=f"Bearer {key}")


async def told(stage: Stage, raw: bytes) -> Taken:
    """A message comes in, already authenticated."""
    return await take(stage.tools, stage.actor(), channel="api", sender="sydam", kind=MESSAGE, raw=raw)


async def inbound(stage: Stage) -> list[Inbound]:
    """Every message of the administration, oldest first."""
    async with stage.work() as work:
        return list(
            (await work.session.scalars(select(Inbound).order_by(col(Inbound.received_at), col(Inbound.id)))).all()
        )


async def declarations(stage: Stage) -> int:
    """How many declarations the administration has."""
    async with stage.work() as work:
        return int(await work.session.scalar(select(func.count()).select_from(Declaration)) or 0)


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


class Scripted:
    """A clearance system that follows a pattern: `down`, `no`, `lost` (the answer), `killed` (we are); else taken."""

    def __init__(self, *pattern: str, up: bool = True, acts: bool = True) -> None:
        self.pattern = list(pattern)
        self.up = up
        self.acts = acts
        self.tried: list[str] = []
        self.taken: dict[str, str] = {}

    async def push_report(self, envelope: Envelope) -> Receipt:
        self.tried.append(envelope.message_key)
        step = self.pattern.pop(0) if self.pattern else "ok" if self.up else "down"
        if step == "down":
            raise LinkDown("nobody answers")
        if step == "no":
            raise TurnedAway("HTTP 422")
        act = self.taken.setdefault(envelope.message_key, f"ACT-{len(self.taken) + 1}")
        if step == "lost":
            raise LinkDown("answer lost")
        if step == "killed":
            raise Killed
        return Receipt(act=act if self.acts else None)

    async def probe(self) -> None:
        if not self.up:
            raise LinkDown("nobody answers")
