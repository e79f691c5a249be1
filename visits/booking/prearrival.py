"""Before the ship: a provisional time for goods at sea, settled by the discharge, moved or given back when it is late.

A provisional appointment takes the same resources in the same step as any other (`place`), so nothing is ever given
twice. Before its package is accepted a visit may keep such a time too; the acceptance makes it an appointment.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from visits.booking import landing, queries
from visits.booking.change import cancel
from visits.booking.confirm import booked
from visits.booking.landing import GUARD, LANDING
from visits.booking.offer import Asked, Offer, asked, days_of
from visits.booking.place import given_back, place, release
from visits.booking.rules import NotLive, TooManyHolds
from visits.booking.tables import Appointment
from visits.declarations.goods import goods_ask
from visits.declarations.lane import Colour, minutes_for, order_for
from visits.declarations.queries import Case, case_of, colours_of, declaration_for
from visits.errors import Refusal
from visits.events import AppointmentCancelled, AppointmentMoved, AppointmentReserved, AppointmentSettled, CargoArrived
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.open import open_visit
from visits.journey.queries import visits_of
from visits.journey.states import OVER, Level, State, next_state
from visits.journey.tables import Visit
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id, site_for
from visits.store import jobs
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

log = logging.getLogger("visits.booking")

#: States in which a time is kept while the package is made ready.
KEPT = frozenset({State.PACKAGE, State.CHECKING})
#: So long after its hour a ship that was not heard of is waited for no more.
PATIENCE = timedelta(hours=24)
#: A rival who was quicker costs one try; after these it is tried again soon.
TRIES = 5
SOON = timedelta(minutes=1)


class NotAwaited(Refusal):
    """The goods are there, or no announced ship brings them: an ordinary appointment is to be taken."""

    code, status = "not-awaited", 409
    says = N_("Aucun navire annoncé n'apporte ces marchandises. Prenez un rendez-vous quand le dossier est accepté.")


class NoManifest(Refusal):
    """The declaration names no manifest."""

    code, status = "no-manifest", 409
    says = N_("La déclaration ne nomme pas de manifeste. Une heure provisoire a besoin du navire.")


class AlreadyChosen(Refusal):
    """A lane was chosen: the visit, if there is one, is open already."""

    code, status = "already-chosen", 409
    says = N_("Le circuit de cette déclaration est déjà choisi.")


class NotOurs(Refusal):
    """The declaration belongs to an office that does not use this service."""

    code, status = "office-elsewhere", 409
    says = N_("Le bureau de cette déclaration n'utilise pas ce service.")


# ---------- what the declarant does ----------


async def announce(work: Work, declaration_id: UUID) -> Visit:
    """Ask for a visit before the lane, even on a draft: its goods are on an announced ship. Twice is once.

    The lane, once chosen, decides: it gives the visit its order, or withdraws it with its provisional time.
    """
    declaration = await declaration_for(work, declaration_id, lock=True)
    running = [each for each in await visits_of(work, declaration.id) if State(each.state) not in OVER]
    if running:
        return running[0]
    if declaration.office_id is None:
        raise NotOurs()
    if await colours_of(work, declaration.id):
        raise AlreadyChosen()
    if not landing.folded(declaration.content.get("manifest")):
        raise NoManifest()
    office = await office_by_id(work, declaration.office_id)
    values = policy(office, Policies)
    order = order_for(
        {None: Colour.RED},
        containers=[box["number"] for box in declaration.content.get("containers") or ()],
        items=[item["number"] for item in declaration.content.get("items") or ()],
        wished={},
        percent=values.extent_percent,
    )
    assert order is not None
    order = replace(order, **goods_ask(declaration.content, order.items, values))
    site = await site_for(work, office.id, declaration.location_of_goods)
    visit = await open_visit(
        work,
        declaration_id=declaration.id,
        office_id=office.id,
        level=order.level,
        order=order.as_json(),
        minutes=minutes_for(order),
        site_id=site.id if site else None,
        sample=declaration.sample,
    )
    if await landing.expected(work, Case(visit=visit, declaration=declaration, office=office)) is None:
        raise NotAwaited()
    work.audit("visit_announced", visit.id, office=office.id)
    return visit


async def choices(work: Work, case: Case) -> Offer:
    """The hours at which a visit whose goods are awaited can be kept a place; its own place counts as free."""
    wanted = await _wanted(work, case)
    kept = (await queries.live_of(work, case.visit.id)).get("confirmed")
    spare = queries.masks_of(wanted.grid, await queries.parts_of(work, [kept.id] if kept else []))
    return await days_of(work, wanted, spare=spare, booked=kept)


async def kept_of(work: Work, visit_id: UUID) -> Appointment | None:
    """The time a visit has, provisional or not."""
    return (await queries.live_of(work, visit_id)).get("confirmed")


async def reserve(work: Work, visit_id: UUID, starts_at: datetime) -> Appointment:
    """Keep a provisional time, or another one instead; the same hour again is the same time."""
    case = await case_of(work, visit_id, lock=True)
    wanted = await _wanted(work, case)
    kept = (await queries.live_of(work, visit_id)).get("confirmed")
    if kept is not None and kept.during.lower == starts_at:
        return kept
    if kept is None:
        await _within_limit(work, case, wanted)
    return await _put(work, case, wanted, starts_at, kept, reason="")


async def give_up(work: Work, visit_id: UUID, appointment_id: UUID) -> None:
    """Give a provisional time back; twice is once."""
    case = await case_of(work, visit_id, lock=True)
    kept = await queries.appointment_by_id(work, appointment_id)
    if kept.visit_id != visit_id or kept.status == "held":
        raise NotLive(status=kept.status)
    if kept.status == "confirmed":
        next_state(State(case.visit.state), "appointment_reserved", Level(case.visit.level), work.actor.roles)
        await _give_back(work, case, kept, reason="")


# ---------- what happens by itself ----------


async def on_accepted(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: the package is accepted; the time kept for the visit before that is its appointment now.

    Heard late it leaves alone what was booked since, and a visit that came back to be booked again.
    """
    assert event.visit_id is not None
    case = await case_of(work, event.visit_id, lock=True)
    kept = (await queries.live_of(work, event.visit_id)).get("confirmed")
    if kept is None or State(case.visit.state) is not State.TO_BOOK:
        return
    if kept.made_at > event.at or case.visit.state_since > event.at:
        return
    kept, whole = await queries.held_by_id(work, kept.id)
    if kept.during.lower <= work.now or not whole:
        await _give_back(work, case, kept, reason="package_late")
        return
    await booked(work, case, kept)


async def on_lane(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: the lane gave an announced visit another order; its time is kept for that, or given back."""
    for visit in await visits_of(work, event.declaration_id):
        if State(visit.state) not in KEPT:
            continue
        case = await case_of(work, visit.id, lock=True)
        kept = (await queries.live_of(work, visit.id)).get("confirmed")
        if kept is None or State(case.visit.state) not in KEPT:
            continue
        if Level(case.visit.level) is Level.DOCUMENTS:
            await _give_back(work, case, kept, reason="other_control")
            continue
        wanted = await asked(work, case)
        roles = {part.role for part in await queries.parts_of(work, [kept.id])}
        length = kept.during.upper - kept.during.lower
        if roles == {need.role for need in wanted.needs} and length == wanted.length * wanted.grid.step:
            continue
        if not await _tried(work, case, wanted, kept, kept.during.lower, reason="other_control"):
            await _give_back(work, case, kept, reason="other_control")


async def on_confirmed(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: a time was booked; if its goods are at sea it is looked at again in time for the draw.

    At once, if its ship was announced, or announced later, while it was being booked.
    """
    assert event.visit_id is not None
    case = await case_of(work, event.visit_id)
    kept = (await queries.live_of(work, event.visit_id)).get("confirmed")
    ship = await landing.expected(work, case)
    if kept is not None and ship is not None:
        early = kept.during.lower < landing.ready_at(ship, case.office)
        await jobs.at(work, work.now if early else max(work.now, last_call(case, kept)), LANDING, case.visit.id)


async def look(work: Work, tools: Tools, due: Due) -> None:
    """Moment: the ship was heard of, or the hour is near: settle, keep, move or give back a visit's time."""
    case = await case_of(work, due.subject_id, lock=True)
    kept = (await queries.live_of(work, case.visit.id)).get("confirmed")
    ship = await landing.arrival_of(work, case)
    if kept is None or ship is None or State(case.visit.state) not in landing.WAITING:
        return
    called = work.now >= last_call(case, kept)
    if landing.on_quay(ship, case.visit.order["containers"]):
        await _settle(work, case, kept, ship.manifest)
        if State(case.visit.state) in KEPT:
            if called:
                await _give_back(work, case, kept, reason="package_late")
            else:
                await jobs.at(work, last_call(case, kept), LANDING, case.visit.id)
        return
    ready = landing.ready_at(ship, case.office)
    if kept.during.lower >= ready and not called:
        await jobs.at(work, last_call(case, kept), LANDING, case.visit.id)
        return
    if kept.during.lower <= work.now:
        return  # the hour is over: whoever waits at the bay says what was missing
    if work.now > ship.expected_at + PATIENCE:
        await _give_back(work, case, kept, reason="ship_late")
        return
    await _later(work, case, kept)


def last_call(case: Case, kept: Appointment) -> datetime:
    """When a provisional time must be certain: a little before the draw of its officer."""
    start: datetime = kept.during.lower
    return start - timedelta(minutes=policy(case.office, Policies).freeze_minutes) - GUARD


# ---------- the pieces ----------


async def _wanted(work: Work, case: Case) -> Asked:
    """What the visit asks for, if its state and its ship allow a provisional time."""
    next_state(State(case.visit.state), "appointment_reserved", Level(case.visit.level), work.actor.roles)
    if await landing.expected(work, case) is None:
        raise NotAwaited()
    return await asked(work, case)


async def _within_limit(work: Work, case: Case, wanted: Asked) -> None:
    """Hoarding is refused: a firm keeps only so many times for packages that are not accepted."""
    if case.declaration.firm_id is None or wanted.policy.staff:
        return
    count = await work.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .where(
            col(Appointment.firm_id) == case.declaration.firm_id,
            col(Appointment.status) == "confirmed",
            col(Visit.state).in_(KEPT),
        )
    )
    if int(count or 0) >= wanted.policy.holds:
        raise TooManyHolds(most=wanted.policy.holds)


async def _put(
    work: Work, case: Case, wanted: Asked, starts_at: datetime, was: Appointment | None, *, reason: str
) -> Appointment:
    """Take the place and give back the old one in one step, and tell it by the visit's state."""
    live = await queries.live_of(work, case.visit.id)
    held = live.get("held")
    giving = ({was.id: "moved"} if was else {}) | ({held.id: "cancelled"} if held else {})
    made = await place(
        work, wanted, starts_at, status="confirmed", giving=giving, supersedes=was.id if was else None, reason=reason
    )
    if held is not None:
        given_back(work, case.visit, held.id)
    if State(case.visit.state) is State.BOOKED:
        await booked(work, case, made, was=was, reason=reason)
    else:
        await move(work, case.visit, told(case, made, was, reason), reason=reason)
    await jobs.only(work, max(work.now, last_call(case, made)), LANDING, case.visit.id)
    return made


def told(case: Case, made: Appointment, was: Appointment | None, reason: str) -> AppointmentReserved | AppointmentMoved:
    """What is told of a time kept while the package is made ready."""
    about, visit = DeclarationId(case.declaration.id), VisitId(case.visit.id)
    starts_at, ends_at = made.during.lower, made.during.upper
    if was is None:
        return AppointmentReserved(
            declaration=about, visit=visit, appointment=made.id, starts_at=starts_at, ends_at=ends_at
        )
    return AppointmentMoved(
        declaration=about,
        visit=visit,
        appointment=made.id,
        was=was.during.lower,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
    )


async def _later(work: Work, case: Case, kept: Appointment) -> None:
    """The first hour the ship can keep, with the notice declarants have; none in reach: the time is given back."""
    wanted = await asked(work, case)
    notice = work.now + timedelta(minutes=policy(case.office, Policies).notice_minutes)
    after = max(wanted.not_before or work.now, notice)
    spare = queries.masks_of(wanted.grid, await queries.parts_of(work, [kept.id]))
    for _ in range(TRIES):
        found = await days_of(work, wanted, spare=spare)
        slots = (slot for day in found.days for slot in day.slots() if slot.starts_at >= after)
        first = next(slots, None)
        if first is None:
            await _give_back(work, case, kept, reason="ship_late")
            return
        if await _tried(work, case, wanted, kept, first.starts_at, reason="ship_late"):
            return
    await jobs.at(work, work.now + SOON, LANDING, case.visit.id)


async def _tried(work: Work, case: Case, wanted: Asked, kept: Appointment, starts_at: datetime, *, reason: str) -> bool:
    """Put the visit there, if the rules allow it and nobody is quicker; nothing is changed otherwise."""
    try:
        async with work.session.begin_nested():
            await _put(work, case, wanted, starts_at, kept, reason=reason)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        log.info("visit %s is not put elsewhere: %s", case.visit.id, refusal.code)
        return False
    return True


async def _give_back(work: Work, case: Case, kept: Appointment, *, reason: str) -> None:
    """The time is given back and told; a booked visit is to be booked again.

    A visit that waits for no provisional time any more, since its package is accepted or it needs no place, stays
    where it is.
    """
    if State(case.visit.state) is State.BOOKED:
        await cancel(work, kept.id, reason=reason)
    else:
        about, visit = DeclarationId(case.declaration.id), VisitId(case.visit.id)
        event = AppointmentCancelled(declaration=about, visit=visit, appointment=kept.id, reason=reason)
        if State(case.visit.state) in KEPT and Level(case.visit.level) is not Level.DOCUMENTS:
            await move(work, case.visit, event, reason=reason)
        else:
            work.emit(event)
        await release(work, case.office, {kept.id: "cancelled"}, reason=reason)
    await jobs.forget(work, LANDING, case.visit.id)


async def _settle(work: Work, case: Case, kept: Appointment, manifest: str) -> None:
    """Tell once that the goods are there and the time is certain."""
    told = await work.session.scalar(
        select(col(DomainEvent.id))
        .where(
            col(DomainEvent.visit_id) == case.visit.id,
            col(DomainEvent.kind) == AppointmentSettled.code,
            col(DomainEvent.body)["appointment"].astext == str(kept.id),
        )
        .limit(1)
    )
    if told is not None:
        return
    about = DeclarationId(case.declaration.id)
    work.emit(
        AppointmentSettled(
            declaration=about, visit=VisitId(case.visit.id), appointment=kept.id, starts_at=kept.during.lower
        )
    )
    arrived = await work.session.scalar(
        select(col(DomainEvent.id))
        .where(col(DomainEvent.declaration_id) == case.declaration.id, col(DomainEvent.kind) == CargoArrived.code)
        .limit(1)
    )
    if arrived is None:
        work.emit(CargoArrived(declaration=about, manifest=manifest))
