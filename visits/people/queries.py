"""Reads and writes of administrations, people, memberships and sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, func, join, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.actor import Actor
from visits.errors import NotFound
from visits.ids import AgencyId, FirmId, OfficeId, PersonId, TenantId, new_id
from visits.people.place import place_of
from visits.people.tables import (
    Agency,
    ApiKey,
    Firm,
    Invitation,
    Mandate,
    Membership,
    Person,
    Session,
    Tenant,
    Throttle,
    TourSeen,
)
from visits.roles import Role
from visits.store.work import Work

_TRY = text(
    "insert into throttle (id, name, window_start, tries) values (uuidv7(), :name, :window, 1)"
    " on conflict (tenant_id, name, window_start) do update set tries = throttle.tries + 1 returning tries"
)
_LOCK_KEY = text("select pg_advisory_xact_lock(hashtextextended('key:' || :tenant || ':' || :name, 0))")


def running(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Memberships in force at an instant."""
    return (col(Membership.since) <= at) & or_(col(Membership.until).is_(None), col(Membership.until) > at)


async def person_by_login(work: Work, login: str) -> Person | None:
    """The person with this login; letter case and blanks around do not count."""
    return await work.session.scalar(select(Person).where(col(Person.login) == login.strip().lower()))


async def person_by_id(work: Work, person_id: UUID) -> Person:
    """The person, or NotFound."""
    found = await work.session.get(Person, person_id)
    if found is None:
        raise NotFound()
    return found


async def person_for_update(work: Work, person_id: UUID) -> Person | None:
    """The person, locked until the commit and read anew."""
    return await work.session.get(Person, person_id, with_for_update=True, populate_existing=True)


async def tours_seen(work: Work, person_id: UUID) -> set[str]:
    """The first steps the person has seen or passed over."""
    rows = await work.session.scalars(select(col(TourSeen.name)).where(col(TourSeen.person_id) == person_id))
    return set(rows.all())


async def see_tour(work: Work, person_id: UUID, name: str) -> None:
    """Remember first steps as seen; twice is once."""
    await work.session.execute(
        insert(TourSeen)
        .values(id=new_id(), person_id=person_id, name=name, at=work.now)
        .on_conflict_do_nothing(index_elements=["person_id", "name"])
    )


#: Roles that count, beside whoever holds them: those of a closed firm do not.
_COUNTS = running(bindparam("now")) & or_(col(Firm.id).is_(None), col(Firm.active))
_OLDEST_FIRST = (col(Membership.since), col(Membership.id))
_MEMBERSHIPS = (
    select(Membership)
    .outerjoin(Firm, col(Firm.id) == col(Membership.firm_id))
    .where(col(Membership.person_id) == bindparam("person"), _COUNTS)
    .order_by(*_OLDEST_FIRST)
)
_SESSION = (
    select(Session, Person)
    .join(Person, col(Person.id) == col(Session.person_id))
    .where(
        col(Session.token) == bindparam("token"),
        col(Session.ends_at) > bindparam("now"),
        col(Person.state) == "active",
    )
)
#: Built once: every request asks it.
_SIGNED_IN = (
    _SESSION.outerjoin(
        join(Membership, Firm, col(Firm.id) == col(Membership.firm_id), isouter=True),
        (col(Membership.person_id) == col(Person.id)) & _COUNTS,
    )
    .add_columns(Membership)
    .order_by(*_OLDEST_FIRST)
)


async def memberships_of(work: Work, person_id: UUID) -> Sequence[Membership]:
    """The roles a person holds now, oldest first; those in a closed firm do not count."""
    rows = await work.session.scalars(_MEMBERSHIPS, {"person": person_id, "now": work.now})
    return rows.all()


async def session_of(work: Work, token: bytes) -> tuple[Session, Person] | None:
    """A live session and its person, by the fingerprint of the cookie."""
    row = (await work.session.execute(_SESSION, {"token": token, "now": work.now})).one_or_none()
    return None if row is None else (row[0], row[1])


async def signed_in(work: Work, token: bytes) -> tuple[Session, Person, list[Membership]] | None:
    """A live session, its person and the roles the person holds now, oldest first, in one statement."""
    rows = (await work.session.execute(_SIGNED_IN, {"token": token, "now": work.now})).all()
    return (rows[0][0], rows[0][1], [row[2] for row in rows if row[2] is not None]) if rows else None


async def last_seen(work: Work, person_id: UUID) -> datetime | None:
    """When an open session of the person was last used."""
    return await work.session.scalar(select(func.max(col(Session.seen_at))).where(col(Session.person_id) == person_id))


async def end_sessions(work: Work, person_id: UUID, *, but: bytes | None = None) -> None:
    """End every session of a person: locked, reset, role changed, end of duty. `but` spares the own one."""
    others = col(Session.token) != but if but else true()
    await work.session.execute(delete(Session).where(col(Session.person_id) == person_id, others))


async def code_is_there(work: Work, person_id: UUID) -> None:
    """Open the sessions that waited for a one-time code to be added."""
    await work.session.execute(update(Session).where(col(Session.person_id) == person_id).values(code_first=False))


async def api_key(work: Work, token: bytes) -> ApiKey | None:
    """A living key, by its fingerprint."""
    return await work.session.scalar(select(ApiKey).where(col(ApiKey.token) == token, col(ApiKey.ended_at).is_(None)))


async def keys(work: Work, office: UUID | None = None) -> Sequence[ApiKey]:
    """The keys of the administration, or of one office: those in service first, the newest first."""
    rows = await work.session.scalars(
        select(ApiKey)
        .where(col(ApiKey.office_id) == office if office else true())
        .order_by(col(ApiKey.ended_at).desc().nulls_first(), col(ApiKey.created_at).desc(), col(ApiKey.id))
    )
    return rows.all()


async def running_key_called(work: Work, name: str) -> bool:
    """Is there a key in service with this name? Those who ask for one name take turns."""
    await work.session.execute(_LOCK_KEY, {"tenant": str(work.actor.tenant), "name": name})
    found = await work.session.scalar(
        select(col(ApiKey.id)).where(col(ApiKey.name) == name, col(ApiKey.ended_at).is_(None)).limit(1)
    )
    return found is not None


async def key_for_update(work: Work, key_id: UUID) -> ApiKey | None:
    """A key, locked until the commit."""
    return await work.session.get(ApiKey, key_id, with_for_update=True, populate_existing=True)


async def invitation_for_update(work: Work, token: bytes) -> Invitation | None:
    """An invitation that can still be used, locked."""
    return await work.session.scalar(
        select(Invitation)
        .where(
            col(Invitation.token) == token,
            col(Invitation.used_at).is_(None),
            col(Invitation.ends_at) > work.now,
        )
        .with_for_update()
    )


async def close_invitations(work: Work, person_id: UUID) -> None:
    """End the unused links of a person."""
    await work.session.execute(
        update(Invitation)
        .where(col(Invitation.person_id) == person_id, col(Invitation.used_at).is_(None))
        .values(ends_at=func.least(col(Invitation.ends_at), work.now))
    )


def give_role(
    work: Work,
    person_id: UUID,
    role: Role,
    *,
    office: UUID | None = None,
    firm: UUID | None = None,
    agency: UUID | None = None,
    deputy_of: UUID | None = None,
    until: datetime | None = None,
) -> Membership:
    """A role from now on."""
    given = Membership(
        person_id=person_id,
        role=role,
        office_id=office,
        firm_id=firm,
        agency_id=agency,
        deputy_of=deputy_of,
        since=work.now,
        until=until,
    )
    work.session.add(given)
    return given


async def same_role(
    work: Work, person_id: UUID, role: Role, office: UUID | None, firm: UUID | None, agency: UUID | None
) -> Membership | None:
    """The running membership with just this role at just this place."""
    held = await memberships_of(work, person_id)
    wanted = (role, office, firm, agency)
    return next((each for each in held if (each.role, each.office_id, each.firm_id, each.agency_id) == wanted), None)


async def duties_of(work: Work, person_id: UUID) -> Sequence[Membership]:
    """The roles a person holds now or will lose later, and those that ended, newest last."""
    rows = await work.session.scalars(
        select(Membership)
        .where(col(Membership.person_id) == person_id)
        .order_by(col(Membership.since), col(Membership.id))
    )
    return rows.all()


async def membership_for_update(work: Work, membership_id: UUID) -> Membership:
    """A membership, locked, or NotFound."""
    found = await work.session.get(Membership, membership_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


async def deputies_of(work: Work, memberships: Sequence[UUID]) -> Sequence[Membership]:
    """Who stands in for these memberships now."""
    rows = await work.session.scalars(
        select(Membership).where(col(Membership.deputy_of).in_(memberships), running(work.now))
    )
    return rows.all()


async def admins_for_update(work: Work) -> set[UUID]:
    """The active people who are administrators without an end date, locked in one order."""
    rows = await work.session.scalars(
        select(col(Person.id))
        .where(
            col(Person.state) == "active",
            col(Person.id).in_(
                select(col(Membership.person_id)).where(
                    col(Membership.role) == Role.ADMIN, running(work.now), col(Membership.until).is_(None)
                )
            ),
        )
        .order_by(col(Person.id))
        .with_for_update()
    )
    return set(rows.all())


async def firms(work: Work) -> Sequence[Firm]:
    """Every firm, by name."""
    return (await work.session.scalars(select(Firm).order_by(col(Firm.name), col(Firm.id)))).all()


async def firm_by_id(work: Work, firm_id: UUID) -> Firm:
    """The firm, or NotFound."""
    found = await work.session.get(Firm, firm_id)
    if found is None:
        raise NotFound()
    return found


async def firm_for_update(work: Work, firm_id: UUID) -> Firm:
    """The firm, locked until the commit, or NotFound."""
    found = await work.session.get(Firm, firm_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


async def roles_in_firm(work: Work, firm_id: UUID) -> Sequence[Membership]:
    """The running memberships of a firm."""
    rows = await work.session.scalars(
        select(Membership)
        .where(col(Membership.firm_id) == firm_id, running(work.now))
        .order_by(col(Membership.since), col(Membership.id))
    )
    return rows.all()


async def people_of_firm(work: Work, firm_id: UUID) -> Sequence[Person]:
    """Who works in a firm now, by name."""
    ids = select(col(Membership.person_id)).where(col(Membership.firm_id) == firm_id, running(work.now))
    rows = await work.session.scalars(
        select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.name), col(Person.id))
    )
    return rows.all()


async def mandates_of(work: Work, importer: UUID) -> Sequence[tuple[Mandate, Firm]]:
    """The running mandates an importer gave, with the brokers, by name."""
    rows = await work.session.execute(
        select(Mandate, Firm)
        .join(Firm, col(Firm.id) == col(Mandate.firm_id))
        .where(col(Mandate.importer_id) == importer, col(Mandate.until).is_(None))
        .order_by(col(Firm.name), col(Mandate.id))
    )
    return [(row[0], row[1]) for row in rows]


async def mandates_for(work: Work, broker: UUID) -> Sequence[tuple[Mandate, Firm]]:
    """The running mandates a broker has, with the importers, by name."""
    rows = await work.session.execute(
        select(Mandate, Firm)
        .join(Firm, col(Firm.id) == col(Mandate.importer_id))
        .where(col(Mandate.firm_id) == broker, col(Mandate.until).is_(None))
        .order_by(col(Firm.name), col(Mandate.id))
    )
    return [(row[0], row[1]) for row in rows]


async def agency_by_id(work: Work, agency_id: UUID) -> Agency:
    """The agency, or NotFound."""
    found = await work.session.get(Agency, agency_id)
    if found is None:
        raise NotFound()
    return found


async def firm_by_code(work: Work, code: str | None) -> Firm | None:
    """The firm with this declarant or consignee code."""
    if not code:
        return None
    return await work.session.scalar(select(Firm).where(col(Firm.code) == code))


async def agencies(work: Work) -> Sequence[Agency]:
    """Every controlling agency, by code."""
    return (await work.session.scalars(select(Agency).order_by(col(Agency.code)))).all()


async def count_try(work: Work, name: str, window: timedelta) -> int:
    """Count one try under a name in the running window; atomic over all processes."""
    seconds = int(window.total_seconds())
    start = work.now - timedelta(seconds=work.now.timestamp() % seconds)
    row = await work.session.execute(_TRY, {"name": name, "window": start})
    return int(row.scalar_one())


async def forget_tries(work: Work, name: str) -> None:
    """A good try wipes the bad ones before it."""
    await work.session.execute(delete(Throttle).where(col(Throttle.name) == name))


async def samples(work: Work) -> Sequence[tuple[Person, Membership]]:
    """The sample people who can sign in, with each role they hold, in the order they were made."""
    rows = await work.session.execute(
        select(Person, Membership)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(col(Person.sample), col(Person.state) == "active", running(work.now))
        .order_by(col(Person.created_at), col(Person.id), col(Membership.id))
    )
    return [(row[0], row[1]) for row in rows]


async def tenants(work: Work) -> Sequence[Tenant]:
    """Every administration of this installation."""
    return (await work.session.scalars(select(Tenant).order_by(col(Tenant.host)))).all()


async def people_count(work: Work) -> int:
    """How many people can sign in."""
    return int(await work.session.scalar(select(func.count()).select_from(Person)) or 0)


def actor_of(
    person: Person, held: Sequence[Membership], session: bytes | None = None, *, chosen: UUID | None = None
) -> Actor:
    """The actor a person is at one place: that of the chosen membership, else one's own."""
    here = place_of(held, chosen)
    return Actor(
        tenant=TenantId(person.tenant_id),
        roles=frozenset(Role(each.role) for each in here),
        person=PersonId(person.id),
        name=person.name,
        language=person.language,
        office=next((OfficeId(each.office_id) for each in here if each.office_id), None),
        firm=next((FirmId(each.firm_id) for each in here if each.firm_id), None),
        agency=next((AgencyId(each.agency_id) for each in here if each.agency_id), None),
        session=session,
    )
