"""Lets an administrator in again who lost password or telephone, when no other can: the operator's way.

It is done on the machine, by whoever may read the keys of the installation, and therefore laid before the integrity
officers of every office.
"""

from visits.errors import Refusal
from visits.people import queries
from visits.people.admin import remove_code
from visits.people.invite import Link, reset
from visits.roles import Role
from visits.sites.queries import offices
from visits.store.work import Work
from visits.texts import N_


class NobodyCalled(Refusal):
    """No person of the administration has this login."""

    code, status = "nobody-called", 404
    says = N_("Personne n'a l'identifiant %(login)s dans cette administration. Aucun lien n'a été créé.")


class NoAdministrator(Refusal):
    """The person holds another role: an administrator gives the link, on his own page."""

    code, status = "no-administrator", 409
    says = N_("%(login)s n'est pas administrateur : un administrateur lui donne son lien. Aucun lien n'a été créé.")


async def readmit(work: Work, login: str, *, lost_code: bool = False) -> Link:
    """A new link for an administrator; older links close and sessions end. With `lost_code`, signing in no longer asks
    for the code of the lost telephone, but for a new one to be set up."""
    person = await queries.person_by_login(work, login)
    if person is None:
        raise NobodyCalled(login=login.strip().lower())
    if Role.ADMIN not in {each.role for each in await queries.memberships_of(work, person.id)}:
        raise NoAdministrator(login=person.login)
    if lost_code:
        await remove_code(work, person.id)
    link = await reset(work, person.id)
    for office in await offices(work):
        work.audit("administrator_readmitted", person.id, office=office.id, code_removed=lost_code)
    return link
