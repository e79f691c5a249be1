"""Work to be done right after the commit. No job waits for a future moment: that is a row of `due`."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.ids import new_id
from visits.store.tables import Due
from visits.store.work import Work

_DEFER = text(
    "select procrastinate_defer_jobs_v1(array[row(cast('events' as varchar), cast(:task as varchar), 0,"
    " cast(:lock as text), null::text, cast(:args as jsonb), null::timestamptz)::procrastinate_job_to_defer_v1])"
)
_AT = (
    insert(Due)
    .values({name: bindparam(name) for name in ("id", "kind", "subject_id", "due_at", "body", "made_at")})
    .on_conflict_do_update(index_elements=["kind", "subject_id", "due_at"], set_={"done_at": None})
)
_FORGET = (
    update(Due)
    .where(col(Due.kind) == bindparam("was"), col(Due.subject_id) == bindparam("subject"), col(Due.done_at).is_(None))
    .values(done_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)
_ONLY = text(
    "with forgotten as (update due set done_at = :now where kind = :kind and subject_id = :subject and done_at is null"
    " and due_at <> :moment) insert into due (id, kind, subject_id, due_at, body, made_at)"
    " values (:id, :kind, :subject, :moment, '{}', :now)"
    " on conflict (kind, subject_id, due_at) do update set done_at = null"
)


async def run_now(work: Work, task: str, *, lock: str, **args: Any) -> None:
    """Run a task of the worker once this transaction is committed; jobs of one lock run one after another."""
    body = json.dumps({"tenant": str(work.actor.tenant)} | args, default=str)
    await work.session.execute(_DEFER, {"task": task, "lock": lock, "args": body})


async def at(work: Work, moment: datetime, kind: str, subject: UUID, **body: Any) -> None:
    """Remember a future moment; the same kind, subject and moment twice is one, and one forgotten comes back."""
    row = {"id": new_id(), "kind": kind, "subject_id": subject, "due_at": moment, "body": body, "made_at": work.now}
    await work.session.execute(_AT, row)


async def only(work: Work, moment: datetime, kind: str, subject: UUID) -> None:
    """Remember this moment of a kind and subject, and forget every other."""
    row = {"id": new_id(), "kind": kind, "subject": subject, "moment": moment, "now": work.now}
    await work.session.execute(_ONLY, row)


async def forget(work: Work, kind: str, subject: UUID) -> None:
    """What was to happen to the subject will not."""
    await work.session.execute(_FORGET, {"was": kind, "subject": subject, "at": work.now})


async def claim_due(work: Work, *, limit: int = 100) -> Sequence[Due]:
    """Moments that have come, oldest first, locked; another worker passes over them."""
    rows = await work.session.scalars(
        select(Due)
        .where(col(Due.done_at).is_(None), col(Due.due_at) <= work.now)
        .order_by(col(Due.due_at), col(Due.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()
