"""What a terminal may read: which container of its office stands where and when, and nothing about whose it is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlmodel import col

from visits.booking.tables import Appointment, BookingPart
from visits.declarations.tables import Declaration
from visits.fieldwork.tables import Step
from visits.fieldwork.words import Deed
from visits.journey.states import State
from visits.journey.tables import Transition, Visit
from visits.sites.tables import Resource, Site
from visits.store.work import Work

#: Appointments a terminal prepares, has prepared, or at which nothing stood.
SHOWN = ("confirmed", "done", "no_show_goods")
#: States in which a container may still be placed.
AHEAD = frozenset({State.BOOKED, State.RUNNING, State.SUSPENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One container, or the goods of a visit without any, and where they are wanted."""

    visit: UUID
    #: Empty for goods without container.
    container: str
    number: str
    site: str
    #: Empty while no bay is chosen.
    bay: str
    day: date
    starts_at: datetime
    #: to_place, placed or absent.
    state: str
    placed_at: datetime | None


async def to_place(work: Work, days: tuple[date, date], site: UUID | None = None) -> list[Place]:
    """The containers of the terminal's office for these days, by time."""
    rows = (
        await work.session.execute(
            select(
                col(Visit.id),
                col(Visit.order)["containers"].label("containers"),
                col(Visit.state),
                col(Visit.reference),
                col(Declaration.serial),
                col(Declaration.number),
                col(Site.name).label("site"),
                col(Appointment.day),
                col(Appointment.status),
                func.lower(col(Appointment.during)).label("starts_at"),
                _bay().label("bay"),
                _sent_back().label("since"),
            )
            .select_from(Appointment)
            .join(Visit, col(Visit.id) == col(Appointment.visit_id))
            .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
            .outerjoin(Site, col(Site.id) == col(Appointment.site_id))
            .where(
                col(Appointment.office_id) == work.actor.office,
                col(Appointment.day).between(*days),
                col(Appointment.status).in_(SHOWN),
                col(Appointment.site_id) == site if site else true(),
            )
            .order_by(func.lower(col(Appointment.during)), col(Visit.id))
        )
    ).all()
    steps = await _steps(work, {row.id for row in rows})
    return [place for row in rows for place in _places(row, steps.get(row.id, []))]


def _places(row: Any, steps: list[Any]) -> list[Place]:
    return [_place(row, steps, box) for box in row.containers or [""]]


def _place(row: Any, steps: list[Any], box: str) -> Place:
    mine = [step.at for step in steps if (row.since is None or step.at >= row.since) and (_holds(step, box))]
    if row.status == "no_show_goods":
        state = "absent"
    else:
        state = "placed" if mine or State(row.state) not in AHEAD else "to_place"
    return Place(
        visit=row.id,
        container=box,
        number=f"{row.serial or ''} {row.number}".strip() if row.number else row.reference,
        site=row.site or "",
        bay=row.bay or "",
        day=row.day,
        starts_at=row.starts_at,
        state=state,
        placed_at=min(mine, default=None) if state == "placed" else None,
    )


def _holds(step: Any, box: str) -> bool:
    return not box or box in step.body["containers"]


async def _steps(work: Work, visits: Collection[UUID]) -> dict[UUID, list[Any]]:
    """When which containers were said to stand at the bay, for each visit."""
    rows = await work.session.execute(
        select(col(Step.visit_id), col(Step.body), col(Step.at)).where(
            col(Step.visit_id).in_(visits), col(Step.kind) == Deed.GOODS_PRESENTED
        )
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.visit_id, []).append(row)
    return found


def _sent_back() -> Any:
    """When the visit last lost its time: what was placed before has gone since."""
    return (
        select(func.max(col(Transition.at)))
        .where(
            col(Transition.visit_id) == col(Visit.id),
            col(Transition.source) != col(Transition.target),
            col(Transition.target) == State.TO_BOOK,
        )
        .correlate(Visit)
        .scalar_subquery()
    )


def _bay() -> Any:
    return (
        select(func.min(col(Resource.name)))
        .join(BookingPart, col(BookingPart.resource_id) == col(Resource.id))
        .where(
            col(BookingPart.appointment_id) == col(Appointment.id),
            col(BookingPart.live),
            col(Resource.kind).in_(["bay", "scanner"]),
        )
        .correlate(Appointment)
        .scalar_subquery()
    )
