"""WhatsApp by registered templates, in the shape of the Cloud API (messages, v20 and later).

Free text is only allowed within a day of the person's own message, so a notice is always a template: the office
registers one for each notice, named as ours (`appointment_confirmed`, …), with the parameters in our order.
"""

from typing import Any

import msgspec

from visits.notify.channels.gateway import Rejected, post
from visits.notify.port import Down, Outgoing, Refused, Sent, Settings, line

#: Error codes of the Cloud API.
NOT_ON_WHATSAPP = frozenset({131026, 131030, 131021})
PASSING = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 133004})
SETTINGS = frozenset({0, 3, 10, 190, 131005, 131031, 131042, 133010, 132000, 132001, 132007, 132012, 132015, 132016})


class WhatsApp:
    """Implements port.Channel."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, message: Outgoing) -> Sent:
        """One template message; the answer names its id (wamid)."""
        settings = self._settings
        url = f"{settings.text('url').rstrip('/')}/{settings.text('sender')}/messages"
        headers = {"authorization": f"Bearer {settings.secret('key')}", "content-type": "application/json"}
        try:
            answer = await post(url, headers=headers, content=msgspec.json.encode(self.body(message)))
        except Rejected as fault:
            raise refused(fault.body, fault.detail) from fault
        try:
            given = msgspec.json.decode(answer.content, type=_Taken)
        except msgspec.DecodeError:
            return Sent()
        return Sent(provider_id=given.messages[0].id if given.messages else "")

    def body(self, message: Outgoing) -> dict[str, Any]:
        """The request as the Cloud API takes it."""
        values = [{"type": "text", "text": value} for value in message.parameters]
        template: dict[str, Any] = {
            "name": self._settings.text("prefix") + message.template,
            "language": {"code": message.language},
        }
        if values:
            template["components"] = [{"type": "body", "parameters": values}]
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": message.to.lstrip("+"),
            "type": "template",
            "template": template,
            "biz_opaque_callback_data": str(message.id),
        }


class _Id(msgspec.Struct):
    id: str = ""


class _Taken(msgspec.Struct):
    messages: list[_Id] = []


def refused(body: Any, detail: str) -> Down | Refused:
    """What an error of the Cloud API means."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    said = f"{detail} {code or ''} {error.get('message', '') if isinstance(error, dict) else ''}"
    if code in NOT_ON_WHATSAPP:
        return Refused("unknown_number", line(said))
    if code in PASSING:
        return Down("provider_down", line(said))
    if code in SETTINGS:
        return Down("wrong_settings", line(said))
    return Refused("refused", line(said))
