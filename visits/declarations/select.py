"""Put a declaration in a lane, by message or by hand, and open, widen or withdraw the visit that follows from it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from visits.declarations import queries
from visits.declarations.goods import goods_ask
from visits.declarations.lane import Colour, minutes_for, order_for
from visits.declarations.receive import ReasonNeeded
from visits.declarations.tables import Declaration, Lane
from visits.errors import Refusal
from visits.events import Cancelled, LaneRerouted, LaneSelected
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.open import open_visit
from visits.journey.queries import visit_for_update, visits_of
from visits.journey.states import OVER, Level, State
from visits.journey.tables import Visit
from visits.people.tables import Agency
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id, site_for
from visits.store.work import Work
from visits.texts import N_

#: The source of a lane that chance set (`visits.assignment.share`).
DRAWN = "draw"

#: States in which a lane change may still withdraw the visit: nothing was looked at yet.
NOT_BEGUN = frozenset({State.PACKAGE, State.CHECKING, State.TO_BOOK, State.BOOKED, State.AT_DESK})

#: States in which a visit announced before the lane still takes another level.
UNBOOKED = frozenset({State.PACKAGE, State.CHECKING})


class DraftNotSelectable(Refusal):
    """An unregistered declaration cannot be put in a lane."""

    code, status = "draft-not-selectable", 409
    says = N_("Cette déclaration n'est pas enregistrée. Elle ne peut pas recevoir de circuit.")


class UnknownAgency(Refusal):
    """The lane message names an agency that is not registered here."""

    code, status = "unknown-agency", 422
    says = N_("L'organisme %(agency)s n'est pas connu ici.")


class ForeignOffice(Refusal):
    """The declaration belongs to an office that does not use this service."""

    code, status = "foreign-office", 409
    says = N_("Le bureau %(office)s n'utilise pas ce service.")


async def select_lane(
    work: Work,
    declaration_id: UUID,
    colour: Colour,
    *,
    source: str,
    agency: str | None = None,
    reason: str = "",
    hits: list[dict[str, Any]] | None = None,
    wished: Mapping[str, Any] | None = None,
    by_hand: bool = False,
    at: datetime | None = None,
) -> Visit | None:
    """Record a lane; the visit it calls for is opened once. Returns the visit opened or already open, if any.

    `at` is when another lane was chosen, where a message says it.

    The same lane again changes nothing, nor does a message after chance sent the declaration to a control. A change to
    green or blue before the visit began withdraws it.
    """
    if by_hand and not reason.strip():
        raise ReasonNeeded()
    declaration = await queries.declaration_for(work, declaration_id, lock=True)
    if declaration.status != "registered":
        raise DraftNotSelectable()
    if declaration.office_id is None:
        raise ForeignOffice(office=declaration.office_code)
    before = await queries.lanes_of(work, declaration.id)
    was = before.get(agency)
    running = await _running(work, declaration.id)
    if was is not None and (was.colour == colour or (was.source == DRAWN and not by_hand)):
        return running
    wished = dict(wished or {})
    work.session.add(
        Lane(
            declaration_id=declaration.id,
            agency_id=await _agency_id(work, agency),
            colour=colour,
            source=source,
            reason=reason.strip(),
            hits=hits or [],
            instructions=wished.get("instructions") or "",
            set_by=work.actor.person,
            at=work.now,
        )
    )
    await work.session.flush()
    _tell(work, declaration, agency, colour, was, source, reason.strip(), at)
    work.audit("lane_set", declaration.id, office=declaration.office_id, colour=colour, source=source)
    return await _follow(work, declaration, running, wished, announced=not before)


async def _follow(
    work: Work, declaration: Declaration, running: Visit | None, wished: Mapping[str, Any], *, announced: bool
) -> Visit | None:
    """Open, keep or withdraw the visit as the lanes now ask; one announced before any lane takes its order from it."""
    assert declaration.office_id is not None
    content = declaration.content
    values = policy(await office_by_id(work, declaration.office_id), Policies)
    order = order_for(
        await queries.colours_of(work, declaration.id),
        containers=[box["number"] for box in content.get("containers") or ()],
        items=[item["number"] for item in content.get("items") or ()],
        wished=wished,
        percent=values.extent_percent,
    )
    if order is not None:
        order = replace(order, **goods_ask(content, order.items, values))
    if running is None and order is not None:
        site = await site_for(work, declaration.office_id, declaration.location_of_goods)
        return await open_visit(
            work,
            declaration_id=declaration.id,
            office_id=declaration.office_id,
            level=order.level,
            order=order.as_json(),
            minutes=minutes_for(order),
            site_id=site.id if site and order.level is not Level.DOCUMENTS else None,
            sample=declaration.sample,
        )
    if running is not None and order is not None and announced and State(running.state) in UNBOOKED:
        visit = await visit_for_update(work, running.id)
        order = replace(order, language=order.language or visit.order.get("language") or "")
        visit.level, visit.order, visit.minutes = order.level, order.as_json(), minutes_for(order)
        visit.version += 1
    if running is not None and order is None and State(running.state) in NOT_BEGUN:
        visit = await visit_for_update(work, running.id)
        await move(
            work,
            visit,
            Cancelled(declaration=DeclarationId(declaration.id), visit=VisitId(visit.id), reason="lane_changed"),
            reason="lane_changed",
        )
        return None
    return running


async def _running(work: Work, declaration_id: UUID) -> Visit | None:
    """The declaration's visit that is not over, if there is one."""
    return next((visit for visit in await visits_of(work, declaration_id) if State(visit.state) not in OVER), None)


async def _agency_id(work: Work, code: str | None) -> UUID | None:
    if code is None:
        return None
    found = await work.session.scalar(select(Agency).where(col(Agency.code) == code))
    if found is None:
        raise UnknownAgency(agency=code)
    return found.id


def _tell(
    work: Work,
    declaration: Declaration,
    agency: str | None,
    colour: Colour,
    was: Lane | None,
    source: str,
    reason: str,
    at: datetime | None,
) -> None:
    about = DeclarationId(declaration.id)
    if was is None:
        work.emit(LaneSelected(declaration=about, agency=agency, lane=colour, source=source, reason=reason))
    else:
        work.emit(
            LaneRerouted(
                declaration=about,
                agency=agency,
                lane=colour,
                was=was.colour,
                source=source,
                reason=reason,
                device_at=at,
            )
        )
