"""The clearance system's other news: the voucher, the withdrawal, arrival, assessment, payment, exit."""

from datetime import datetime
from uuid import UUID

from visits import events
from visits.clearance import exits, port, queries
from visits.clearance.verdict import Verdict, happened
from visits.declarations.tables import Declaration
from visits.errors import Refusal
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.states import OVER, Level, State, possible
from visits.journey.tables import Visit
from visits.store.work import Work
from visits.texts import N_


class UnknownVisit(Refusal):
    """The message names a visit the declaration does not have."""

    code, status = "unknown_visit", 422
    says = N_("La visite %(visit)s n'existe pas pour cette déclaration.")


async def release(work: Work, declaration: Declaration, message: port.ReleaseIssued) -> Verdict:
    """The voucher came as a message; the first one counts, until it is cancelled."""
    if declaration.voucher == message.voucher:
        return Verdict("unchanged")
    if declaration.voucher and declaration.voucher_cancelled_at is None:
        return Verdict("noted", code="other_voucher")
    verdict = await issue(work, declaration, message.voucher, at=happened(work, message.at))
    if await exits.cancelled_before(work, declaration.id, message.voucher):
        _withdrawn(work, declaration, "")
    return verdict


async def cancel_release(work: Work, declaration: Declaration, message: port.ReleaseCancelled) -> Verdict:
    """The voucher is withdrawn; a withdrawal that overtook its voucher waits for it."""
    if declaration.voucher != message.voucher:
        return Verdict("noted", code="other_voucher" if declaration.voucher else "early_cancel")
    if declaration.voucher_cancelled_at is not None:
        return Verdict("unchanged")
    if await exits.exited_at_gate(work, declaration.id):
        _withdrawn(work, declaration, message.reason)
        return Verdict("noted", code="cancelled_after_exit")
    _withdrawn(work, declaration, message.reason)
    return Verdict("accepted")


def _withdrawn(work: Work, declaration: Declaration, reason: str) -> None:
    assert declaration.voucher is not None
    declaration.voucher_cancelled_at = work.now
    work.emit(
        events.ReleaseCancelled(declaration=DeclarationId(declaration.id), voucher=declaration.voucher, reason=reason)
    )


async def issue(work: Work, declaration: Declaration, voucher: str, *, at: datetime | None = None) -> Verdict:
    """Keep the voucher with its declaration, which is locked, and release every visit that waits for it."""
    declaration.voucher, declaration.voucher_cancelled_at = voucher, None
    declaration.released_at = at or work.now
    told = 0
    early = False
    for visit_id in await queries.open_visit_ids(work, declaration.id):
        visit = await visit_for_update(work, visit_id)
        if await released(work, declaration, visit):
            told += 1
        else:
            early = True
    if not told:
        work.emit(_event(work, declaration, None))
    return Verdict("noted", code="early_release") if early else Verdict("accepted")


async def released(work: Work, declaration: Declaration, visit: Visit) -> bool:
    """Release a locked visit under the voucher of its declaration; False if its state does not allow that yet."""
    if "release_issued" not in possible(State(visit.state), Level(visit.level), work.actor.roles):
        return False
    await move(work, visit, _event(work, declaration, VisitId(visit.id)))
    return True


def _event(work: Work, declaration: Declaration, visit: VisitId | None) -> events.ReleaseIssued:
    assert declaration.voucher is not None
    return events.ReleaseIssued(
        declaration=DeclarationId(declaration.id),
        visit=visit,
        voucher=declaration.voucher,
        source=work.actor.source or "hand",
        device_at=declaration.released_at if declaration.released_at != work.now else None,
    )


async def withdraw(work: Work, declaration: Declaration, message: port.VisitWithdrawn) -> Verdict:
    """Cancel the visit named, or every open one; too late for what is over."""
    waiting = await queries.open_visit_ids(work, declaration.id)
    if message.visit is not None:
        named = await queries.visit_id_of(work, declaration.id, message.visit)
        if named is None:
            raise UnknownVisit(visit=message.visit)
        waiting = [named] if named in waiting else []
    cancelled = 0
    for visit_id in waiting:
        visit = await visit_for_update(work, visit_id)
        if State(visit.state) in OVER:
            continue
        reason = message.reason or "withdrawn"
        event = events.Cancelled(
            declaration=DeclarationId(declaration.id),
            visit=VisitId(visit.id),
            reason=reason,
            device_at=happened(work, message.at),
        )
        await move(work, visit, event, reason=reason)
        cancelled += 1
    if cancelled:
        return Verdict("accepted")
    return (
        Verdict("noted", code="too_late") if await queries.visits_at_all(work, declaration.id) else Verdict("unchanged")
    )


async def fact(work: Work, declaration: Declaration, message: port.CargoArrived | port.Assessed | port.Paid) -> Verdict:
    """Add a fact of the clearance system to the declaration's story, once."""
    about, at = DeclarationId(declaration.id), happened(work, message.at)
    event: events.Event
    match message:
        case port.CargoArrived():
            event = events.CargoArrived(declaration=about, device_at=at, manifest=message.manifest)
        case port.Assessed():
            event = events.Assessed(declaration=about, device_at=at)
        case port.Paid():
            event = events.Paid(declaration=about, device_at=at, receipt=message.receipt)
    return await _tell_once(work, declaration.id, event)


async def exited(work: Work, declaration: Declaration, message: port.GoodsExited) -> Verdict:
    """The goods left: noted on every released visit, or on the declaration where there was none.

    What our own gate saw leave is known already.
    """
    if await exits.exited_at_gate(work, declaration.id):
        return Verdict("unchanged")
    about, at = DeclarationId(declaration.id), happened(work, message.at)
    released_ones = await queries.released_visit_ids(work, declaration.id)
    event = events.GoodsExited(declaration=about, device_at=at, gate=message.gate)
    if await queries.told_before(work, declaration.id, event.code, event.body):
        return Verdict("unchanged")
    for visit_id in released_ones:
        visit = await visit_for_update(work, visit_id)
        await move(
            work,
            visit,
            events.GoodsExited(declaration=about, visit=VisitId(visit.id), device_at=at, gate=message.gate),
        )
    if not released_ones:
        work.emit(event)
    return Verdict("accepted")


async def _tell_once(work: Work, declaration_id: UUID, event: events.Event) -> Verdict:
    if await queries.told_before(work, declaration_id, event.code, event.body):
        return Verdict("unchanged")
    work.emit(event)
    return Verdict("accepted")
