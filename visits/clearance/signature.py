"""Signs and checks messages as Standard Webhooks 1.0.0 says: HMAC-SHA256 over id, time and body. Pure."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

#: How far the sender's clock may be from ours.
TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"


class BadSignature(Exception):
    """The message was not signed with the secret, or too long ago."""


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers that go with a message."""
    stamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{_mac(secret, message_id, stamp, body)}",
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a message whose signature holds; several signatures may stand side by side while a secret changes."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not stamp.isdigit() or len(stamp) > 12:
        raise BadSignature
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise BadSignature
    expected = _mac(secret, message_id, stamp, body)
    given = (each.removeprefix("v1,") for each in headers.get("webhook-signature", "").split() if each[:3] == "v1,")
    if not any(hmac.compare_digest(expected.encode(), each.encode()) for each in given):
        raise BadSignature
    return message_id


def _mac(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    signed = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    """A `whsec_` secret is base 64; any other is taken as it is."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("the text after whsec_ is not base 64") from None
