"""The ticket of a visit at the scanner: a number that follows the hour, the place in the queue, and the call.

A scanner serves one visit at a time (the exclusion constraint sees to it), so scanner and start make a number nobody
else has that day: nothing is counted, nothing can be given twice, and the numbers stand in the order of the queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from scheduling import OffGrid
from visits.booking.rules import NotLive
from visits.booking.tables import Appointment, BookingPart, ScanCall
from visits.declarations.tables import Declaration
from visits.errors import NotFound, Refusal
from visits.events import ScanCalled
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.queries import visit_for_update
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.roles import Role
from visits.sites.hours import grid_of
from visits.sites.queries import office_by_id
from visits.sites.tables import Office, Resource, Site
from visits.store.work import Work
from visits.texts import N_

#: What the code of a ticket says first.
MARK = "SCAN"


class NotNext(Refusal):
    """Somebody else is before this ticket."""

    code, status = "not-next", 409
    says = N_("Le ticket %(number)s passe avant. Appelez-le d'abord.")


class AnotherDay(Refusal):
    """The ticket is for another day."""

    code, status = "ticket-another-day", 409
    says = N_("Ce ticket n'est pas pour aujourd'hui.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One visit in the queue of a scanner."""

    appointment: UUID
    visit: UUID
    reference: str
    declaration: str
    number: str
    scanner_id: UUID
    scanner: str
    site: str
    day: date
    starts_at: datetime
    ends_at: datetime
    called_at: datetime | None
    #: It waits for its turn: booked, and the visit has not begun.
    waits: bool
    #: How many tickets of the scanner are called before this one.
    before: int

    def code(self, office: Office) -> str:
        """What its QR code says: readable without a network, and nothing private."""
        return f"{MARK} {office.code} {self.day:%Y%m%d} {self.number} {self.reference}"


def number_of(scanner: int, step: int) -> str:
    """« A015 »: the letter of the scanner (A to Z, then AA), and the step of the day the slot begins with."""
    letters = ""
    left = scanner + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{step + 1:03d}"


async def ticket_of(work: Work, visit: Visit) -> Ticket | None:
    """The ticket of a visit to be scanned, from its confirmed appointment; the caller may see the visit."""
    if Level(visit.level) is not Level.SCAN:
        return None
    found = await work.session.scalar(
        select(Appointment)
        .where(col(Appointment.visit_id) == visit.id, col(Appointment.status).in_(("confirmed", "done")))
        .order_by(col(Appointment.made_at).desc())
        .limit(1)
    )
    if found is None:
        return None
    tickets = await queue(work, await office_by_id(work, visit.office_id), found.day)
    return next((each for each in tickets if each.appointment == found.id), None)


async def queue(work: Work, office: Office, day: date) -> list[Ticket]:
    """The tickets of an office's scanners on a day, scanner by scanner, in the order of the queue."""
    letters = {each: place for place, each in enumerate(await _scanners(work, office.id))}
    grid, before, tickets = grid_of(office), dict[UUID, int](), []
    for row in await _rows(work, office.id, day):
        waits = row.status == "confirmed" and State(row.state) is State.BOOKED
        try:
            _, step = grid.step_of(row.starts_at)
        except OffGrid:  # the office changed its grid after the booking
            step = int((row.starts_at - grid.opens(day)) / grid.step)
        ahead = before.get(row.scanner_id, 0)
        tickets.append(
            Ticket(
                appointment=row.id,
                visit=row.visit_id,
                reference=row.reference,
                declaration=f"{row.serial or ''} {row.number}".strip() if row.number else row.reference,
                number=number_of(letters[row.scanner_id], step),
                scanner_id=row.scanner_id,
                scanner=row.scanner,
                site=row.site or "",
                day=day,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                called_at=row.called_at,
                waits=waits,
                before=ahead if waits and row.called_at is None else 0,
            )
        )
        before[row.scanner_id] = ahead + (waits and row.called_at is None)
    return tickets


async def call(work: Work, appointment_id: UUID) -> Ticket:
    """Call a ticket, if it is the next of its scanner; calling it again is calling it once."""
    if not work.actor.is_a(Role.TERMINAL) or work.actor.office is None:
        raise NotFound()
    found = await work.session.get(Appointment, appointment_id)
    if found is None or found.office_id != work.actor.office:
        raise NotFound()
    office = await office_by_id(work, found.office_id)
    visit = await visit_for_update(work, found.visit_id)
    if found.day != grid_of(office).day_of(work.now):
        raise AnotherDay()
    mine = await _mine(work, office, found)
    # One caller at a scanner: who is next is asked again once the others are done.
    await work.session.execute(
        select(col(Resource.id)).where(col(Resource.id) == mine.scanner_id).with_for_update(key_share=True)
    )
    mine = await _mine(work, office, found)
    if mine.called_at is not None:
        return mine
    if not mine.waits:
        raise NotLive(status=found.status)
    if mine.before:
        waiting = [each for each in await queue(work, office, found.day) if each.scanner_id == mine.scanner_id]
        raise NotNext(number=next(each.number for each in waiting if each.waits and each.called_at is None))
    await work.session.execute(
        insert(ScanCall)
        .values(id=new_id(), appointment_id=found.id, person_id=work.actor.person, at=work.now)
        .on_conflict_do_nothing(index_elements=["appointment_id"])
    )
    work.emit(ScanCalled(declaration=DeclarationId(visit.declaration_id), visit=VisitId(visit.id), number=mine.number))
    return await _mine(work, office, found)


async def _mine(work: Work, office: Office, found: Appointment) -> Ticket:
    tickets = await queue(work, office, found.day)
    mine = next((each for each in tickets if each.appointment == found.id), None)
    if mine is None:
        raise NotFound()
    return mine


async def _scanners(work: Work, office_id: UUID) -> Sequence[UUID]:
    """Every scanner an office has or had, the oldest first: its letter never changes."""
    rows = await work.session.scalars(
        select(col(Resource.id))
        .where(col(Resource.office_id) == office_id, col(Resource.kind) == "scanner")
        .order_by(col(Resource.id))
    )
    return rows.all()


async def _rows(work: Work, office_id: UUID, day: date) -> Sequence[Any]:
    rows = await work.session.execute(
        select(
            col(Appointment.id),
            col(Appointment.visit_id),
            col(Appointment.status),
            func.lower(col(Appointment.during)).label("starts_at"),
            func.upper(col(Appointment.during)).label("ends_at"),
            col(Visit.state),
            col(Visit.reference),
            col(Declaration.serial),
            col(Declaration.number),
            col(Resource.id).label("scanner_id"),
            col(Resource.name).label("scanner"),
            col(Site.name).label("site"),
            col(ScanCall.at).label("called_at"),
        )
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(BookingPart, (col(BookingPart.appointment_id) == col(Appointment.id)) & col(BookingPart.live))
        .join(Resource, (col(Resource.id) == col(BookingPart.resource_id)) & (col(Resource.kind) == "scanner"))
        .outerjoin(Site, col(Site.id) == col(Appointment.site_id))
        .outerjoin(ScanCall, col(ScanCall.appointment_id) == col(Appointment.id))
        .where(
            col(Appointment.office_id) == office_id,
            col(Appointment.day) == day,
            col(Appointment.status).in_(("confirmed", "done")),
            col(Visit.level) == Level.SCAN,
        )
        .order_by(col(Resource.id), func.lower(col(Appointment.during)), col(Appointment.id))
    )
    return rows.all()
