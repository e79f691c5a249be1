"""Reads and writes of field work. Every row comes with the id its device gave it, so that it can be sent twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.booking.premises_rows import is_live
from visits.booking.premises_tables import HomeVisit, Premises
from visits.booking.tables import Appointment
from visits.booking.where import Where, bay_of
from visits.declarations.queries import Case, case_of
from visits.declarations.tables import Declaration
from visits.errors import NotFound, Refusal
from visits.events import PaperException, VisitStarted
from visits.fieldwork.rules import PLACING, Record, in_place
from visits.fieldwork.tables import CheckIn, Evidence, Finding, Seal, Step
from visits.fieldwork.words import Deed
from visits.journey.queries import visit_for_update
from visits.journey.states import IN_THE_FIELD, STATE_NAMES, Level, NotYours, State, WrongState
from visits.journey.tables import Transition, Visit
from visits.people.tables import Person
from visits.sites.tables import Office, Resource, Site
from visits.store.work import Work
from visits.texts import N_

R = TypeVar("R", CheckIn, Finding, Seal, Evidence, Step)

#: States in which the officer who made the visit may still add to it: the report is not signed yet.
UNSIGNED = IN_THE_FIELD | {State.ENDED, State.LAB}
#: States of a visit that wait for its inspector, whatever the day.
WAITING = (State.AT_DESK, State.RUNNING, State.SUSPENDED, State.ENDED, State.LAB)


class IdTaken(Refusal):
    """The id a device gave belongs to something else."""

    code, status = "id-taken", 409
    says = N_("Cet envoi porte la marque d'un autre envoi. Recommencez depuis la page de la visite.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One line of an inspector's day."""

    visit: Visit
    declaration: Declaration
    where: Where
    starts_at: datetime | None
    ends_at: datetime | None
    presented_at: datetime | None


# ---------- who may write ----------


async def mine(work: Work, visit_id: UUID, *, sent: UUID | None = None) -> Case:
    """The visit, locked, for its drawn inspector; NotYours for one who had begun it, NotFound for others.

    Whoever already sent the step `sent` may send it again, although the visit has left that hand since.
    """
    try:
        case = await case_of(work, visit_id, lock=True)
        if await _drawn(work, case.visit):
            return case
    except NotFound:
        pass
    if sent is not None and await _sent(work, visit_id, sent):
        return await _whole(work, await visit_for_update(work, visit_id))
    raise NotYours() if await _began(work, visit_id) else NotFound()


async def seen(work: Work, visit_id: UUID) -> Case:
    """The visit as its drawn inspector reads it; NotFound for others."""
    case = await case_of(work, visit_id)
    if not await _drawn(work, case.visit):
        raise NotFound()
    return case


async def writable(work: Work, visit_id: UUID, device_at: datetime | None) -> Case:
    """The visit, locked, for a row of field work: of its inspector, or of one who had begun it before a new draw.

    Work that happened is never refused: what a tablet recorded before the visit ended is kept, however late, and what
    was made on paper is typed in afterwards.
    """
    visit = await visit_for_update(work, visit_id)
    began, drawn = await _began(work, visit_id), await _drawn(work, visit)
    if not (began or drawn):
        raise NotFound()
    case = await _whole(work, visit)
    if State(visit.state) in (UNSIGNED if began or await _on_paper(work, visit_id) else IN_THE_FIELD):
        return case
    ended = await ended_at(work, visit_id) if began and device_at else None
    if began and device_at and (ended is None or device_at <= ended):
        return case
    raise WrongState(state=STATE_NAMES[State(visit.state)], event="record")


async def _whole(work: Work, visit: Visit) -> Case:
    return Case(
        visit=visit,
        declaration=await work.session.get_one(Declaration, visit.declaration_id),
        office=await work.session.get_one(Office, visit.office_id),
    )


async def _drawn(work: Work, visit: Visit) -> bool:
    if visit.inspector_id is None or work.actor.person is None:
        return False
    drawn = await work.session.get(Resource, visit.inspector_id)
    return drawn is not None and drawn.person_id == work.actor.person


async def _began(work: Work, visit_id: UUID) -> bool:
    begun = exists().where(
        col(Transition.visit_id) == visit_id,
        col(Transition.event) == VisitStarted.code,
        col(Transition.person_id) == work.actor.person,
    )
    return bool(await work.session.scalar(select(begun)))


async def _on_paper(work: Work, visit_id: UUID) -> bool:
    paper = exists().where(col(Transition.visit_id) == visit_id, col(Transition.event) == PaperException.code)
    return bool(await work.session.scalar(select(paper)))


async def _sent(work: Work, visit_id: UUID, step_id: UUID) -> bool:
    step = await work.session.get(Step, step_id)
    return step is not None and (step.visit_id, step.person_id) == (visit_id, work.actor.person)


async def ended_at(work: Work, visit_id: UUID) -> datetime | None:
    """When the examination ended, or left its first inspector by conversion."""
    return await work.session.scalar(
        select(func.max(col(Transition.at))).where(
            col(Transition.visit_id) == visit_id, col(Transition.event).in_(["visit_ended", "visit_converted"])
        )
    )


# ---------- rows ----------


async def add_once(work: Work, row: R) -> tuple[R, bool]:
    """Store a row under its device's id. The same id again gives the row kept; the flag says whether it is new."""
    values = {name: value for name, value in row.model_dump().items() if name != "tenant_id"}
    told = insert(type(row)).values(values).on_conflict_do_nothing(index_elements=["id"]).returning(col(type(row).id))
    fresh = await work.session.scalar(told) is not None
    kept = await work.session.get(type(row), row.id, populate_existing=True)
    if kept is None or kept.visit_id != row.visit_id or _author(kept) != _author(row):
        raise IdTaken()
    return kept, fresh


def _author(row: CheckIn | Finding | Seal | Evidence | Step) -> UUID | None:
    return (row.said_by or row.person_id) if isinstance(row, CheckIn) else row.person_id


async def deed(
    work: Work,
    visit: Visit,
    kind: Deed,
    *,
    id: UUID,
    container: str = "",
    device_at: datetime | None = None,
    body: dict[str, Any] | None = None,
) -> bool:
    """Record a step; False if its device had sent it before, and nothing more is to be done."""
    assert work.actor.person is not None or work.actor.source
    step = Step(
        id=id,
        visit_id=visit.id,
        container=container,
        kind=kind,
        body=body or {},
        person_id=work.actor.person,
        source=work.actor.source,
        device_at=device_at,
        at=work.now,
    )
    kept, fresh = await add_once(work, step)
    if kept.kind != kind or (not fresh and kept.source != step.source):
        raise IdTaken()
    return fresh


async def record_of(work: Work, visit_id: UUID) -> Record:
    """Everything recorded at a visit, oldest first."""
    return Record(
        check_ins=await _rows(work, CheckIn, visit_id),
        findings=await _rows(work, Finding, visit_id),
        seals=await _rows(work, Seal, visit_id),
        steps=await _rows(work, Step, visit_id),
        evidence=await _rows(work, Evidence, visit_id),
    )


async def _rows(work: Work, table: type[R], visit_id: UUID) -> Sequence[R]:
    rows = await work.session.scalars(
        select(table).where(col(table.visit_id) == visit_id).order_by(col(table.at), col(table.id))
    )
    return rows.all()


async def finding_of(work: Work, visit_id: UUID, finding_id: UUID) -> Finding:
    """A finding of this visit."""
    found = await work.session.get(Finding, finding_id)
    if found is None or found.visit_id != visit_id:
        raise NotFound()
    return found


async def seal_of(work: Work, visit_id: UUID, seal_id: UUID) -> Seal:
    """A seal of this visit."""
    found = await work.session.get(Seal, seal_id)
    if found is None or found.visit_id != visit_id:
        raise NotFound()
    return found


async def evidence_by_number(work: Work, visit_id: UUID, number: int) -> Evidence:
    """P1, P2 … of a visit."""
    found = await work.session.scalar(
        select(Evidence).where(col(Evidence.visit_id) == visit_id, col(Evidence.number) == number)
    )
    if found is None:
        raise NotFound()
    return found


async def next_number(work: Work, visit_id: UUID) -> int:
    """The number of the next piece of evidence; without gaps, because the visit is locked."""
    last = await work.session.scalar(select(func.max(col(Evidence.number))).where(col(Evidence.visit_id) == visit_id))
    return (last or 0) + 1


async def names_of(work: Work, people: set[UUID]) -> dict[UUID, str]:
    """The names of people, by id."""
    rows = await work.session.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(people)))
    return {row[0]: row[1] for row in rows.all()}


# ---------- the appointment, the day ----------


async def appointment_of(work: Work, visit_id: UUID) -> Appointment | None:
    """The confirmed appointment of a visit."""
    return await work.session.scalar(
        select(Appointment).where(col(Appointment.visit_id) == visit_id, col(Appointment.status) == "confirmed")
    )


async def children_of(work: Work, visit_id: UUID) -> Sequence[Visit]:
    """The counter-visits and extensions that followed a visit, oldest first."""
    rows = await work.session.scalars(
        select(Visit).where(col(Visit.parent_id) == visit_id).order_by(col(Visit.opened_at), col(Visit.id))
    )
    return rows.all()


async def day_of(work: Work, day: date) -> list[Planned]:
    """The actor's visits of a local day and those that wait for their inspector, by hour, desk work last."""
    mine_only = select(col(Resource.id)).where(col(Resource.person_id) == work.actor.person)
    live = and_(col(Appointment.visit_id) == col(Visit.id), col(Appointment.status).in_(["confirmed", "done"]))
    today: ColumnElement[bool] = or_(col(Appointment.day) == day, col(Visit.state).in_(WAITING))
    rows = await work.session.execute(
        select(Visit, Declaration, Site, Premises, Appointment, bay_of())
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .outerjoin(Appointment, live)
        .outerjoin(Site, col(Site.id) == func.coalesce(col(Appointment.site_id), col(Visit.site_id)))
        .outerjoin(HomeVisit, and_(col(HomeVisit.visit_id) == col(Visit.id), is_live()))
        .outerjoin(Premises, col(Premises.id) == col(HomeVisit.premises_id))
        .where(col(Visit.inspector_id).in_(mine_only), today, col(Visit.state) != State.CANCELLED)
        .order_by(func.lower(col(Appointment.during)).nulls_last(), col(Visit.state_since), col(Visit.id))
    )
    found = rows.all()
    steps = await _presented(work, {row[0].id for row in found})
    lines = {}
    for visit, declaration, site, home, appointment, bay in found:
        placed = in_place(visit.order, steps.get(visit.id, ()))
        lines[visit.id] = Planned(
            visit=visit,
            declaration=declaration,
            where=Where.of(Level(visit.level), site, home, bay),
            starts_at=appointment.during.lower if appointment else None,
            ends_at=appointment.during.upper if appointment else None,
            presented_at=placed.at if placed else None,
        )
    return list(lines.values())


async def _presented(work: Work, visits: set[UUID]) -> dict[UUID, list[Step]]:
    """What was said of where the containers stand, oldest first, for each visit."""
    rows = await work.session.scalars(
        select(Step)
        .where(col(Step.visit_id).in_(visits), col(Step.kind).in_(PLACING))
        .order_by(col(Step.at), col(Step.id))
    )
    found: dict[UUID, list[Step]] = {}
    for step in rows:
        found.setdefault(step.visit_id, []).append(step)
    return found
