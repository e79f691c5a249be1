"""Reads and writes of durations: visits that were made, what was learnt, and the length given to each visit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.booking.tables import Appointment, DurationTable, VisitLength
from visits.declarations.tables import Declaration
from visits.ids import new_id
from visits.journey.states import BY_APPOINTMENT, State
from visits.journey.tables import Visit
from visits.sites.tables import Office
from visits.store.work import Work

#: Visits this old say little about today's; so many are enough.
REMEMBERED, MOST = timedelta(days=730), 20_000
#: States in which a visit still waits for its time.
WAITING = (State.PACKAGE, State.CHECKING, State.TO_BOOK)

#: How long a visit was under way, without its suspensions. A tablet's own time counts: it may send hours later.
_MADE = text(
    "with step as (select visit_id, event, target, coalesce(device_at, at) as began,"
    " lead(coalesce(device_at, at)) over (partition by visit_id order by at, id) as ended from transition"
    " where visit_id in (select visit_id from transition where event = 'visit_ended' and at > :since))"
    " select v.id, sum(greatest(extract(epoch from step.ended - step.began), 0)) / 60 as minutes, max(ended.at) as at,"
    " min(step.began) as began, v.sample from step join visit v on v.id = step.visit_id"
    " join lateral (select max(at) as at from transition t where t.visit_id = v.id and t.event = 'visit_ended') ended"
    " on true where step.target = 'running' and step.ended is not null"
    " group by v.id having sum(extract(epoch from step.ended - step.began)) >= 60 order by at desc, v.id limit :most"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A visit that was made."""

    visit: Visit
    content: Mapping[str, Any]
    office: str
    minutes: float
    began: datetime
    ended: datetime


async def made(work: Work, *, since: datetime | None = None) -> list[Made]:
    """Visits ended lately, oldest first. Those of the training ground only where there are no others."""
    first = max(since, work.now - REMEMBERED) if since else work.now - REMEMBERED
    rows = (await work.session.execute(_MADE, {"since": first, "most": MOST})).all()
    real = [row for row in rows if not row.sample] or rows
    found: list[Made] = []
    for at in range(0, len(real), 500):
        page = {row.id: row for row in real[at : at + 500]}
        cases = await work.session.execute(
            select(Visit, col(Declaration.content), col(Office.code))
            .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
            .join(Office, col(Office.id) == col(Visit.office_id))
            .where(col(Visit.id).in_(page))
        )
        found += [
            Made(
                visit=visit,
                content=content,
                office=office,
                minutes=float(page[visit.id].minutes),
                began=page[visit.id].began,
                ended=page[visit.id].at,
            )
            for visit, content, office in cases
        ]
    return sorted(found, key=lambda each: (each.ended, each.visit.id))


async def newest(work: Work) -> DurationTable | None:
    """What was learnt last."""
    return await work.session.scalar(select(DurationTable).order_by(col(DurationTable.version).desc()).limit(1))


async def keep(work: Work, version: int, body: Mapping[str, Any], *, visits: int, through: datetime) -> bool:
    """Store what was learnt; False if somebody stored this version meanwhile."""
    row = {
        "id": new_id(),
        "version": version,
        "body": dict(body),
        "visits": visits,
        "through": through,
        "made_at": work.now,
    }
    statement = insert(DurationTable).values(row).on_conflict_do_nothing().returning(col(DurationTable.id))
    return await work.session.scalar(statement) is not None


async def length_of(work: Work, visit_id: UUID) -> VisitLength | None:
    """How the visit came to its length: the newest word."""
    return await work.session.scalar(
        select(VisitLength)
        .where(col(VisitLength.visit_id) == visit_id)
        .order_by(col(VisitLength.at).desc(), col(VisitLength.id).desc())
        .limit(1)
    )


async def predictions_of(work: Work, visit_ids: Sequence[UUID]) -> dict[UUID, list[VisitLength]]:
    """What was predicted for visits, oldest first."""
    rows = await work.session.scalars(
        select(VisitLength)
        .where(col(VisitLength.visit_id).in_(visit_ids), col(VisitLength.source) == "learnt")
        .order_by(col(VisitLength.at), col(VisitLength.id))
    )
    found: dict[UUID, list[VisitLength]] = {}
    for row in rows:
        found.setdefault(row.visit_id, []).append(row)
    return found


async def waiting_for_update(work: Work, after: UUID | None, limit: int = 200) -> Sequence[tuple[Visit, Declaration]]:
    """Visits without a time, whose length nobody set by hand, by id; what somebody works on is passed over."""
    source = (
        select(col(VisitLength.source))
        .where(col(VisitLength.visit_id) == col(Visit.id))
        .order_by(col(VisitLength.at).desc(), col(VisitLength.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    has_time = (
        select(col(Appointment.id))
        .where(col(Appointment.visit_id) == col(Visit.id), col(Appointment.status).in_(("held", "confirmed")))
        .exists()
    )
    query = (
        select(Visit, Declaration)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(
            col(Visit.state).in_(WAITING),
            col(Visit.level).in_(BY_APPOINTMENT),
            func.coalesce(source, "") != "staff",
            ~has_time,
        )
        .order_by(col(Visit.id))
        .limit(limit)
        .with_for_update(of=Visit, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = await work.session.execute(query if after is None else query.where(col(Visit.id) > after))
    return [(row[0], row[1]) for row in rows]
