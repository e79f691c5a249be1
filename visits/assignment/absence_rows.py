"""Absences after which another inspector was drawn, by whoever entered them: a false one buys a new draw."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import col

from visits.assignment.rules import ABSENCES
from visits.assignment.tables import Assignment, Draw
from visits.booking.tables import Appointment
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.tables import Absence
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What one person entered; nobody for a file or the service itself."""

    name: str
    #: Absences after which somebody else was drawn.
    absences: int
    #: Visits that got another inspector.
    redrawn: int
    #: Of those absences: withdrawn after the draw.
    withdrawn: int
    last: datetime
    #: Visits for which nobody else was found, and that were laid before the chief.
    nobody: int = 0


async def entered(work: Work, since: datetime) -> list[Entered]:
    """Who entered absences in the actor's office that took visits from their inspectors, most draws first."""
    in_its_time = exists().where(
        col(Appointment.visit_id) == col(Assignment.visit_id),
        col(Appointment.during).op("&&")(col(Absence.during)),
    )
    withdrawn = func.count(col(Absence.id).distinct()).filter(col(Absence.withdrawn_at) > col(Assignment.ended_at))
    rows = await work.session.execute(
        select(
            col(Person.name),
            func.count(col(Absence.id).distinct()),
            func.count(col(Draw.id).distinct()),
            withdrawn,
            func.max(col(Assignment.ended_at)),
            func.count(col(Assignment.id).distinct()).filter(col(Draw.id).is_(None)),
        )
        .select_from(Assignment)
        .join(Visit, col(Visit.id) == col(Assignment.visit_id))
        .outerjoin(Draw, and_(col(Draw.visit_id) == col(Assignment.visit_id), col(Draw.at) == col(Assignment.ended_at)))
        .join(
            Absence,
            and_(
                col(Absence.resource_id) == col(Assignment.resource_id),
                col(Absence.at) <= col(Assignment.ended_at),
                or_(col(Absence.withdrawn_at).is_(None), col(Absence.withdrawn_at) > col(Assignment.ended_at)),
                or_(in_its_time, col(Absence.during).op("@>")(col(Assignment.ended_at))),
            ),
        )
        .outerjoin(Person, col(Person.id) == col(Absence.made_by))
        .where(
            col(Visit.office_id) == work.actor.office,
            col(Assignment.replaced),
            col(Assignment.ended_at) >= since,
            or_(col(Draw.id).is_(None), col(Draw.reason).in_(ABSENCES)),
        )
        .group_by(col(Person.id), col(Person.name))
        .order_by(func.count(col(Draw.id).distinct()).desc(), col(Person.name))
    )
    return [
        Entered(name=name or "", absences=absences, redrawn=redrawn, withdrawn=gone, last=last, nobody=nobody)
        for name, absences, redrawn, gone, last, nobody in rows.all()
        if last is not None
    ]
