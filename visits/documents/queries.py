"""Reads of documents, rules, uploads and reviews. A document is seen by whoever may open its visit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import col

from visits.declarations.queries import visible_visits
from visits.declarations.tables import Declaration
from visits.documents.tables import ChecklistRule, Document, PackageReview, Upload
from visits.errors import NotFound
from visits.journey.tables import Visit
from visits.store.work import Work


async def documents_of(work: Work, visit_id: UUID) -> Sequence[Document]:
    """Every document of a visit, in whatever state, oldest first."""
    rows = await work.session.scalars(select(Document).where(col(Document.visit_id) == visit_id).order_by(Document.id))  # type: ignore[arg-type]
    return rows.all()


async def document_for(work: Work, document_id: UUID) -> Document:
    """A document of a visit the actor may open; NotFound for any other."""
    found = await work.session.scalar(
        select(Document)
        .join(Visit, col(Visit.id) == col(Document.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Document.id) == document_id, visible_visits(work.actor))
    )
    if found is None:
        raise NotFound()
    return found


async def document_of(work: Work, visit_id: UUID, document_id: UUID) -> Document:
    """A document of this visit, locked; the caller has made sure that the actor may open the visit."""
    found = await work.session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if found is None or found.visit_id != visit_id:
        raise NotFound()
    return found


async def twin_of(work: Work, visit_id: UUID, document_type: str, sha256: str) -> Document | None:
    """The current document of the same kind with the same content."""
    return await work.session.scalar(
        select(Document)
        .where(
            col(Document.visit_id) == visit_id,
            col(Document.document_type) == document_type,
            col(Document.sha256) == sha256,
            col(Document.state) == "current",
        )
        .limit(1)
    )


async def was_refused(work: Work, visit_id: UUID, document_type: str, sha256: str) -> bool:
    """Did the newest verdict find a defect in a document of this kind with this very content?"""
    review = await last_review(work, visit_id)
    named = [UUID(each["document"]) for each in review.defects if each["document"]] if review else []
    if not named:
        return False
    found = await work.session.scalar(
        select(col(Document.id))
        .where(
            col(Document.id).in_(named), col(Document.document_type) == document_type, col(Document.sha256) == sha256
        )
        .limit(1)
    )
    return found is not None


async def bytes_kept(work: Work, visit_id: UUID, *, other_than: UUID | None = None) -> int:
    """Bytes a visit's files take, replaced ones too, and those its open uploads may still bring."""
    files = (
        select(col(Document.sha256), col(Document.size)).where(col(Document.visit_id) == visit_id).distinct().subquery()
    )
    coming = select(func.coalesce(func.sum(col(Upload.length)), 0)).where(
        col(Upload.visit_id) == visit_id,
        col(Upload.document_id).is_(None),
        col(Upload.fault).is_(None),
        col(Upload.expires_at) > work.now,
    )
    if other_than is not None:
        coming = coming.where(col(Upload.id) != other_than)
    kept = select(func.coalesce(func.sum(files.c.size), 0)).scalar_subquery() + coming.scalar_subquery()
    return int(await work.session.scalar(select(kept)) or 0)


async def upload_for_update(work: Work, upload_id: UUID) -> Upload | None:
    """An upload, locked, if the actor may open its visit."""
    return await work.session.scalar(
        select(Upload)
        .join(Visit, col(Visit.id) == col(Upload.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Upload.id) == upload_id, visible_visits(work.actor))
        .with_for_update(of=Upload)
        .execution_options(populate_existing=True)
    )


async def expired_uploads(work: Work, now: datetime, *, limit: int = 200) -> Sequence[Upload]:
    """Uploads whose time is over, oldest first, locked; those somebody is at are passed over."""
    rows = await work.session.scalars(
        select(Upload)
        .where(col(Upload.expires_at) <= now)
        .order_by(col(Upload.expires_at), col(Upload.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def last_review(work: Work, visit_id: UUID) -> PackageReview | None:
    """The newest verdict on the package."""
    return await work.session.scalar(
        select(PackageReview)
        .where(col(PackageReview.visit_id) == visit_id)
        .order_by(col(PackageReview.id).desc())
        .limit(1)
    )


async def rules_of(work: Work, office_id: UUID | None = None, *, retired: bool = False) -> Sequence[ChecklistRule]:
    """The rules of the administration and, if one is named, of an office; the administration's first."""
    query = select(ChecklistRule).order_by(col(ChecklistRule.office_id).nulls_first(), col(ChecklistRule.id))
    if office_id is not None:
        query = query.where(or_(col(ChecklistRule.office_id).is_(None), col(ChecklistRule.office_id) == office_id))
    if not retired:
        query = query.where(col(ChecklistRule.active))
    return (await work.session.scalars(query)).all()


async def has_rules(work: Work) -> bool:
    """Did the administration ever set rules of its own?"""
    return (await work.session.scalar(select(col(ChecklistRule.id)).limit(1))) is not None


async def rule_for_update(work: Work, rule_id: UUID) -> ChecklistRule:
    """One rule, locked."""
    found = await work.session.get(ChecklistRule, rule_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found
