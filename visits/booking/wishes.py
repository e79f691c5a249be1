"""Book the first of up to three wished times: one message for a line that may fall silent before the answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from visits.booking import queries, rules
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.no_shows import FirmLimited
from visits.booking.offer import offer
from visits.booking.tables import Appointment
from visits.declarations.queries import case_of
from visits.errors import BadInput, Refusal
from visits.journey.states import State
from visits.store.work import Work
from visits.texts import N_

#: Times a person may wish for at once, the dearest first.
MOST = 3
#: What removes one wish and lets the next be tried.
NOT_THIS_ONE = (
    rules.SlotTaken,
    rules.SlotPast,
    rules.TooSoon,
    rules.TooFar,
    rules.SlotClosed,
    rules.SlotKept,
    rules.QuotaReached,
    rules.FirmDayFull,
    FirmLimited,
)


class NoWishFits(Refusal):
    """None of the wished times can be booked; the free times come along."""

    code, status = "no-wish-fits", 409
    says = N_("Aucune des heures demandées n'est libre. Choisissez-en une autre.")


class BookedMeanwhile(Refusal):
    """The visit got a time after the wishes were written down; it is not moved without being asked again."""

    code, status = "booked-meanwhile", 409
    says = N_("Cette visite a reçu un autre rendez-vous entre-temps. Il reste inchangé.")


async def book_first(
    work: Work, visit_id: UUID, wishes: Sequence[datetime], *, instead_of: UUID | None = None, reason: str = ""
) -> Appointment:
    """Hold and confirm the first wish that fits, in this one transaction; else nothing is changed.

    `instead_of` is the appointment the wishes were to replace. A visit that is booked at one of the wished times
    already keeps it: sent twice, wished twice, it is booked once.
    """
    wishes = list(dict.fromkeys(wishes))
    if not 1 <= len(wishes) <= MOST or any(each.tzinfo is None for each in wishes):
        raise BadInput(field="wishes")
    case = await case_of(work, visit_id, lock=True)
    booked = (await queries.live_of(work, visit_id)).get("confirmed")
    if State(case.visit.state) is not State.BOOKED:
        booked = None
    if booked is not None and booked.id != instead_of and booked.during.lower not in wishes:
        raise BookedMeanwhile(starts_at=booked.during.lower)
    refused = []
    for each in wishes:
        if booked is not None and (each == booked.during.lower or booked.id != instead_of):
            return booked
        step = await work.session.begin_nested()
        try:
            held = await hold(work, visit_id, each, reason=reason)
        except NOT_THIS_ONE as no:
            await step.rollback()
            refused.append({"starts_at": each, "code": no.code})
            continue
        await step.commit()
        return await confirm(work, held.id)
    raise NoWishFits(refused=refused, offer=await _fresh(work, visit_id))


async def _fresh(work: Work, visit_id: UUID) -> list[dict[str, Any]]:
    """The masks as they stand now, so that the next wish needs no further question."""
    return (await offer(work, await case_of(work, visit_id))).masks()
