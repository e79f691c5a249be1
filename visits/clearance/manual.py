"""The link without a link: a person carries the report over, and brings the act number and the voucher back."""

import re
from uuid import UUID

from visits.clearance import queries
from visits.clearance.acknowledge import acknowledge, keep_act
from visits.clearance.port import Envelope, Receipt
from visits.clearance.release import issue
from visits.clearance.tables import Outbound
from visits.declarations.queries import case_of, declaration_for
from visits.declarations.receive import ReasonNeeded
from visits.errors import NotFound, Refusal
from visits.journey.states import Level, State, next_state
from visits.journey.tables import Visit
from visits.store.work import Work
from visits.texts import N_

#: What a number of another system may look like; longer than any act or voucher number seen.
LONGEST = 40
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./:_-]*\Z")


class NumberMissing(Refusal):
    """Nothing was typed."""

    code, status = "number-missing", 422
    says = N_("Recopiez le numéro donné par le système de dédouanement.")


class NumberOdd(Refusal):
    """No number looks like this."""

    code, status = "number-odd", 422
    says = N_("Ce numéro contient un signe inattendu ou dépasse %(longest)s caractères. Vérifiez-le.")


class NumberKnown(Refusal):
    """There is a number already; a correction needs its reason."""

    code, status = "number-known", 409
    says = N_("Le numéro %(number)s est déjà inscrit. Pour le changer, faites une correction.")


class ManualLink:
    """Implements port.ClearanceSystem by leaving the work to a person; it is always up."""

    async def push_report(self, envelope: Envelope) -> Receipt:
        """Nothing leaves: the visit chief finds the report among those to carry over."""
        return Receipt(by_hand=True)

    async def probe(self) -> None:
        """A person is always there."""


def number_of(typed: str) -> str:
    """The number a person typed, blanks put right; refuses what cannot be one."""
    number = " ".join(typed.split())
    if not number:
        raise NumberMissing()
    if len(number) > LONGEST or not _NUMBER.match(number):
        raise NumberOdd(longest=LONGEST)
    return number


async def key_act(work: Work, visit_id: UUID, typed: str) -> Outbound:
    """The visit chief brings the act number of a report; the same number again changes nothing."""
    act = number_of(typed)
    visit, outbound = await _report(work, visit_id)
    if outbound.act == act:
        return outbound
    if outbound.act is not None:
        raise NumberKnown(number=outbound.act)
    next_state(State(visit.state), "report_acknowledged", Level(visit.level), work.actor.roles)
    await acknowledge(work, visit, outbound, act)
    work.audit("act_keyed", visit.id, office=visit.office_id, act=act, version=outbound.version)
    return outbound


async def correct_act(work: Work, visit_id: UUID, typed: str, reason: str) -> Outbound:
    """A wrong act number is replaced, with the reason; who did it and what stood there stay in the journal."""
    act = number_of(typed)
    if not reason.strip():
        raise ReasonNeeded()
    visit, outbound = await _report(work, visit_id)
    was = outbound.act
    if was is None or outbound.acknowledged_at is None:
        raise NotFound()
    if act != was:
        await keep_act(work, outbound, act)
        work.audit("act_corrected", visit.id, office=visit.office_id, was=was, act=act, reason=" ".join(reason.split()))
    return outbound


async def key_voucher(work: Work, visit_id: UUID, typed: str) -> str:
    """The visit chief brings the removal voucher; every visit of the declaration that waits for it is released."""
    voucher = number_of(typed)
    case = await case_of(work, visit_id)
    declaration = await declaration_for(work, case.declaration.id, lock=True)
    await work.session.refresh(declaration)
    if declaration.voucher == voucher:
        return voucher
    if declaration.voucher:
        raise NumberKnown(number=declaration.voucher)
    visit = (await case_of(work, visit_id, lock=True)).visit
    next_state(State(visit.state), "release_issued", Level(visit.level), work.actor.roles)
    await issue(work, declaration, voucher)
    work.audit("voucher_keyed", visit.id, office=visit.office_id, voucher=voucher)
    return voucher


async def _report(work: Work, visit_id: UUID) -> tuple[Visit, Outbound]:
    """The visit and the newest version of its report on its way, both locked."""
    visit = (await case_of(work, visit_id, lock=True)).visit
    outbound = await queries.outbound_of(work, visit_id)
    if outbound is None:
        raise NotFound()
    return visit, outbound
