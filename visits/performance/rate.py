"""A declarant rates a finished visit: once, after the removal voucher, three marks and a remark."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from visits.declarations.queries import Case, case_of
from visits.errors import NotFound, Refusal
from visits.events import Rated
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.states import State
from visits.performance import queries
from visits.performance.tables import Rating
from visits.roles import DECLARANTS
from visits.store.work import Work
from visits.texts import N_

#: The dimensions of service, and what is asked.
DIMENSIONS: dict[str, str] = {
    "punctuality": N_("L'heure a-t-elle été tenue ?"),
    "clarity": N_("Les explications étaient-elles claires ?"),
    "courtesy": N_("L'échange a-t-il été courtois ?"),
}
MARKS: dict[int, str] = {
    1: N_("1, pas du tout"),
    2: N_("2, plutôt non"),
    3: N_("3, en partie"),
    4: N_("4, plutôt oui"),
    5: N_("5, tout à fait"),
}
LONGEST_REMARK = 1000


class NotReleasedYet(Refusal):
    """Only a visit that led to its voucher is rated, so that a rating can never weigh on the result."""

    code, status = "not-released-yet", 409
    says = N_("L'avis se donne après le bon à enlever.")


class RatedAlready(Refusal):
    """A visit is rated once."""

    code, status = "rated-already", 409
    says = N_("Un avis est déjà donné pour cette visite. Il ne change plus.")


class MarkMissing(Refusal):
    """Each question needs a mark from 1 to 5."""

    code, status = "mark-missing", 422
    says = N_("Donnez une note de 1 à 5 à chaque question.")


async def to_rate(work: Work, visit_id: UUID) -> Case:
    """The visit a declarant may rate now."""
    case = await case_of(work, visit_id)
    if not work.actor.is_a(*DECLARANTS):
        raise NotFound()
    if case.visit.state != State.RELEASED:
        raise NotReleasedYet()
    return case


async def rate(work: Work, visit_id: UUID, scores: Mapping[str, int], remark: str = "") -> Rating:
    """Keep the rating; the same again is the same one, and another is refused, whoever of the firm sends it."""
    case = await to_rate(work, visit_id)
    if any(scores.get(dimension) not in MARKS for dimension in DIMENSIONS):
        raise MarkMissing()
    given, said = {dimension: scores[dimension] for dimension in DIMENSIONS}, remark.strip()[:LONGEST_REMARK]
    kept: Rating | None = await work.session.scalar(
        insert(Rating)
        .values(
            id=new_id(),
            visit_id=visit_id,
            firm_id=work.actor.firm,
            scores=given,
            remark=said,
            at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(Rating)
    )
    if kept is None:
        first = await queries.rating_of(work, visit_id)
        if first is None or (first.firm_id, first.scores, first.remark) != (work.actor.firm, given, said):
            raise RatedAlready()
        return first
    work.emit(Rated(declaration=DeclarationId(case.declaration.id), visit=VisitId(visit_id)))
    return kept
