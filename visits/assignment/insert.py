"""Put an urgent visit into an office-day that is planned and named already: the earliest start at which everybody it
needs is free, on the road in time and rested. Nothing that is booked gives way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from scheduling import Blocked, Need, OfficeDay, Option, PlanVisit, Timelines
from visits.assignment.day import Loaded, group_of, load
from visits.assignment.draw import draw, draws_at
from visits.assignment.plan import CODES, barred
from visits.assignment.rules import SENTENCES, NobodyEligible
from visits.assignment.standing import officers_for, wanted_for
from visits.booking import queries as booking
from visits.booking import rules
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.offer import Asked, asked, bookable
from visits.booking.queries import ONE_MINUTE
from visits.booking.strain import is_of_high_risk
from visits.booking.tables import Appointment
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.journey.states import NotYours, State
from visits.roles import CHIEFS
from visits.store.tools import Tools
from visits.store.work import Work

#: Starts lost to rivals or to what is kept for others, before the day counts as full.
TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A start everybody the visit needs is free for."""

    starts_at: datetime
    ends_at: datetime
    #: Minutes-equivalents: the roads it adds, and a load that grows uneven.
    cost: int


async def proposals(work: Work, visit_id: UUID, day: date, *, most: int = 4) -> list[Proposal]:
    """The earliest starts of a day for a visit that has no time, the first of them what `insert` takes by itself.

    NobodyEligible, with the rule that came nearest, where it fits nowhere. Nothing is kept.
    """
    case = await case_of(work, visit_id)
    bookable(work, case)
    read, visit, days = await _looked(work, case, day)
    found: list[Proposal] = []
    for option in _options(days, visit, read):
        if isinstance(option, Blocked) and not found:
            raise _nobody(option)
        if isinstance(option, Blocked) or len(found) == most:
            break
        begin = read.at(option.start)
        found.append(Proposal(starts_at=begin, ends_at=begin + visit.minutes * ONE_MINUTE, cost=option.cost))
    return found


async def insert(
    work: Work, tools: Tools, visit_id: UUID, day: date, *, reason: str, starts_at: datetime | None = None
) -> Appointment:
    """Book a start of a day for a visit that has no time, the earliest unless one is chosen, and draw its inspector if
    it is near enough. Asked twice it has one time.

    NobodyEligible, with the rule that came nearest, where it fits nowhere; SlotTaken where the chosen start no longer
    does.
    """
    if not work.actor.is_a(*CHIEFS):
        raise NotYours(event="appointment_confirmed")
    case = await case_of(work, visit_id, lock=True)
    if bookable(work, case) is State.BOOKED:
        found = (await booking.live_of(work, visit_id)).get("confirmed")
        assert found is not None
        return found
    read, visit, days = await _looked(work, case, day)
    if starts_at is not None:
        visit = replace(visit, earliest=read.minute(starts_at), latest=read.minute(starts_at))
        if starts_at < work.now:
            raise rules.SlotPast(starts_at=starts_at)
    lost: Refusal | None = None
    for option in islice(_options(days, visit, read), TRIES):
        if isinstance(option, Blocked):
            raise lost or (_nobody(option) if starts_at is None else rules.SlotTaken(starts_at=starts_at))
        made = await _taken(work, visit_id, read.at(option.start), reason)
        if isinstance(made, Refusal):
            lost = made
            continue
        if work.now >= draws_at(case, made.during.lower):
            await draw(work, tools, visit_id)
        return made
    raise lost or rules.SlotTaken()


async def _looked(work: Work, case: Case, day: date) -> tuple[Loaded, PlanVisit, Timelines]:
    wanted = await asked(work, case)
    read = await load(work, case.office, day, briefly=True)
    visit = planned(wanted, read, earliest=soonest_of(work, wanted, read))
    return read, visit, Timelines(await _bound(work, case, wanted, read))


def _options(days: Timelines, visit: PlanVisit, read: Loaded) -> Iterator[Option | Blocked]:
    """The starts that fit, one after another, and what blocks all later ones."""
    while True:
        option = days.first(visit)
        yield option
        if isinstance(option, Blocked):
            return
        visit = replace(visit, earliest=option.start + read.grid.minutes)


def _nobody(blocked: Blocked) -> NobodyEligible:
    code = CODES.get(blocked.rule, blocked.rule)
    return NobodyEligible(code=code, rule=SENTENCES[code])


async def _taken(work: Work, visit_id: UUID, starts_at: datetime, reason: str) -> Appointment | Refusal:
    """Hold and confirm a start; or why not, if a rival or a rule of booking has it."""
    step = await work.session.begin_nested()
    try:
        held = await hold(work, visit_id, starts_at, reason=reason)
    except (rules.SlotTaken, rules.SlotKept, rules.QuotaReached) as refusal:
        await step.rollback()
        return refusal
    await step.commit()
    return await confirm(work, held.id)


def planned(wanted: Asked, read: Loaded, *, earliest: int) -> PlanVisit:
    """What a visit asks of the calendars, as the plan asks it."""
    return PlanVisit(
        id=str(wanted.case.visit.id),
        minutes=wanted.length * read.grid.minutes,
        earliest=earliest,
        latest=read.grid.steps(read.day) * read.grid.minutes,
        site=str(wanted.case.visit.site_id or ""),
        needs=tuple(
            Need(
                role=need.role,
                kind=need.kind,
                agency=str(need.agency_id or ""),
                skills=need.skills,
                before=need.before * read.grid.minutes,
                after=need.after * read.grid.minutes,
            )
            for need in wanted.needs
        ),
        demanding=is_of_high_risk(wanted.case.visit.order, read.limits),
        group=group_of(wanted.case.declaration),
    )


def soonest_of(work: Work, wanted: Asked, read: Loaded) -> int:
    """The first step of the day that has not begun, and before which the goods may be there."""
    step = read.grid.minutes
    earliest = max(work.now, wanted.not_before or work.now)
    return max(0, -(-(earliest - read.opens) // (step * ONE_MINUTE)) * step)


async def _bound(work: Work, case: Case, wanted: Asked, read: Loaded) -> OfficeDay:
    """The day under names, each officer with the rules that keep this visit away from him or her."""
    officers = await officers_for(work, case.visit, case.declaration, read.limits, day=read.day)
    # The time is looked for as when one books, over everybody; the draw then asks who is posted there.
    asks = replace(await wanted_for(work, case.visit, read.limits), waived=True)
    rules_of = {officer.id: barred(officer, asks) for officer in officers}
    bound = {each: {"refuses": {str(case.visit.id): rule}} for each, rule in rules_of.items() if rule is not None}
    gone = {each for each, rule in rules_of.items() if rule == "inactive"}
    return read.named(but=case.visit.id, bound=bound, gone=gone)
