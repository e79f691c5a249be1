"""The protocol data units of SMPP 3.4 we speak: reading and writing, nothing else. Pure.

Sections are those of «Short Message Peer to Peer Protocol Specification v3.4», issue 1.2.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

RESPONSE = 0x80000000
GENERIC_NACK = 0x80000000
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
BIND_TRANSCEIVER = 0x00000009
ENQUIRE_LINK = 0x00000015

HEADER = 16
#: No unit we take is near this; a length beyond it is a broken stream.
LARGEST = 64 * 1024
VERSION = 0x34

#: Optional parameters (§5.3.2).
USER_MESSAGE_REFERENCE = 0x0204
RECEIPTED_MESSAGE_ID = 0x001E
MESSAGE_STATE = 0x0427
MESSAGE_PAYLOAD = 0x0424

#: esm_class of a delivery receipt (§5.2.12), and the bit of a user data header.
RECEIPT = 0x04
UDHI = 0x40

#: Type of number and numbering plan (§5.2.5, §5.2.6).
INTERNATIONAL, ALPHANUMERIC, UNKNOWN = 1, 5, 0
ISDN = 1


class BadUnit(ValueError):
    """The bytes are no unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One protocol data unit."""

    command: int
    status: int = 0
    sequence: int
    body: bytes = b""

    @property
    def is_answer(self) -> bool:
        """Does it answer one of ours?"""
        return bool(self.command & RESPONSE)

    def encoded(self) -> bytes:
        """As it goes over the wire."""
        return struct.pack(">IIII", HEADER + len(self.body), self.command, self.status, self.sequence) + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """The part that submit_sm and deliver_sm share (§4.4.1, §4.6.1)."""

    source: str
    destination: str
    message: bytes
    esm_class: int = 0
    data_coding: int = 0
    options: Mapping[int, bytes] = field(default_factory=dict)


def length_of(head: bytes) -> int:
    """How long the unit is whose first four bytes these are."""
    (length,) = struct.unpack(">I", head[:4])
    if not HEADER <= length <= LARGEST:
        raise BadUnit(f"length {length}")
    return int(length)


def decoded(raw: bytes) -> Unit:
    """A whole unit."""
    _, command, status, sequence = struct.unpack(">IIII", raw[:HEADER])
    return Unit(command=command, status=status, sequence=sequence, body=raw[HEADER:])


def bind(sequence: int, *, system_id: str, password: str, system_type: str) -> Unit:
    """bind_transceiver (§4.1.5)."""
    body = _c(system_id, 15) + _c(password, 8) + _c(system_type, 12) + bytes((VERSION, UNKNOWN, UNKNOWN)) + _c("", 40)
    return Unit(command=BIND_TRANSCEIVER, sequence=sequence, body=body)


def submit(
    sequence: int, *, sender: str, number: str, message: bytes, reference: int, replace: bool, minutes: int
) -> Unit:
    """submit_sm with a receipt asked for (§4.4.1). `replace` lets it stand for the same one not yet delivered."""
    digits = sender.lstrip("+")
    kind = (INTERNATIONAL, ISDN) if digits.isdecimal() and len(digits) > 6 else (UNKNOWN, UNKNOWN)
    kind = (ALPHANUMERIC, UNKNOWN) if not digits.isdecimal() else kind
    validity = f"0000{minutes // 1440:02}{minutes % 1440 // 60:02}{minutes % 60:02}00000R" if minutes else ""
    body = (
        _c("", 5)
        + bytes(kind)
        + _c(digits if digits.isdecimal() else sender, 20)
        + bytes((INTERNATIONAL, ISDN))
        + _c(number.lstrip("+"), 20)
        + bytes((0, 0, 0))
        + _c("", 16)
        + _c(validity, 16)
        + bytes((1, int(replace), 0, 0, len(message)))
        + message
        + struct.pack(">HHH", USER_MESSAGE_REFERENCE, 2, reference & 0xFFFF)
    )
    return Unit(command=SUBMIT_SM, sequence=sequence, body=body)


def short(body: bytes) -> Short:
    """The body of a deliver_sm."""
    try:
        at = 0
        _, at = _read(body, at)
        source, at = _read(body, at + 2)
        destination, at = _read(body, at + 2)
        esm_class = body[at]
        _, at = _read(body, at + 3)
        _, at = _read(body, at)
        data_coding, size = body[at + 2], body[at + 4]
        at += 5
        message = body[at : at + size]
        if len(message) < size:
            raise BadUnit("cut short")
        options = _options(body[at + size :])
    except (IndexError, struct.error) as fault:
        raise BadUnit(str(fault)) from fault
    return Short(
        source=source,
        destination=destination,
        message=message or options.get(MESSAGE_PAYLOAD, b""),
        esm_class=esm_class,
        data_coding=data_coding,
        options=options,
    )


def text_of(body: bytes) -> str:
    """The C-octet string a body begins with: the message_id of submit_sm_resp."""
    return _read(body, 0)[0] if body else ""


def receipt_of(unit: Short) -> tuple[str, str, str]:
    """Message id, state and error of a delivery receipt: from its options, else from its usual text (appendix B)."""
    words: dict[str, str] = {}
    for name, value in _WORDS.findall(unit.message.decode("latin-1")):
        words.setdefault(name.lower(), value)
    told = unit.options.get(RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1")
    state = unit.options.get(MESSAGE_STATE, b"")
    return (
        told or words.get("id", ""),
        STATES.get(state[0], "") if state else words.get("stat", ""),
        words.get("err", ""),
    )


_WORDS = re.compile(r"\b(id|stat|err):(\S+)", re.IGNORECASE)
#: message_state (§5.2.28) as the text of a receipt writes it.
STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}


def _options(raw: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + 4 <= len(raw):
        tag, size = struct.unpack(">HH", raw[at : at + 4])
        found[tag] = raw[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def _c(text: str, most: int) -> bytes:
    raw = text.encode("latin-1", "replace")
    return raw[:most] + b"\0"


def _read(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(b"\0", at) if b"\0" in body[at:] else -1
    if end < 0:
        raise BadUnit("no end of text")
    return body[at:end].decode("latin-1"), end + 1
