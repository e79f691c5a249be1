"""The keys of confirmations: made, announced before they sign, replaced every quarter, withdrawn when they leaked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.actor import system
from visits.booking.tables import Appointment, TokenKey
from visits.booking.tokens import Claim, Known, office_tag, sign, visit_number
from visits.declarations.queries import Case
from visits.errors import NotFound
from visits.ids import TenantId, new_id
from visits.journey.states import Level
from visits.journey.tables import Visit
from visits.sites.queries import offices
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.vault import Vault
from visits.store.work import Work

#: How long a key signs, how long before it is told to tablets, and how long after it still proves what it signed:
#: longer than the furthest day staff may book.
SIGNS = timedelta(days=90)
TOLD_BEFORE = timedelta(days=2)
PROVES = timedelta(days=200)
#: Since when a visit's ended appointments are told: older texts are over by themselves.
BACK = timedelta(days=2)

_SEQUENCES = text(
    "select v.reference, count(*) as made,"
    " coalesce(max(rank) filter (where a.status in ('confirmed', 'done')), 0) as counts"
    " from (select a.visit_id, a.status, a.during, a.office_id,"
    "  row_number() over (partition by a.visit_id order by a.id) as rank from appointment a"
    "  where a.visit_id in (select visit_id from appointment e where e.office_id = :office"
    "   and e.status not in ('held', 'confirmed', 'done', 'expired') and upper(e.during) > :since)) a"
    " join visit v on v.id = a.visit_id group by v.reference order by v.reference"
)


def _purpose(tenant: UUID, number: int) -> str:
    return f"token-key:{tenant}:{number}"


async def keys_of(work: Work) -> list[TokenKey]:
    """Every key that was not withdrawn and may still have to prove something, the newest last."""
    rows = await work.session.scalars(
        select(TokenKey).where(col(TokenKey.withdrawn_at).is_(None)).order_by(col(TokenKey.signs_from))
    )
    found = list(rows)
    # A key stops signing when the next one starts.
    ends = [each.signs_from for each in found[1:]] + [work.now]
    return [key for key, end in zip(found, ends, strict=False) if work.now <= end + PROVES]


async def all_keys(work: Work) -> list[TokenKey]:
    """Every key there ever was, the newest first."""
    return list(await work.session.scalars(select(TokenKey).order_by(col(TokenKey.number).desc())))


async def public_keys(work: Work) -> dict[int, bytes]:
    """What tablets verify with, by number."""
    return {each.number: each.public for each in await keys_of(work)}


async def signing_key(work: Work, vault: Vault) -> tuple[int, Ed25519PrivateKey]:
    """The newest key whose time to sign has come; the first one is made on the spot."""
    number = await _next(work)
    ready = [each for each in await keys_of(work) if each.signs_from <= work.now]
    if not ready:
        await _make(work, vault, number, wait=timedelta())
        ready = [each for each in await keys_of(work) if each.signs_from <= work.now]
    key = ready[-1]
    private = vault.open(key.sealed, _purpose(work.actor.tenant, key.number))
    return key.number, Ed25519PrivateKey.from_private_bytes(private)


async def rotate(work: Work, vault: Vault) -> bool:
    """Announce the next key when the present one has signed long enough; True if there is a new one."""
    number = await _next(work)
    known = await keys_of(work)
    if known and work.now < known[-1].signs_from + SIGNS - TOLD_BEFORE:
        return False
    await _make(work, vault, number, wait=TOLD_BEFORE if known else timedelta())
    return True


async def withdraw(work: Work, vault: Vault, number: int) -> None:
    """A key that leaked: nothing it signed counts any more, and a new one signs from now on. Twice is once."""
    key = await work.session.scalar(select(TokenKey).where(col(TokenKey.number) == number).with_for_update())
    if key is None:
        raise NotFound()
    if key.withdrawn_at is None:
        key.withdrawn_at = work.now
        work.audit("token_key_withdrawn", key.id, number=number)
        await work.session.flush()
        await _make(work, vault, await _next(work), wait=timedelta())


async def confirmation(work: Work, vault: Vault, case: Case, appointment: Appointment) -> str:
    """The signed text of a confirmed appointment, for its page, its print and its message."""
    number, private = await signing_key(work, vault)
    during = appointment.during
    claim = Claim(
        key=number,
        office=office_tag(appointment.office_id),
        visit=visit_number(case.visit.reference),
        sequence=await sequence_of(work, appointment),
        starts_at=during.lower,
        length=during.upper - during.lower,
        level=Level(case.visit.level),
    )
    return sign(claim, private)


async def sequence_of(work: Work, appointment: Appointment) -> int:
    """Which of its visit's appointments this one is, counted from 1: a later one always counts more."""
    found = await work.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(col(Appointment.visit_id) == appointment.visit_id, col(Appointment.id) <= appointment.id)
    )
    return int(found or 1)


async def known_at(work: Work, office: Office) -> Known:
    """What a tablet of an office needs to verify without a network."""
    return Known(
        keys=await public_keys(work),
        office=office_tag(office.id),
        offices={office_tag(each.id): f"{each.code} {each.name}" for each in await offices(work)},
        sequences=await sequences(work, office.id),
    )


async def sequences(work: Work, office_id: UUID) -> Mapping[int, int]:
    """The visits of an office that were moved or cancelled lately: from which sequence on a text still counts."""
    rows = await work.session.execute(_SEQUENCES, {"office": office_id, "since": work.now - BACK})
    return {visit_number(row.reference): row.counts or row.made + 1 for row in rows}


async def current_of(work: Work, office_id: UUID, typed: str) -> tuple[str, datetime, Level]:
    """Reference, start and level of the appointment an office has for a visit, by the reference somebody typed."""
    row = (
        await work.session.execute(
            select(col(Visit.reference), Appointment, col(Visit.level))
            .join(Appointment, col(Appointment.visit_id) == col(Visit.id))
            .where(
                col(Visit.reference) == typed.strip().upper(),
                col(Appointment.office_id) == office_id,
                col(Appointment.status) == "confirmed",
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1].during.lower, Level(row[2])


async def keep_keys(tools: Tools, tenant: TenantId) -> bool:
    """The periodic job."""
    return await tools.database.run(system(tenant), rotate, tools.vault)


async def _next(work: Work) -> int:
    """The number of the next key. Ask before judging whether one is needed: then two makers ask for the same."""
    return int(await work.session.scalar(select(func.max(col(TokenKey.number)))) or 0) + 1


async def _make(work: Work, vault: Vault, number: int, *, wait: timedelta) -> None:
    """A new key; of two makers at once one counts for both."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    made = await work.session.execute(
        insert(TokenKey)
        .values(
            id=new_id(),
            number=number,
            public=public,
            sealed=vault.seal(private.private_bytes_raw(), _purpose(work.actor.tenant, number)),
            made_at=work.now,
            signs_from=work.now + wait,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "number"])
        .returning(col(TokenKey.id))
    )
    if (key_id := made.scalar_one_or_none()) is not None:
        work.audit("token_key_made", key_id, number=number, public=public.hex(), signs_from=work.now + wait)
