"""Room for an urgent visit today where nobody is free: who would give way, looked at first, then done as it was seen.

Only what goes first displaces, and only what goes less far ahead than itself (docs/decisions/0021): live animals
before perishable goods, these before what a chief called urgent, that before everything else.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from scheduling import Giving, Mended, OfficeDay, Option, Timelines, Way, displace, ways
from visits.assignment import displace_rows
from visits.assignment.insert import planned, soonest_of
from visits.assignment.repair import Draft, Urgent, bound_day, draft_of, drafted
from visits.assignment.repair_apply import carry_out
from visits.assignment.rules import Officer
from visits.assignment.standing import officers_for, wanted_for
from visits.assignment.today import Look, look, narrow
from visits.booking.offer import asked as booking_asks
from visits.booking.offer import bookable
from visits.booking.quotas import APPROVED, LIVE_ANIMALS, PERISHABLE, URGENT, WAITING
from visits.booking.replan import ORDINARY, PREFERRED
from visits.booking.replan_apply import PlanChanged
from visits.booking.replan_tables import ReplanRun
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.journey.states import State
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

#: How far ahead one visit goes of another by why it goes first; whatever is not named goes last.
RANKS = {LIVE_ANIMALS: 3, PERISHABLE: 2, URGENT: 1, APPROVED: 1, WAITING: 1}
#: What may ask others to give way. To be known or to have waited long is no emergency.
DISPLACES = frozenset({LIVE_ANIMALS, PERISHABLE, URGENT})
#: An urgent visit that could begin only later than this is no emergency either.
WINDOW = timedelta(hours=4)
#: Whoever is expected so soon is on the way.
ON_THE_WAY = timedelta(minutes=30)


class NotUrgent(Refusal):
    """Only live or perishable goods, or what a chief called urgent, may take the time of another."""

    code, status = "not-urgent", 409
    says = N_("Seule une visite urgente peut prendre l'heure d'une autre. Déclarez-la urgente d'abord, avec la raison.")


class MendFirst(Refusal):
    """The day does not hold as it is; what gives way must be seen on a day that does."""

    code, status = "mend-first", 409
    says = N_("La journée ne tient plus. Réparez-la d'abord.")


class StillFree(Refusal):
    """Nobody has to give way: the earliest start is free."""

    code, status = "still-free", 409
    says = N_("La première heure possible est libre : personne n'a à céder la sienne.")


class NobodyGivesWay(Refusal):
    """Every visit that could make room goes first itself, has begun, or would be left without a time today."""

    code, status = "nobody-gives-way", 409
    says = N_(
        "Aucune visite ne peut céder son heure : elles sont prioritaires, commencées, ou resteraient sans heure "
        "aujourd'hui."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """Today, the urgent visit, what may give way to it, and how the officers stand for every visit concerned."""

    seen: Look
    urgent: Urgent
    giving: Giving
    day: OfficeDay
    officers: Mapping[str, Mapping[UUID, Officer]]

    def starts(self) -> list[Way]:
        """The starts that can be had, the least harm first."""
        return ways(self.day, self.urgent.visit, self.giving, soonest=self.seen.soonest)

    def draft(self, start: int) -> Draft:
        """Today as it would be with this start; PlanChanged if it cannot be had any more."""

        def planned(day: OfficeDay) -> Mended:
            way = displace(day, self.urgent.visit, self.giving, start, soonest=self.seen.soonest)
            if way is None:
                raise PlanChanged(count=1)
            return way.mended

        return drafted(self.seen, self.day, self.officers, planned, urgent=self.urgent)


def rank(classes: Iterable[str]) -> int:
    """How far ahead a visit goes (pure)."""
    return max((RANKS.get(each, 0) for each in classes), default=0)


async def asks(work: Work, visit_id: UUID) -> Asks:
    """What the visit asks of today, if it may ask others to give way at all. Nothing is kept."""
    case = await case_of(work, visit_id)
    if bookable(work, case) is not State.TO_BOOK:
        raise PlanChanged(count=1)
    wanted = await booking_asks(work, case)
    classes = set(wanted.standing.classes) | ({URGENT} if await displace_rows.urgent(work, [visit_id]) else set())
    if DISPLACES.isdisjoint(classes):
        raise NotUrgent()
    if (await draft_of(work, case.office)).lines:
        raise MendFirst()
    seen = await look(work, case.office)
    read, step = seen.read, seen.read.grid.minutes
    first = max(seen.soonest, soonest_of(work, wanted, read))
    window = range(first, first + int(WINDOW.total_seconds()) // 60, step)
    visit = planned(wanted, read, earliest=first)
    longest = max((need.before + need.after for need in visit.needs), default=0)
    narrow(seen.now, first - longest, window.stop + visit.minutes + longest)
    urgent = Urgent(
        case=case,
        visit=replace(visit, latest=window[-1]),
        officers={
            each.id: each for each in await officers_for(work, case.visit, case.declaration, read.limits, day=read.day)
        },
        # As in an insertion, over everybody: others give way for want of time, not for a posting.
        wants=replace(await wanted_for(work, case.visit, read.limits), waived=True),
    )
    day, officers = await bound_day(work, seen, urgent)
    free = Timelines(day, day.known).first(urgent.visit)
    if isinstance(free, Option):
        if free.start == first:
            raise StillFree(starts_at=read.at(first))
        urgent = replace(urgent, visit=replace(urgent.visit, latest=free.start - step))
    giving = await _giving(work, seen, rank(classes & DISPLACES))
    return Asks(seen=seen, urgent=urgent, giving=giving, day=day, officers=officers)


async def _giving(work: Work, seen: Look, ahead: int) -> Giving:
    """The visits that have not begun and still hold. Who goes as far ahead, is there or on the way, or was moved
    before, keeps the time."""
    now = seen.now
    coming = {
        stop.visit.id: now.parts[stop.visit.id][0]
        for stops in now.known.values()
        for stop in stops
        if stop.visit.id not in now.lost
    }
    ids = [UUID(each) for each in coming]
    called, stays = await displace_rows.urgent(work, ids), await displace_rows.not_to_move(work, ids)
    weights: dict[str, int] = {}
    firm: set[str] = set()
    for visit, each in coming.items():
        classes = set(each.appointment.priority) - {URGENT} | ({URGENT} if each.visit.id in called else set())
        weights[visit] = PREFERRED if classes else ORDINARY
        if rank(classes) >= ahead or each.visit.id in stays or each.appointment.during.lower <= work.now + ON_THE_WAY:
            firm.add(visit)
    return Giving(weights=weights, firm=frozenset(firm))


async def make_room(
    work: Work, tools: Tools, run_id: UUID, visit_id: UUID, starts_at: datetime, seen: Collection[str], reason: str
) -> ReplanRun:
    """Give the visit its start and the others what was seen, names by draw, in one transaction; PlanChanged, and
    nothing done, if it would be otherwise now.

    The run's id comes with the form: sent twice it is done once.
    """

    async def again() -> Draft:
        found = await asks(work, visit_id)
        return found.draft(found.seen.read.minute(starts_at))

    return await carry_out(work, tools, run_id, seen, reason, again)
