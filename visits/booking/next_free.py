"""Book the earliest time in one tap, or for somebody at the counter the first one today: free places only."""

from datetime import timedelta
from uuid import UUID

from scheduling import Slot
from visits.booking import queries, rules
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.offer import Offer, offer
from visits.booking.tables import Appointment
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.journey.states import NotYours, State
from visits.roles import CHIEFS
from visits.store.work import Work
from visits.texts import N_

#: Losing the earliest time to a rival so often is a full office.
TRIES = 5
#: How long the page that follows offers to undo what one tap did.
UNDO = timedelta(minutes=10)


class NothingFree(Refusal):
    """No time is on offer within the horizon."""

    code, status = "nothing-free", 409
    says = N_("Aucune heure libre dans les %(days)s prochains jours.")


class NothingToday(Refusal):
    """Nobody who comes to the counter can be taken in today without breaking an appointment."""

    code, status = "nothing-today", 409
    says = N_("Aucune place n'est libre aujourd'hui. Aucun rendez-vous n'est déplacé pour en faire une.")


async def book_next(work: Work, visit_id: UUID, *, reason: str = "") -> Appointment:
    """Hold and confirm the earliest time on offer, in this one transaction; a visit that has a time keeps it."""
    return await _first(work, visit_id, reason=reason, today=False)


async def walk_in(work: Work, visit_id: UUID, *, reason: str) -> Appointment:
    """Take the first time of today for somebody at the counter: free places only, no appointment gives way."""
    if not work.actor.is_a(*CHIEFS):
        raise NotYours()
    return await _first(work, visit_id, reason=reason, today=True)


def first_today(found: Offer) -> Slot | None:
    """The first time of the office's day that is on offer; None if there is none."""
    return next(found.days[0].slots(), None)


async def _first(work: Work, visit_id: UUID, *, reason: str, today: bool) -> Appointment:
    case = await case_of(work, visit_id, lock=True)
    booked = (await queries.live_of(work, visit_id)).get("confirmed")
    if booked is not None and State(case.visit.state) is State.BOOKED:
        return booked
    for _ in range(TRIES):
        found = await offer(work, case)
        slot = first_today(found) if today else found.first
        if slot is None:
            break
        step = await work.session.begin_nested()
        try:
            held = await hold(work, visit_id, slot.starts_at, reason=reason)
        except rules.SlotTaken:
            await step.rollback()
            continue
        await step.commit()
        return await confirm(work, held.id)
    raise NothingToday() if today else NothingFree(days=(await offer(work, case)).asked.policy.horizon)
