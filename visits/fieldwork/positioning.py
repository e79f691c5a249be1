"""The terminal says where a container stands: placed, not found, blocked, or taken back. Once for each id it sends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from visits.booking.premises_rows import home_of
from visits.booking.tables import Appointment
from visits.errors import BadInput, NotFound, Refusal
from visits.events import Event, GoodsBlocked, GoodsMissing, GoodsPresented, GoodsTakenBack
from visits.fieldwork import queries
from visits.fieldwork.positions import DEEDS, Position, Standing, standing
from visits.fieldwork.rules import PLACING
from visits.fieldwork.tables import Step
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.states import BLOCKS, STATE_NAMES, Level, State, WrongState, possible
from visits.journey.tables import Transition, Visit
from visits.roles import Role
from visits.store.work import Work
from visits.texts import N_

#: Longest remark kept.
NOTE = 200


class WhyBlocked(Refusal):
    """A blocked container without a reason that is on the list."""

    code, status = "why-blocked", 422
    says = N_("Dites pourquoi le conteneur est bloqué.")


class OtherReason(Refusal):
    """« Other reason » without a word on it."""

    code, status = "block-note-needed", 422
    says = N_("Écrivez l'autre raison en quelques mots.")


class FromTheFuture(Refusal):
    """The time told is still to come."""

    code, status = "from-the-future", 422
    says = N_("L'heure dite n'est pas encore venue.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word of a terminal on one container; the empty container stands for goods without any."""

    id: UUID
    container: str
    position: Position
    reason: str = ""
    note: str = ""
    #: When it was so, if it is told later.
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of it: `taken`, or kept beside a newer word (`late`), or after the visit began (`too_late`)."""

    outcome: str
    standing: Standing
    visit: UUID


async def say(work: Work, visit_id: UUID, said: Said) -> Heard:
    """A person of the terminal says where a container stands; refused once the visit no longer waits for it."""
    visit = await _mine(work, visit_id)
    if not await _known(work, said):
        _still_waits(work, visit, said)
    return await _hear(work, visit, said)


async def report(work: Work, visit_id: UUID, said: Said) -> Heard:
    """The terminal's system says so: what comes late is kept and changes nothing."""
    return await _hear(work, await _mine(work, visit_id), said)


async def _hear(work: Work, visit: Visit, said: Said) -> Heard:
    body = {"containers": [said.container] if said.container else []} | _why(said)
    known = await work.session.get(Step, said.id)
    if known is not None and (known.visit_id, known.kind, known.body) != (visit.id, DEEDS[said.position], body):
        raise queries.IdTaken()
    _sound(work, visit, said)
    since = await sent_back_at(work, visit.id)
    before = standing(said.container, (await words_on(work, {visit.id})).get(visit.id, []), since=since)
    fresh = await queries.deed(work, visit, DEEDS[said.position], id=said.id, device_at=said.at, body=body)
    after = standing(said.container, (await words_on(work, {visit.id})).get(visit.id, []), since=since)
    if after.said != said.id:
        return Heard(outcome="late", standing=after, visit=visit.id)
    event = _event(visit, said)
    if event.code not in possible(State(visit.state), Level(visit.level), work.actor.roles):
        return Heard(outcome="too_late", standing=after, visit=visit.id)
    if fresh and (before.position, before.reason) != (after.position, after.reason):
        await move(work, visit, event, reason=after.reason)
    return Heard(outcome="taken", standing=after, visit=visit.id)


async def _known(work: Work, said: Said) -> bool:
    return await work.session.get(Step, said.id) is not None


async def _mine(work: Work, visit_id: UUID) -> Visit:
    """The visit, locked, of the terminal's office, and of a site its key is made for; not one at a firm's premises."""
    if not work.actor.is_a(Role.TERMINAL):
        raise NotFound()
    visit = await visit_for_update(work, visit_id)
    if visit.office_id != work.actor.office:
        raise NotFound()
    if await home_of(work, visit.id) is not None:
        raise NotFound()
    if work.actor.sites and await _site(work, visit) not in work.actor.sites:
        raise NotFound()
    return visit


async def _site(work: Work, visit: Visit) -> UUID | None:
    """The site of the visit's newest appointment."""
    found = await work.session.scalar(
        select(col(Appointment.site_id))
        .where(col(Appointment.visit_id) == visit.id, col(Appointment.status).not_in(("held", "expired")))
        .order_by(col(Appointment.made_at).desc(), col(Appointment.id).desc())
        .limit(1)
    )
    return found or visit.site_id


def _sound(work: Work, visit: Visit, said: Said) -> None:
    ordered = visit.order["containers"]
    if said.container not in (ordered or [""]):
        raise BadInput(field=N_("conteneurs"))
    if said.position is Position.BLOCKED and said.reason not in BLOCKS:
        raise WhyBlocked()
    if said.position is Position.BLOCKED and said.reason == "other" and not said.note.strip():
        raise OtherReason()
    if said.at is not None and said.at > work.now:
        raise FromTheFuture()


def _still_waits(work: Work, visit: Visit, said: Said) -> None:
    if _event(visit, said).code not in possible(State(visit.state), Level(visit.level), work.actor.roles):
        raise WrongState(state=STATE_NAMES[State(visit.state)], event=_event(visit, said).code)


def _why(said: Said) -> dict[str, str]:
    blocked = said.position is Position.BLOCKED
    found = {"reason": said.reason if blocked else "", "note": " ".join(said.note.split())[:NOTE]}
    return {name: value for name, value in found.items() if value}


def _event(visit: Visit, said: Said) -> Event:
    about: dict[str, Any] = {
        "declaration": DeclarationId(visit.declaration_id),
        "visit": VisitId(visit.id),
        "device_at": said.at,
        "containers": [said.container] if said.container else [],
    }
    match said.position:
        case Position.PLACED:
            return GoodsPresented(**about)
        case Position.MISSING:
            return GoodsMissing(**about)
        case Position.BLOCKED:
            return GoodsBlocked(**about, reason=said.reason)
        case Position.TO_PLACE:
            return GoodsTakenBack(**about)


# ---------- reads ----------


async def words_on(work: Work, visits: Collection[UUID]) -> dict[UUID, list[Step]]:
    """Everything said of where the containers of these visits stand."""
    rows = await work.session.scalars(
        select(Step).where(col(Step.visit_id).in_(visits), col(Step.kind).in_(PLACING)).order_by(col(Step.id))
    )
    found: dict[UUID, list[Step]] = {}
    for step in rows:
        found.setdefault(step.visit_id, []).append(step)
    return found


async def sent_back_at(work: Work, visit_id: UUID) -> datetime | None:
    """When the visit last lost its time: what was said before has gone since."""
    return await work.session.scalar(
        select(func.max(col(Transition.at))).where(
            col(Transition.visit_id) == visit_id,
            col(Transition.source) != col(Transition.target),
            col(Transition.target) == State.TO_BOOK,
        )
    )
