"""What the board reads: the appointments of a day with what became of them, reports that wait, and the links."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlmodel import col

from visits.booking.premises_rows import is_live
from visits.booking.premises_tables import HomeVisit, Premises
from visits.booking.tables import Appointment
from visits.clearance.tables import Outbound
from visits.declarations.queries import title_of, visible_declarations
from visits.declarations.tables import Declaration
from visits.journey.states import Level, State
from visits.journey.tables import Transition, Visit
from visits.performance.board import REPORT_PATIENCE, Planned
from visits.sites.tables import Resource, Site
from visits.store.tables import DomainEvent
from visits.store.work import Work
from visits.web.language import natural

#: Appointments that were kept, or lost on the day itself.
SHOWN = ("confirmed", "done", "no_show_declarant", "no_show_goods", "no_show_customs", "no_show_agency")
MOST = 800


def _moment(event: str, since: datetime, *, last: bool = False) -> Any:
    """The corrected time of a visit's first (or last) transition of the day by this event."""
    at = func.coalesce(col(Transition.device_at), col(Transition.at))
    return (
        select(func.max(at) if last else func.min(at))
        .where(col(Transition.visit_id) == col(Visit.id), col(Transition.event) == event, col(Transition.at) >= since)
        .scalar_subquery()
    )


def _arrival(since: datetime) -> Any:
    at = func.coalesce(col(DomainEvent.device_at), col(DomainEvent.at))
    return (
        select(func.min(at))
        .where(
            col(DomainEvent.visit_id) == col(Visit.id),
            col(DomainEvent.kind) == "party_checked_in",
            col(DomainEvent.body)["party"].astext.in_(("declarant", "importer")),
            col(DomainEvent.at) >= since,
        )
        .scalar_subquery()
    )


async def day_of(work: Work, office_id: UUID, day: date, since: datetime) -> list[Planned]:
    """The appointments of an office's day, by time; `since` is the day's first instant."""
    rows = await work.session.execute(
        select(
            Appointment,
            Visit,
            Declaration,
            func.coalesce(col(Site.name), col(Premises.name)),
            _arrival(since).label("arrived"),
            _moment("visit_started", since).label("started"),
            _moment("visit_ended", since, last=True).label("ended"),
        )
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .outerjoin(Site, col(Site.id) == col(Appointment.site_id))
        .outerjoin(HomeVisit, and_(col(HomeVisit.visit_id) == col(Visit.id), is_live()))
        .outerjoin(Premises, col(Premises.id) == col(HomeVisit.premises_id))
        .where(col(Appointment.office_id) == office_id, col(Appointment.day) == day, col(Appointment.status).in_(SHOWN))
        .order_by(func.lower(Appointment.during), col(Appointment.id))
        .limit(MOST)
    )
    return [_planned(row) for row in rows]


def _planned(row: Any) -> Planned:
    appointment, visit, declaration, site = row[0], row[1], row[2], row[3]
    return Planned(
        visit=visit.id,
        title=title_of(declaration),
        number=declaration.number or title_of(declaration),
        level=Level(visit.level),
        state=State(visit.state),
        status=appointment.status,
        start=appointment.during.lower,
        end=appointment.during.upper,
        officer=visit.inspector_id,
        site=site or "",
        arrived=row.arrived,
        started=row.started,
        ended=row.ended,
        signed=visit.state_since if visit.state == State.SIGNED else None,
    )


async def officers(work: Work, office_id: UUID, day: date) -> list[tuple[UUID, str]]:
    """The office's inspectors in post on a day, by name."""
    rows = await work.session.execute(
        select(col(Resource.id), col(Resource.name))
        .where(
            col(Resource.office_id) == office_id,
            col(Resource.kind) == "officer",
            col(Resource.active_from) <= day,
            func.coalesce(col(Resource.active_to), day) >= day,
        )
        .order_by(col(Resource.id))
    )
    return sorted(((row[0], row[1]) for row in rows), key=lambda each: natural(each[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A signed report nobody has validated yet."""

    visit: UUID
    title: str
    since: datetime


async def reports_waiting(work: Work, office_id: UUID) -> list[Waiting]:
    """Signed reports that waited longer than allowed for their validation, oldest first."""
    rows = await work.session.execute(
        select(Visit, Declaration)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(
            col(Visit.office_id) == office_id,
            col(Visit.state) == State.SIGNED,
            col(Visit.state_since) < work.now - REPORT_PATIENCE,
        )
        .order_by(col(Visit.state_since))
        .limit(MOST)
    )
    return [Waiting(visit=row[0].id, title=title_of(row[1]), since=row[0].state_since) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The reports of a day on their way: how many, how many arrived, how fast, and the oldest that waits."""

    total: int
    acknowledged: int
    times: list[timedelta]
    waiting_since: datetime | None
    links: frozenset[str]


async def reports_sent(work: Work, office_id: UUID, since: datetime) -> Sent:
    """Reports handed to the link since an instant, and those still waiting from before."""
    rows = (
        await work.session.execute(
            select(col(Outbound.at), col(Outbound.acknowledged_at), col(Outbound.link), col(Outbound.state)).where(
                col(Outbound.office_id) == office_id,
                (col(Outbound.at) >= since) | col(Outbound.acknowledged_at).is_(None),
            )
        )
    ).all()
    waiting = [row for row in rows if row.acknowledged_at is None]
    return Sent(
        total=len(rows),
        acknowledged=len(rows) - len(waiting),
        times=[row.acknowledged_at - row.at for row in rows if row.acknowledged_at is not None],
        waiting_since=min((row.at for row in waiting), default=None),
        links=frozenset(row.link for row in waiting),
    )


async def parked(work: Work) -> tuple[int, datetime | None]:
    """How many messages and events wait for a person, and since when the oldest does; within the reader's rights."""
    reports: Select[Any] = (
        select(col(Outbound.at).label("at"))
        .join(Visit, col(Visit.id) == col(Outbound.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Outbound.state) == "parked", visible_declarations(work.actor))
    )
    events: Select[Any] = (
        select(col(DomainEvent.parked_at).label("at"))
        .join(Declaration, col(Declaration.id) == col(DomainEvent.declaration_id))
        .where(
            col(DomainEvent.parked_at).is_not(None),
            col(DomainEvent.delivered_at).is_(None),
            visible_declarations(work.actor),
        )
    )
    both = reports.union_all(events).subquery()
    row = (await work.session.execute(select(func.count(), func.min(both.c.at)).select_from(both))).one()
    return int(row[0]), row[1]
