"""Reads and writes of appointments. Bits are locked by (office, day, resource), always in one ordered statement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from scheduling import Grid, Interval
from visits.booking.buffers import Part
from visits.booking.strain import NO_BURDEN, PEOPLE, Burden
from visits.booking.tables import Appointment, BookingPart
from visits.errors import NotFound
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people.tables import Agency, Firm
from visits.store.tables import DomainEvent
from visits.store.work import Work, sqlstate
from visits.web.problem import TooBusy

LIVE = ("held", "confirmed")
ONE_MINUTE = timedelta(minutes=1)
#: Masks by day and resource.
Masks = Mapping[tuple[date, UUID], int]


class Given(dict[tuple[date, UUID], int]):
    """The steps that parts keep busy, by day and resource, and which parts: what would be given back is not counted."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[UUID]) -> None:
        super().__init__()
        self.parts = frozenset(parts)


def gone(spare: Masks) -> list[UUID]:
    """The parts that would be given back."""
    return sorted(spare.parts) if isinstance(spare, Given) else []


_LOCK = text(
    "select b.day, b.resource_id, b.free, b.work from day_bits b"
    " join unnest(cast(:days as date[]), cast(:resources as uuid[])) as wanted(day, resource_id)"
    " on b.day = wanted.day and b.resource_id = wanted.resource_id"
    " where b.office_id = :office order by b.day, b.resource_id for update of b"
)
#: One step inside the database, see its migration: people's days are judged once their rows are locked.
_TAKE = text(
    "select take_places(:office, cast(:days as date[]), cast(:resources as uuid[]), cast(:masks as bigint[]),"
    " cast(:spares as bigint[]), cast(:gone as uuid[]), cast(:loads as int[]), cast(:most as int), cast(:step as int),"
    " cast(:works as bigint[]), cast(:pauses as bigint[]), cast(:rest as int), cast(:people as text[]))"
)
_LOCK_NOT_AVAILABLE = "55P03"
_LIVE_OF = (
    select(Appointment)
    .where(col(Appointment.visit_id) == bindparam("visit"), col(Appointment.status).in_(LIVE))
    .execution_options(populate_existing=True)
)
_WHOLE = (
    select(
        Appointment,
        select(func.bool_and(col(BookingPart.live)))
        .where(col(BookingPart.appointment_id) == col(Appointment.id))
        .scalar_subquery(),
    )
    .where(col(Appointment.id) == bindparam("appointment"))
    .execution_options(populate_existing=True)
)
_SPARE_PARTS = (
    select(BookingPart)
    .join(Appointment, col(Appointment.id) == col(BookingPart.appointment_id))
    .where(
        col(BookingPart.live),
        col(Appointment.status) == "held",
        col(Appointment.office_id) == bindparam("office"),
        or_(col(Appointment.visit_id) == bindparam("visit"), col(Appointment.expires_at) < bindparam("now")),
    )
)
_ADD_PARTS = text(
    "insert into booking_part (id, appointment_id, resource_id, role, day, during, travel_before, travel_after, live,"
    " placeholder)"
    " select id, :appointment, resource_id, role, day, tstzrange(first, last), travel_before, travel_after, true,"
    " placeholder from unnest(cast(:ids as uuid[]), cast(:resources as uuid[]), cast(:roles as text[]),"
    " cast(:days as date[]), cast(:firsts as timestamptz[]), cast(:lasts as timestamptz[]), cast(:befores as int[]),"
    " cast(:afters as int[]), cast(:placeholders as boolean[]))"
    " as part(id, resource_id, role, day, first, last, travel_before, travel_after, placeholder)"
    " on conflict do nothing returning id"
)
_LOCK_FIRM = select(col(Firm.id)).where(col(Firm.id) == bindparam("firm")).with_for_update(key_share=True)
_MISSED = (
    select(func.count())
    .select_from(Appointment)
    .where(
        col(Appointment.firm_id) == bindparam("firm"),
        col(Appointment.status).in_(("no_show_declarant", "no_show_goods")),
        col(Appointment.day) >= bindparam("since"),
    )
    .scalar_subquery()
)
_HOLDS = (
    select(func.count(), _MISSED)
    .select_from(Appointment)
    .where(
        col(Appointment.firm_id) == bindparam("firm"),
        col(Appointment.status) == "held",
        col(Appointment.expires_at) >= bindparam("now"),
        col(Appointment.visit_id) != bindparam("visit"),
        # What the service keeps for somebody on the waitlist was not asked for.
        col(Appointment.made_by).is_not(None),
    )
)


async def lock_bits(work: Work, office_id: UUID, rows: Iterable[tuple[date, UUID]], *, spare: Masks) -> Masks:
    """Lock days of resources in the order of the house; what is free, or will be once `spare` is given back."""
    wanted = sorted(set(rows))
    bound = {"office": office_id, "days": [day for day, _ in wanted], "resources": [each for _, each in wanted]}
    found = await work.session.execute(_LOCK, bound)
    return {
        (row.day, row.resource_id): (row.free | spare.get((row.day, row.resource_id), 0)) & row.work for row in found
    }


async def take(work: Work, office_id: UUID, *, wanted: Masks, spare: Masks, burden: Burden = NO_BURDEN) -> bool:
    """Give back `spare` and clear the bits of `wanted`, all or none; False, and no lock kept, if somebody was quicker,
    or if what somebody else booked meanwhile leaves a person too much of a day.

    The rows of both are locked in the order of the house; what is given back counts as free, as far as the resource
    still works then.
    """
    rows = sorted({*wanted, *spare})
    bound = {
        "office": office_id,
        "days": [day for day, _ in rows],
        "resources": [resource for _, resource in rows],
        "masks": [wanted.get(row, 0) for row in rows],
        "spares": [spare.get(row, 0) for row in rows],
        "gone": gone(spare),
        "loads": [burden.loads.get(row, 0) for row in rows],
        "most": burden.most,
        "step": burden.step,
        "works": list(burden.rests),
        "pauses": list(burden.rests.values()),
        "rest": burden.rest,
        "people": sorted(PEOPLE),
    }
    try:
        return bool(await work.session.scalar(_TAKE, bound))
    except DBAPIError as fault:
        if sqlstate(fault) == _LOCK_NOT_AVAILABLE:
            raise TooBusy() from None
        raise


# -- appointments and their parts ------------------------------------------------------------------------
async def appointment_by_id(work: Work, appointment_id: UUID) -> Appointment:
    """The appointment as it stands; the caller asks whether the actor may see its visit."""
    found = await work.session.get(Appointment, appointment_id, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


async def held_by_id(work: Work, appointment_id: UUID) -> tuple[Appointment, bool]:
    """The appointment as it stands, and whether it still has every part it was made with."""
    found = (await work.session.execute(_WHOLE, {"appointment": appointment_id})).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], bool(found[1])


async def live_of(work: Work, visit_id: UUID) -> dict[str, Appointment]:
    """The held and the confirmed appointment of a visit, by status."""
    return {each.status: each for each in await work.session.scalars(_LIVE_OF, {"visit": visit_id})}


async def last_of(work: Work, visit_id: UUID) -> Appointment | None:
    """The visit's newest appointment that was ever confirmed."""
    return await work.session.scalar(
        select(Appointment)
        .where(col(Appointment.visit_id) == visit_id, col(Appointment.status).not_in(("held", "expired")))
        .order_by(col(Appointment.made_at).desc(), col(Appointment.id).desc())
        .limit(1)
    )


async def parts_of(work: Work, appointment_ids: Iterable[UUID]) -> Sequence[BookingPart]:
    """The live parts of appointments, by day and resource."""
    wanted = list(appointment_ids)
    if not wanted:
        return []
    rows = await work.session.scalars(
        select(BookingPart)
        .where(col(BookingPart.appointment_id).in_(wanted), col(BookingPart.live))
        .order_by(col(BookingPart.day), col(BookingPart.resource_id))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def is_stranded(work: Work, appointment_id: UUID) -> bool:
    """Does a resource of the appointment no longer work at its time?"""
    found = await work.session.scalar(
        select(col(BookingPart.id))
        .where(
            col(BookingPart.appointment_id) == appointment_id,
            col(BookingPart.live),
            col(BookingPart.stranded_since).is_not(None),
        )
        .limit(1)
    )
    return found is not None


def masks_of(grid: Grid, parts: Iterable[BookingPart]) -> Given:
    """The steps parts keep busy, by day and resource."""
    known = list(parts)
    found = Given(part.id for part in known)
    for part in known:
        key = (part.day, part.resource_id)
        busy = grid.touched(part.day, [Interval(part.during.lower, part.during.upper)])
        found[key] = found.get(key, 0) | busy
    return found


async def spare_parts(work: Work, office_id: UUID, visit_id: UUID) -> Sequence[BookingPart]:
    """Live parts that would be given back if this visit chose again: its own hold, and every hold that ran out."""
    bound = {"office": office_id, "visit": visit_id, "now": work.now}
    return (await work.session.scalars(_SPARE_PARTS, bound)).all()


@cache
def _expired(office: bool, during: bool) -> Select[Appointment, Visit]:
    query = (
        select(Appointment, Visit)
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .where(col(Appointment.status) == "held", col(Appointment.expires_at) < bindparam("now"))
        .order_by(col(Visit.id))
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=Visit, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if office:
        query = query.where(col(Appointment.office_id) == bindparam("office"))
    if during:
        query = query.where(col(Appointment.during).op("&&")(bindparam("during", type_=TSTZRANGE)))
    return query


async def expired_for_update(
    work: Work, office_id: UUID | None = None, *, during: Range[datetime] | None = None, limit: int = 100
) -> Sequence[tuple[Appointment, Visit]]:
    """Holds that ran out, oldest first, their visits locked; what somebody else works on is passed over."""
    bound = {"now": work.now, "most": limit, "office": office_id, "during": during}
    query = _expired(office_id is not None, during is not None)
    found = [(row[0], row[1]) for row in await work.session.execute(query, bound)]
    if not found:
        return []
    # A row lock waits for nobody here, but the hold may have been confirmed just before it was taken.
    still = {
        each.id
        for each in await work.session.scalars(
            select(Appointment)
            .where(col(Appointment.id).in_([each.id for each, _ in found]), col(Appointment.status) == "held")
            .execution_options(populate_existing=True)
        )
    }
    return [(each, visit) for each, visit in found if each.id in still]


async def end(work: Work, statuses: Mapping[UUID, str], *, reason: str = "") -> None:
    """Set the last status of appointments, and their parts to sleep; the bits are given back by the caller."""
    for status in sorted({*statuses.values()}):
        ending = [each for each in statuses if statuses[each] == status]
        asleep = (
            update(BookingPart)
            .where(col(BookingPart.appointment_id).in_(ending), col(BookingPart.live))
            .values(live=False)
            .cte("asleep")
        )
        await work.session.execute(
            update(Appointment)
            .where(col(Appointment.id).in_(ending))
            .values(status=status, version=Appointment.version + 1, **({"reason": reason} if reason else {}))
            .add_cte(asleep)
        )


async def flip(work: Work, appointment: Appointment, *, status: str) -> None:
    """Change the status of an appointment and keep its parts."""
    appointment.status = status
    appointment.version += 1
    await work.session.flush()


async def add_parts(work: Work, appointment: Appointment, parts: Iterable[Part]) -> int:
    """Book the parts of an appointment; returns how many the exclusion constraint let in."""
    known = list(parts)
    bound = {
        "appointment": appointment.id,
        "ids": [new_id() for _ in known],
        "resources": [part.resource for part in known],
        "roles": [part.role for part in known],
        "days": [part.day for part in known],
        "firsts": [part.begin for part in known],
        "lasts": [part.end for part in known],
        "befores": [part.travel_before // ONE_MINUTE for part in known],
        "afters": [part.travel_after // ONE_MINUTE for part in known],
        "placeholders": [not part.role.startswith(("bay", "scanner", "forklift")) for part in known],
    }
    return len((await work.session.execute(_ADD_PARTS, bound)).all())


async def holds_of_firm(work: Work, firm_id: UUID, *, apart_from: UUID) -> tuple[int, int]:
    """How many times a firm keeps unconfirmed for its other visits, and how many it missed in the last month or so; the
    firm is locked until the commit."""
    await work.session.execute(_LOCK_FIRM, {"firm": firm_id})
    since = work.now.date() - timedelta(days=31)
    bound = {"firm": firm_id, "now": work.now, "visit": apart_from, "since": since}
    holds, missed = (await work.session.execute(_HOLDS, bound)).one()
    return holds, missed


async def agencies_by_code(work: Work, codes: Sequence[str]) -> list[tuple[UUID, str]]:
    """Agencies' ids and names, by code."""
    if not codes:
        return []
    rows = await work.session.execute(
        select(col(Agency.id), col(Agency.name)).where(col(Agency.code).in_(codes)).order_by(col(Agency.code))
    )
    return [(row.id, row.name) for row in rows]


async def has_asked(work: Work, visit: Visit) -> bool:
    """Did somebody look for a time since the visit came to this state?"""
    found = await work.session.scalar(
        select(col(DomainEvent.id))
        .where(
            col(DomainEvent.stream_id) == visit.id,
            col(DomainEvent.kind) == "appointment_requested",
            col(DomainEvent.at) >= visit.state_since,
        )
        .limit(1)
    )
    return found is not None
