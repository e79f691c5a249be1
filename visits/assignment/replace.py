"""Another inspector: drawn at once when one is absent, drawn after two chiefs agreed otherwise; never chosen."""

from uuid import UUID

from visits.assignment import queries
from visits.assignment.draw import Chiefs, blocked, end, make, settle
from visits.assignment.rules import (
    ABSENCES,
    LATE,
    REASONS,
    AlreadyAsked,
    NobodyEligible,
    NotAssigned,
    NotDrawable,
    SameEyes,
    SecondPersonNeeded,
    UnknownReason,
    two_pairs,
)
from visits.assignment.tables import Assignment, Draw, Reassignment
from visits.declarations.queries import Case, case_of
from visits.errors import Stale
from visits.events import InspectorAbsent
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.roles import Role
from visits.store.tools import Tools
from visits.store.work import Work


async def replace(
    work: Work, tools: Tools, visit_id: UUID, reason: str, *, chiefs: Chiefs = (None, None)
) -> Draw | None:
    """Draw again without those who had the visit before.

    Of an absent inspector the visit is taken away even if nobody else may be drawn: then it is laid before the chief
    (None). For any other reason the inspector stays unless there is another.
    """
    if reason not in REASONS and not (reason in LATE and work.actor.is_a(Role.SYSTEM)):
        raise UnknownReason()
    case = await case_of(work, visit_id, lock=True)
    seat = await settle(work, case)
    live = await queries.live_assignment(work, case.visit.id)
    if live is None:
        raise NotAssigned()
    if seat is None:
        raise NotDrawable()
    if reason in ABSENCES or reason == "no_show":
        about = DeclarationId(case.declaration.id)
        told = InspectorAbsent(declaration=about, visit=VisitId(case.visit.id), reason=reason)
        await move(work, case.visit, told, reason=reason)
    await end(work, case, live, replaced=True)
    if seat.part is not None:
        seat.part.placeholder = True
        await work.session.flush()
    try:
        return await make(work, tools, case, seat, reason=reason, chiefs=chiefs)
    except NobodyEligible as refusal:
        if reason not in ABSENCES:
            raise
        blocked(work, case, refusal.facts["code"])
        return None


async def ask(work: Work, visit_id: UUID, reason: str, remark: str = "") -> Reassignment:
    """A chief asks for another inspector; nothing changes until a second chief agrees."""
    if reason not in REASONS:
        raise UnknownReason()
    case = await case_of(work, visit_id, lock=True)
    live = await queries.live_assignment(work, case.visit.id)
    if live is None:
        raise NotAssigned()
    if await queries.open_reassignment(work, case.visit.id) is not None:
        raise AlreadyAsked()
    asked = request(work, case, live, reason, remark.strip())
    await work.session.flush()
    return asked


def request(work: Work, case: Case, live: Assignment, reason: str, remark: str = "") -> Reassignment:
    """Lay a replacement before a second person; the visit is locked and no other request is open."""
    assert work.actor.person is not None
    asked = Reassignment(
        id=new_id(),
        visit_id=case.visit.id,
        assignment_id=live.id,
        reason=reason,
        remark=remark,
        asked_by=work.actor.person,
        asked_at=work.now,
    )
    work.session.add(asked)
    work.audit("replacement_asked", case.visit.id, office=case.office.id, reason=reason, remark=remark)
    return asked


async def decide(work: Work, tools: Tools, reassignment_id: UUID, *, agree: bool) -> Draw | None:
    """The second chief agrees, and another inspector is drawn; or not, and nothing changes. Never whoever asked."""
    visit_id = await queries.visit_of_reassignment(work, reassignment_id)
    case = await case_of(work, visit_id, lock=True)
    asked = await queries.reassignment_for_update(work, reassignment_id)
    await _second(work, case, asked)
    if asked.state != "open":
        raise Stale()
    asked.state = "confirmed" if agree else "refused"
    asked.decided_by = work.actor.person
    asked.decided_at = work.now
    work.audit(
        "replacement_agreed" if agree else "replacement_refused",
        case.visit.id,
        office=case.office.id,
        reason=asked.reason,
        asked_by=asked.asked_by,
    )
    await work.session.flush()
    if not agree:
        return None
    return await replace(work, tools, case.visit.id, asked.reason, chiefs=(asked.asked_by, work.actor.person))


async def _second(work: Work, case: Case, asked: Reassignment) -> None:
    """Refuse whoever asked, whoever acts in the same name as a deputy, and the inspector it is about."""
    me = work.actor.person
    if me is None or me == asked.asked_by:
        raise SecondPersonNeeded()
    asker = await queries.acts_for(work, asked.asked_by, case.office.id, asked.asked_at)
    decider = await queries.acts_for(work, me, case.office.id, work.now)
    if not two_pairs(asker, decider):
        raise SameEyes()
    if me == await queries.person_behind(work, asked.assignment_id):
        raise SameEyes()
