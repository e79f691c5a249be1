"""Draw the inspector of a visit: at random among those who may, by numbers that follow from the day's seed."""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling import Grid, Interval, chance, draw_among
from visits.assignment import queries, rules, weights
from visits.assignment.posting import posted
from visits.assignment.record import digest_of
from visits.assignment.regret import near
from visits.assignment.rules import (
    Field,
    NobodyEligible,
    NotDrawable,
    Officer,
    Policy,
    SeedBroken,
    Wanted,
    beyond_postings,
    reveals_at,
    sift,
)
from visits.assignment.standing import officers_for, wanted_for
from visits.assignment.tables import Assignment, Draw
from visits.assignment.told import remember
from visits.assignment.witness import Key, WitnessAwaited, awaited, key_of
from visits.booking import queries as booking
from visits.booking.buffers import Part, bits_of
from visits.booking.buffers_parts import officers_too_far, with_roads
from visits.booking.confirm import DRAW
from visits.booking.place import Drift
from visits.booking.tables import BookingPart
from visits.declarations.queries import Case, case_of
from visits.events import DrawBlocked, InspectorAssigned
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.journey.states import Level, State
from visits.sites.hours import grid_of
from visits.sites.policies import policy
from visits.store import jobs
from visits.store.tools import Tools
from visits.store.work import Work

log = logging.getLogger("visits.assignment")

#: How far ahead a day is looked for on which somebody works at a desk.
DESK_DAYS = 14

#: Who asked for a replacement, and who agreed.
Chiefs = tuple[UUID | None, UUID | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """When and where the inspector of a visit is needed."""

    grid: Grid
    #: The local day whose seed decides: that of the slot, never one that is over; of a check of documents, today.
    day: date
    #: The day on which whoever checks documents is at a desk.
    desk_day: date | None = None
    #: The part of the appointment that keeps the place; None for a check of documents.
    part: BookingPart | None = None
    starts_at: datetime | None = None
    #: While the officer must not be away.
    during: tuple[datetime, datetime] | None = None
    mask: int = 0
    #: The steps the place keeps until now: the same, with the roads of whoever keeps it.
    whole: int = 0


async def draw(work: Work, tools: Tools, visit_id: UUID) -> Draw | None:
    """Draw the inspector of a visit that waits for one; None if it does not, or if nobody may be drawn.

    Drawing twice draws once. Whoever's place was given up since no longer has the visit, and it is drawn anew.
    """
    case = await case_of(work, visit_id, lock=True)
    seat = await settle(work, case)
    if seat is None or await queries.live_assignment(work, case.visit.id) is not None:
        return None
    until = await awaited(work, case.office, seat.day)
    if until is not None:
        await jobs.at(work, until, DRAW, case.visit.id)
        return None
    try:
        return await make(work, tools, case, seat)
    except NobodyEligible as refusal:
        blocked(work, case, refusal.facts["code"])
        return None


async def draw_now(work: Work, tools: Tools, visit_id: UUID) -> Draw:
    """A chief tries again what was blocked; never before its time, so that nobody learns a name early."""
    case = await case_of(work, visit_id, lock=True)
    seat = await settle(work, case)
    if seat is None or not is_due(work, case, seat):
        raise NotDrawable()
    live = await queries.live_assignment(work, case.visit.id)
    if live is not None:
        return await work.session.get_one(Draw, live.draw_id)
    until = await awaited(work, case.office, seat.day)
    if until is not None:
        raise WitnessAwaited(until=until)
    return await make(work, tools, case, seat)


def is_due(work: Work, case: Case, seat: Seat) -> bool:
    """Has the moment of the draw come? At the start less the office's freeze (product, Decided 10)."""
    return seat.starts_at is None or work.now >= draws_at(case, seat.starts_at)


def draws_at(case: Case, starts_at: datetime) -> datetime:
    """When a visit that starts then is drawn."""
    return starts_at - timedelta(minutes=policy(case.office, Policy).freeze_minutes)


async def settle(work: Work, case: Case) -> Seat | None:
    """The seat of the visit as it stands; an assignment whose place was given up since is ended."""
    seat = await seat_of(work, case)
    live = await queries.live_assignment(work, case.visit.id)
    if live is not None and not _keeps(case, seat, live):
        await end(work, case, live)
    return seat


async def seat_of(work: Work, case: Case) -> Seat | None:
    """The seat to fill, or None if the visit is not at that point: not booked, or already begun."""
    visit, grid = case.visit, grid_of(case.office)
    today = grid.day_of(work.now)
    if Level(visit.level) is Level.DOCUMENTS:
        if State(visit.state) not in (State.CHECKING, State.AT_DESK):
            return None
        day = await _desk_day(work, case, grid, today)
        instant = (work.now, work.now + timedelta(minutes=1)) if day == today else None
        return Seat(grid=grid, day=today, desk_day=day, during=instant)
    found = await queries.seat_of(work, visit.id) if State(visit.state) is State.BOOKED else None
    if found is None:
        return None
    appointment, part = found
    during = (
        part.during.lower + timedelta(minutes=part.travel_before),
        part.during.upper - timedelta(minutes=part.travel_after),
    )
    return Seat(
        grid=grid,
        day=max(appointment.day, today),
        part=part,
        starts_at=appointment.during.lower,
        during=during,
        mask=grid.touched(part.day, [Interval(*during)]),
        whole=grid.touched(part.day, [Interval(part.during.lower, part.during.upper)]),
    )


async def _desk_day(work: Work, case: Case, grid: Grid, today: date) -> date:
    """Today if somebody still works, else the next day on which somebody does."""
    days = await queries.work_days(work, case.office.id, today, today + timedelta(days=DESK_DAYS))
    return next((day for day, bits in days if bits & grid.since(day, work.now)), today)


def _keeps(case: Case, seat: Seat | None, live: Assignment) -> bool:
    """Does whoever was drawn still have the visit? Not once it waits for another appointment, or has one."""
    if seat is None:
        return State(case.visit.state) not in (State.TO_BOOK, State.CANCELLED)
    return seat.part is None or (seat.part.resource_id == live.resource_id and not seat.part.placeholder)


async def make(
    work: Work,
    tools: Tools,
    case: Case,
    seat: Seat,
    *,
    reason: str = "",
    chiefs: Chiefs = (None, None),
) -> Draw:
    """One draw, with its record, its place in the calendars and its event; refuses with the blocking rule when nobody
    may be drawn. The visit is locked by the caller.

    The number depends on the visit and on how many inspectors were replaced, so that booking again changes nothing.
    """
    office = case.office
    await queries.lock_draws(work, office.id)
    if seat.part is not None:
        await posted(work, tools, office, seat.part.day)
    try:
        key = await key_of(work, tools.vault, office, seat.day)
    except SeedBroken:
        log.error("seed of office %s, day %s does not match its commitment", office.code, seat.day)
        raise NobodyEligible(code=rules.SEED, rule=rules.SENTENCES[rules.SEED]) from None
    field = await field_of(work, case, seat)
    if not field.eligible:
        raise NobodyEligible(code=field.blocking, rule=rules.SENTENCES[field.blocking])
    made = await drawn_from(work, case, seat.day, field, key, reason=reason)
    await _assign(work, case, seat, made, chiefs)
    return made


async def drawn_from(work: Work, case: Case, day: date, field: Field, key: Key, *, reason: str = "") -> Draw:
    """One number, one name of a field that is not empty, and the record of it; the office's draws are locked."""
    visit, office = case.visit, case.office
    redraw = len(await queries.replaced_in(work, visit.id))
    subject = f"{visit.id}/{redraw}" if redraw else str(visit.id)
    loaded = await weights.loads(work, office.id, day, field.eligible)
    drawn = draw_among(key.secret, subject, weights.weigh(loaded), witness=key.witness)
    total = sum(drawn.weights)
    made = Draw(
        id=new_id(),
        visit_id=visit.id,
        office_id=office.id,
        day=day,
        position=await queries.next_position(work, office.id, day),
        subject=subject,
        redraw=redraw,
        witness=key.witness,
        candidates=[
            {"resource": each, "weight": weight, "chance": chance(weight, total)} | weights.facts(loaded[each])
            for each, weight in zip(drawn.candidates, drawn.weights, strict=True)
        ],
        excluded=[{"resource": str(each), "rule": code} for each, code in field.excluded],
        number=drawn.number,
        chosen=UUID(drawn.chosen),
        waived=[str(visit.id)] if field.waived else [],
        reason=reason,
        digest=b"",
        at=work.now,
    )
    made.digest = digest_of(made)
    await remember(work, made, {each.id: each for each in field.everybody}, policy(office, Policy))
    work.session.add(made)
    await work.session.flush()
    return made


async def reveal(work: Work, case: Case, starts_at: datetime | None) -> None:
    """From when the declarant may see the name: at once for whoever is there already."""
    came = await queries.declarant_came(work, case.visit)
    case.visit.revealed_at = work.now if came else reveals_at(policy(case.office, Policy), starts_at)


async def who_could_come(work: Work, case: Case) -> Field | None:
    """Who could be drawn now and who not, for somebody who asks why; None if nobody is needed."""
    seat = await seat_of(work, case)
    return None if seat is None else await field_of(work, case, seat, lock=False)


async def field_of(work: Work, case: Case, seat: Seat, *, lock: bool = True) -> Field:
    """Who may be drawn and who may not; the day of every officer is locked for a draw, so that the answer holds."""
    visit, limits = case.visit, policy(case.office, Policy)
    far = await officers_too_far(work, case, seat.part.day, lock=lock) if seat.part else {}
    if seat.part is not None and lock:
        ids = await queries.officer_ids(work, case.office.id)
        await booking.lock_bits(work, case.office.id, [(seat.part.day, each) for each in ids], spare={})
    officers = await officers_for(
        work,
        visit,
        case.declaration,
        limits,
        day=seat.part.day if seat.part else seat.desk_day or seat.day,
        during=seat.during,
        mine=(seat.part.resource_id, seat.whole) if seat.part else None,
    )
    officers = [replace(each, far=far.get(each.id, 0)) for each in officers]
    wanted = await wanted_for(work, visit, limits, mask=seat.mask, on_site=seat.part is not None)
    found = await _sifted(work, case, seat, officers, wanted)
    if not beyond_postings(found):
        return found
    return replace(await _sifted(work, case, seat, officers, replace(wanted, waived=True)), waived=True)


async def _sifted(work: Work, case: Case, seat: Seat, officers: list[Officer], wanted: Wanted) -> Field:
    if seat.part is None or seat.during is None:
        return sift(officers, wanted)
    return await near(work, case, officers, lambda each: sift(each, wanted), day=seat.part.day, during=seat.during)


async def _assign(work: Work, case: Case, seat: Seat, made: Draw, chiefs: Chiefs) -> None:
    await reveal(work, case, seat.starts_at)
    if seat.part is not None:
        await _sit(work, case, seat, seat.part, made.chosen)
    await assigned(work, case, made, chiefs)


async def assigned(work: Work, case: Case, made: Draw, chiefs: Chiefs = (None, None)) -> None:
    """The visit is the drawn officer's: assignment, audit and event; the calendars are the caller's."""
    visit = case.visit
    work.session.add(
        Assignment(
            visit_id=visit.id,
            resource_id=made.chosen,
            draw_id=made.id,
            since=work.now,
            reason=made.reason,
            ordered_by=chiefs[0],
            seconded_by=chiefs[1],
        )
    )
    visit.inspector_id = made.chosen
    work.audit(
        "inspector_drawn",
        made.id,
        office=case.office.id,
        visit=visit.id,
        day=made.day,
        position=made.position,
        digest=made.digest,
        reason=made.reason,
    )
    about = DeclarationId(case.declaration.id)
    told = InspectorAssigned(declaration=about, visit=VisitId(visit.id), draw=made.id, again=made.redraw > 0)
    await move(work, visit, told, reason=made.reason)
    await work.session.flush()


async def _sit(work: Work, case: Case, seat: Seat, part: BookingPart, officer_id: UUID) -> None:
    """Give the kept place to the drawn officer, with roads of his own; the placeholder's bits are free again."""
    assert seat.during is not None
    begin, end = seat.during
    new = await with_roads(
        work,
        case,
        Part(role=part.role, resource=officer_id, day=part.day, begin=begin, end=end, mask=seat.mask),
    )
    if part.resource_id == officer_id and (part.during.lower, part.during.upper) == (new.begin, new.end):
        part.placeholder = False
        return
    old = {(part.day, part.resource_id): seat.whole}
    inserted = await queries.reseat(work, part, new)
    taken = await booking.take(work, case.office.id, wanted=bits_of([new]), spare=old)
    if not inserted or not taken:
        log.error("bits and parts differ: office %s, day %s, resource %s", case.office.id, part.day, officer_id)
        raise Drift(starts_at=begin)


async def end(work: Work, case: Case, live: Assignment, *, replaced: bool = False) -> None:
    """The inspector no longer has the visit; a request to replace him or her has nothing left to decide."""
    visit = case.visit
    live.ended_at = work.now
    live.replaced = replaced
    if State(visit.state) is not State.CANCELLED:
        visit.inspector_id = None
        visit.revealed_at = None
    visit.version += 1
    asked = await queries.open_reassignment(work, visit.id)
    if asked is not None:
        asked.state = "lapsed"
        asked.decided_at = work.now
    await work.session.flush()


def blocked(work: Work, case: Case, rule: str) -> None:
    """Lay the visit before the chief with the rule that blocks it."""
    work.emit(DrawBlocked(declaration=DeclarationId(case.declaration.id), visit=VisitId(case.visit.id), rule=rule))
    work.audit("draw_blocked", case.visit.id, office=case.office.id, rule=rule)
