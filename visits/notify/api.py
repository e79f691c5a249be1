"""/api/notices: what providers call: answers, receipts, menus. The address holds a secret; a wrong one is not there.

No session and no key of ours is asked for: gateways can send neither. What they sign is checked (HMAC-SHA256 of the
raw body), and whatever they send twice has one effect.
"""

import hashlib
import hmac
from typing import Any, Final

import msgspec
from litestar import MediaType, Request
from litestar.params import FromPath

from visits.actor import system
from visits.errors import NotFound, Refusal
from visits.notify import setup, texts, ussd
from visits.notify.port import Receipt
from visits.notify.receipts import receipt
from visits.notify.setup import Way
from visits.store.tools import Tools
from visits.texts import N_
from visits.web.route import PUBLIC, get, post

Asked = Request[Any, Any, Any]
#: Nothing a gateway says is longer.
LIMIT = 64 * 1024
#: For the guard against foreign pages: these calls bring their own proof and use no cookie.
CALLED: Final = {"called_by_provider": True}
SIGNATURES = ("x-hub-signature-256", "x-signature", "x-signature-256")


class BadSignature(Refusal):
    """What came was not signed with the secret the office and its provider share."""

    code, status = "bad-signature", 404
    says = NotFound.says


class NotReadable(Refusal):
    """The body is neither a form nor JSON, or lacks what it must hold."""

    code, status = "not-readable", 422
    says = N_("Ce message n'est pas lisible. Rien n'a été fait.")


@post("/api/notices/texts/{secret:str}", roles=PUBLIC, opt=CALLED, request_max_body_size=LIMIT)
async def text_came(request: Asked, secret: FromPath[str]) -> dict[str, str]:
    """A text message somebody sent to our number. Also takes receipts, for gateways with one address for both."""
    tools, way, fields = await _fields(request, secret, "sms")
    told = _receipt(way, fields)
    if told is not None and not _field(fields, way, "in_text", "text"):
        await _take(request, way, told)
        return {"outcome": "noted"}
    phone, text = _field(fields, way, "in_from", "from"), _field(fields, way, "in_text", "text")
    if not phone or not text:
        raise NotReadable()
    incoming = texts.Incoming(
        source=way.provider, phone=phone, text=text, message_id=_field(fields, way, "in_id", "id")
    )
    return {"outcome": "taken", "answer": await texts.receive(tools, request.user.tenant, incoming)}


@post("/api/notices/receipts/{secret:str}", roles=PUBLIC, opt=CALLED, request_max_body_size=LIMIT)
async def receipt_came(request: Asked, secret: FromPath[str]) -> dict[str, str]:
    """What became of a text message."""
    _, way, fields = await _fields(request, secret, "sms")
    told = _receipt(way, fields)
    if told is None:
        raise NotReadable()
    await _take(request, way, told)
    return {"outcome": "noted"}


@post(
    "/api/notices/ussd/{secret:str}", roles=PUBLIC, opt=CALLED, request_max_body_size=LIMIT, media_type=MediaType.TEXT
)
async def menu(request: Asked, secret: FromPath[str]) -> str:
    """A step of the menu: sessionId, phoneNumber and text in a form, «CON …» or «END …» back."""
    tools, _, fields = await _fields(request, secret, "ussd")
    session, phone = fields.get("sessionId", ""), fields.get("phoneNumber", "")
    if not session or not phone:
        raise NotReadable()
    return await ussd.answer(
        tools, request.user.tenant, ussd.Step(session=session, phone=phone, typed=fields.get("text", ""))
    )


@get("/api/notices/whatsapp/{secret:str}", roles=PUBLIC, opt=CALLED, media_type=MediaType.TEXT)
async def whatsapp_asks(request: Asked, secret: FromPath[str]) -> str:
    """The provider makes sure that the address is ours: it gets its challenge back."""
    await _way(request, secret, "whatsapp")
    query = request.query_params
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(query.get("hub.verify_token", ""), secret):
        raise NotFound()
    return str(query.get("hub.challenge", ""))[:200]


@post("/api/notices/whatsapp/{secret:str}", roles=PUBLIC, opt=CALLED, request_max_body_size=1024 * 1024)
async def whatsapp_came(request: Asked, secret: FromPath[str]) -> dict[str, str]:
    """States of messages, and messages people sent."""
    tools: Tools = request.app.state.tools
    way = await _way(request, secret, "whatsapp")
    raw = await request.body()
    _signed(request, way, raw)
    try:
        told = msgspec.json.decode(raw, type=_Called)
    except msgspec.DecodeError:
        raise NotReadable() from None
    for value in (change.value for entry in told.entry for change in entry.changes):
        for status in value.statuses:
            await _take(request, way, status.receipt())
        for message in value.messages:
            if message.text.body:
                incoming = texts.Incoming(
                    source=way.provider, phone=message.sender, text=message.text.body, message_id=message.id
                )
                await texts.receive(tools, request.user.tenant, incoming)
    return {"outcome": "taken"}


# ---------- the Cloud API's words ----------


class _Error(msgspec.Struct):
    code: int = 0
    title: str = ""


class _Status(msgspec.Struct):
    id: str = ""
    status: str = ""
    errors: list[_Error] = []

    def receipt(self) -> Receipt:
        """In our words."""
        outcome = {"delivered": "delivered", "read": "delivered", "failed": "failed"}.get(self.status, "")
        error = self.errors[0] if self.errors else _Error()
        code = "unknown_number" if error.code == 131026 else "refused"
        detail = f"{error.code} {error.title}" if error.code else ""
        return Receipt(provider_id=self.id, outcome=outcome, error=code if outcome == "failed" else "", detail=detail)


class _Words(msgspec.Struct):
    body: str = ""


class _Message(msgspec.Struct):
    id: str = ""
    sender: str = msgspec.field(name="from", default="")
    text: _Words = msgspec.field(default_factory=_Words)


class _Value(msgspec.Struct):
    statuses: list[_Status] = []
    messages: list[_Message] = []


class _Change(msgspec.Struct):
    value: _Value = msgspec.field(default_factory=_Value)


class _Entry(msgspec.Struct):
    changes: list[_Change] = []


class _Called(msgspec.Struct):
    entry: list[_Entry] = []


# ---------- what they share ----------


async def _way(request: Asked, secret: str, channel: str) -> Way:
    tools: Tools = request.app.state.tools
    async with tools.database.work(system(request.user.tenant, "hook")) as work:
        way, _ = await setup.way_behind(work, tools.vault, secret, channel)
    return way


async def _fields(request: Asked, secret: str, channel: str) -> tuple[Tools, Way, dict[str, str]]:
    """The channel behind the secret, and what came, as plain fields."""
    way = await _way(request, secret, channel)
    raw = await request.body()
    _signed(request, way, raw)
    if "json" in request.headers.get("content-type", ""):
        try:
            found = msgspec.json.decode(raw, type=dict[str, Any])
        except msgspec.DecodeError:
            raise NotReadable() from None
        fields = {name: str(value) for name, value in found.items() if isinstance(value, str | int)}
    else:
        form = await request.form()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return request.app.state.tools, way, fields


def _signed(request: Asked, way: Way, raw: bytes) -> None:
    secret = way.settings.secret("signing")
    if not secret:
        return
    given = next((request.headers[name] for name in SIGNATURES if name in request.headers), "")
    wanted = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.removeprefix("sha256=").lower().encode(), wanted.encode()):
        raise BadSignature()


def _field(fields: dict[str, str], way: Way, option: str, default: str) -> str:
    return fields.get(way.settings.text(option, default), "").strip()


def _receipt(way: Way, fields: dict[str, str]) -> Receipt | None:
    provider_id = _field(fields, way, "receipt_id", "id")
    state = _field(fields, way, "receipt_status", "status").lower()
    if not provider_id or not state:
        return None

    def among(option: str) -> bool:
        return state in {each.strip().lower() for each in way.settings.text(option).split(",")}

    outcome = "delivered" if among("receipt_ok") else "failed" if among("receipt_no") else ""
    off = {"expired", "absentsubscriber", "undelivered", "undeliv"}
    error = ("phone_off" if state in off else "refused") if outcome == "failed" else ""
    return Receipt(provider_id=provider_id, outcome=outcome, error=error, detail=state[:100])


async def _take(request: Asked, way: Way, told: Receipt) -> None:
    tools: Tools = request.app.state.tools
    await tools.database.run(system(request.user.tenant, "hook"), receipt, way.provider, told)


ROUTES = [text_came, receipt_came, menu, whatsapp_asks, whatsapp_came]
