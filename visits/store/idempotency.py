"""Idempotency keys: the first statement of the transaction, its answer stored with the success (product, Decided 4)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from visits.errors import Refusal
from visits.ids import new_id
from visits.store.tables import Idempotency
from visits.store.work import Work, sqlstate
from visits.texts import N_

#: How long an answer is repeated, and how long afterwards its key is still known.
REPEATED = timedelta(days=30)
KNOWN = timedelta(days=400)

_LOCK_NOT_AVAILABLE = "55P03"


class KeyMissing(Refusal):
    """The request creates something and brings no Idempotency-Key."""

    code, status = "idempotency-key-missing", 400
    says = N_("L'en-tête Idempotency-Key manque. Donnez une clé nouvelle à chaque demande.")


class KeyInFlight(Refusal):
    """The same request is being worked on."""

    code, status = "idempotency-key-in-flight", 409
    says = N_("La même demande est en cours. Réessayez dans un instant.")


class KeyReused(Refusal):
    """The key belongs to another request."""

    code, status = "idempotency-key-reused", 422
    says = N_("Cette clé a déjà servi pour une autre demande.")


class KeyOld(Refusal):
    """The key was used more than thirty days ago; its answer is no longer kept."""

    code, status = "idempotency-key-old", 410
    says = N_("Cette demande a été traitée il y a plus de %(days)s jours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answer a key got: status and body, byte for byte."""

    status: int
    body: str


async def begin(work: Work, key: str, fingerprint: bytes) -> Kept | None:
    """Claim a key of the actor; the answer if it has one already. A twin in flight is waited for as long as for
    any lock, 800 ms."""
    await work.hurry()
    claim = insert(Idempotency).values(
        id=new_id(), principal=work.actor.principal, key=key, fingerprint=fingerprint, created_at=work.now
    )
    try:
        claimed = await work.session.scalar(claim.on_conflict_do_nothing().returning(col(Idempotency.id)))
    except DBAPIError as fault:
        if sqlstate(fault) == _LOCK_NOT_AVAILABLE:
            raise KeyInFlight() from None
        raise
    return None if claimed is not None else await _answer(work, key, fingerprint)


async def _answer(work: Work, key: str, fingerprint: bytes) -> Kept:
    known = await work.session.scalar(
        select(Idempotency).where(col(Idempotency.principal) == work.actor.principal, col(Idempotency.key) == key)
    )
    if known is None:
        raise KeyInFlight()
    if known.fingerprint != fingerprint:
        raise KeyReused()
    if known.answer is None or known.status is None or known.created_at < work.now - REPEATED:
        raise KeyOld(days=REPEATED.days)
    return Kept(status=known.status, body=known.answer["body"])


async def keep(work: Work, key: str, kept: Kept) -> None:
    """Store the answer with the work it answers for."""
    await work.session.execute(
        update(Idempotency)
        .where(col(Idempotency.principal) == work.actor.principal, col(Idempotency.key) == key)
        .values(status=kept.status, answer={"body": kept.body})
    )


async def prune(work: Work) -> int:
    """Forget answers after thirty days and keys after four hundred more; returns how many keys are left."""
    await work.session.execute(
        update(Idempotency).where(col(Idempotency.created_at) < work.now - REPEATED).values(answer=null())
    )
    await work.session.execute(delete(Idempotency).where(col(Idempotency.created_at) < work.now - REPEATED - KNOWN))
    left: Any = await work.session.scalar(select(func.count()).select_from(Idempotency))
    return int(left)
