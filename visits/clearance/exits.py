"""Reads of the gate: the declaration of a voucher, and what left under it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from visits.clearance.tables import GateExit, Inbound
from visits.declarations.tables import Declaration
from visits.store.work import Work


async def declaration_of_voucher(work: Work, voucher: str, container: str, *, lock: bool) -> Declaration | None:
    """The declaration of the actor's office that carries this voucher; of several, the one with the container."""
    written: Any = func.upper(func.regexp_replace(func.btrim(col(Declaration.voucher)), r"\s+", " ", "g"))
    query = (
        select(Declaration)
        .where(col(Declaration.office_id) == work.actor.office, written == voucher)
        .order_by(
            col(Declaration.content)["containers"].contains([{"number": container}]).desc(),
            col(Declaration.released_at).desc(),
        )
        .limit(1)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await work.session.scalar(query)


async def exit_of(work: Work, declaration_id: UUID, container: str) -> GateExit | None:
    """The exit of a container, if it left."""
    return await work.session.scalar(
        select(GateExit).where(col(GateExit.declaration_id) == declaration_id, col(GateExit.container) == container)
    )


async def exits_by(work: Work, person_id: UUID, limit: int = 20) -> Sequence[GateExit]:
    """The last exits somebody recorded, newest first."""
    rows = await work.session.scalars(
        select(GateExit).where(col(GateExit.person_id) == person_id).order_by(col(GateExit.at).desc()).limit(limit)
    )
    return rows.all()


async def exited_at_gate(work: Work, declaration_id: UUID) -> bool:
    """Did our own gate see these goods leave?"""
    return (
        await work.session.scalar(
            select(col(GateExit.id)).where(col(GateExit.declaration_id) == declaration_id).limit(1)
        )
    ) is not None


async def cancelled_before(work: Work, declaration_id: UUID, voucher: str) -> bool:
    """Did the withdrawal of this voucher overtake it on the way?"""
    found = await work.session.scalar(
        select(col(Inbound.id))
        .where(
            col(Inbound.declaration_id) == declaration_id,
            col(Inbound.kind) == "release_cancelled",
            col(Inbound.outcome) == "noted",
            col(Inbound.body)["voucher"].astext == voucher,
        )
        .limit(1)
    )
    return found is not None
