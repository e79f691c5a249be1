"""Reads and writes of groups: their rows, and the days of an office they are seated on, locked as a whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from visits.booking.groups_tables import VisitGroup, VisitGroupMember
from visits.booking.tables import Appointment, DayBits
from visits.declarations.queries import visible_declarations
from visits.declarations.tables import Declaration
from visits.errors import NotFound
from visits.journey.tables import Visit
from visits.store.work import Work


async def lock_days(work: Work, office_id: UUID, days: Iterable[date]) -> None:
    """Lock every resource's row of some days of an office in the order of the house: whatever is taken afterwards
    is ours already, so two groups that want the same places wait for each other once, in one order."""
    await work.session.execute(
        select(col(DayBits.resource_id))
        .where(col(DayBits.office_id) == office_id, col(DayBits.day).in_(sorted(set(days))))
        .order_by(col(DayBits.day), col(DayBits.resource_id))
        .with_for_update()
    )


async def rows_between(
    work: Work, office_id: UUID, first: date, last: date, kinds: Sequence[str]
) -> dict[date, list[DayBits]]:
    """The days of an office's resources of some kinds, by day."""
    rows = await work.session.scalars(
        select(DayBits)
        .where(
            col(DayBits.office_id) == office_id,
            col(DayBits.day).between(first, last),
            col(DayBits.kind).in_(kinds),
            col(DayBits.work) != 0,
        )
        .execution_options(populate_existing=True)
    )
    found: dict[date, list[DayBits]] = {}
    for row in rows:
        found.setdefault(row.day, []).append(row)
    return found


async def members_of(work: Work, group_id: UUID) -> tuple[VisitGroup, list[UUID]]:
    """A group whose visits the actor may see, with their ids in order; NotFound for any other."""
    rows = await work.session.execute(
        select(VisitGroup, col(VisitGroupMember.visit_id))
        .join(VisitGroupMember, col(VisitGroupMember.group_id) == col(VisitGroup.id))
        .join(Visit, col(Visit.id) == col(VisitGroupMember.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(VisitGroup.id) == group_id, visible_declarations(work.actor))
        .order_by(col(VisitGroupMember.place))
    )
    known = [(row[0], row[1]) for row in rows]
    if not known:
        raise NotFound()
    return known[0][0], [visit_id for _, visit_id in known]


async def group_of(work: Work, visit_id: UUID) -> tuple[UUID, int] | None:
    """The newest group a visit was booked with, and how many visits it has."""
    group_id = await work.session.scalar(
        select(col(VisitGroup.id))
        .join(VisitGroupMember, col(VisitGroupMember.group_id) == col(VisitGroup.id))
        .where(col(VisitGroupMember.visit_id) == visit_id)
        .order_by(col(VisitGroup.made_at).desc(), col(VisitGroup.id).desc())
        .limit(1)
    )
    if group_id is None:
        return None
    rows = await work.session.scalars(
        select(col(VisitGroupMember.id)).where(col(VisitGroupMember.group_id) == group_id)
    )
    return group_id, len(rows.all())


async def in_turn(work: Work, visit_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The newest group of each of these visits, of those booked one after the other."""
    rows = await work.session.execute(
        select(col(VisitGroupMember.visit_id), col(VisitGroup.id), col(VisitGroup.pattern))
        .join(VisitGroup, col(VisitGroup.id) == col(VisitGroupMember.group_id))
        .where(col(VisitGroupMember.visit_id).in_(list(visit_ids)))
        .order_by(col(VisitGroup.made_at), col(VisitGroup.id))
    )
    newest = {visit: (group, pattern) for visit, group, pattern in rows}
    return {visit: group for visit, (group, pattern) in newest.items() if pattern == "in_turn"}


async def to_book_together(work: Work) -> Sequence[tuple[Visit, Declaration]]:
    """The actor's visits that wait for a time, those of one place side by side, the longest waiting first."""
    rows = await work.session.execute(
        select(Visit, Declaration)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Visit.state) == "to_book", visible_declarations(work.actor))
        .order_by(col(Visit.office_id), col(Visit.site_id), col(Visit.state_since), col(Visit.id))
        .limit(200)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A group of which something is still to come."""

    group: VisitGroup
    firm: str
    #: When its first visit begins, and how many visits still have a time.
    first: datetime
    visits: int


async def of_office(work: Work, office_id: UUID | None, *, most: int = 100) -> list[Booked]:
    """The groups of an office whose visits are still to come, the nearest first."""
    begins = func.min(func.lower(col(Appointment.during)))
    rows = await work.session.execute(
        select(VisitGroup, func.min(col(Declaration.declarant_name)), begins, func.count(col(Appointment.id)))
        .join(VisitGroupMember, col(VisitGroupMember.group_id) == col(VisitGroup.id))
        .join(Visit, col(Visit.id) == col(VisitGroupMember.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Appointment, (col(Appointment.visit_id) == col(Visit.id)) & (col(Appointment.status) == "confirmed"))
        .where(
            col(VisitGroup.office_id) == office_id,
            col(Visit.state) == "booked",
            func.lower(col(Appointment.during)) > work.now,
            visible_declarations(work.actor),
        )
        .group_by(col(VisitGroup.id))
        .order_by(begins, col(VisitGroup.id))
        .limit(most)
    )
    return [Booked(group=row[0], firm=row[1] or "–", first=row[2], visits=row[3]) for row in rows]
