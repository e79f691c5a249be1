"""What people do with their own account: another password, a one-time code, ending the other sessions."""

import base64

from visits.errors import NotAllowed, Refusal
from visits.people import queries
from visits.people.passwords import hashed, matches, new_totp_secret, totp_step
from visits.people.tables import Person
from visits.store.vault import Vault
from visits.store.work import Work
from visits.texts import N_


class OldPasswordWrong(Refusal):
    """The present password was not given."""

    code, status = "old-password-wrong", 422
    says = N_("Le mot de passe actuel ne correspond pas.")


class CodeWrong(Refusal):
    """The code does not belong to the secret shown."""

    code, status = "code-wrong", 422
    says = N_("Ce code ne correspond pas. Vérifiez l'heure du téléphone, puis donnez le code suivant.")


class HasCode(Refusal):
    """There is a code already; only an administrator takes it away."""

    code, status = "has-code", 409
    says = N_("Votre compte demande déjà un code. Pour changer de téléphone, voyez un administrateur.")


async def myself(work: Work) -> Person:
    """The person who asks, locked."""
    if work.actor.person is None:
        raise NotAllowed()
    found = await queries.person_for_update(work, work.actor.person)
    if found is None:
        raise NotAllowed()
    return found


async def change_password(work: Work, old: str, new: str) -> None:
    """Another password; every other session of the person ends."""
    person = await myself(work)
    if not await matches(old, person.password):
        raise OldPasswordWrong()
    person.password = await hashed(new)
    await queries.end_sessions(work, person.id, but=work.actor.session)
    work.audit("password_changed", person.id, office=work.actor.office)


def offered_secret(vault: Vault, person: Person) -> tuple[str, str]:
    """A fresh secret, and the same sealed for this person: what the page sends back with the first code."""
    secret = new_totp_secret()
    return secret, base64.urlsafe_b64encode(vault.seal(secret.encode(), f"totp-offer:{person.id}")).decode()


def opened_secret(vault: Vault, person: Person, sealed: str) -> str:
    """The secret that was offered to this person."""
    try:
        return vault.open(base64.urlsafe_b64decode(sealed), f"totp-offer:{person.id}").decode()
    except ValueError:
        raise CodeWrong() from None


async def add_code(work: Work, vault: Vault, sealed: str, code: str) -> None:
    """From now on signing in asks for a code; the first one proves that the application has the secret."""
    person = await myself(work)
    if person.totp:
        raise HasCode()
    secret = opened_secret(vault, person, sealed)
    step = totp_step(secret, code, work.now, person.totp_used)
    if step is None:
        raise CodeWrong()
    person.totp = vault.seal(secret.encode(), f"totp:{person.id}")
    person.totp_used = step
    await queries.end_sessions(work, person.id, but=work.actor.session)
    await queries.code_is_there(work, person.id)
    work.audit("code_added", person.id, office=work.actor.office)
