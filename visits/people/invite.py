"""One-time links: for a person who is new, and for one who lost password or phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from visits.errors import NotFound, Refusal
from visits.ids import new_id
from visits.people import queries
from visits.people.passwords import fingerprint, new_token
from visits.people.tables import Invitation, Person
from visits.roles import Role
from visits.store.work import Work
from visits.texts import N_

#: How long a link waits for its person.
VALID = timedelta(days=7)


class LoginTaken(Refusal):
    """Somebody else has this login."""

    code, status = "login-taken", 409
    says = N_("Cet identifiant est déjà pris : %(login)s.")


class NotNow(Refusal):
    """The person is locked, or not on duty any more."""

    code, status = "person-not-open", 409
    says = N_("Ce compte est fermé. Rouvrez-le d'abord.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to hand over; it is shown once, only its fingerprint is kept."""

    person: Person
    token: str
    until: datetime

    @property
    def path(self) -> str:
        """Where it leads."""
        return f"/invitation/{self.token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody to invite: login, name, quality (grade or post) and language."""

    login: str
    name: str
    quality: str = ""
    language: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A role with the office, firm or agency it belongs to."""

    role: Role
    office: UUID | None = None
    firm: UUID | None = None
    agency: UUID | None = None


async def invite(work: Work, newcomer: Newcomer, duties: tuple[Duty, ...]) -> Link:
    """Add a person with these roles and make the first link. A login belongs to one person for ever."""
    login = newcomer.login.strip().lower()
    if await queries.person_by_login(work, login):
        raise LoginTaken(login=login)
    person = Person(
        id=new_id(),
        login=login,
        name=newcomer.name.strip(),
        quality=newcomer.quality.strip(),
        language=newcomer.language,
        created_at=work.now,
    )
    work.session.add(person)
    try:
        await work.session.flush()
    except IntegrityError as fault:
        raise LoginTaken(login=login) from fault
    for duty in duties:
        queries.give_role(work, person.id, duty.role, office=duty.office, firm=duty.firm, agency=duty.agency)
    work.audit(
        "person_invited",
        person.id,
        office=next((duty.office for duty in duties if duty.office), None),
        roles=sorted(str(duty.role) for duty in duties),
    )
    return await _link(work, person)


async def reset(work: Work, person_id: UUID) -> Link:
    """A new link for a lost password, or in place of an unused one; older links close, and sessions end."""
    person = await queries.person_for_update(work, person_id)
    if person is None:
        raise NotFound()
    if person.state not in ("invited", "active"):
        raise NotNow()
    if person.state == "active":
        person.password = None
    await queries.end_sessions(work, person.id)
    work.audit("password_reset", person.id)
    return await _link(work, person)


async def _link(work: Work, person: Person) -> Link:
    await queries.close_invitations(work, person.id)
    token = new_token()
    invitation = Invitation(
        id=new_id(),
        token=fingerprint(token),
        person_id=person.id,
        made_by=work.actor.person,
        ends_at=work.now + VALID,
    )
    work.session.add(invitation)
    return Link(person=person, token=token, until=invitation.ends_at)
