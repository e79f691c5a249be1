"""The visit itself: started by the drawn inspector, suspended for a named reason, resumed, ended when nothing lacks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from visits.declarations.queries import Case
from visits.errors import BadInput, Refusal
from visits.events import VisitEnded, VisitResumed, VisitStarted, VisitSuspended
from visits.fieldwork import queries, rules
from visits.fieldwork.checkin import at_the_place, reveal
from visits.fieldwork.geofence import Fix
from visits.fieldwork.suspensions import Texts, taken
from visits.fieldwork.tables import CheckIn
from visits.fieldwork.words import Deed, Party
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.journey.states import Level
from visits.journey.tables import Visit
from visits.sites.policies import policy
from visits.store.work import Work
from visits.texts import N_


class NotFinished(Refusal):
    """Something the order asks for is neither done nor explained."""

    code, status = "not-finished", 409
    says = N_("Il reste %(left)s points à faire ou à expliquer avant de finir la visite.")


async def start(
    work: Work, visit_id: UUID, *, id: UUID, fix: Fix | None = None, device_at: datetime | None = None
) -> Visit:
    """The drawn inspector begins: present from now on, the name shown, the position noted but never in the way."""
    case = await queries.mine(work, visit_id, sent=id)
    visit = case.visit
    if not await queries.deed(work, visit, Deed.STARTED, id=id, device_at=device_at):
        return visit
    await move(work, visit, VisitStarted(**_about(case), device_at=device_at))
    reveal(work, visit)
    here = (await queries.record_of(work, visit_id)).check_ins
    if not any(row.party == Party.INSPECTOR and row.person_id == work.actor.person for row in here):
        row = CheckIn(
            id=new_id(),
            visit_id=visit.id,
            party=Party.INSPECTOR,
            person_id=work.actor.person,
            name=work.actor.name,
            device_at=device_at,
            at=work.now,
        )
        work.session.add(await at_the_place(work, visit, row, fix))
    return visit


async def suspend(
    work: Work, visit_id: UUID, *, id: UUID, reason: str, note: str = "", device_at: datetime | None = None
) -> Visit:
    """The visit stands still; whoever the reason names holds the clock."""
    case = await queries.mine(work, visit_id, sent=id)
    body = {"reason": reason, "note": note.strip()[:500]}
    if await queries.deed(work, case.visit, Deed.SUSPENDED, id=id, device_at=device_at, body=body):
        known = taken(policy(case.office, Texts))
        if reason not in known:
            raise BadInput(field=N_("raison"))
        event = VisitSuspended(**_about(case), device_at=device_at, reason=reason)
        await move(work, case.visit, event, reason=reason, clock=known[reason][1])
    return case.visit


async def resume(work: Work, visit_id: UUID, *, id: UUID, device_at: datetime | None = None) -> Visit:
    """The visit goes on."""
    case = await queries.mine(work, visit_id, sent=id)
    if await queries.deed(work, case.visit, Deed.RESUMED, id=id, device_at=device_at):
        await move(work, case.visit, VisitResumed(**_about(case), device_at=device_at))
    return case.visit


async def end(
    work: Work,
    visit_id: UUID,
    *,
    id: UUID,
    reasons: Mapping[str, str] | None = None,
    device_at: datetime | None = None,
) -> Visit:
    """The examination is over, unless the order asks for something that is neither done nor explained.

    `reasons` holds one sentence for each gap, by its key; they are kept with the step.
    """
    case = await queries.mine(work, visit_id, sent=id)
    visit = case.visit
    said = {key: text.strip()[:500] for key, text in (reasons or {}).items() if text.strip()}
    record = await queries.record_of(work, visit_id)
    if not any(step.id == id for step in record.steps):
        gaps = rules.missing(outline_of(case), record)
        open_gaps = [gap.key for gap in gaps if gap.key not in said]
        if open_gaps:
            raise NotFinished(left=len(open_gaps), gaps=open_gaps)
        said = {gap.key: said[gap.key] for gap in gaps}
    if await queries.deed(work, visit, Deed.ENDED, id=id, device_at=device_at, body={"gaps": said}):
        await move(work, visit, VisitEnded(**_about(case), device_at=device_at))
    return visit


def outline_of(case: Case) -> rules.Outline:
    """The parts of this visit."""
    desk = case.visit.level == Level.DOCUMENTS
    return rules.outline(case.visit.order, case.declaration.content, desk=desk)


def _about(case: Case) -> dict[str, Any]:
    return {"declaration": DeclarationId(case.declaration.id), "visit": VisitId(case.visit.id)}
