"""Reads and writes of regular hours."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlmodel import col

from visits.actor import Actor
from visits.booking.regular_tables import RegularDay, RegularHours
from visits.booking.tables import BookingPart
from visits.errors import NotFound
from visits.people.tables import Firm
from visits.roles import CHIEFS, DECLARANTS, Role
from visits.sites.tables import Office, Site
from visits.store.work import Work

#: States in which regular hours count against a firm's number.
LIVE = ("asked", "granted")


def _visible(actor: Actor) -> ColumnElement[bool]:
    """A firm's own, and those of a chief's office; deny unless a rule says so."""
    if actor.is_a(Role.SYSTEM):
        return true()
    rules: list[ColumnElement[bool]] = []
    if actor.is_a(*DECLARANTS) and actor.firm is not None:
        rules.append(col(RegularHours.firm_id) == actor.firm)
    if actor.is_a(*CHIEFS) and actor.office is not None:
        rules.append(col(RegularHours.office_id) == actor.office)
    return or_(*rules) if rules else false()


async def hours_for_update(work: Work, regular_id: UUID) -> RegularHours:
    """Regular hours the actor may see, locked."""
    found = await work.session.scalar(
        select(RegularHours).where(col(RegularHours.id) == regular_id, _visible(work.actor)).with_for_update()
    )
    if found is None:
        raise NotFound()
    return found


async def day_for_update(work: Work, day_id: UUID) -> tuple[RegularDay, RegularHours]:
    """A day of regular hours the actor may see, locked."""
    row = (
        await work.session.execute(
            select(RegularDay, RegularHours)
            .join(RegularHours, col(RegularHours.id) == col(RegularDay.regular_id))
            .where(col(RegularDay.id) == day_id, _visible(work.actor))
            .with_for_update(of=RegularDay)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1]


async def kept_days(work: Work, regular_id: UUID) -> Sequence[RegularDay]:
    """The days still kept, in their order, locked."""
    rows = await work.session.scalars(
        select(RegularDay)
        .where(col(RegularDay.regular_id) == regular_id, col(RegularDay.state) == "kept")
        .order_by(col(RegularDay.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def stranded(work: Work) -> list[tuple[Firm, Site, datetime]]:
    """The places kept for firms, of hours the actor may see, whose officer or bay fell away, and since when."""
    since: ColumnElement[Any] = func.min(col(BookingPart.stranded_since))
    rows = await work.session.execute(
        select(Firm, Site, since)
        .join(RegularHours, col(RegularHours.firm_id) == col(Firm.id))
        .join(Site, col(Site.id) == col(RegularHours.site_id))
        .join(RegularDay, col(RegularDay.regular_id) == col(RegularHours.id))
        .join(BookingPart, col(BookingPart.appointment_id) == col(RegularDay.appointment_id))
        .where(
            _visible(work.actor),
            col(RegularDay.state) == "kept",
            func.lower(col(RegularDay.during)) > work.now,
            col(BookingPart.live),
            col(BookingPart.stranded_since).is_not(None),
        )
        .group_by(col(Firm.id), col(Site.id), col(RegularDay.id))
        .order_by(since, col(RegularDay.id))
        .limit(100)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def live_of_firm(work: Work, firm_id: UUID, office_id: UUID) -> int:
    """How many regular hours a firm has or asked for at an office; the firm is locked until the commit."""
    await work.session.execute(select(col(Firm.id)).where(col(Firm.id) == firm_id).with_for_update(key_share=True))
    found = await work.session.scalar(
        select(func.count())
        .select_from(RegularHours)
        .where(
            col(RegularHours.firm_id) == firm_id,
            col(RegularHours.office_id) == office_id,
            col(RegularHours.state).in_(LIVE),
        )
    )
    return int(found or 0)


async def kept_on(work: Work, office_id: UUID, days: Sequence[date]) -> dict[date, int]:
    """How many places are kept for firms on days of an office."""
    rows = await work.session.execute(
        select(col(RegularDay.day), func.count())
        .where(col(RegularDay.office_id) == office_id, col(RegularDay.day).in_(days), col(RegularDay.state) == "kept")
        .group_by(col(RegularDay.day))
    )
    return {row[0]: int(row[1]) for row in rows}


async def listed(work: Work, *states: str) -> list[tuple[RegularHours, Firm, Site, Office]]:
    """Regular hours the actor may see, the newest first."""
    rows = await work.session.execute(
        select(RegularHours, Firm, Site, Office)
        .join(Firm, col(Firm.id) == col(RegularHours.firm_id))
        .join(Site, col(Site.id) == col(RegularHours.site_id))
        .join(Office, col(Office.id) == col(RegularHours.office_id))
        .where(_visible(work.actor), col(RegularHours.state).in_(states))
        .order_by(col(RegularHours.asked_at).desc(), col(RegularHours.id).desc())
        .limit(100)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def days_of(work: Work, regular: Sequence[UUID], since: datetime) -> dict[UUID, list[RegularDay]]:
    """The days of regular hours from a moment on, by hours."""
    rows = await work.session.scalars(
        select(RegularDay)
        .where(col(RegularDay.regular_id).in_(regular), func.upper(col(RegularDay.during)) > since)
        .order_by(col(RegularDay.day))
    )
    found: dict[UUID, list[RegularDay]] = {}
    for each in rows:
        found.setdefault(each.regular_id, []).append(each)
    return found
