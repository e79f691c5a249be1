"""Sign in and out: password, then a one-time code where the person has one; throttled per login and per address."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from visits.actor import Actor
from visits.errors import Refusal
from visits.ids import new_id
from visits.people import queries
from visits.people.passwords import fingerprint, hashed, matches, new_token, totp_step
from visits.people.tables import Person, Session
from visits.roles import Role
from visits.store.vault import Vault
from visits.store.work import Work
from visits.texts import N_

#: People who work on a tablet that has its own lock stay signed in for a shift; all others end by idling.
TABLET_ROLES = frozenset({Role.INSPECTOR, Role.AGENCY_OFFICER})
TABLET = timedelta(hours=12)
ABSOLUTE = timedelta(hours=24)
IDLE = timedelta(minutes=30)
#: How long the second step waits for its code.
CODE_WAIT = timedelta(minutes=5)
WINDOW = timedelta(minutes=15)
TRIES = 10
#: Many people of one firm or network share an address.
TRIES_FROM_ADDRESS = 300

_DOOR = "signin-code"


class WrongCredentials(Refusal):
    """Login, password or code do not fit; which one is not said."""

    code, status = "wrong-credentials", 403
    says = N_("L'identifiant, le mot de passe ou le code ne correspond pas.")


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


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password fits; `door` opens the second step for a few minutes, and nothing else."""

    door: str


#: Must this person have a one-time code? Asked for those who have none.
CodeRule = Callable[[Actor], bool]


def nobody_must(_: Actor) -> bool:
    """The rule of an office that asks nobody for a one-time code."""
    return False


def try_name(login: str) -> str:
    """Under which name the tries of a login are counted."""
    return f"signin:{login.strip().lower()}"


async def count(work: Work, login: str, address: str = "") -> None:
    """Count a try in its own transaction, so that a refused one counts too."""
    tries = await queries.count_try(work, try_name(login), WINDOW)
    from_address = await queries.count_try(work, f"address:{fingerprint(address).hex()[:16]}", WINDOW) if address else 0
    if tries > TRIES or from_address > TRIES_FROM_ADDRESS:
        raise TooManyTries(wait=int(WINDOW.total_seconds()))


async def sign_in(
    work: Work, vault: Vault, login: str, password: str, must_have_code: CodeRule = nobody_must
) -> SignedIn | CodeNeeded:
    """Check login and password. The answer and its time tell nothing about unknown logins."""
    person = await queries.person_by_login(work, login)
    fits = await matches(password, person.password if person else None)
    if person is None or not fits or not await _may_enter(work, person):
        raise WrongCredentials()
    if person.totp:
        return CodeNeeded(_door(vault, person, work.now))
    await queries.forget_tries(work, try_name(login))
    return await open_session(work, person, must_have_code)


async def give_code(work: Work, vault: Vault, door: str, code: str) -> SignedIn:
    """The second step: a code of the person's application, each good for one sign-in."""
    person = await queries.person_for_update(work, _through(vault, door, work.now))
    step = None
    if person and person.totp and await _may_enter(work, person):
        step = totp_step(totp_secret(vault, person), code, work.now, person.totp_used)
    if person is None or step is None:
        raise WrongCredentials()
    person.totp_used = step
    await queries.forget_tries(work, try_name(person.login))
    return await open_session(work, person)


async def count_at_door(work: Work, vault: Vault, door: str, address: str = "") -> None:
    """Count a try of a code under the login of whoever stands at the second step."""
    person = await queries.person_by_id(work, _through(vault, door, work.now))
    await count(work, person.login, address)


async def open_session(work: Work, person: Person, must_have_code: CodeRule = nobody_must) -> SignedIn:
    """A new session; its token is shown once. Who still lacks a required code may only add one."""
    held = await queries.memberships_of(work, person.id)
    actor = queries.actor_of(person, held)
    length = TABLET if actor.is_a(*TABLET_ROLES) else ABSOLUTE
    token = new_token()
    work.session.add(
        Session(
            id=new_id(),
            token=fingerprint(token),
            person_id=person.id,
            code_first=person.totp is None and must_have_code(actor),
            created_at=work.now,
            seen_at=work.now,
            ends_at=work.now + length,
        )
    )
    work.audit("signed_in", person.id, office=actor.office)
    return SignedIn(token=token, home=actor.home, seconds=int(length.total_seconds()))


def idle_too_long(seen_at: datetime, now: datetime, roles: frozenset[Role]) -> bool:
    """Has a session slept too long? A tablet is guarded by its own lock for the shift."""
    return roles.isdisjoint(TABLET_ROLES) and now - seen_at > IDLE


async def choose_password(work: Work, token: str, password: str, must_have_code: CodeRule = nobody_must) -> SignedIn:
    """Go through the one-time door of an invitation or reset: set the password, end old sessions, sign in."""
    invitation = await queries.invitation_for_update(work, fingerprint(token))
    person = await queries.person_for_update(work, invitation.person_id) if invitation else None
    if invitation is None or person is None or person.state not in ("invited", "active"):
        raise DoorClosed()
    person.password = await hashed(password)
    person.state = "active"
    invitation.used_at = work.now
    await queries.end_sessions(work, person.id)
    await queries.forget_tries(work, try_name(person.login))
    work.audit("password_chosen", person.id)
    return await open_session(work, person, must_have_code)


async def sign_in_sample(work: Work, login: str) -> SignedIn:
    """While training: become a sample person at one tap. Anybody else's login is unknown here."""
    person = await queries.person_by_login(work, login)
    if person is None or not person.sample or not await _may_enter(work, person):
        raise WrongCredentials()
    return await open_session(work, person)


async def sign_out(work: Work) -> None:
    """End the session the request came with."""
    if work.actor.session is None:
        return
    found = await queries.session_of(work, work.actor.session)
    if found:
        await work.session.delete(found[0])
        work.audit("signed_out", found[1].id, office=work.actor.office)


def totp_secret(vault: Vault, person: Person) -> str:
    """The secret a person's application holds too."""
    return vault.open(person.totp or b"", f"totp:{person.id}").decode()


async def _may_enter(work: Work, person: Person) -> bool:
    return person.state == "active" and bool(await queries.memberships_of(work, person.id))


def _door(vault: Vault, person: Person, now: datetime) -> str:
    facts = json.dumps([str(person.id), int((now + CODE_WAIT).timestamp())])
    return base64.urlsafe_b64encode(vault.seal(facts.encode(), _DOOR)).decode()


def _through(vault: Vault, door: str, now: datetime) -> UUID:
    try:
        person, until = json.loads(vault.open(base64.urlsafe_b64decode(door), _DOOR))
    except ValueError:
        raise DoorClosed() from None
    if now.timestamp() > until:
        raise DoorClosed()
    return UUID(person)
