"""The package of a visit: its checklist as it stands, and its way to customs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from visits import chain
from visits.declarations.queries import Case, case_of
from visits.documents import queries
from visits.documents.checklist import Defect, Facts, Given, Need, Verdict, checklist, facts_of, missing
from visits.documents.refusals import PackageIncomplete
from visits.documents.rules import rules_for
from visits.documents.tables import Document, PackageReview
from visits.events import PackageSubmitted
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.states import Level, NotYours, State
from visits.journey.tables import Visit
from visits.roles import DECLARANTS
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Everything a screen shows of a package."""

    case: Case
    facts: Facts
    needs: Sequence[Need]
    #: The last verdict of customs, whatever it was.
    review: PackageReview | None
    #: Versions that were replaced or withdrawn, newest first.
    earlier: Sequence[Document]

    @property
    def mark(self) -> str:
        """What an officer read, in a word: another one once the declaration, a document or a verdict is another.

        Not the version of the visit, which also changes when somebody is drawn for it.
        """
        visit, read = self.case.visit, sorted(each.id for each in self.documents)
        verdict = self.review.id if self.review else None
        return chain.digest([self.case.declaration.version, visit.level, verdict, read]).hex()[:16]

    @property
    def missing(self) -> list[Need]:
        """What keeps the package from being sent."""
        return missing(self.needs)

    @property
    def defects(self) -> list[Defect]:
        """What customs found wrong and nobody mended yet."""
        return [defect for need in self.needs for defect in need.defects]

    @property
    def documents(self) -> list[Given]:
        """All current documents, in the order of the checklist."""
        return [each for need in self.needs for each in need.given]


async def package_of(work: Work, visit_id: UUID) -> Package:
    """The package of a visit the actor may open."""
    return await package_in(work, await case_of(work, visit_id))


async def package_in(work: Work, case: Case) -> Package:
    """The package of a case already loaded."""
    visit = case.visit
    facts = facts_of(
        case.declaration.content,
        level=Level(visit.level),
        agencies=visit.order.get("agencies") or (),
        country=case.office.country,
    )
    review = await queries.last_review(work, visit.id)
    rows = await queries.documents_of(work, visit.id)
    needs = checklist(
        facts,
        await rules_for(work, visit.office_id),
        [given_of(row) for row in rows if row.state == "current"],
        verdict_of(review) if review is not None and not review.accepted else None,
    )
    earlier = [row for row in reversed(rows) if row.state != "current"]
    return Package(case=case, facts=facts, needs=needs, review=review, earlier=earlier)


async def submit(work: Work, visit_id: UUID) -> Visit:
    """Send the package to customs; sending it twice is sending it once. Refused while something is missing."""
    if not work.actor.is_a(*DECLARANTS):
        raise NotYours(event=PackageSubmitted.code)
    case = await case_of(work, visit_id, lock=True)
    if case.visit.state == State.CHECKING:
        return case.visit
    package = await package_in(work, case)
    if case.visit.state == State.PACKAGE and package.missing:
        raise PackageIncomplete(count=len(package.missing), documents=[need.document_type for need in package.missing])
    event = PackageSubmitted(
        declaration=DeclarationId(case.declaration.id),
        visit=VisitId(case.visit.id),
        documents=len(package.documents),
    )
    await move(work, case.visit, event)
    return case.visit


def given_of(row: Document) -> Given:
    """A document as the checklist sees it."""
    return Given(
        id=row.id,
        document_type=row.document_type,
        file_name=row.file_name,
        media_type=row.media_type,
        size=row.size,
        at=row.at,
        version=row.version,
        reference=row.reference,
    )


def verdict_of(review: PackageReview) -> Verdict:
    """A stored verdict as the checklist sees it."""
    return Verdict(
        id=review.id,
        defects=tuple(
            Defect(
                document_type=each["document_type"],
                document=UUID(each["document"]) if each["document"] else None,
                reason=each["reason"],
                text=each["text"],
            )
            for each in review.defects
        ),
    )
