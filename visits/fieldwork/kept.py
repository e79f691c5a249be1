"""Reads and writes of what has been kept long enough."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select, text, union
from sqlalchemy.orm import aliased
from sqlmodel import col

from visits.documents.tables import Document
from visits.events import DisputeClosed, GoodsSeized, OffenceRecorded
from visits.fieldwork.tables import CheckIn, Evidence
from visits.journey.states import OVER
from visits.journey.tables import Visit
from visits.store.tables import DomainEvent
from visits.store.work import Work

#: From here on photos are part of a dispute, whatever their age.
DISPUTES = (GoodsSeized.code, OffenceRecorded.code)
#: The application may not change these tables; the functions take away, nothing else (alembic 0004).
_FORGET_POSITIONS = text("select forget_positions(cast(:arrivals as uuid[]), cast(:pieces as uuid[]))")
_FORGET_PHOTOS = text("select forget_photos(cast(:pieces as uuid[]), cast(:moment as timestamptz))")


def old_positions(table: type[CheckIn] | type[Evidence], office_id: UUID, before: datetime) -> Select[UUID]:
    """Rows of an office that hold a position from before an instant."""
    return (
        select(col(table.id))
        .join(Visit, col(Visit.id) == col(table.visit_id))
        .where(col(Visit.office_id) == office_id, col(table.latitude).is_not(None), col(table.at) < before)
    )


def old_photos(office_id: UUID, before: datetime) -> Select[UUID, str]:
    """Photos of an office from before an instant, with their files: those of goods no visit is open for any more,
    and about which nothing is disputed. Goods seized are disputed until somebody says that it is over."""
    mate, cause, end = aliased(Visit), aliased(DomainEvent), aliased(DomainEvent)
    same = col(Visit.declaration_id)
    open_ = exists().where(col(mate.declaration_id) == same, col(mate.state).not_in(OVER))
    settled = exists().where(
        col(end.declaration_id) == same, col(end.kind) == DisputeClosed.code, col(end.at) >= col(cause.at)
    )
    disputed = exists().where(col(cause.declaration_id) == same, col(cause.kind).in_(DISPUTES), ~settled)
    return (
        select(col(Evidence.id), col(Evidence.blob))
        .join(Visit, col(Visit.id) == col(Evidence.visit_id))
        .where(
            col(Visit.office_id) == office_id,
            col(Evidence.removed_at).is_(None),
            col(Evidence.at) < before,
            ~open_,
            ~disputed,
        )
    )


async def files_in_use(work: Work, keys: Collection[str], leaving: Collection[UUID] = ()) -> set[str]:
    """Which of these files something else needs: a piece of evidence that does not leave, or a document."""
    needed = select(col(Evidence.blob)).where(
        col(Evidence.blob).in_(keys), col(Evidence.removed_at).is_(None), col(Evidence.id).not_in(leaving)
    )
    papers = select(col(Document.blob)).where(col(Document.blob).in_(keys))
    return set(await work.session.scalars(union(needed, papers)))


async def forget_positions(work: Work, arrivals: Sequence[UUID], pieces: Sequence[UUID]) -> None:
    """Take the positions out of these rows."""
    await work.session.execute(_FORGET_POSITIONS, {"arrivals": arrivals, "pieces": pieces})


async def forget_photos(work: Work, pieces: Sequence[UUID]) -> int:
    """Say that these files went now; how many had not gone before."""
    return len((await work.session.scalars(_FORGET_PHOTOS, {"pieces": pieces, "moment": work.now})).all())
