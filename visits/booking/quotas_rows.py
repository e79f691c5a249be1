"""Reads behind quotas and priorities: what is free, what begins when and for whom, why a visit goes before others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlmodel import col

from visits.booking.queries import LIVE
from visits.booking.quotas import Standing
from visits.booking.tables import Appointment, DayBits, VisitUrgency
from visits.journey.states import State
from visits.journey.tables import Transition, Visit
from visits.people.tables import Firm
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A live appointment of another visit: when it begins, and for whose quota it counts."""

    at: datetime
    standing: Standing
    level: str
    site: str


async def rooms(work: Work, office_id: UUID, first: date, last: date, kinds: Sequence[str]) -> list[DayBits]:
    """The days of resources that work at all, by day and resource, as they stand now."""
    rows = await work.session.scalars(
        select(DayBits)
        .where(
            col(DayBits.office_id) == office_id,
            col(DayBits.day).between(first, last),
            col(DayBits.kind).in_(kinds),
            col(DayBits.work) != 0,
        )
        .order_by(col(DayBits.day), col(DayBits.resource_id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def begun(
    work: Work, office_id: UUID, first: date, last: date, *, but: Sequence[UUID] = ()
) -> dict[date, list[Begun]]:
    """The live appointments on the days of a period by day, without those of the visits that ask. A visit that holds a
    second time keeps both until it chose."""
    rows = await work.session.execute(
        select(
            col(Appointment.day),
            func.lower(Appointment.during),
            col(Appointment.audience),
            col(Appointment.priority),
            col(Visit.level),
            col(Appointment.site_id),
        )
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .where(
            col(Appointment.office_id) == office_id,
            col(Appointment.day).between(first, last),
            _counts(work.now),
            col(Appointment.visit_id).not_in(but),
        )
    )
    found: dict[date, list[Begun]] = {}
    for day, at, audience, priority, level, site in rows:
        standing = Standing(audience=audience, classes=tuple(priority))
        found.setdefault(day, []).append(Begun(at=at, standing=standing, level=level, site=str(site or "")))
    return found


async def firm_days(
    work: Work, firm_id: UUID, office_id: UUID, first: date, last: date, *, but: UUID
) -> dict[date, int]:
    """How many visits of a firm have a time on each day of a period, without the one that asks."""
    bound = {"firm": firm_id, "office": office_id, "first": first, "last": last, "now": work.now, "but": but}
    rows = await work.session.execute(_firm_days(), bound)
    return {row[0]: row[1] for row in rows}


async def firm_days_without(
    work: Work, firm_id: UUID, office_id: UUID, first: date, last: date, *, but: Sequence[UUID]
) -> dict[date, int]:
    """The same without several visits, which ask together."""
    rows = await work.session.execute(
        select(col(Appointment.day), func.count(col(Appointment.visit_id).distinct()))
        .where(
            col(Appointment.firm_id) == firm_id,
            col(Appointment.office_id) == office_id,
            col(Appointment.day).between(first, last),
            _counts(work.now),
            col(Appointment.visit_id).not_in(but),
        )
        .group_by(col(Appointment.day))
    )
    return {row[0]: row[1] for row in rows}


@cache
def _firm_days() -> Select[date, int]:
    """Built once: every search of a declarant asks it."""
    return (
        select(col(Appointment.day), func.count(col(Appointment.visit_id).distinct()))
        .where(
            col(Appointment.firm_id) == bindparam("firm"),
            col(Appointment.office_id) == bindparam("office"),
            col(Appointment.day).between(bindparam("first"), bindparam("last")),
            _counts(bindparam("now")),
            col(Appointment.visit_id) != bindparam("but"),
        )
        .group_by(col(Appointment.day))
    )


async def lock_firm(work: Work, firm_id: UUID) -> None:
    """Nobody else books for this firm until the commit."""
    await work.session.execute(select(col(Firm.id)).where(col(Firm.id) == firm_id).with_for_update(key_share=True))


def _counts(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Confirmed, or held and not run out."""
    return and_(
        col(Appointment.status).in_(LIVE),
        or_(col(Appointment.status) == "confirmed", col(Appointment.expires_at) >= now),
    )


async def is_urgent(work: Work, visit_id: UUID) -> bool:
    """Did a chief say so last?"""
    found = await urgency_of(work, visit_id)
    return found is not None and found.urgent


async def urgency_of(work: Work, visit_id: UUID) -> VisitUrgency | None:
    """The newest word on a visit's urgency."""
    return await work.session.scalar(
        select(VisitUrgency)
        .where(col(VisitUrgency.visit_id) == visit_id)
        .order_by(col(VisitUrgency.at).desc(), col(VisitUrgency.id).desc())
        .limit(1)
    )


async def to_book_since(work: Work, visit_id: UUID) -> datetime | None:
    """When the visit could be booked for the first time: a place lost since does not send it back to the end."""
    return await work.session.scalar(
        select(func.min(col(Transition.at))).where(
            col(Transition.visit_id) == visit_id, col(Transition.target) == State.TO_BOOK
        )
    )
