"""Take real resources for a time, all or none: bitmap gate first, exclusion constraint as the last judge."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from scheduling import Day, Slot
from visits.booking import queries, rules
from visits.booking.buffers import Around, Part, bits_of, widest
from visits.booking.buffers_parts import has_roads, parts_for
from visits.booking.offer import Asked, days_of
from visits.booking.quotas_limits import alone
from visits.booking.search import choose
from visits.booking.tables import Appointment
from visits.errors import Refusal
from visits.events import HoldExpired
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.tables import Visit
from visits.sites.hours import grid_of
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.work import Work

log = logging.getLogger("visits.booking")

#: A rival who was quicker costs one try; each try lost is a place somebody else got.
TRIES = 20


class Drift(Refusal):
    """Bits said free, the exclusion constraint said busy: the time is taken, and the calendar must be reconciled.

    No SlotTaken: who passes over a taken time goes on in the same transaction, and this one must be rolled back.
    """

    code, status = "calendar-drift", 409
    says = rules.SlotTaken.says


async def place(
    work: Work,
    wanted: Asked,
    starts_at: datetime,
    *,
    status: str,
    giving: Mapping[UUID, str],
    supersedes: UUID | None = None,
    reason: str = "",
    seats: Mapping[str, UUID] | None = None,
) -> Appointment:
    """Give back the appointments in `giving` (id to last status) and take one resource of every role for a new one.

    The visit is locked by the caller. Holds that ran out and stand in the way are swept with it: they were offered as
    free. All rows of the step are locked in one ordered statement; if a rival took one of them while we waited, no
    lock is kept and the choice is made anew. Who has locked the rows, and swept them, may have chosen the `seats`, a
    resource by role.
    """
    rules.in_reach(wanted.policy, starts_at=starts_at, now=work.now)
    office = wanted.case.office.id
    gone = [] if seats else await _ran_out(work, wanted, starts_at, but=giving)
    giving = {**giving, **{each.id: "expired" for each, _ in gone}}
    given = queries.masks_of(wanted.grid, await queries.parts_of(work, giving))
    await alone(work, wanted.ask(given), starts_at)
    for _ in range(TRIES):
        found = await days_of(work, wanted, spare=given, named=False)
        day, step = found.find(starts_at)
        masks = wanted.masks(step)
        chosen = seats or await choose(
            work,
            office,
            wanted.needs,
            wanted.fit,
            day=day.day,
            masks=masks,
            rests=found.rests,
            spare=given,
            shut=found.shut,
        )
        if len(chosen) < len(wanted.needs):
            continue
        slot = day.slot(step)
        parts = await parts_for(work, wanted, slot, day.day, chosen)
        rests = {} if has_roads(wanted.case) else found.rests
        burden = wanted.fit.burden(day.day, wanted.needs, chosen, length=wanted.length, rests=rests)
        if await queries.take(work, office, wanted=bits_of(parts), spare=given, burden=burden):
            if giving:
                await queries.end(work, giving)
            made = await _write(work, wanted, day, slot, parts, status, supersedes, reason)
            for each, visit in gone:
                given_back(work, visit, each.id)
            return made
    raise rules.SlotTaken(starts_at=starts_at, offer=(await days_of(work, wanted, spare=given, named=False)).masks())


async def _ran_out(
    work: Work, wanted: Asked, starts_at: datetime, *, but: Mapping[UUID, str]
) -> list[tuple[Appointment, Visit]]:
    """Holds that ran out and may stand in the way, their visits locked before any bits."""
    reach = 2 * widest(policy(wanted.case.office, Around))
    during = Range(starts_at - reach, starts_at + wanted.length * wanted.grid.step + reach)
    found = await queries.expired_for_update(work, wanted.case.office.id, during=during)
    return [(each, visit) for each, visit in found if each.id not in but]


async def _write(
    work: Work,
    wanted: Asked,
    day: Day,
    slot: Slot,
    parts: Sequence[Part],
    status: str,
    supersedes: UUID | None,
    reason: str,
) -> Appointment:
    case = wanted.case
    made = Appointment(
        id=new_id(),
        visit_id=case.visit.id,
        office_id=case.office.id,
        site_id=case.visit.site_id,
        firm_id=case.declaration.firm_id,
        day=day.day,
        during=Range(slot.starts_at, slot.ends_at),
        status=status,
        expires_at=work.now + wanted.policy.hold if status == "held" else None,
        supersedes=supersedes,
        made_by=work.actor.person,
        made_at=work.now,
        reason=reason,
        audience=wanted.standing.audience,
        priority=list(wanted.standing.classes),
    )
    work.session.add(made)
    await work.session.flush()
    if await queries.add_parts(work, made, parts) != len(parts):
        log.error("bits and parts differ: office %s, day %s, parts %s", case.office.id, day.day, parts)
        raise Drift(starts_at=slot.starts_at)
    return made


async def release(work: Work, office: Office, ending: Mapping[UUID, str], *, reason: str = "") -> None:
    """Give back appointments: bits and parts at once. Their visits are locked by the caller."""
    masks = queries.masks_of(grid_of(office), await queries.parts_of(work, ending))
    await queries.take(work, office.id, wanted={}, spare=masks)
    await queries.end(work, ending, reason=reason)


def given_back(work: Work, visit: Visit, appointment_id: UUID) -> None:
    """Tell that a held time was given back."""
    work.emit(
        HoldExpired(
            declaration=DeclarationId(visit.declaration_id), visit=VisitId(visit.id), appointment=appointment_id
        )
    )
