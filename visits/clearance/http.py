"""The link over HTTPS: reports go out signed, and the answer may already bring the act number."""

from urllib.parse import urljoin

import httpx
import msgspec

from visits.clearance.port import Code, Envelope, LinkDown, Receipt, TurnedAway
from visits.clearance.signature import signed_headers
from visits.clock import Clock

#: Seconds for the whole exchange.
TIMEOUT = 15.0


class Answer(msgspec.Struct):
    """What the other side may say at once; other fields are its own business."""

    act: Code | None = None


class HttpsLink:
    """Implements port.ClearanceSystem over `POST {url}/acts`."""

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        self._url = url.rstrip("/") + "/"
        self._secret = secret
        self._clock = clock

    async def push_report(self, envelope: Envelope) -> Receipt:
        """Send it signed; any 2xx means taken."""
        body = msgspec.json.encode(envelope.body)
        headers = {"content-type": "application/json", "idempotency-key": envelope.message_key}
        headers |= signed_headers(self._secret, envelope.message_key, self._clock.now(), body)
        answer = await self._send("POST", "acts", headers=headers, content=body)
        if not answer.is_success:
            raise TurnedAway(f"HTTP {answer.status_code} {_line(answer.text)}".strip())
        return Receipt(act=_act(answer.content))

    async def probe(self) -> None:
        """Any sensible answer will do, even «no such page»."""
        await self._send("GET", "")

    async def _send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
                answer = await client.request(method, urljoin(self._url, path), headers=headers, content=content)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise LinkDown(f"{type(fault).__name__} {_line(str(fault))}".strip()) from fault
        if answer.status_code >= 500 or answer.status_code == 429:
            raise LinkDown(f"HTTP {answer.status_code}")
        return answer


def _act(content: bytes) -> str | None:
    """The act number, if the answer holds one that can be one."""
    try:
        return msgspec.json.decode(content, type=Answer).act
    except msgspec.DecodeError:
        return None


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
