"""Reads and writes of the draw's witnesses."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range, insert
from sqlmodel import col

from visits.assignment.tables import DrawSeed, DrawWitness
from visits.errors import NotFound
from visits.store.work import Work


def span(first: date, days: int) -> Range[date]:
    """So many days from the first one."""
    return Range(first, first + timedelta(days=days), bounds="[)")


async def add(work: Work, made: DrawWitness) -> bool:
    """Appoint; False if some of the days have a witness already."""
    statement = insert(DrawWitness).values(made.model_dump(exclude={"tenant_id", "days"}) | {"days": made.days})
    added = await work.session.execute(statement.on_conflict_do_nothing().returning(col(DrawWitness.id)))
    return added.scalar_one_or_none() is not None


async def of_day(work: Work, office_id: UUID, day: date) -> DrawWitness | None:
    """The witness of a day."""
    return await work.session.scalar(
        select(DrawWitness).where(col(DrawWitness.office_id) == office_id, col(DrawWitness.days).op("@>")(day))
    )


async def mandates(work: Work, office_id: UUID) -> Sequence[DrawWitness]:
    """Every witness of an office, the newest first."""
    rows = await work.session.scalars(
        select(DrawWitness)
        .where(col(DrawWitness.office_id) == office_id)
        .order_by(func.lower(col(DrawWitness.days)).desc())
    )
    return rows.all()


async def mandate(work: Work, office_id: UUID, witness_id: UUID) -> DrawWitness:
    """One witness of an office, locked."""
    found = await work.session.scalar(
        select(DrawWitness)
        .where(col(DrawWitness.office_id) == office_id, col(DrawWitness.id) == witness_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


async def days_of(work: Work, office_id: UUID, first: date, last: date) -> Sequence[DrawSeed]:
    """What became of the value of each day, the newest first."""
    rows = await work.session.scalars(
        select(DrawSeed)
        .where(col(DrawSeed.office_id) == office_id, col(DrawSeed.day).between(first, last))
        .order_by(col(DrawSeed.day).desc())
    )
    return rows.all()
