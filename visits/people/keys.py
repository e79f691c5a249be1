"""Keys of other systems: made once, shown once, ended for ever. Only people make and end them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from visits.errors import NotAllowed, NotFound, Refusal
from visits.ids import new_id
from visits.people import queries
from visits.people.passwords import fingerprint, new_token
from visits.people.tables import ApiKey
from visits.roles import Role
from visits.store.work import Work
from visits.texts import N_


class KeyNameTaken(Refusal):
    """A running key has this name; messages are told apart by it."""

    code, status = "key-name-taken", 409
    says = N_("Une clé en service porte déjà ce nom : %(name)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key with its secret, which is shown once and not kept."""

    key: ApiKey
    token: str


async def make_key(work: Work, name: str, office: UUID | None, *, sites: Collection[UUID] = ()) -> NewKey:
    """A key of an integrator, for one office or for all; an integrator of one office makes keys for it alone.

    With `sites`, of this office, it is a terminal's key: it reads and tells what concerns them, and nothing else.
    """
    _a_person(work)
    bound = bound_to(work)
    if bound is not None and office != bound:
        raise NotFound()
    name = " ".join(name.split())
    if await queries.running_key_called(work, name):
        raise KeyNameTaken(name=name)
    token = new_token()
    key = ApiKey(
        id=new_id(),
        token=fingerprint(token),
        name=name,
        role=Role.TERMINAL if sites else Role.INTEGRATOR,
        office_id=office,
        site_ids=sorted(str(each) for each in sites),
        created_at=work.now,
    )
    work.session.add(key)
    work.audit("key_made", key.id, office=office, name=name, sites=key.site_ids)
    return NewKey(key=key, token=token)


async def end_key(work: Work, key_id: UUID) -> ApiKey:
    """The key opens nothing from now on; ending it twice changes nothing."""
    _a_person(work)
    key = await queries.key_for_update(work, key_id)
    bound = bound_to(work)
    if key is None or (bound is not None and key.office_id != bound):
        raise NotFound()
    if key.ended_at is None:
        key.ended_at = work.now
        work.audit("key_ended", key.id, office=key.office_id, name=key.name)
    return key


def bound_to(work: Work) -> UUID | None:
    """The one office an integrator's rights end at; administrators keep the keys of all."""
    return None if work.actor.is_a(Role.ADMIN) else work.actor.office


def _a_person(work: Work) -> None:
    """A key makes no key: one that leaked must not outlive its end."""
    if work.actor.person is None:
        raise NotAllowed()
