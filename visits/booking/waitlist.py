"""Wait for an earlier time: join the list, leave it, take or pass on a time that became free and is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from scheduling import Interval
from visits.booking import queries, waitlist_rows
from visits.booking.change import cancel
from visits.booking.confirm import confirm
from visits.booking.offer import Asked, asked, bookable
from visits.booking.rules import NotLive, TooLate, may_move
from visits.booking.tables import Appointment, Waitlist, WaitlistOffer
from visits.booking.waitlist_rules import (
    DISPLACED,
    ORDINARY,
    PREFERRED,
    NothingEarlier,
    NotWaiting,
    OfferOver,
    Wish,
    ranges,
)
from visits.declarations.queries import Case, case_of
from visits.events import WaitlistJoined, WaitlistLeft
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.roles import Role
from visits.store.work import Work


async def join(work: Work, visit_id: UUID, wish: Wish, *, rank: int = ORDINARY) -> Waitlist:
    """Wait for an earlier time. Joining again only says anew what is wanted: the place in the list stays."""
    case = await case_of(work, visit_id, lock=True)
    bookable(work, case)
    booked = (await queries.live_of(work, visit_id)).get("confirmed")
    wanted = await asked(as_public(work), case)
    found = ranges(wish, wanted.grid, within=span(work, wanted, booked))
    if not any(each.end - each.start >= wanted.length * wanted.grid.step for each in found):
        raise NothingEarlier()
    rank = min(rank, PREFERRED if wanted.standing.classes else ORDINARY)
    return await _enter(work, case, wish, found, rank)


async def join_first(work: Work, case: Case) -> Waitlist:
    """Put a visit whose time customs or an agency took away before everybody else: any time, the earliest first."""
    booked = (await queries.live_of(work, case.visit.id)).get("confirmed")
    wanted = await asked(as_public(work), case)
    return await _enter(work, case, Wish(), [span(work, wanted, booked)], DISPLACED)


async def _enter(work: Work, case: Case, wish: Wish, found: Sequence[Interval], rank: int) -> Waitlist:
    visit_id = case.visit.id
    known = await waitlist_rows.entry_of(work, visit_id)
    if known is not None:
        known.wanted, known.options = waitlist_rows.stored(found), wish.as_json()
        known.rank = min(known.rank, rank)
        await work.session.flush()
        return known
    entry = Waitlist(
        id=new_id(),
        visit_id=case.visit.id,
        office_id=case.office.id,
        wanted=waitlist_rows.stored(found),
        minutes=case.visit.minutes,
        rank=rank,
        options=wish.as_json(),
        at=work.now,
    )
    work.session.add(entry)
    try:
        await work.session.flush()
    except IntegrityError as fault:
        raise NotWaiting() from fault
    work.emit(WaitlistJoined(declaration=DeclarationId(case.declaration.id), visit=VisitId(visit_id), entry=entry.id))
    return entry


async def leave(work: Work, visit_id: UUID) -> None:
    """Wait no longer; a time that is kept for the visit is given back. Leaving twice is quiet."""
    case = await case_of(work, visit_id, lock=True)
    bookable(work, case)
    entry = await waitlist_rows.entry_of(work, visit_id)
    if entry is None:
        return
    kept = await waitlist_rows.open_offer(work, entry.id)
    if kept is not None and kept[1].status == "held":
        await cancel(work, kept[1].id)
        ended(work, kept[0], "declined")
    end(work, case.visit, entry, "left", "asked")


async def accept(work: Work, visit_id: UUID, hold_id: UUID) -> Appointment:
    """Take the offered time: the appointment moves there in one step. Accepting twice gives the same appointment."""
    case = await case_of(work, visit_id, lock=True)
    kept = await queries.appointment_by_id(work, hold_id)
    if kept.visit_id != case.visit.id:
        raise OfferOver()
    if kept.status == "confirmed":
        return kept
    found = await waitlist_rows.offer_by_hold(work, hold_id)
    if found is None or found[1].visit_id != case.visit.id:
        raise OfferOver()
    try:
        made = await confirm(work, hold_id)
    except NotLive:
        raise OfferOver() from None
    ended(work, found[0], "accepted")
    end(work, case.visit, found[1], "satisfied")
    return made


async def decline(work: Work, visit_id: UUID, hold_id: UUID) -> None:
    """Pass the offered time on; the visit waits for another one. Declining twice is quiet."""
    await case_of(work, visit_id, lock=True)
    found = await waitlist_rows.offer_by_hold(work, hold_id)
    if found is None or found[1].visit_id != visit_id:
        return
    await cancel(work, hold_id)
    ended(work, found[0], "declined")
    found[1].state, found[1].offered_until = "waiting", None


# ---------- what offering shares with joining ----------


def as_public(work: Work) -> Work:
    """The same transaction under the rules of declarants: the list gives nobody a shorter notice."""
    return Work(work.session, work.now, replace(work.actor, roles=frozenset({Role.DECLARANT})))


def span(work: Work, wanted: Asked, booked: Appointment | None) -> Interval:
    """When an earlier time of a visit could lie: after the notice, before the appointment it has or the horizon."""
    visit = wanted.case.visit
    if Level(visit.level) is Level.DOCUMENTS or State(visit.state) not in (State.TO_BOOK, State.BOOKED):
        raise NotWaiting()
    first = work.now + wanted.policy.notice
    if booked is None or State(visit.state) is State.TO_BOOK:
        return Interval(first, first + timedelta(days=wanted.policy.horizon))
    try:
        may_move(wanted.policy, starts_at=booked.during.lower, now=work.now)
    except TooLate:
        raise NotWaiting() from None
    if first >= booked.during.lower:
        raise NothingEarlier()
    return Interval(first, booked.during.lower)


def ended(work: Work, offer: WaitlistOffer, state: str) -> None:
    """An offer has its answer."""
    offer.state, offer.ended_at = state, work.now


def end(work: Work, visit: Visit, entry: Waitlist, state: str, reason: str = "") -> None:
    """The visit waits no longer."""
    entry.state, entry.offered_until, entry.ended_at, entry.reason = state, None, work.now, reason
    if state != "satisfied":
        told = WaitlistLeft(
            declaration=DeclarationId(visit.declaration_id), visit=VisitId(visit.id), entry=entry.id, reason=reason
        )
        work.emit(told)
