"""Reads of what chance decided about declarations nobody selected: each decision is one line of the audit."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlmodel import col

from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.tables import Audit
from visits.store.work import Work

#: The action in the audit.
SHARE_DRAWN = "share_drawn"


async def drawn(work: Work, declaration_id: UUID) -> bool:
    """Has chance decided about this declaration?"""
    known = exists().where(col(Audit.action) == SHARE_DRAWN, col(Audit.subject) == str(declaration_id))
    return bool(await work.session.scalar(select(known)))


async def shares_of_day(work: Work, office_id: UUID, day: date) -> list[tuple[str, dict[str, Any]]]:
    """What chance decided on an office's day: declaration and record."""
    rows = await work.session.execute(
        select(col(Audit.subject), col(Audit.body)).where(_of(office_id), col(Audit.body)["day"].astext == str(day))
    )
    return [(subject, body) for subject, body in rows.all()]


async def counts(work: Work, office_id: UUID, since: datetime) -> tuple[int, int]:
    """Of an office since an instant: the controls that were selected, and the declarations chance was asked about."""
    visits = select(func.count()).where(
        col(Visit.office_id) == office_id,
        col(Visit.opened_at) >= since,
        col(Visit.parent_id).is_(None),
        col(Visit.state) != State.CANCELLED,
    )
    asked = select(func.count()).where(_of(office_id), col(Audit.at) >= since)
    controls = int(await work.session.scalar(visits) or 0) - await taken(work, office_id, since)
    return max(0, controls), int(await work.session.scalar(asked) or 0)


async def taken(work: Work, office_id: UUID, since: datetime) -> int:
    """How many of an office's declarations chance sent to a control."""
    hit = col(Audit.body)["taken"].astext == "true"
    return int(await work.session.scalar(select(func.count()).where(_of(office_id), col(Audit.at) >= since, hit)) or 0)


def _of(office_id: UUID) -> ColumnElement[bool]:
    return and_(col(Audit.office_id) == office_id, col(Audit.action) == SHARE_DRAWN)
