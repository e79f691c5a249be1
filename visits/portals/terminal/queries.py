"""What a terminal may read: which container of its office stands where and when, and nothing about whose it is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from visits.booking.tables import Appointment
from visits.booking.where import bay_of, is_at_premises
from visits.declarations.tables import Declaration
from visits.fieldwork.positioning import Said, words_on
from visits.fieldwork.positions import Position, Standing, standing
from visits.fieldwork.tables import Step
from visits.journey.states import Level, State
from visits.journey.tables import Transition, Visit
from visits.sites.tables import Site
from visits.store.work import Work

#: Appointments a terminal prepares, has prepared, or at which nothing stood.
SHOWN = ("confirmed", "done", "no_show_goods")
#: States in which a terminal may still say where a container is.
AHEAD = frozenset({State.BOOKED, State.RUNNING, State.SUSPENDED})
#: States in which a visit has a provisional time at most.
BEFORE = frozenset({State.PACKAGE, State.CHECKING, State.TO_BOOK})
#: How long after its day a word on a container is still looked for.
RECENT = timedelta(days=7)
#: The longest list; a terminal places some hundreds of containers a day.
MOST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One container, or the goods of a visit without any, and where they are wanted."""

    visit: UUID
    reference: str
    #: Empty for goods without container.
    container: str
    number: str
    level: Level
    site_id: UUID | None
    site_code: str
    site: str
    #: Empty while no bay is chosen.
    bay: str
    day: date
    starts_at: datetime
    ends_at: datetime
    #: What the terminal said of it; `placed` too where the visit was made.
    standing: Standing
    #: The visit waits for it: a word on it still counts.
    open: bool
    #: The visit has not begun: what was said can be taken back.
    ahead: bool

    @property
    def position(self) -> Position:
        """Where the container stands."""
        return self.standing.position


async def places(work: Work, first: date, last: date, *, site: UUID | None = None) -> list[Place]:
    """The containers of the terminal's office, or of its key's sites, for these days: by hour and bay."""
    rows = (
        await work.session.execute(
            select(
                col(Visit.id),
                col(Visit.order)["containers"].label("containers"),
                col(Visit.level),
                col(Visit.state),
                col(Visit.reference),
                col(Declaration.serial),
                col(Declaration.number),
                col(Site.id).label("site_id"),
                col(Site.code).label("site_code"),
                col(Site.name).label("site"),
                col(Appointment.day),
                col(Appointment.status),
                func.lower(col(Appointment.during)).label("starts_at"),
                func.upper(col(Appointment.during)).label("ends_at"),
                bay_of().label("bay"),
                _sent_back().label("since"),
            )
            .select_from(Appointment)
            .join(Visit, col(Visit.id) == col(Appointment.visit_id))
            .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
            .outerjoin(Site, col(Site.id) == col(Appointment.site_id))
            .where(
                col(Appointment.office_id) == work.actor.office,
                col(Appointment.day).between(first, last),
                col(Appointment.status).in_(SHOWN),
                col(Visit.level) != Level.VIDEO,
                ~is_at_premises(),
                *_at(work, site),
            )
            .order_by(func.lower(col(Appointment.during)), bay_of().nulls_last(), col(Visit.id))
            .limit(MOST)
        )
    ).all()
    steps = await words_on(work, {row.id for row in rows})
    return [_place(row, steps.get(row.id, []), box) for row in rows for box in row.containers or [""]]


async def meant(work: Work, said: Said, reference: str = "") -> Visit | None:
    """The visit a terminal's system speaks of: that of the same message before, the one named, else the nearest one.

    Only visits with a time at the terminal's sites are looked at; one that still waits goes before one that is over.
    """
    known = await work.session.get(Step, said.id)
    if known is not None:
        return await work.session.get(Visit, known.visit_id)
    holds: Any = col(Visit.order)["containers"]
    waits = col(Appointment.status) == "confirmed"
    return await work.session.scalar(
        select(Visit)
        .join(Appointment, col(Appointment.visit_id) == col(Visit.id))
        .where(
            col(Appointment.office_id) == work.actor.office,
            col(Appointment.status).in_(SHOWN),
            col(Appointment.day) >= work.now.date() - RECENT,
            col(Visit.level) != Level.VIDEO,
            ~is_at_premises(),
            holds.contains([said.container]) if said.container else func.jsonb_array_length(holds) == 0,
            *_at(work, None),
            *([col(Visit.reference) == reference] if reference else []),
        )
        .order_by(waits.desc(), func.lower(col(Appointment.during)), col(Visit.id))
        .limit(1)
    )


def _at(work: Work, site: UUID | None) -> list[ColumnElement[bool]]:
    rules = [col(Appointment.site_id) == site] if site else []
    if work.actor.sites:
        rules.append(col(Appointment.site_id).in_(work.actor.sites))
    return rules


def _place(row: Any, steps: list[Step], box: str) -> Place:
    said = standing(box, steps, since=row.since)
    state = State(row.state)
    if row.status == "no_show_goods":
        said = Standing(position=Position.MISSING)
    elif state not in AHEAD | BEFORE and said.position is not Position.PLACED:
        said = Standing(position=Position.PLACED)
    live = row.status == "confirmed"
    return Place(
        visit=row.id,
        reference=row.reference,
        container=box,
        number=f"{row.serial or ''} {row.number}".strip() if row.number else row.reference,
        level=Level(row.level),
        site_id=row.site_id,
        site_code=row.site_code or "",
        site=row.site or "",
        bay=row.bay or "",
        day=row.day,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        standing=said,
        open=live and state in AHEAD,
        ahead=live and state is State.BOOKED,
    )


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
