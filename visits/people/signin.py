"""Sign in and out: password, then a one-time code where the person has one; throttled per login."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from visits.errors import Refusal
from visits.ids import new_id
from visits.people import queries
from visits.people.passwords import fingerprint, hashed, matches, new_token, totp_step
from visits.people.tables import Person, Session
from visits.roles import Role
from visits.store.vault import Vault
from visits.store.work import Work
from visits.texts import N_

#: A tablet stays signed in for a shift; every other session ends after a day, or after idling.
TABLET = timedelta(hours=12)
ABSOLUTE = timedelta(hours=24)
IDLE = timedelta(minutes=30)
TRIES = 10
WINDOW = timedelta(minutes=15)


class WrongCredentials(Refusal):
    """Login, password or code do not fit; which one is not said."""

    code, status = "wrong-credentials", 403
    says = N_("L'identifiant, le mot de passe ou le code ne correspond pas.")


class CodeNeeded(Refusal):
    """The password fits; the one-time code is still missing."""

    code, status = "code-needed", 403
    says = N_("Donnez maintenant le code à six chiffres de votre application.")


class TooManyTries(Refusal):
    """This login was tried too often."""

    code, status = "too-many-tries", 429
    says = N_("Trop d'essais. Attendez un quart d'heure, ou demandez un nouveau mot de passe.")


class DoorClosed(Refusal):
    """The invitation was used, replaced or is too old."""

    code, status = "door-closed", 410
    says = N_("Ce lien a déjà servi ou il est trop ancien. Demandez-en un nouveau.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the cookie's value, and where to go."""

    token: str
    home: str
    seconds: int


async def count(work: Work, login: str) -> None:
    """Count a try in its own transaction, so that a refused one counts too."""
    if await queries.count_try(work, f"signin:{login.strip().lower()}", WINDOW) > TRIES:
        raise TooManyTries(wait=int(WINDOW.total_seconds()))


async def sign_in(work: Work, vault: Vault, login: str, password: str, code: str) -> SignedIn:
    """Check the credentials and open a session. The answer and its time tell nothing about unknown logins."""
    person = await queries.person_by_login(work, login)
    fits = await matches(password, person.password if person else None)
    if person is None or not fits or person.state != "active":
        raise WrongCredentials()
    if person.totp:
        if not code:
            raise CodeNeeded()
        secret = vault.open(person.totp, f"totp:{person.id}").decode()
        step = totp_step(secret, code, work.now, person.totp_used)
        if step is None:
            raise WrongCredentials()
        person.totp_used = step
    return await open_session(work, person)


async def open_session(work: Work, person: Person) -> SignedIn:
    """A new session; its token is shown once."""
    held = await queries.memberships_of(work, person.id)
    actor = queries.actor_of(person, held)
    length = TABLET if actor.is_a(Role.INSPECTOR, Role.AGENCY_OFFICER) else ABSOLUTE
    token = new_token()
    work.session.add(
        Session(
            id=new_id(),
            token=fingerprint(token),
            person_id=person.id,
            created_at=work.now,
            seen_at=work.now,
            ends_at=work.now + length,
        )
    )
    work.audit("signed_in", person.id, office=actor.office)
    return SignedIn(token=token, home=actor.home, seconds=int(length.total_seconds()))


def idle_too_long(seen_at: datetime, now: datetime, roles: frozenset[Role]) -> bool:
    """Has a session slept too long? A tablet is guarded by its own lock for the shift."""
    return Role.INSPECTOR not in roles and now - seen_at > IDLE


async def choose_password(work: Work, token: str, password: str) -> SignedIn:
    """Go through the one-time door of an invitation or reset: set the password, end old sessions, sign in."""
    invitation = await queries.invitation_for_update(work, fingerprint(token))
    if invitation is None:
        raise DoorClosed()
    person = await queries.person_by_id(work, invitation.person_id)
    if person.state not in ("invited", "active"):
        raise DoorClosed()
    person.password = await hashed(password)
    person.state = "active"
    invitation.used_at = work.now
    await queries.end_sessions(work, person.id)
    work.audit("password_chosen", person.id)
    return await open_session(work, person)


async def sign_out(work: Work) -> None:
    """End the session the request came with."""
    if work.actor.session is None:
        return
    found = await queries.session_of(work, work.actor.session)
    if found:
        await work.session.delete(found[0])
        work.audit("signed_out", found[1].id, office=work.actor.office)
