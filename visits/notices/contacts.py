"""How a person is reached: a phone number and an e-mail address, each proved by a code sent there."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from visits.errors import Refusal
from visits.ids import new_id
from visits.notices import queries
from visits.notices.notices import send_to
from visits.notices.tables import Contact, ContactProof
from visits.people import account
from visits.people.queries import count_try
from visits.store.work import Work
from visits.texts import N_

PHONE, EMAIL = "phone", "email"
CHANNELS = ("email", "sms", "whatsapp")
LASTS = timedelta(minutes=15)
TRIES = 5
#: Codes one person may ask for.
WINDOW, MOST = timedelta(hours=1), 6

_E164 = re.compile(r"\+[1-9]\d{7,14}")


class BadPhone(Refusal):
    """No number in international form."""

    code, status = "bad-phone", 422
    says = N_("Donnez le numéro avec l'indicatif du pays, comme +225 07 00 00 00 00.")


class TooManyCodes(Refusal):
    """Codes were asked for too often."""

    code, status = "too-many-codes", 429
    says = N_("Trop de codes demandés. Réessayez dans une heure.")


def phone_of(typed: str) -> str:
    """A number as people type it, in international form: +2250700000000."""
    kept = "".join(each for each in typed if each.isascii() and (each.isdigit() or each == "+"))
    kept = "+" + kept.removeprefix("00") if kept.startswith("00") else kept
    if not _E164.fullmatch(kept) or any(each.isalpha() for each in typed):
        raise BadPhone()
    return kept


def phone_from(given: str) -> str:
    """A number as a network gives it: with or without its plus; empty if it is none."""
    digits = "".join(each for each in given if each.isascii() and each.isdigit())
    found = "+" + digits.removeprefix("00")
    return found if _E164.fullmatch(found) else ""


async def mine(work: Work) -> Contact:
    """The contact of the person who asks, locked; made on first use."""
    person = await account.myself(work)
    found = await queries.contact_of(work, person.id, lock=True)
    if found is None:
        found = Contact(person_id=person.id)
        work.session.add(found)
        await work.session.flush()
    return found


async def save(
    work: Work, *, phone: str, email: str, channels: Sequence[str], everything: bool, text_channel: str = "sms"
) -> list[str]:
    """Keep what a person chose. A new address counts once its code is given; returns which ones got a code.

    Until then notices go to the address that was proved before, if there is one.
    """
    contact = await mine(work)
    contact.channels = [each for each in CHANNELS if each in channels]
    contact.everything = everything
    asked = []
    if phone != contact.phone or (phone and contact.phone_verified_at is None):
        asked += await _change(work, contact, PHONE, phone, text_channel)
    if email != contact.email or (email and contact.email_verified_at is None):
        asked += await _change(work, contact, EMAIL, email, EMAIL)
    work.audit("contact_saved", contact.person_id, channels=contact.channels)
    return asked


async def prove(work: Work, kind: str, code: str) -> bool:
    """The code that was sent to an address; False for a wrong one, which counts. A number is taken over from whoever
    proved it before."""
    contact = await mine(work)
    proof = await queries.proof_for_update(work, contact.person_id, kind)
    if proof is None or proof.tries >= TRIES:
        return False
    proof.tries += 1
    if not hmac.compare_digest(proof.code, _digest(proof.id, "".join(code.split()))):
        return False
    proof.used_at = work.now
    if kind == PHONE:
        for other in await queries.others_with_phone(work, proof.address, contact.person_id):
            other.phone_verified_at = None
            work.audit("contact_taken_over", other.person_id, kind=kind)
        await work.session.flush()
        contact.phone, contact.phone_verified_at = proof.address, work.now
    else:
        contact.email, contact.email_verified_at = proof.address, work.now
    work.audit("contact_proved", contact.person_id, kind=kind)
    return True


async def stop_texts(work: Work, person_id: UUID) -> None:
    """The person wants no more text messages."""
    contact = await queries.contact_of(work, person_id, lock=True)
    if contact is not None:
        contact.channels = [each for each in contact.channels if each not in ("sms", "whatsapp")]
        work.audit("contact_stopped", person_id)


async def _change(work: Work, contact: Contact, kind: str, address: str, channel: str) -> list[str]:
    if not address:
        if kind == PHONE:
            contact.phone, contact.phone_verified_at = "", None
        else:
            contact.email, contact.email_verified_at = "", None
        return []
    if await count_try(work, f"contact-code:{contact.person_id}", WINDOW) > MOST:
        raise TooManyCodes(wait=int(WINDOW.total_seconds()))
    code, proof_id = f"{secrets.randbelow(10**6):06}", new_id()
    work.session.add(
        ContactProof(
            id=proof_id,
            person_id=contact.person_id,
            kind=kind,
            address=address,
            code=_digest(proof_id, code),
            ends_at=work.now + LASTS,
        )
    )
    await send_to(
        work,
        channel=channel,
        address=address,
        template="contact_code",
        facts={"secret": code},
        key=f"contact/{proof_id}",
        language=work.actor.language,
        person=contact.person_id,
        useful=LASTS,
    )
    return [kind]


def _digest(proof_id: UUID, code: str) -> bytes:
    return hashlib.sha256(proof_id.bytes + code.encode()).digest()
