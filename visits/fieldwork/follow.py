"""A second visit of the same goods: a counter-visit or an extension, linked to the first and ordered by the chief."""

from typing import Any
from uuid import UUID

from visits.booking.premises import carry_over
from visits.declarations.goods import goods_ask
from visits.declarations.lane import Order, minutes_for
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.events import CounterVisitOrdered, ExtensionOrdered
from visits.fieldwork import queries
from visits.fieldwork.branches import SayWhy
from visits.fieldwork.words import Deed, Method
from visits.ids import DeclarationId, VisitId
from visits.journey.open import open_visit
from visits.journey.states import OVER, STATE_NAMES, Level, NotYours, State, WrongState
from visits.journey.tables import Visit
from visits.roles import CHIEFS
from visits.sites.policies import Policies, policy
from visits.store.work import Work
from visits.texts import N_

#: From when a second visit makes sense, and until when the goods can still be held for it.
AFTER = {
    Deed.COUNTER_VISIT: frozenset(
        {State.ENDED, State.LAB, State.SIGNED, State.VALIDATED, State.PUSHED, State.ACKNOWLEDGED}
    ),
    Deed.EXTENSION: frozenset({State.RUNNING, State.SUSPENDED, State.ENDED, State.LAB, State.SIGNED}),
}


class AlreadyOrdered(Refusal):
    """A second visit of these goods is under way."""

    code, status = "already-ordered", 409
    says = N_("Une seconde visite est déjà ordonnée : %(reference)s.")


async def order_counter_visit(work: Work, visit_id: UUID, *, id: UUID, reason: str) -> Visit:
    """The same goods are looked at once more, by other eyes, as far as the first order went."""
    return await _follow(work, visit_id, Deed.COUNTER_VISIT, id, reason)


async def order_extension(work: Work, visit_id: UUID, *, id: UUID, reason: str) -> Visit:
    """The visit is widened: every container of the declaration, wholly unstuffed, every item."""
    return await _follow(work, visit_id, Deed.EXTENSION, id, reason)


async def _follow(work: Work, visit_id: UUID, kind: Deed, id: UUID, reason: str) -> Visit:
    case = await case_of(work, visit_id, lock=True)
    first = case.visit
    if not work.actor.is_a(*CHIEFS):
        raise NotYours()
    why = " ".join(reason.split())[:500]
    if not why:
        raise SayWhy()
    children = await queries.children_of(work, first.id)
    if not await queries.deed(work, first, kind, id=id, body={"reason": why}):
        return children[-1]
    if State(first.state) not in AFTER[kind]:
        raise WrongState(state=STATE_NAMES[State(first.state)], event=kind)
    under_way = next((each for each in children if State(each.state) not in OVER), None)
    if under_way is not None:
        raise AlreadyOrdered(reference=under_way.reference)
    order = _wider(case) if kind is Deed.EXTENSION else _again(case)
    second = await open_visit(
        work,
        declaration_id=case.declaration.id,
        office_id=case.office.id,
        level=order.level,
        order=order.as_json(),
        minutes=minutes_for(order),
        site_id=first.site_id,
        parent_id=first.id,
        sample=first.sample,
    )
    await carry_over(work, first, second)
    about: dict[str, Any] = {"declaration": DeclarationId(case.declaration.id), "visit": VisitId(second.id)}
    told = CounterVisitOrdered if kind is Deed.COUNTER_VISIT else ExtensionOrdered
    work.emit(told(**about, follows=first.id, reason=why))
    work.audit(kind, second.id, office=case.office.id, follows=str(first.id), reason=why)
    return second


def _again(case: Case) -> Order:
    return Order(level=Level(case.visit.level), **case.visit.order)


def _wider(case: Case) -> Order:
    content = case.declaration.content
    level = Level.JOINT if case.visit.order["agencies"] else Level.PHYSICAL
    return Order(
        level=level,
        extent=Method.FULL,
        percent=100,
        containers=[box["number"] for box in content.get("containers") or ()],
        items=[item["number"] for item in content.get("items") or ()],
        agencies=case.visit.order["agencies"],
        instructions=case.visit.order["instructions"],
        **goods_ask(content, (), policy(case.office, Policies)),
    )
