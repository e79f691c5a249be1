"""The declarant agrees to another time the office gave, or not."""

from uuid import UUID

from visits.booking import queries, replan_rows
from visits.booking.waitlist import join
from visits.booking.waitlist_rules import DISPLACED, NothingEarlier, NotWaiting, Wish
from visits.declarations.queries import case_of
from visits.errors import NotFound
from visits.roles import DECLARANTS
from visits.store.work import Work


async def answer(work: Work, visit_id: UUID, *, refuse: bool) -> None:
    """The declarant agrees to the other time or not. It stays until another is certain; who refuses goes first on the
    waitlist and may choose freely. The first answer counts."""
    case = await case_of(work, visit_id, lock=True)
    live = (await queries.live_of(work, visit_id)).get("confirmed")
    step = await replan_rows.to_answer(work, visit_id, live.id) if live is not None else None
    if step is None or not work.actor.is_a(*DECLARANTS):
        raise NotFound()
    if step.answer:
        return
    step.answer, step.answered_at = "refused" if refuse else "accepted", work.now
    work.audit("replan_answered", case.visit.id, office=case.office.id, answer=step.answer)
    if refuse:
        try:
            await join(work, visit_id, Wish(), rank=DISPLACED)
        except (NothingEarlier, NotWaiting):
            return
