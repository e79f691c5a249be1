"""What an administrator does with people: roles, locks, lost codes, deputies and the end of duty.

Whatever takes a right away ends the person's sessions in the same transaction. Nobody locks himself out, and the
administration never loses its last administrator.
"""

from datetime import datetime
from uuid import UUID

from visits.errors import NotFound, Refusal
from visits.people import queries
from visits.people.invite import Duty
from visits.people.tables import Membership, Person
from visits.roles import Role
from visits.store.work import Work
from visits.texts import N_


class NotYourself(Refusal):
    """An administrator takes nothing away from himself."""

    code, status = "not-yourself", 409
    says = N_("Vous ne pouvez pas vous retirer cela à vous-même. Un autre administrateur le peut.")


class LastAdmin(Refusal):
    """Somebody must stay who can let people in."""

    code, status = "last-admin", 409
    says = N_("C'est le dernier administrateur. Nommez-en d'abord un autre.")


class RoleHeld(Refusal):
    """The person has this role already."""

    code, status = "role-held", 409
    says = N_("Cette personne a déjà ce rôle.")


class NotDeputisable(Refusal):
    """The role has ended, or the deputy holds it already."""

    code, status = "not-deputisable", 409
    says = N_("Ce rôle ne peut pas être confié à cette personne.")


class EndsInThePast(Refusal):
    """A date that has passed."""

    code, status = "ends-in-the-past", 422
    says = N_("Cette date est passée.")


async def describe(work: Work, person_id: UUID, name: str, quality: str) -> None:
    """Another name or quality; what was signed before keeps the name it was signed with."""
    person = await _person(work, person_id)
    person.name, person.quality = name, quality
    work.audit("person_described", person.id)


async def lock(work: Work, person_id: UUID) -> None:
    """Out at once, until unlocked."""
    person = await _person(work, person_id)
    _not_myself(work, person)
    await _someone_stays(work, person)
    if person.state in ("locked", "ended"):
        return
    person.state = "locked"
    await queries.close_invitations(work, person.id)
    await queries.end_sessions(work, person.id)
    work.audit("person_locked", person.id)


async def unlock(work: Work, person_id: UUID) -> None:
    """Open again: as it was with a password, to be invited anew without one."""
    person = await _person(work, person_id)
    if person.state in ("locked", "ended"):
        person.state = "active" if person.password else "invited"
        work.audit("person_unlocked", person.id)


async def remove_code(work: Work, person_id: UUID) -> None:
    """The phone is lost: signing in asks for the password alone until a new code is added."""
    person = await _person(work, person_id)
    _not_myself(work, person)
    if person.totp is None:
        return
    person.totp = None
    await queries.end_sessions(work, person.id)
    work.audit("code_removed", person.id)


async def add_role(work: Work, person_id: UUID, duty: Duty) -> Membership:
    """One more role; the person signs in again with it."""
    person = await _person(work, person_id)
    if await queries.same_role(work, person.id, duty.role, duty.office, duty.firm, duty.agency):
        raise RoleHeld()
    given = queries.give_role(work, person.id, duty.role, office=duty.office, firm=duty.firm, agency=duty.agency)
    await queries.end_sessions(work, person.id)
    work.audit("role_given", person.id, office=duty.office, role=str(duty.role))
    return given


async def end_role(work: Work, membership_id: UUID) -> Membership:
    """A role ends now; deputies of it end with it."""
    held = await queries.membership_for_update(work, membership_id)
    person = await _person(work, held.person_id)
    if held.role == Role.ADMIN:
        _not_myself(work, person)
        await _someone_stays(work, person)
    await _end(work, [held, *await queries.deputies_of(work, [held.id])], work.now)
    work.audit("role_ended", person.id, office=held.office_id, role=held.role)
    return held


async def end_duty(work: Work, person_id: UUID, at: datetime) -> None:
    """Every role ends at an instant: the end of the last day, or now."""
    person = await _person(work, person_id)
    _not_myself(work, person)
    await _someone_stays(work, person)
    held = list(await queries.memberships_of(work, person.id))
    await _end(work, [*held, *await queries.deputies_of(work, [each.id for each in held])], at)
    if at <= work.now:
        person.state = "ended"
        await queries.close_invitations(work, person.id)
    work.audit("duty_ended", person.id, until=at.isoformat())


async def appoint_deputy(work: Work, membership_id: UUID, deputy_id: UUID, until: datetime) -> Membership:
    """Somebody else holds the role too, until a date."""
    held = await queries.membership_for_update(work, membership_id)
    deputy = await _person(work, deputy_id)
    if until <= work.now:
        raise EndsInThePast()
    running = held.until is None or held.until > work.now
    if not running or held.deputy_of or deputy.id == held.person_id or deputy.state not in ("active", "invited"):
        raise NotDeputisable()
    if await queries.same_role(work, deputy.id, Role(held.role), held.office_id, held.firm_id, held.agency_id):
        raise RoleHeld()
    given = queries.give_role(
        work,
        deputy.id,
        Role(held.role),
        office=held.office_id,
        firm=held.firm_id,
        agency=held.agency_id,
        deputy_of=held.id,
        until=min(until, held.until) if held.until else until,
    )
    await queries.end_sessions(work, deputy.id)
    work.audit("deputy_appointed", deputy.id, office=held.office_id, role=held.role, until=until.isoformat())
    return given


async def _end(work: Work, ending: list[Membership], at: datetime) -> None:
    for each in ending:
        if each.until is None or each.until > at:
            each.until = at
            await queries.end_sessions(work, each.person_id)


async def _person(work: Work, person_id: UUID) -> Person:
    found = await queries.person_for_update(work, person_id)
    if found is None:
        raise NotFound()
    return found


def _not_myself(work: Work, person: Person) -> None:
    if person.id == work.actor.person:
        raise NotYourself()


async def _someone_stays(work: Work, person: Person) -> None:
    """Refuse when nobody else could let people in; two administrators who try it on each other take turns."""
    admins = await queries.admins_for_update(work)
    if person.id in admins and admins == {person.id}:
        raise LastAdmin()
