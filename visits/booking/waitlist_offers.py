"""A time that became free is offered to the waitlist, to one visit at a time: the first who wants it and can use it.

The offer is a hold like any other, only longer. Whoever declines or does not answer is passed over for that time, and
the next is asked. Nobody else is told: there is no run on a freed time.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from scheduling import Interval
from visits.actor import system
from visits.booking import queries, waitlist_rows
from visits.booking.hold import AFTER, HOLD_END
from visits.booking.offer import asked, days_of
from visits.booking.place import place
from visits.booking.rules import PlaceFirst, QuotaReached, SlotClosed, SlotKept, SlotTaken
from visits.booking.tables import Appointment, Waitlist, WaitlistOffer
from visits.booking.waitlist import as_public, end, ended, join_first, span
from visits.booking.waitlist_rows import Standing
from visits.booking.waitlist_rules import SILENT, NothingEarlier, NotWaiting, Wish, pick, ranges
from visits.declarations.queries import case_of
from visits.events import SlotOffered
from visits.ids import DeclarationId, TenantId, VisitId, new_id
from visits.journey.states import State
from visits.sites.policies import Policies, policy
from visits.store import jobs
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work

#: An offer ends at least this long before the time it keeps.
ANSWER = timedelta(minutes=30)
#: Visits looked at when a time becomes free, at most; the periodic job takes up what is left, some at a time.
ROUND, PIECE = 40, 10


async def offer_next(
    work: Work,
    office_id: UUID,
    freed: Sequence[Interval] | None = None,
    *,
    after: Standing | None = None,
    but: UUID | None = None,
    most: int = ROUND,
) -> tuple[bool, Standing | None]:
    """Offer one time of an office to the first who waits for it; whether it was, and after whom to go on (None: nobody
    is left). One round at a time.

    With `freed` only a time that uses one of these; without, whatever is free. `but` is the visit that gave it back.
    """
    await waitlist_rows.one_at_a_time(work, office_id)
    for _ in range(most):
        claimed = await waitlist_rows.claim_next(work, office_id, freed, after, but=but)
        if claimed is None:
            return False, None
        after = waitlist_rows.standing(claimed[0])
        if await _offer(work, claimed[0], freed):
            return True, after
    return False, after


async def _offer(
    work: Work, entry: Waitlist, freed: Sequence[Interval] | None, *, lasts: timedelta | None = None
) -> bool:
    """Keep the earliest fitting time for one visit, if there is one. The visit and its entry are locked."""
    case = await case_of(work, entry.visit_id)
    live = await queries.live_of(work, entry.visit_id)
    if "held" in live:
        return False  # somebody is choosing right now
    booked, public = live.get("confirmed"), as_public(work)
    try:
        wanted = await asked(public, case)
        within = span(work, wanted, booked)
    except NotWaiting:
        end(work, case.visit, entry, "over", "closed" if _closed(case.visit.state) else "too_late")
        return False
    except NothingEarlier:
        end(work, case.visit, entry, "over", "too_late")
        return False
    except PlaceFirst:
        return False
    lasts = lasts or timedelta(minutes=policy(case.office, Policies).waitlist_minutes)
    wanted = replace(wanted, policy=replace(wanted.policy, hold=lasts))
    found = ranges(Wish.of(entry.options), wanted.grid, within=within)
    days = (await days_of(public, wanted, spare={}, named=False)).days
    offers = await waitlist_rows.offers_of(work, entry.id)
    start = pick(
        days,
        found,
        freed=freed,
        refused=[Interval(each.during.lower, each.during.upper) for each in offers],
        before=booked.during.lower if booked is not None and State(case.visit.state) is State.BOOKED else None,
    )
    if start is None:
        return False
    supersedes = booked.id if booked is not None and State(case.visit.state) is State.BOOKED else None
    try:
        made = await place(public, wanted, start, status="held", giving={}, supersedes=supersedes)
    except (SlotTaken, SlotClosed, SlotKept, QuotaReached):
        return False  # a rival was quicker
    assert made.expires_at is not None
    made.expires_at = min(made.expires_at, made.during.lower - ANSWER)
    work.session.add(
        WaitlistOffer(
            id=new_id(),
            waitlist_id=entry.id,
            appointment_id=made.id,
            during=Range(made.during.lower, made.during.upper),
            until=made.expires_at,
            at=work.now,
        )
    )
    entry.state, entry.offered_until = "offered", made.expires_at
    await work.session.flush()
    await jobs.at(work, made.expires_at + AFTER, HOLD_END, made.id)
    work.emit(
        SlotOffered(
            declaration=DeclarationId(case.declaration.id),
            visit=VisitId(case.visit.id),
            appointment=made.id,
            starts_at=made.during.lower,
            until=made.expires_at,
        )
    )
    return True


def _closed(state: str) -> bool:
    return State(state) not in (State.TO_BOOK, State.BOOKED)


# ---------- reactions ----------


async def on_freed(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: a time was given back, by whomever. An offer it was is settled; then the next is asked."""
    assert event.visit_id is not None
    given = await _given_back(work, event)
    if given is None:
        return
    appointment_id, office_id, freed = given
    offered = await waitlist_rows.offer_by_hold(work, appointment_id)
    if offered is not None:
        await _unanswered(work, event.visit_id, appointment_id)
    if freed.end > work.now:
        await offer_next(work, office_id, [freed], but=event.visit_id)


async def _given_back(work: Work, event: DomainEvent) -> tuple[UUID, UUID, Interval] | None:
    """Which appointment an event gave back: the one it names, the one before it, or the visit's last."""
    assert event.visit_id is not None
    named = event.body.get("appointment")
    if named is None:
        last = await queries.last_of(work, event.visit_id)
        if last is None or last.status in queries.LIVE or last.status == "done":
            return None
        return last.id, last.office_id, Interval(last.during.lower, last.during.upper)
    found = await work.session.get(Appointment, UUID(str(named)), populate_existing=True)
    if found is not None and event.kind == "appointment_moved" and found.supersedes is not None:
        found = await work.session.get(Appointment, found.supersedes, populate_existing=True)
    if found is None or found.status in queries.LIVE:
        return None
    return found.id, found.office_id, Interval(found.during.lower, found.during.upper)


async def _unanswered(work: Work, visit_id: UUID, appointment_id: UUID) -> None:
    """An offer ended without being taken: the visit waits on, unless it never answers."""
    case = await case_of(work, visit_id, lock=True)
    found = await waitlist_rows.offer_by_hold(work, appointment_id)
    if found is None:
        return
    offer, entry = found
    hold = await queries.appointment_by_id(work, appointment_id)
    ended(work, offer, "expired" if hold.status == "expired" else "declined")
    if entry.state != "offered":
        return
    entry.state, entry.offered_until = "waiting", None
    await work.session.flush()
    answers = [each.state for each in await waitlist_rows.offers_of(work, entry.id)]
    if answers[-SILENT:] == ["expired"] * SILENT:
        end(work, case.visit, entry, "over", "silent")


async def on_failed(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: customs or an agency did not come. The earliest time is kept for the visit, longer than usual, and the
    visit goes before everybody else until it has one."""
    assert event.visit_id is not None
    case = await case_of(work, event.visit_id, lock=True)
    if State(case.visit.state) is not State.TO_BOOK or case.visit.state_since > event.at:
        return
    await waitlist_rows.one_at_a_time(work, case.office.id)
    try:
        entry = await join_first(work, case)
    except PlaceFirst:
        return
    if entry.state == "waiting":
        lasts = timedelta(minutes=policy(case.office, Policies).rebook_minutes)
        await _offer(work, entry, None, lasts=lasts)


async def on_booked(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: the visit has a (new) time. If it is what was wanted, it waits no longer."""
    assert event.visit_id is not None
    case = await case_of(work, event.visit_id, lock=True)
    entry = await waitlist_rows.entry_of(work, event.visit_id)
    booked = (await queries.live_of(work, event.visit_id)).get("confirmed")
    if entry is None or booked is None:
        return
    offered = await waitlist_rows.offer_by_hold(work, booked.id)
    if offered is not None:
        ended(work, offered[0], "accepted")
    inside = any(
        each.lower <= booked.during.lower and booked.during.upper <= each.upper
        for each in entry.wanted
        if entry.at <= booked.made_at
    )
    if offered is not None or inside:
        end(work, case.visit, entry, "satisfied")


async def tick(tools: Tools, tenant: TenantId) -> int:
    """The periodic job: entries that wait for nothing any more end, and what became free unseen is offered.

    Each offer has a transaction of its own; returns how many were made.
    """
    run, actor, given = tools.database.run, system(tenant), 0
    for office_id in await run(actor, _sweep):
        after: Standing | None = None
        while True:
            offered, after = await run(actor, offer_next, office_id, after=after, most=PIECE)
            given += offered
            if after is None:
                break
    return given


async def _sweep(work: Work) -> Sequence[UUID]:
    for entry, visit, booked in await waitlist_rows.done_waiting(work):
        await _too_late(work, entry, visit.id, booked)
    await work.session.flush()
    return await waitlist_rows.offices_waiting(work)


async def _too_late(work: Work, entry: Waitlist, visit_id: UUID, booked: Appointment | None) -> None:
    case = await case_of(work, visit_id)
    try:
        wanted = await asked(as_public(work), case)
        left = ranges(Wish.of(entry.options), wanted.grid, within=span(work, wanted, booked))
        if any(each.end - each.start >= wanted.length * wanted.grid.step for each in left):
            return
    except PlaceFirst:
        return
    except (NotWaiting, NothingEarlier):
        pass
    end(work, case.visit, entry, "over", "closed" if _closed(case.visit.state) else "too_late")
