"""What a change of the draw's policies would touch, counted on what is booked and on who serves today."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from visits.assignment import witness_rows
from visits.booking.tables import Appointment, BookingPart
from visits.declarations.goods import goods_ask
from visits.declarations.tables import Declaration
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.languages import bits_of
from visits.sites.policies import Policies
from visits.sites.queries import active_resources
from visits.sites.tables import Office, Resource
from visits.store.work import Work

#: So far ahead what is booked is looked at.
AHEAD = timedelta(days=14)
#: So far back, and so many at most, visits are looked at where a rule binds those opened next.
BACK = timedelta(days=30)
MOST = 2000


async def undrawn(work: Work, office: Office, wanted: Policies) -> int:
    """Confirmed visits to come that have no inspector yet."""
    return await _coming(work, office, col(Visit.inspector_id).is_(None))


async def at_risk(work: Work, office: Office, wanted: Policies) -> int:
    """Confirmed visits to come whose extent is a risk."""
    return await _coming(work, office, col(Visit.order)["extent"].astext.in_(wanted.high_risk_extents))


async def _coming(work: Work, office: Office, *which: ColumnElement[bool]) -> int:
    found = await work.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.status) == "confirmed",
            func.lower(col(Appointment.during)).between(work.now, work.now + AHEAD),
            *which,
        )
    )
    return int(found or 0)


async def overfull(work: Work, office: Office, wanted: Policies) -> int:
    """Days of an officer, of the coming ones, with more booked minutes than may be."""
    if wanted.most_minutes is None:
        return 0
    today = grid_of(office).day_of(work.now)
    length = func.upper(col(Appointment.during)) - func.lower(col(Appointment.during))
    days = (
        select(col(BookingPart.resource_id))
        .join(Appointment, col(Appointment.id) == col(BookingPart.appointment_id))
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.status) == "confirmed",
            col(BookingPart.role) == "officer",
            col(BookingPart.live),
            col(BookingPart.day).between(today, today + AHEAD),
        )
        .group_by(col(BookingPart.resource_id), col(BookingPart.day))
        .having(func.sum(length) > timedelta(minutes=wanted.most_minutes))
    )
    return int(await work.session.scalar(select(func.count()).select_from(days.subquery())) or 0)


async def witnessed(work: Work, office: Office, wanted: Policies) -> int:
    """Coming days whose draws wait for a witness."""
    today = grid_of(office).day_of(work.now)
    days = [today + each * ONE_DAY for each in range(1, AHEAD.days + 1)]
    terms = await witness_rows.mandates(work, office.id)
    return sum(any(day in term.days for term in terms) for day in days)


async def at_desk(work: Work, office: Office, wanted: Policies) -> int:
    """Checks of documents that lie at a desk."""
    found = await work.session.scalar(
        select(func.count())
        .select_from(Visit)
        .where(col(Visit.office_id) == office.id, col(Visit.state) == State.AT_DESK)
    )
    return int(found or 0)


async def graded(work: Work, office: Office, wanted: Policies) -> int:
    """Officers who have the grade."""
    return sum(each.grade >= wanted.high_risk_grade for each in await _officers(work, office))


async def risky_goods(work: Work, office: Office, wanted: Policies) -> dict[str, Any]:
    """Visits opened lately, and those of them whose goods would have been of high risk."""
    asked = await _asked_lately(work, office, wanted)
    return {"count": sum(each["high_risk"] for each in asked), "visits": len(asked)}


async def skilled_goods(work: Work, office: Office, wanted: Policies) -> dict[str, Any]:
    """Visits opened lately, those whose goods would have asked for a skill, and those nobody could have made."""
    officers = [each.skills for each in await _officers(work, office)]
    asked = [each["skills"] for each in await _asked_lately(work, office, wanted)]
    return {
        "count": sum(skills != 0 for skills in asked),
        "visits": len(asked),
        "nobody": sum(all(skills & ~has for has in officers) for skills in asked if skills),
    }


async def _asked_lately(work: Work, office: Office, wanted: Policies) -> list[dict[str, Any]]:
    """What the goods of the visits opened lately would have asked for, the newest first."""
    rows = await work.session.execute(
        select(col(Visit.order), col(Declaration.content))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Visit.office_id) == office.id, col(Visit.opened_at) > work.now - BACK)
        .order_by(col(Visit.opened_at).desc())
        .limit(MOST)
    )
    return [goods_ask(content, order.get("items") or (), wanted) for order, content in rows]


async def without_language(work: Work, office: Office, wanted: Policies) -> int:
    """Officers of whom nothing says that they speak the language."""
    asked = bits_of([wanted.language])
    return sum(not each.skills & asked for each in await _officers(work, office))


async def movable(work: Work, office: Office, wanted: Policies) -> int:
    """Officers who are bound to no terminal."""
    return sum(each.site_id is None for each in await _officers(work, office))


async def serving(work: Work, office: Office, wanted: Policies) -> int:
    """Officers who serve today."""
    return len(await _officers(work, office))


async def busiest(work: Work, office: Office, wanted: Policies) -> dict[str, Any]:
    """The most visits one firm had in as many days, how many officers they take, and how many there are."""
    most = (
        select(func.count().label("visits"))
        .select_from(Appointment)
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.firm_id).is_not(None),
            col(Appointment.visit_id).is_not(None),
            col(Appointment.status).in_(("confirmed", "done")),
            func.lower(col(Appointment.during)).between(work.now - timedelta(days=wanted.cool_off_days), work.now),
        )
        .group_by(col(Appointment.firm_id))
        .subquery()
    )
    visits = int(await work.session.scalar(select(func.max(most.c.visits))) or 0)
    return {
        "visits": visits,
        "days": wanted.cool_off_days,
        "needed": -(-visits // wanted.cool_off_most),
        "have": len(await _officers(work, office)),
    }


async def _officers(work: Work, office: Office) -> list[Resource]:
    today = grid_of(office).day_of(work.now)
    return [each for each in await active_resources(work, office.id, today, today) if each.kind == "officer"]
