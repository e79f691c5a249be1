"""Ships awaited and what stands on the quay: which visits' goods are still at sea, and what a word on a ship changes.

A visit whose manifest is announced and not discharged has a provisional appointment: it takes real resources like any
other, and is confirmed by the discharge itself. Nothing is stored with the appointment that could disagree.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.booking.tables import Appointment, Arrival
from visits.declarations.queries import Case
from visits.declarations.tables import Declaration
from visits.errors import Refusal
from visits.ids import new_id
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store import jobs
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

#: Moment: look again at a visit whose goods are awaited.
LANDING = "landing"
#: States of a visit that has not begun.
WAITING = (State.PACKAGE, State.CHECKING, State.TO_BOOK, State.BOOKED)
#: Before the draw of the day a provisional time must be certain.
GUARD = timedelta(minutes=15)
#: Containers named in one message.
MOST_BOXES = 5000
#: Before any word on a ship.
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
#: How far ahead a ship may be announced.
FARTHEST = timedelta(days=180)


class ManifestNeeded(Refusal):
    """A ship's call without the reference of its manifest."""

    code, status = "manifest-needed", 422
    says = N_("Donnez le numéro du manifeste, 60 caractères au plus.")


class FarAway(Refusal):
    """The arrival told is beyond belief."""

    code, status = "arrival-too-far", 422
    says = N_("L'arrivée dite est trop loin : au plus %(days)s jours d'aujourd'hui.")


class NotAnnounced(Refusal):
    """A discharge of a ship nobody announced, without the hour it was expected."""

    code, status = "arrival-unknown", 404
    says = N_("Ce manifeste n'est pas annoncé à ce bureau.")


class BeforeLanding(Refusal):
    """The start lies before the hour at which the goods can be there."""

    code, status = "before-landing", 409
    says = N_("Le navire n'est pas arrivé : la visite peut commencer au plus tôt %(until)s.")


class LandedTooSoon(Refusal):
    """A discharge told for an hour that is still to come."""

    code, status = "landed-in-the-future", 422
    says = N_("L'heure du débarquement n'est pas encore venue.")


def folded(manifest: str | None) -> str:
    """A manifest's reference as it is compared: capitals, single blanks."""
    return " ".join((manifest or "").split()).upper()


# ---------- reads ----------


async def arrival_of(work: Work, case: Case) -> Arrival | None:
    """The announced ship's call that brings the goods of a visit."""
    manifest = folded(case.declaration.content.get("manifest"))
    return await _arrival(work, case.office.id, manifest) if manifest else None


async def bringing(work: Work, declaration: Declaration) -> Arrival | None:
    """The ship a declaration's goods are still on, if it was announced."""
    manifest = folded(declaration.content.get("manifest"))
    found = await _arrival(work, declaration.office_id, manifest) if manifest and declaration.office_id else None
    boxes = [box["number"] for box in declaration.content.get("containers") or ()]
    return None if found is None or on_quay(found, boxes) else found


def on_quay(arrival: Arrival, containers: Collection[str]) -> bool:
    """Do the goods stand on the quay: all of the ship, or every one of these containers?"""
    return arrival.landed_at is not None or (bool(containers) and set(containers) <= set(arrival.landed))


async def expected(work: Work, case: Case) -> Arrival | None:
    """The ship a visit still waits for, if it does."""
    found = await arrival_of(work, case)
    return None if found is None or on_quay(found, case.visit.order["containers"]) else found


def ready_at(arrival: Arrival, office: Office) -> datetime:
    """The earliest hour a visit may begin if the ship keeps its word (policy of the office)."""
    return arrival.expected_at + timedelta(minutes=policy(office, Policies).landing_minutes)


async def not_before(work: Work, case: Case) -> datetime | None:
    """The earliest start of a visit whose goods are awaited; nothing where none are, or no manifest is named."""
    if Level(case.visit.level) is Level.VIDEO:
        return None
    ship = await expected(work, case)
    if ship is None:
        return None
    certain = timedelta(minutes=policy(case.office, Policies).freeze_minutes) + 2 * GUARD
    return max(ready_at(ship, case.office), work.now + certain)


async def awaited(work: Work, office_id: UUID | None, visits: Collection[UUID]) -> set[UUID]:
    """Of these visits, those whose goods are still at sea: their appointments are provisional."""
    if not visits:
        return set()
    rows = await work.session.scalars(
        select(col(Visit.id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Arrival, _brings())
        .where(col(Visit.id).in_(visits), col(Visit.office_id) == office_id, _at_sea())
    )
    return set(rows.all())


async def calls(work: Work, office_id: UUID, since: datetime, *, limit: int = 200) -> Sequence[tuple[Arrival, int]]:
    """The ships an office awaits or has received since a moment, and how many appointments wait for each."""
    waiting = (
        select(func.count())
        .select_from(Appointment)
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Appointment.status) == "confirmed", _brings(), _at_sea())
        .correlate(Arrival)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(Arrival, waiting)
        .where(
            col(Arrival.office_id) == office_id,
            or_(col(Arrival.landed_at).is_(None), col(Arrival.landed_at) >= since),
        )
        .order_by(col(Arrival.landed_at).desc().nulls_first(), col(Arrival.expected_at), col(Arrival.manifest))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


# ---------- what is told of a ship ----------


async def expect(
    work: Work, office: Office, manifest: str, expected_at: datetime, *, vessel: str = "", at: datetime | None = None
) -> tuple[Arrival, bool]:
    """A ship is expected, or later than it was. False: a newer word was heard already, or it is discharged."""
    if abs(expected_at - work.now) > FARTHEST:
        raise FarAway(days=FARTHEST.days)
    arrival = await _known(work, office, manifest, expected_at)
    _own(work, arrival)
    said = _said(work, at)
    if said < arrival.told_at or arrival.landed_at is not None:
        return arrival, False
    moved = arrival.expected_at != expected_at or not arrival.source
    arrival.told_at, arrival.expected_at = said, expected_at
    arrival.vessel, arrival.source = " ".join(vessel.split())[:80] or arrival.vessel, _source(work)
    await work.session.flush()
    work.audit("arrival_expected", arrival.id, office=office.id, manifest=arrival.manifest, expected=str(expected_at))
    if moved:
        await _look_again(work, arrival, _at_sea())
    return arrival, True


async def land(
    work: Work, office: Office, manifest: str, *, containers: Collection[str] = (), at: datetime | None = None
) -> tuple[Arrival, bool]:
    """The ship is discharged, or these containers of it: appointments that waited for it are confirmed.

    False: it was known already. A discharge is never taken back by an older word.
    """
    if at is not None and at > work.now:
        raise LandedTooSoon()
    if at is not None and work.now - at > FARTHEST:
        raise FarAway(days=FARTHEST.days)
    arrival = await _locked(work, office.id, _named(manifest))
    if arrival is None:
        raise NotAnnounced()
    _own(work, arrival)
    fresh = {each.upper() for each in containers} - set(arrival.landed)
    if arrival.landed_at is not None or (containers and not fresh):
        return arrival, False
    confirmed = _at_sea()
    waiting = await _waiting(work, arrival, confirmed)
    if containers:
        arrival.landed = sorted({*arrival.landed, *fresh})
    else:
        arrival.landed_at = _said(work, at)
    arrival.told_at, arrival.source = max(arrival.told_at, _said(work, at)), _source(work)
    await work.session.flush()
    work.audit(
        "arrival_landed", arrival.id, office=office.id, manifest=arrival.manifest, containers=len(fresh) or "all"
    )
    for visit_id, ordered in waiting:
        if on_quay(arrival, ordered):
            await jobs.at(work, work.now, LANDING, visit_id)
    return arrival, True


async def on_cargo(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: the clearance system says that the cargo of a declaration arrived; its containers are on the quay."""
    declaration = await work.session.get_one(Declaration, event.declaration_id)
    boxes = [box["number"] for box in declaration.content.get("containers") or ()]
    manifest = folded(declaration.content.get("manifest"))
    ship = await _locked(work, declaration.office_id, manifest) if declaration.office_id and manifest else None
    if ship is not None and boxes and not on_quay(ship, boxes):
        await land(work, await office_by_id(work, ship.office_id), manifest, containers=boxes)


async def _known(work: Work, office: Office, manifest: str, expected_at: datetime) -> Arrival:
    """The call, locked; made if nobody announced it before."""
    await work.session.execute(
        insert(Arrival)
        .values(
            id=new_id(),
            office_id=office.id,
            manifest=_named(manifest),
            vessel="",
            expected_at=expected_at,
            told_at=LONG_AGO,
            source="",
            at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["office_id", "manifest"])
    )
    found = await _locked(work, office.id, _named(manifest))
    assert found is not None
    return found


async def _look_again(work: Work, arrival: Arrival, those: ColumnElement[bool]) -> None:
    """Each visit with a time that waits for this ship is looked at in a transaction of its own, from now on."""
    for visit_id, _ in await _waiting(work, arrival, those):
        await jobs.at(work, work.now, LANDING, visit_id)


async def _waiting(work: Work, arrival: Arrival, those: ColumnElement[bool]) -> list[tuple[UUID, list[str]]]:
    rows = await work.session.execute(
        select(col(Visit.id), col(Visit.order)["containers"])
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Arrival, _brings())
        .join(Appointment, and_(col(Appointment.visit_id) == col(Visit.id), col(Appointment.status) == "confirmed"))
        .where(col(Arrival.id) == arrival.id, those)
        .order_by(func.lower(col(Appointment.during)), col(Visit.id))
    )
    return [(row[0], row[1]) for row in rows]


async def _arrival(work: Work, office_id: UUID, manifest: str) -> Arrival | None:
    return await work.session.scalar(
        select(Arrival).where(col(Arrival.office_id) == office_id, col(Arrival.manifest) == manifest)
    )


async def _locked(work: Work, office_id: UUID, manifest: str) -> Arrival | None:
    return await work.session.scalar(
        select(Arrival)
        .where(col(Arrival.office_id) == office_id, col(Arrival.manifest) == manifest)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _brings() -> ColumnElement[bool]:
    """The call brings the goods of the declaration."""
    manifest: Any = col(Declaration.content)["manifest"].astext
    written = func.upper(func.regexp_replace(func.btrim(manifest), r"\s+", " ", "g"))
    return and_(col(Arrival.office_id) == col(Visit.office_id), col(Arrival.manifest) == written)


def _at_sea() -> ColumnElement[bool]:
    """Nothing of the visit has begun, and the goods are not on the quay (the mirror of `on_quay`)."""
    ordered: Any = col(Visit.order)["containers"]
    here = and_(func.jsonb_array_length(ordered) > 0, ordered.contained_by(col(Arrival.landed)))
    return and_(
        col(Arrival.landed_at).is_(None),
        not_(here),
        col(Visit.state).in_(WAITING),
        col(Visit.level) != Level.VIDEO,
    )


def _named(manifest: str) -> str:
    name = folded(manifest)
    if not 0 < len(name) <= 60:
        raise ManifestNeeded()
    return name


def _said(work: Work, at: datetime | None) -> datetime:
    """When it was said there; a clock ahead of ours is not believed."""
    return min(at, work.now) if at is not None else work.now


def _own(work: Work, arrival: Arrival) -> None:
    """A terminal's key speaks of the ships it announced, and of those the office did; another's are not there."""
    if work.actor.sites and arrival.source not in ("", "hand", work.actor.source):
        raise NotAnnounced()


def _source(work: Work) -> str:
    return work.actor.source or "hand"
