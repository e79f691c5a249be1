"""Text messages through an SMS gateway over HTTP: address, field names and authentication are settings.

The defaults are plain words; `presets.py` names the fields of gateways people use. The notice's id goes along as the
reference, and as Idempotency-Key: a gateway that knows either drops the repeat of a try whose answer was lost.
"""

import base64
from typing import Any

import httpx
import msgspec

from visits.notify.port import Down, Outgoing, Refused, Sent, Settings, line

TIMEOUT = 15.0
#: Statuses that may pass by themselves, or that our own settings cause.
PASSING = frozenset({408, 409, 423, 425, 429})
SETTINGS = frozenset({401, 402, 403})


class Gateway:
    """Implements port.Channel."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, message: Outgoing) -> Sent:
        """One request; a 2xx that names a refusal in its body is one."""
        headers, body = self._request(message)
        url = self._settings.text("url")
        answer = await post(url, headers=headers, content=body)
        said = _json(answer.content)
        status = str(_at(said, self._settings.text("status_path")) or "")
        good = [each.strip() for each in self._settings.text("status_ok").split(",") if each.strip()]
        if good and status not in good:
            raise Refused("unknown_number" if "number" in status.lower() else "refused", status or line(answer.text))
        return Sent(provider_id=str(_at(said, self._settings.text("id_path", "id")) or ""))

    def _request(self, message: Outgoing) -> tuple[dict[str, str], bytes]:
        settings = self._settings
        number = message.to if settings.text("plus", "yes") == "yes" else message.to.lstrip("+")
        fields = {
            settings.text("to_field", "to"): number,
            settings.text("text_field", "text"): message.text,
        }
        for name, value in (
            (settings.text("sender_field", "from"), settings.text("sender")),
            (settings.text("reference_field", "reference"), str(message.id)),
        ):
            if name != "-" and value:
                fields[name] = value
        for pair in settings.text("more").splitlines():
            name, equals, value = pair.partition("=")
            if equals:
                fields[name.strip()] = value.strip()
        headers = {"idempotency-key": str(message.id), "accept": "application/json"}
        key, kind = settings.secret("key"), settings.text("auth", "bearer")
        if key and kind == "bearer":
            headers["authorization"] = f"Bearer {key}"
        elif key and kind == "basic":
            who = f"{settings.text('username')}:{key}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(who).decode()}"
        elif key and kind == "header":
            headers[settings.text("auth_name", "x-api-key").lower()] = key
        elif key and kind == "field":
            fields[settings.text("auth_name", "api_key")] = key
        if settings.text("format", "json") == "json":
            return headers | {"content-type": "application/json"}, msgspec.json.encode(fields)
        form = httpx.QueryParams(fields)
        return headers | {"content-type": "application/x-www-form-urlencoded"}, str(form).encode()


async def post(url: str, *, headers: dict[str, str], content: bytes) -> httpx.Response:
    """Send, and turn what is no success into Down or Refused; nothing of the request is repeated in the words."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            answer = await client.post(url, headers=headers, content=content)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        asked = isinstance(fault, httpx.ReadTimeout | httpx.ReadError | httpx.RemoteProtocolError)
        raise Down("provider_down", type(fault).__name__, maybe=asked) from fault
    if answer.is_success:
        return answer
    said = f"HTTP {answer.status_code}"
    if answer.status_code >= 500 or answer.status_code in PASSING:
        raise Down("provider_down", said)
    if answer.status_code in SETTINGS or answer.is_redirect:
        raise Down("wrong_settings", said)
    raise Rejected(said, _json(answer.content))


class Rejected(Refused):
    """The gateway turned it down; `body` is what it said, for adapters that can read it."""

    def __init__(self, detail: str, body: Any) -> None:
        super().__init__("refused", detail)
        self.body = body


def _json(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None


def _at(value: Any, path: str) -> Any:
    """What stands at `a.0.b` of a JSON value."""
    for step in filter(None, path.split(".")):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value if not isinstance(value, dict | list) else None
