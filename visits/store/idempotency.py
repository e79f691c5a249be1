"""Idempotency keys: the first statement of the transaction, its answer stored with the success (product, Decided 4).

A key belongs to one principal: a person, or the name of a program's key. The same letters sent by somebody else are
another key: they get neither the stored answer nor a word that there is one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Delete, Update, delete, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from visits.actor import system
from visits.errors import Refusal
from visits.ids import TenantId, new_id
from visits.store.tables import Idempotency
from visits.store.tools import Tools
from visits.store.work import Work, hurry, sqlstate
from visits.texts import N_

#: How long an answer is repeated, and how long afterwards its key is still known.
REPEATED = timedelta(days=30)
KNOWN = timedelta(days=400)
#: Rows one transaction of the sweep touches at most.
BATCH = 1000

_LOCK_NOT_AVAILABLE = "55P03"


class KeyMissing(Refusal):
    """The request creates something and brings no Idempotency-Key."""

    code, status = "idempotency-key-missing", 400
    says = N_("L'en-tête Idempotency-Key manque. Donnez une clé nouvelle à chaque demande.")


class KeyMalformed(Refusal):
    """The Idempotency-Key is empty, too long, or no text as headers know it."""

    code, status = "idempotency-key-malformed", 400
    says = N_("L'en-tête Idempotency-Key doit contenir de 1 à 255 caractères imprimables.")


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
    await hurry(work)
    claim = insert(Idempotency).values(
        id=new_id(), principal=work.actor.principal, key=key, fingerprint=fingerprint, created_at=work.now
    )
    try:
        claimed = await work.session.scalar(claim.on_conflict_do_nothing().returning(col(Idempotency.id)))
    except DBAPIError as fault:
        if sqlstate(fault) == _LOCK_NOT_AVAILABLE:
            raise KeyInFlight(wait=1) from None
        raise
    return None if claimed is not None else await _answer(work, key, fingerprint)


async def _answer(work: Work, key: str, fingerprint: bytes) -> Kept:
    known = await work.session.scalar(
        select(Idempotency).where(col(Idempotency.principal) == work.actor.principal, col(Idempotency.key) == key)
    )
    if known is None:
        raise KeyInFlight(wait=1)
    if known.answer is None or known.status is None or known.created_at < work.now - REPEATED:
        raise KeyOld(days=REPEATED.days)
    if known.fingerprint != fingerprint:
        raise KeyReused()
    return Kept(status=known.status, body=known.answer["body"])


async def keep(work: Work, key: str, kept: Kept) -> None:
    """Store the answer with the work it answers for."""
    await work.session.execute(
        update(Idempotency)
        .where(col(Idempotency.principal) == work.actor.principal, col(Idempotency.key) == key)
        .values(status=kept.status, answer={"body": kept.body})
    )


async def prune(work: Work) -> int:
    """Forget some answers after thirty days and some keys after four hundred more; returns how many rows it touched.

    Rows somebody works on are passed over: the next round takes them.
    """
    touched = 0
    for deed in (_forget_answers, _forget_keys):
        result: Any = await work.session.execute(deed(work.now))
        touched += int(result.rowcount)
    return touched


async def sweep(tools: Tools, tenant: TenantId) -> int:
    """The periodic job: prune, a batch a transaction, until nothing is left to forget; returns how many rows it was."""
    total = 0
    while touched := await tools.database.run(system(tenant), prune):
        total += touched
    return total


def _forget_answers(now: datetime) -> Update:
    old = _oldest(now - REPEATED, col(Idempotency.answer).is_not(None))
    return update(Idempotency).where(col(Idempotency.id).in_(select(old.c.id))).values(answer=null())


def _forget_keys(now: datetime) -> Delete:
    old = _oldest(now - REPEATED - KNOWN)
    return delete(Idempotency).where(col(Idempotency.id).in_(select(old.c.id)))


def _oldest(before: datetime, *those: ColumnElement[bool]) -> CTE:
    """Some of the oldest keys, locked. By itself: as a subquery the database might ask it again for every row."""
    return (
        select(col(Idempotency.id))
        .where(col(Idempotency.created_at) < before, *those)
        .order_by(col(Idempotency.created_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("oldest")
    )
