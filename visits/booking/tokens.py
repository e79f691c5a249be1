"""A confirmation as a short signed text: readable and provable on a tablet without a network. Pure.

Format 1 is 20 bytes and their Ed25519 signature, 84 bytes in all, written in Crockford's base 32 after `V1-`: 138
characters that fit the alphanumeric mode of a QR code, one text message, or a patient thumb. The bytes, big-endian:
format, number of the key, office (4 bytes of the SHA-256 of its id), number of the visit (4), sequence of the
appointment among those of its visit (2), start in minutes since 1970 (4), length in minutes (2), hours the text counts
after the end (1), level (1). Nobody's name, no goods, no container.

The sequence is what revokes: an office tells its tablets, visit by visit, from which sequence on a text still counts.
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from visits.errors import Refusal
from visits.ids import ALPHABET, reference
from visits.journey.states import Level
from visits.texts import N_

FORMAT = 1
PREFIX = "V1-"
#: Bound into every signature, so that no other signed thing of ours can pass for a confirmation.
PURPOSE = b"visits confirmation 1\n"
LEVELS = (Level.DOCUMENTS, Level.SCAN, Level.VIDEO, Level.PHYSICAL, Level.JOINT)
#: How long after its end an appointment's text still counts: who comes late is looked at by a person.
AFTER = timedelta(hours=12)

_FIELDS = struct.Struct(">BB4sIHIHBB")
_SIGNATURE = 64
_WHOLE = _FIELDS.size + _SIGNATURE
_DIGITS = -(-_WHOLE * 8 // 5)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What a reader or a hand takes for a digit.
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class TokenUnreadable(Refusal):
    """The text is no confirmation, or a part of it is missing."""

    code, status = "token-unreadable", 422
    says = N_("Ce code n'est pas une confirmation de rendez-vous, ou il en manque une partie.")


class TokenFormat(Refusal):
    """The text is of a format this version does not read."""

    code, status = "token-format", 409
    says = N_("Ce code est d'un autre format que celui lu ici. Demandez la confirmation actuelle.")


class TokenKeyUnknown(Refusal):
    """The key is not known here, or not any more."""

    code, status = "token-key-unknown", 409
    says = N_("La clé de ce code n'est pas connue ici, ou elle a été retirée. Mettez la page à jour avec du réseau.")


class TokenAltered(Refusal):
    """The signature does not fit the text."""

    code, status = "token-altered", 409
    says = N_("La signature ne va pas avec le contenu : le code a été modifié, ou vient d'une autre administration.")


class TokenElsewhere(Refusal):
    """The appointment is at another office."""

    code, status = "token-other-office", 409
    says = N_("Ce rendez-vous est dans un autre bureau : %(office)s.")


class TokenSuperseded(Refusal):
    """The appointment was moved or cancelled after the text was given out."""

    code, status = "token-superseded", 409
    says = N_("Ce rendez-vous a été déplacé ou annulé depuis. Demandez la confirmation actuelle.")


class TokenExpired(Refusal):
    """The appointment is over."""

    code, status = "token-expired", 409
    says = N_("Ce rendez-vous est passé : %(when)s. Le code ne compte plus.")


#: In the order in which they are judged.
REFUSALS = (
    TokenUnreadable,
    TokenFormat,
    TokenKeyUnknown,
    TokenAltered,
    TokenElsewhere,
    TokenSuperseded,
    TokenExpired,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a confirmation says."""

    key: int
    office: bytes
    visit: int
    sequence: int
    starts_at: datetime
    length: timedelta
    level: Level
    after: timedelta = AFTER

    @property
    def reference(self) -> str:
        """The visit's reference as people write it."""
        return reference("V", self.visit)

    @property
    def ends_at(self) -> datetime:
        """The end of the appointment."""
        return self.starts_at + self.length

    @property
    def counts_until(self) -> datetime:
        """The last instant at which the text counts."""
        return self.ends_at + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a verifier knows: keys, offices and which sequences still count."""

    #: Public keys by number.
    keys: Mapping[int, bytes]
    #: The verifier's own office.
    office: bytes
    #: Names of the administration's offices.
    offices: Mapping[bytes, str]
    #: Visit to the first sequence that still counts; a visit that is not there was never moved nor cancelled.
    sequences: Mapping[int, int]


def office_tag(office_id: UUID) -> bytes:
    """An office in four bytes."""
    return hashlib.sha256(office_id.bytes).digest()[:4]


def visit_number(text: str) -> int:
    """The number inside a reference such as V-00CH3R-7."""
    number = 0
    for each in text.split("-")[1]:
        number = number * 32 + ALPHABET.index(each)
    return number


def sign(claim: Claim, key: Ed25519PrivateKey) -> str:
    """The text of a confirmation; the same claim and key give the same text."""
    body = _FIELDS.pack(
        FORMAT,
        claim.key,
        claim.office,
        claim.visit,
        claim.sequence,
        (claim.starts_at - _EPOCH) // _MINUTE,
        claim.length // _MINUTE,
        claim.after // timedelta(hours=1),
        LEVELS.index(claim.level),
    )
    return PREFIX + _written(body + key.sign(PURPOSE + body))


def verify(text: str, known: Known, now: datetime) -> Claim:
    """What the text says, if it counts here and now; else the refusal that says why not."""
    body, signature = _parts(text)
    if body[0] != FORMAT:
        raise TokenFormat()
    claim = _claim(body)
    public = known.keys.get(claim.key)
    if public is None:
        raise TokenKeyUnknown(key=claim.key)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, PURPOSE + body)
    except InvalidSignature:
        raise TokenAltered() from None
    if claim.office != known.office:
        raise TokenElsewhere(office=known.offices.get(claim.office, "?"), claim=claim.reference)
    if claim.sequence < known.sequences.get(claim.visit, 0):
        raise TokenSuperseded(claim=claim.reference)
    if now > claim.counts_until:
        raise TokenExpired(when=claim.starts_at, claim=claim.reference)
    return claim


def looks_like_one(text: str) -> bool:
    """Was a whole confirmation typed or scanned, rather than a reference?"""
    return len(_plain(text)) > 20


def _claim(body: bytes) -> Claim:
    _, key, office, visit, sequence, start, length, after, level = _FIELDS.unpack(body)
    if level >= len(LEVELS):
        raise TokenAltered()
    return Claim(
        key=key,
        office=office,
        visit=visit,
        sequence=sequence,
        starts_at=_EPOCH + start * _MINUTE,
        length=length * _MINUTE,
        after=timedelta(hours=after),
        level=LEVELS[level],
    )


def _plain(text: str) -> str:
    return "".join(text.split()).upper()


def _parts(text: str) -> tuple[bytes, bytes]:
    """The signed bytes and their signature."""
    plain = _plain(text)
    if plain.startswith("V") and not plain.startswith(PREFIX) and plain[1:2].isdigit():
        raise TokenFormat()
    if not plain.startswith(PREFIX):
        raise TokenUnreadable()
    digits = plain.removeprefix(PREFIX).replace("-", "").translate(_MISREAD)
    if len(digits) != _DIGITS or any(each not in ALPHABET for each in digits):
        raise TokenUnreadable()
    number = 0
    for each in digits:
        number = number * 32 + ALPHABET.index(each)
    # Digits hold a few bits more than the bytes: those must be zero, so that a text has one spelling.
    whole, rest = divmod(number, 1 << (_DIGITS * 5 - _WHOLE * 8))
    if rest:
        raise TokenUnreadable()
    packed = whole.to_bytes(_WHOLE, "big")
    return packed[: _FIELDS.size], packed[_FIELDS.size :]


def _written(packed: bytes) -> str:
    number = int.from_bytes(packed, "big") << (_DIGITS * 5 - _WHOLE * 8)
    digits = []
    for _ in range(_DIGITS):
        number, digit = divmod(number, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
