"""Several visits of one firm booked in one act, all or none: one after the other, or side by side.

A group locks its visits by id, then the whole day of the office in the order of the house, and only then looks for
places: what it found it gets. Each visit keeps an appointment of its own, with every rule that binds a single one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from scheduling import Bar, Day, Role, Want, bits, either, seat
from visits.booking import groups_rows, queries, rules, strain_rows
from visits.booking.change import cancel
from visits.booking.confirm import booked
from visits.booking.expire import sweep
from visits.booking.groups_limits import bars_of
from visits.booking.groups_tables import VisitGroup, VisitGroupMember
from visits.booking.offer import Asked, Offer, asked, bookable, days_of, reason_of
from visits.booking.place import given_back, place, release
from visits.booking.prearrival import KEPT
from visits.booking.premises_rows import homes_of
from visits.booking.premises_tables import Premises
from visits.booking.quotas_limits import alone, firm_judged
from visits.booking.tables import Appointment, DayBits
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, Refusal
from visits.ids import new_id
from visits.journey.states import State
from visits.store.work import Work, hurry
from visits.texts import N_

#: Visits that may be booked in one act.
MOST = 12
#: The role that stands for « all of them find a place ».
GROUP = "group"


class Pattern(StrEnum):
    """How the visits of a group lie in time."""

    IN_TURN = "in_turn"
    AT_ONCE = "at_once"


class NotOneGroup(Refusal):
    """Visits of different firms, offices or sites cannot be booked together."""

    code, status = "not-one-group", 422
    says = N_("Choisissez de 2 à %(most)s visites d'un même cabinet, au même endroit.")


class HasTime(Refusal):
    """One of the visits has an appointment already."""

    code, status = "has-time", 409
    says = N_("La visite %(reference)s a déjà un rendez-vous.")


class NotReady(Refusal):
    """One of the visits has no accepted package: what is kept for it is a provisional time of its own."""

    code, status = "package-not-accepted", 409
    says = N_("Le dossier de la visite %(reference)s n'est pas accepté. Son heure se choisit à part.")


#: What is said before any hour is shown.
NOT_TOGETHER = (NotOneGroup, HasTime, NotReady)


class GroupChanged(Refusal):
    """None of the group's visits still has the appointment that was to be changed."""

    code, status = "group-changed", 409
    says = N_("Plus aucune visite de ce groupe n'a de rendez-vous à changer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Visits to be seated together, with what is on offer for all of them."""

    members: tuple[Asked, ...]
    #: How many steps after the first each one begins.
    after: tuple[int, ...]
    offers: tuple[Offer, ...]
    rows: Mapping[date, Sequence[DayBits]]
    spare: queries.Masks
    #: The minutes of visits people have, by day.
    had: Mapping[tuple[date, UUID], int]
    #: The starts at which everybody finds a place, as an offer like any other.
    offer: Offer

    def seats(self, day: date, step: int) -> list[dict[str, UUID]] | None:
        """Every member's resources by role if the first one begins at a step; None if somebody finds none."""
        return _seats(self.members, self.after, self.offers, self.rows.get(day, ()), self.spare, self.had, day, step)


async def book(
    work: Work, visit_ids: Sequence[UUID], starts_at: datetime, *, pattern: Pattern, reason: str = ""
) -> VisitGroup:
    """Book visits together, in the order given, the first one at `starts_at`; sent twice it is booked once."""
    await hurry(work)
    cases, why = await _locked(work, visit_ids), reason_of(work, reason)
    if (known := await _already(work, cases, starts_at)) is not None:
        return known
    for case in cases:
        _without_time(work, case)
    group = VisitGroup(
        id=new_id(),
        office_id=cases[0].office.id,
        firm_id=cases[0].declaration.firm_id,
        pattern=pattern,
        made_by=work.actor.person,
        made_at=work.now,
    )
    work.session.add(group)
    await work.session.flush()
    for number, case in enumerate(cases):
        work.session.add(VisitGroupMember(id=new_id(), group_id=group.id, visit_id=case.visit.id, place=number))
    await _settle(work, cases, starts_at, pattern=pattern, was={}, reason=why)
    return group


async def move(work: Work, group_id: UUID, starts_at: datetime, *, reason: str = "") -> VisitGroup:
    """Another time for every visit of the group that still has one: all of them, or nothing changes."""
    await hurry(work)
    group, cases = await _booked(work, group_id)
    why = reason_of(work, reason)
    was = {case.visit.id: (await queries.live_of(work, case.visit.id))["confirmed"] for case in cases}
    limits = (await asked(work, cases[0])).policy
    stranded = [each for each in was.values() if await queries.is_stranded(work, each.id)]
    same = was[cases[0].visit.id].during.lower == starts_at
    if same and not stranded and lie_so(Pattern(group.pattern), list(was.values())):
        return group
    for case in cases:
        bookable(work, case)
        rules.may_move(limits, starts_at=was[case.visit.id].during.lower, now=work.now)
    await _settle(work, cases, starts_at, pattern=Pattern(group.pattern), was=was, reason=why)
    return group


def lie_so(pattern: Pattern, appointments: Sequence[Appointment]) -> bool:
    """Do times still lie as the group was booked? One that was changed alone, or that the office had to move, may have
    left it."""
    if pattern is Pattern.AT_ONCE:
        return len({each.during.lower for each in appointments}) <= 1
    return all(one.during.upper == two.during.lower for one, two in pairwise(appointments))


async def cancel_all(work: Work, group_id: UUID, *, reason: str = "") -> VisitGroup:
    """Give back every appointment the group still has; twice is once."""
    await hurry(work)
    try:
        group, cases = await _booked(work, group_id)
    except GroupChanged:
        return (await groups_rows.members_of(work, group_id))[0]
    found = [(await queries.live_of(work, case.visit.id))["confirmed"] for case in cases]
    for each in found:
        rules.may_cancel(starts_at=each.during.lower, now=work.now)
    await groups_rows.lock_days(work, group.office_id, [each.day for each in found])
    for each in found:
        await cancel(work, each.id, reason=reason)
    return group


async def together(
    work: Work, cases: Sequence[Case], pattern: Pattern, *, giving: Sequence[Appointment] = (), named: bool = True
) -> Together:
    """What can be booked for visits together. `giving` are appointments that will be given back in the same step."""
    members = tuple([await asked(work, case) for case in cases])
    after = tuple(
        0 if pattern is Pattern.AT_ONCE else sum(each.length for each in members[:number])
        for number in range(len(members))
    )
    parts = list(await queries.parts_of(work, [each.id for each in giving]))
    for case in cases:
        parts += await queries.spare_parts(work, case.office.id, case.visit.id)
    spare = queries.masks_of(members[0].grid, parts)
    offers = [await days_of(work, each, spare=spare, named=named and each is members[0]) for each in members]
    days = offers[0].days
    rows = await groups_rows.rows_between(
        work,
        cases[0].office.id,
        days[0].day,
        days[-1].day,
        sorted({need.kind for each in members for need in each.needs}),
    )
    had = await strain_rows.minutes_had(work, cases[0].office.id, days[0].day, days[-1].day, but=queries.gone(spare))
    bars = await bars_of(work, members, after, days)
    judged = []
    for number, day in enumerate(days):
        possible = either([day.grid.whole(day.day)])
        for each, later in zip(offers, after, strict=True):
            possible &= each.days[number].mask >> later
        found = [
            step
            for step in bits(possible)
            if _seats(members, after, offers, rows.get(day.day, ()), spare, had, day.day, step) is not None
        ]
        mask = sum(1 << step for step in found)
        judged.append(_day(day, mask, after[-1] + members[-1].length, bars.get(day.day, ())))
    return Together(
        members=members,
        after=after,
        offers=tuple(offers),
        rows=rows,
        spare=spare,
        had=had,
        offer=replace(offers[0], days=tuple(judged)),
    )


async def cases_of(work: Work, visit_ids: Sequence[UUID]) -> list[Case]:
    """Visits that may be booked together, in the order given."""
    wanted = list(dict.fromkeys(visit_ids))
    cases = [await case_of(work, each) for each in wanted]
    await _one_group(work, cases)
    for case in cases:
        _without_time(work, case)
    return cases


def _without_time(work: Work, case: Case) -> None:
    """Refuse a visit that is booked, or whose package is still made ready."""
    if State(case.visit.state) in KEPT:
        raise NotReady(reference=case.visit.reference)
    if bookable(work, case) is State.BOOKED:
        raise HasTime(reference=case.visit.reference)


async def _locked(work: Work, visit_ids: Sequence[UUID]) -> list[Case]:
    wanted = list(dict.fromkeys(visit_ids))
    if len(wanted) > MOST:
        raise NotOneGroup(most=MOST)
    cases = {each: await case_of(work, each, lock=True) for each in sorted(wanted)}
    await _one_group(work, list(cases.values()))
    return [cases[each] for each in wanted]


async def _one_group(work: Work, cases: Sequence[Case]) -> None:
    homes = await homes_of(work, [each.visit.id for each in cases])
    if not 2 <= len(cases) <= MOST or len({_key(each, homes.get(each.visit.id)) for each in cases}) > 1:
        raise NotOneGroup(most=MOST)


def _key(case: Case, home: Premises | None) -> tuple[UUID | None, ...]:
    own = None if case.declaration.firm_id else case.declaration.importer_id
    return case.office.id, case.visit.site_id, home.id if home else None, case.declaration.firm_id, own


async def _already(work: Work, cases: Sequence[Case], starts_at: datetime) -> VisitGroup | None:
    """The group these very visits were booked as, if the first one still begins then and each still has a time."""
    live = [(await queries.live_of(work, case.visit.id)).get("confirmed") for case in cases]
    known = await groups_rows.group_of(work, cases[0].visit.id)
    if known is None or None in live or live[0] is None or live[0].during.lower != starts_at:
        return None
    group, visits = await groups_rows.members_of(work, known[0])
    return group if visits == [case.visit.id for case in cases] else None


async def _booked(work: Work, group_id: UUID) -> tuple[VisitGroup, list[Case]]:
    """The group and its visits that still have a time, locked by id."""
    group, visits = await groups_rows.members_of(work, group_id)
    cases = {each: await case_of(work, each, lock=True) for each in sorted(visits)}
    found = []
    for each in visits:
        live = await queries.live_of(work, each)
        if State(cases[each].visit.state) is State.BOOKED and "confirmed" in live:
            found.append(cases[each])
    if not found:
        raise GroupChanged()
    return group, found


async def _settle(
    work: Work,
    cases: Sequence[Case],
    starts_at: datetime,
    *,
    pattern: Pattern,
    was: Mapping[UUID, Appointment],
    reason: str,
) -> None:
    """Seat every visit. From the first lock on nobody else books the days this touches."""
    if starts_at.tzinfo is None:
        raise BadInput(field="starts_at")
    office, first = cases[0].office, await asked(work, cases[0])
    rules.in_reach(first.policy, starts_at=starts_at, now=work.now)
    day = first.grid.day_of(starts_at)
    await alone(work, first.ask({}), starts_at)
    held = [live["held"] for case in cases if "held" in (live := await queries.live_of(work, case.visit.id))]
    given = {each.id: "moved" for each in was.values()} | {each.id: "cancelled" for each in held}
    await groups_rows.lock_days(work, office.id, [day, *(each.day for each in (*was.values(), *held))])
    hours = Range(first.grid.opens(day), first.grid.opens(day + timedelta(days=1)))
    if given:
        await release(work, office, given)
    await sweep(work, office.id, during=hours)
    group = await together(work, cases, pattern, named=False)
    found, step = group.offer.find(starts_at)
    seats = group.seats(found.day, step)
    assert seats is not None
    for member, later, chosen in zip(group.members, group.after, seats, strict=True):
        case = member.case
        old = was.get(case.visit.id)
        begins = found.grid.at(found.day, step + later)
        made = await place(
            work,
            member,
            begins,
            status="confirmed",
            giving={},
            supersedes=old.id if old else None,
            reason=reason,
            seats=chosen,
        )
        await firm_judged(work, case, member.policy, made)
        await booked(work, case, made, was=old, reason=reason)
    for each in held:
        given_back(work, next(case.visit for case in cases if case.visit.id == each.visit_id), each.id)


def _seats(
    members: Sequence[Asked],
    after: Sequence[int],
    offers: Sequence[Offer],
    rows: Sequence[DayBits],
    spare: queries.Masks,
    had: Mapping[tuple[date, UUID], int],
    day: date,
    step: int,
) -> list[dict[str, UUID]] | None:
    """A resource for every role of every member, chosen as a single booking chooses: fewest other skills first."""
    free = {row.resource_id: (row.free | spare.get((day, row.resource_id), 0)) & row.work for row in rows}
    wants, keys = [], []
    for number, (member, later) in enumerate(zip(members, after, strict=True)):
        masks = member.masks(step + later)
        shut = offers[number].shut
        for need in member.needs:
            able = [
                row
                for row in rows
                if need.fits(row)
                and member.fit.bears(
                    need.kind,
                    work=row.work,
                    free=free[row.resource_id],
                    had=had.get((day, row.resource_id), 0),
                    mask=masks[need.role],
                    after=need.after,
                    length=member.length,
                )
                and not masks[need.role]
                & (shut.far.get((day, row.resource_id), 0) | shut.kept.get((day, row.resource_id), 0))
            ]
            able.sort(key=lambda row: ((row.skills & ~need.skills).bit_count(), row.resource_id))
            wants.append(Want(mask=masks[need.role], fits=[row.resource_id for row in able]))
            keys.append((number, need.role))
    found = seat(wants, free)
    if found is None or _too_long(members, rows, had, list(zip(keys, found, strict=True))):
        return None
    chosen: list[dict[str, UUID]] = [{} for _ in members]
    for (number, role), resource in zip(keys, found, strict=True):
        chosen[number][role] = resource
    return chosen


def _too_long(
    members: Sequence[Asked],
    rows: Sequence[DayBits],
    had: Mapping[tuple[date, UUID], int],
    seated: Sequence[tuple[tuple[int, str], UUID]],
) -> bool:
    """Would somebody who has several of the visits have more minutes than a day may ask?"""
    fit, longs = members[0].fit, dict.fromkeys((resource for _, resource in seated), 0)
    for (number, _), resource in seated:
        longs[resource] += members[number].length
    asked = [row for row in rows if row.resource_id in longs]
    rooms = {(row.day, row.resource_id): fit.room(row.kind, longs[row.resource_id]) for row in asked}
    return any(room is not None and had.get(key, 0) > room for key, room in rooms.items())


def _day(day: Day, mask: int, length: int, bars: Sequence[Bar]) -> Day:
    """A day on which only these starts fit everybody; what one visit alone cannot have keeps its own reason."""
    whole = day.grid.whole(day.day)
    return replace(
        day, length=length, bars=(*day.bars, *bars), roles=(*day.roles, Role(name=GROUP, work=(whole,), free=(mask,)))
    )


async def visible(work: Work, group_id: UUID) -> tuple[VisitGroup, list[Case]]:
    """A group with its visits, in order."""
    group, visits = await groups_rows.members_of(work, group_id)
    return group, [await case_of(work, each) for each in visits]
