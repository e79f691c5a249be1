"""Reads and writes of notices, contacts and text codes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.errors import NotFound
from visits.ids import new_id
from visits.notices.tables import (
    Contact,
    ContactProof,
    Notice,
    NoticeChannel,
    NoticeReceipt,
    TextCode,
    TextMessage,
    UssdSession,
)
from visits.people.queries import running
from visits.people.tables import Firm, Membership, Person
from visits.roles import DECLARANTS, FIRM
from visits.store.tables import DomainEvent
from visits.store.work import Work

# ---------- who is told ----------


async def contacts_of(work: Work, people: Iterable[UUID]) -> dict[UUID, tuple[Person, Contact | None]]:
    """Active people with how they are reached, by id."""
    rows = await work.session.execute(
        select(Person, Contact)
        .outerjoin(Contact, col(Contact.person_id) == col(Person.id))
        .where(col(Person.id).in_(list(people)), col(Person.state) == "active")
        .order_by(col(Person.id))
    )
    return {row[0].id: (row[0], row[1]) for row in rows}


async def contact_of(work: Work, person_id: UUID, *, lock: bool = False) -> Contact | None:
    """How one person is reached, if it was ever said."""
    query = select(Contact).where(col(Contact.person_id) == person_id)
    return await work.session.scalar(
        query.with_for_update().execution_options(populate_existing=True) if lock else query
    )


async def people_of_firm(
    work: Work, firm_id: UUID, *, importer: bool = False
) -> Sequence[tuple[Person, Contact | None]]:
    """Who may act for a firm now, with how they are reached."""
    roles = FIRM if importer else DECLARANTS
    rows = await work.session.execute(
        select(Person, Contact)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Firm, col(Firm.id) == col(Membership.firm_id))
        .outerjoin(Contact, col(Contact.person_id) == col(Person.id))
        .where(
            col(Membership.firm_id) == firm_id,
            col(Membership.role).in_(sorted(roles)),
            running(work.now),
            col(Person.state) == "active",
            col(Firm.active),
        )
        .order_by(col(Person.id))
        .distinct()
    )
    return [(row[0], row[1]) for row in rows]


async def acted_on(work: Work, visit_id: UUID) -> set[UUID]:
    """Who caused something on a visit."""
    rows = await work.session.scalars(
        select(col(DomainEvent.person_id))
        .where(col(DomainEvent.visit_id) == visit_id, col(DomainEvent.person_id).is_not(None))
        .distinct()
    )
    return {each for each in rows if each is not None}


async def person_with_phone(work: Work, phone: str) -> Person | None:
    """The active person who proved this number."""
    return await work.session.scalar(
        select(Person)
        .join(Contact, col(Contact.person_id) == col(Person.id))
        .where(col(Contact.phone) == phone, col(Contact.phone_verified_at).is_not(None), col(Person.state) == "active")
    )


async def others_with_phone(work: Work, phone: str, person_id: UUID) -> Sequence[Contact]:
    """Others who once proved this number, locked."""
    rows = await work.session.scalars(
        select(Contact)
        .where(
            col(Contact.phone) == phone,
            col(Contact.phone_verified_at).is_not(None),
            col(Contact.person_id) != person_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def proof_for_update(work: Work, person_id: UUID, kind: str) -> ContactProof | None:
    """The newest code sent to prove an address, if it can still be used; locked."""
    return await work.session.scalar(
        select(ContactProof)
        .where(
            col(ContactProof.person_id) == person_id,
            col(ContactProof.kind) == kind,
            col(ContactProof.used_at).is_(None),
            col(ContactProof.ends_at) > work.now,
        )
        .order_by(col(ContactProof.id).desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def proofs_waiting(work: Work, person_id: UUID) -> dict[str, str]:
    """The addresses of a person that wait for their code, by kind."""
    rows = await work.session.scalars(
        select(ContactProof)
        .where(
            col(ContactProof.person_id) == person_id,
            col(ContactProof.used_at).is_(None),
            col(ContactProof.ends_at) > work.now,
        )
        .order_by(col(ContactProof.id))
    )
    return {each.kind: each.address for each in rows}


# ---------- notices ----------


async def add_notice(work: Work, **values: Any) -> UUID | None:
    """Store a notice, once for each key; None if it is there already."""
    made = await work.session.execute(
        insert(Notice)
        .values(id=new_id(), made_at=work.now, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "key"])
        .returning(col(Notice.id))
    )
    return made.scalar_one_or_none()


async def notice_by_id(work: Work, notice_id: UUID, *, lock: bool = False) -> Notice:
    """One notice."""
    found = await work.session.get(Notice, notice_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound()
    return found


async def due_notices(work: Work, *, limit: int = 100) -> Sequence[UUID]:
    """Notices whose next try has come, the oldest first."""
    rows = await work.session.scalars(
        select(col(Notice.id))
        .where(col(Notice.state) == "waiting", col(Notice.due_at) <= work.now)
        .order_by(col(Notice.due_at), col(Notice.id))
        .limit(limit)
    )
    return rows.all()


async def claim_notice(work: Work, notice_id: UUID) -> Notice | None:
    """A waiting notice that is due, locked; None if it is done or in another's hands."""
    return await work.session.scalar(
        select(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.state) == "waiting", col(Notice.due_at) <= work.now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


async def notices_of_person(work: Work, person_id: UUID, *, limit: int = 20) -> Sequence[Notice]:
    """What a person was told, newest first."""
    rows = await work.session.scalars(
        select(Notice)
        .where(col(Notice.person_id) == person_id)
        .order_by(col(Notice.made_at).desc(), col(Notice.id).desc())
        .limit(limit)
    )
    return rows.all()


async def notices_of_visit(work: Work, visit_id: UUID, *, limit: int = 50) -> Sequence[tuple[Notice, Person | None]]:
    """What was told about a visit, newest first; the caller has asked whether the actor may see it."""
    rows = await work.session.execute(
        select(Notice, Person)
        .outerjoin(Person, col(Person.id) == col(Notice.person_id))
        .where(col(Notice.visit_id) == visit_id)
        .order_by(col(Notice.made_at).desc(), col(Notice.id).desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


async def outbox(
    work: Work, office_id: UUID | None, *, states: Sequence[str] = (), limit: int = 50, offset: int = 0
) -> Sequence[tuple[Notice, Person | None]]:
    """Notices of an office (or of all), newest first."""
    query = select(Notice, Person).outerjoin(Person, col(Person.id) == col(Notice.person_id))
    if office_id is not None:
        query = query.where(col(Notice.office_id) == office_id)
    if states:
        query = query.where(col(Notice.state).in_(states))
    rows = await work.session.execute(
        query.order_by(col(Notice.made_at).desc(), col(Notice.id).desc()).limit(limit).offset(offset)
    )
    return [(row[0], row[1]) for row in rows]


async def lost(work: Work, office_id: UUID) -> int:
    """How many notices of the last week did not arrive."""
    found = await work.session.scalar(
        select(func.count())
        .select_from(Notice)
        .where(
            col(Notice.office_id) == office_id,
            col(Notice.state) == "failed",
            col(Notice.made_at) > work.now - timedelta(days=7),
        )
    )
    return int(found or 0)


async def notice_with_provider_id(work: Work, provider: str, provider_id: str) -> Notice | None:
    """The notice a provider gave this id to, locked."""
    return await work.session.scalar(
        select(Notice)
        .where(col(Notice.provider_id) == provider_id, col(Notice.provider) == provider)
        .order_by(col(Notice.id).desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def early_receipts(work: Work, provider: str, provider_id: str) -> Sequence[NoticeReceipt]:
    """Receipts that came before we had written the id down, oldest first."""
    rows = await work.session.scalars(
        select(NoticeReceipt)
        .where(col(NoticeReceipt.provider) == provider, col(NoticeReceipt.provider_id) == provider_id)
        .order_by(col(NoticeReceipt.id))
    )
    return rows.all()


# ---------- channels ----------


async def channel_for(work: Work, office_id: UUID | None, channel: str) -> NoticeChannel | None:
    """How a channel leaves for an office: its own way, else that of the administration."""
    return await work.session.scalar(
        select(NoticeChannel)
        .where(
            col(NoticeChannel.channel) == channel,
            or_(col(NoticeChannel.office_id).is_(None), col(NoticeChannel.office_id) == office_id),
        )
        .order_by(col(NoticeChannel.office_id).asc().nulls_last())
        .limit(1)
    )


async def channels(work: Work) -> Sequence[NoticeChannel]:
    """Every channel that was set."""
    rows = await work.session.scalars(
        select(NoticeChannel).order_by(
            col(NoticeChannel.office_id).asc().nulls_first(), col(NoticeChannel.channel), col(NoticeChannel.id)
        )
    )
    return rows.all()


async def channel_of(work: Work, office_id: UUID | None, channel: str, *, lock: bool = False) -> NoticeChannel | None:
    """The channel set for just this office, or for all."""
    query = select(NoticeChannel).where(
        col(NoticeChannel.channel) == channel, col(NoticeChannel.office_id).is_not_distinct_from(office_id)
    )
    return await work.session.scalar(
        query.with_for_update().execution_options(populate_existing=True) if lock else query
    )


async def channel_by_id(work: Work, channel_id: UUID) -> NoticeChannel:
    """One channel, or NotFound."""
    found = await work.session.get(NoticeChannel, channel_id)
    if found is None:
        raise NotFound()
    return found


async def channel_with_hook(work: Work, hook: bytes) -> NoticeChannel | None:
    """The channel whose provider calls this address."""
    return await work.session.scalar(select(NoticeChannel).where(col(NoticeChannel.hook) == hook))


# ---------- codes of text messages ----------


async def live_code(work: Work, person_id: UUID, appointment_id: UUID) -> TextCode | None:
    """The code a person has for an appointment."""
    return await work.session.scalar(
        select(TextCode).where(
            col(TextCode.person_id) == person_id,
            col(TextCode.appointment_id) == appointment_id,
            col(TextCode.used_at).is_(None),
            col(TextCode.ends_at) > work.now,
        )
    )


async def codes_taken(work: Work, person_id: UUID) -> set[str]:
    """The digits a person cannot be given now: every one not yet used, over or not."""
    rows = await work.session.scalars(
        select(col(TextCode.code)).where(col(TextCode.person_id) == person_id, col(TextCode.used_at).is_(None))
    )
    return set(rows.all())


async def close_codes(work: Work, person_id: UUID, before: datetime) -> None:
    """Set free the digits of codes that are over."""
    await work.session.execute(
        update(TextCode)
        .where(col(TextCode.person_id) == person_id, col(TextCode.used_at).is_(None), col(TextCode.ends_at) <= before)
        .values(used_at=before, used_for="over")
    )


async def code_for_update(work: Work, person_id: UUID, code: str) -> TextCode | None:
    """The newest code with these digits a person was given, locked."""
    return await work.session.scalar(
        select(TextCode)
        .where(col(TextCode.person_id) == person_id, col(TextCode.code) == code)
        .order_by(col(TextCode.id).desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def wrong_try(work: Work, person_id: UUID, most: int) -> None:
    """A code that does not fit counts against every live one of the person; after too many they end."""
    await work.session.execute(
        update(TextCode)
        .where(col(TextCode.person_id) == person_id, col(TextCode.used_at).is_(None))
        .values(tries=TextCode.tries + 1)
    )
    await work.session.execute(
        update(TextCode)
        .where(col(TextCode.person_id) == person_id, col(TextCode.used_at).is_(None), col(TextCode.tries) >= most)
        .values(used_at=work.now, used_for="tries")
    )


async def prune(work: Work, *, before: datetime) -> None:
    """Forget what nobody waits for any more: receipts without a notice, menus, messages that were answered, codes."""
    for table, at in (
        (NoticeReceipt, col(NoticeReceipt.at)),
        (UssdSession, col(UssdSession.at)),
        (TextMessage, col(TextMessage.at)),
        (ContactProof, col(ContactProof.ends_at)),
        (TextCode, col(TextCode.ends_at)),
    ):
        await work.session.execute(delete(table).where(at < before))
