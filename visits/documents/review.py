"""An officer checks the package: accepts it, or sends it back with all its defects at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from visits.declarations.queries import Case, case_of
from visits.documents import queries
from visits.documents.checklist import REASONS, Defect
from visits.documents.package import package_in
from visits.documents.refusals import NoDefect
from visits.documents.tables import PackageReview
from visits.documents.types import KINDS
from visits.errors import BadInput, Stale
from visits.events import Event, PackageAccepted, PackageReturned
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.states import STATE_NAMES, State, WrongState
from visits.roles import CHIEFS, INSPECTORS
from visits.store.work import Work

LONGEST_TEXT = 500
OFFICERS = INSPECTORS | CHIEFS


async def accept(work: Work, visit_id: UUID, remark: str = "", *, seen: str | None = None) -> PackageReview:
    """The package is acceptable: a visit goes on to its appointment, a documentary control to the desk.

    `seen` is the mark of the package the officer read; if there is another to read since, the verdict is Stale.
    """
    return await _decide(work, visit_id, accepted=True, defects=(), remark=remark, seen=seen)


async def send_back(
    work: Work, visit_id: UUID, defects: Sequence[Defect], remark: str = "", *, seen: str | None = None
) -> PackageReview:
    """Return the package with everything that is wrong with it, so that it comes back only once."""
    if not defects:
        raise NoDefect()
    return await _decide(work, visit_id, accepted=False, defects=defects, remark=remark, seen=seen)


async def _decide(
    work: Work, visit_id: UUID, *, accepted: bool, defects: Sequence[Defect], remark: str, seen: str | None
) -> PackageReview:
    visit = await visit_for_update(work, visit_id)
    if visit.state != State.CHECKING and work.actor.is_a(*OFFICERS) and visit.office_id == work.actor.office:
        # Once decided, an inspector may not open the visit any more, but is told why instead of «not found».
        again = await _said_before(work, visit_id, accepted=accepted, defects=defects)
        if again is not None:
            return again
        raise WrongState(state=STATE_NAMES[State(visit.state)], event="package_reviewed")
    case = await case_of(work, visit_id, lock=True)
    if seen is not None and seen != (await package_in(work, case)).mark:
        raise Stale()
    told = [await _told(work, case, each) for each in defects]
    declaration, about = DeclarationId(case.declaration.id), VisitId(visit_id)
    event: Event = (
        PackageAccepted(declaration=declaration, visit=about)
        if accepted
        else PackageReturned(declaration=declaration, visit=about, defects=len(told))
    )
    await move(work, case.visit, event, reason=" ".join(remark.split())[:LONGEST_TEXT])
    assert work.actor.person is not None  # the table of states lets only people decide
    review = PackageReview(
        id=new_id(),
        visit_id=visit_id,
        accepted=accepted,
        defects=told,
        remark=remark.strip()[:LONGEST_TEXT],
        reviewed_by=work.actor.person,
        at=work.now,
    )
    work.session.add(review)
    work.audit(
        "package_reviewed",
        review.id,
        office=case.visit.office_id,
        visit=visit_id,
        accepted=accepted,
        defects=[[each["document_type"], each["document"], each["reason"]] for each in told],
    )
    return review


async def _said_before(
    work: Work, visit_id: UUID, *, accepted: bool, defects: Sequence[Defect]
) -> PackageReview | None:
    """The same verdict of the same officer, sent again over a bad line."""
    last = await queries.last_review(work, visit_id)
    same = (
        last is not None
        and last.reviewed_by == work.actor.person
        and last.accepted == accepted
        and last.defects == [_stored(each) for each in defects]
    )
    return last if same else None


async def _told(work: Work, case: Case, defect: Defect) -> dict[str, Any]:
    """A defect as it is stored; it names a document of this visit, or a known kind."""
    if defect.reason not in REASONS:
        raise BadInput(field="reason")
    if defect.document_type not in KINDS:
        raise BadInput(field="document_type")
    if defect.document is not None:
        document = await queries.document_of(work, case.visit.id, defect.document)
        if document.document_type != defect.document_type:
            raise BadInput(field="document")
    return _stored(defect)


def _stored(defect: Defect) -> dict[str, Any]:
    return {
        "document_type": defect.document_type,
        "document": str(defect.document) if defect.document else None,
        "reason": defect.reason,
        "text": " ".join(defect.text.split())[:LONGEST_TEXT],
    }
