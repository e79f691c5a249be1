"""Go to another place where one holds a role, or stands in for somebody: the session acts there from now on."""

from uuid import UUID

from visits.errors import NotFound
from visits.people import queries
from visits.people.signin import CodeRule, nobody_must
from visits.store.work import Work


async def take_up(work: Work, membership_id: UUID, must_have_code: CodeRule = nobody_must) -> str:
    """Act by this membership and the others of its place; returns the page to begin from.

    Who still lacks the one-time code that place asks for may only add one, as after signing in there.
    """
    held = await queries.memberships_of(work, work.actor.person) if work.actor.person else []
    found = await queries.session_of(work, work.actor.session) if work.actor.session else None
    if found is None or membership_id not in {each.id for each in held}:
        raise NotFound()
    session, person = found
    there = queries.actor_of(person, held, chosen=membership_id)
    session.membership_id = membership_id
    session.code_first = person.totp is None and must_have_code(there)
    work.audit("duty_taken", membership_id, office=there.office)
    return there.home
