"""Passwords (argon2id, OWASP: m=19 MiB, t=2, p=1) and one-time codes (TOTP, RFC 6238). No wall clock in here."""

import asyncio
import hashlib
import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from visits.errors import Refusal
from visits.texts import N_

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Verified when there is no such login, so that the answer takes as long as for a known one.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
SHORTEST = 12
_STEP = 30

#: Every sample person has it; the sign-in page shows it while training.
SAMPLE_PASSWORD = "visites-exemple"  # noqa: S105  (a password everybody may read)

#: The start of what people choose first; longer lists belong to the operator.
COMMON = frozenset(
    {
        "motdepasse123",
        "password1234",
        "123456789012",
        "azertyuiop12",
        "qwertyuiop12",
        "administrateur",
        "bienvenue123",
    }
)


class WeakPassword(Refusal):
    """Too short, or one of the first that anybody would try."""

    code, status = "weak-password", 422
    says = N_("Choisissez au moins %(least)s caractères, autres que les mots de passe courants.")


async def hashed(password: str) -> str:
    """The argon2id hash; refuses a weak password. Work of ~30 ms, done off the event loop."""
    if len(password) < SHORTEST or password.lower() in COMMON or len(set(password)) < 4:
        raise WeakPassword(least=SHORTEST)
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Is this the password? An unknown login takes the same time as a known one."""

    def check() -> bool:
        try:
            return _HASHER.verify(stored or _NOBODY, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.to_thread(check)


def new_token() -> str:
    """256 random bits for a cookie, an invitation or a key."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def new_totp_secret() -> str:
    """A fresh base-32 secret for an authenticator app."""
    return pyotp.random_base32()


def totp_address(secret: str, login: str, issuer: str) -> str:
    """The otpauth:// address an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def totp_step(secret: str, code: str, now: datetime, last_used: int) -> int | None:
    """The time step a code belongs to (one step of drift allowed), or None if wrong or already used."""
    machine = pyotp.TOTP(secret)
    at = int(now.timestamp()) // _STEP
    for step in (at, at - 1, at + 1):
        if step > last_used and secrets.compare_digest(machine.at(step * _STEP), code.replace(" ", "")):
            return step
    return None
