"""Mend today exactly as it was seen, or not at all: names by draw, parts, bits and notices in one transaction."""

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from scheduling import NEEDED, Fault, Interval, Naming, Outcome, Plan, Stop, Timelines, faults
from visits.assignment import day_rows, queries
from visits.assignment.day import OFFICER
from visits.assignment.draw import assigned, blocked, drawn_from, end, reveal
from visits.assignment.plan import CODES
from visits.assignment.repair import Draft, Line, draft_of
from visits.assignment.rules import TAKEN, Field
from visits.assignment.tables import Draw
from visits.assignment.today import GONE
from visits.assignment.witness import WitnessAwaited, awaited, key_of
from visits.booking import queries as booking
from visits.booking import replan_rows
from visits.booking.buffers import Part, bits_of
from visits.booking.buffers_parts import with_roads
from visits.booking.buffers_rows import one_at_a_time
from visits.booking.confirm import booked
from visits.booking.offer import asked
from visits.booking.place import Drift
from visits.booking.replan_apply import REASON, PlanChanged, another_time
from visits.booking.replan_tables import ReplanRun, ReplanStep
from visits.booking.rules import WhyNeeded
from visits.booking.tables import Appointment, BookingPart
from visits.errors import Refusal
from visits.events import InspectorAbsent
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.states import NotYours
from visits.roles import CHIEFS
from visits.sites.queries import office_by_id
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

Masks = dict[tuple[date, UUID], int]

log = logging.getLogger("visits.assignment")


class RuleBroken(Refusal):
    """The checker, which plans nothing itself, found that the mended day would break a hard rule."""

    code, status = "plan-breaks-rule", 409
    says = N_("Ce plan enfreindrait une règle du bureau. Rien n'est appliqué. L'alerte est donnée.")


async def apply(work: Work, tools: Tools, run_id: UUID, seen: Collection[str], reason: str) -> ReplanRun:
    """Mend the actor's office as it was seen; PlanChanged, and nothing done, if it would be mended otherwise now.

    The run's id comes with the form: sent twice it is mended once.
    """
    office = await office_by_id(work, work.actor.office)

    async def again() -> Draft:
        return await draft_of(work, office)

    return await carry_out(work, tools, run_id, seen, reason, again)


async def carry_out(
    work: Work,
    tools: Tools,
    run_id: UUID,
    seen: Collection[str],
    reason: str,
    again: Callable[[], Awaitable[Draft]],
) -> ReplanRun:
    """Do what was seen, if drafted `again` it still is the same once everything is locked."""
    if not work.actor.is_a(*CHIEFS):
        raise NotYours(event="inspector_assigned")
    why = " ".join(reason.split())[:REASON]
    if not why:
        raise WhyNeeded()
    done = await replan_rows.known_run(work, run_id)
    if done is None:
        await _lock(work, await again())
        done = await replan_rows.known_run(work, run_id)
    if done is not None:
        return done
    draft = await again()
    if draft.seen != frozenset(seen) or not draft.lines:
        raise PlanChanged(count=len(draft.seen ^ frozenset(seen)))
    office = draft.read.office
    run = ReplanRun(id=run_id, office_id=office.id, reason=why, cost=0, made_by=work.actor.person, at=work.now)
    work.session.add(run)
    await work.session.flush()
    await _mend(work, tools, draft, run)
    run.cost = sum(line.fate.waits for line in draft.lines)
    counts = {each.value: sum(line.fate.outcome is each for line in draft.others) for each in Outcome}
    facts = {"day": draft.read.day, "reason": why, **counts}
    if draft.urgent is None:
        work.audit("day_mended", run.id, office=office.id, **facts)
    else:
        facts |= {"run": run.id, "starts_at": draft.urgent.starts_at, "minutes": run.cost}
        work.audit("room_made", draft.urgent.case.visit.id, office=office.id, **facts)
    await work.session.flush()
    return run


async def _lock(work: Work, draft: Draft) -> None:
    """Visits by id, the office's draws, the day, its bits: nobody books, draws or begins beside us."""
    read = draft.read
    comes_in = {draft.urgent.case.visit.id} if draft.urgent else set()
    await day_rows.lock_visits(work, {each.visit.id for each in read.booked} | comes_in)
    await queries.lock_draws(work, read.office.id)
    await one_at_a_time(work, read.office.id, read.day)
    await booking.lock_bits(work, read.office.id, [(read.day, cell.id) for cell in read.cells], spare={})


async def _mend(work: Work, tools: Tools, draft: Draft, run: ReplanRun) -> None:
    read = draft.read
    parts = {line.fate.visit: await booking.parts_of(work, [line.was.id]) for line in draft.others if line.was}
    parts |= {line.fate.visit: [] for line in draft.lines if line.was is None}
    given = {line.fate.visit: _given(line, parts[line.fate.visit]) for line in draft.lines}
    for line in draft.lines:
        await _take_away(work, line, parts[line.fate.visit])
    await day_rows.asleep(work, [part.id for each in given.values() for part in each])
    draws = await _draws(work, tools, draft)
    wanted: Masks = {}
    made: dict[str, Appointment] = {}
    for line in draft.lines:
        visit = line.fate.visit
        if line.fate.outcome is not Outcome.LEFT:
            made[visit] = await _write(work, draft, line, parts[visit], draws.get(visit), wanted, run.reason)
    spare = booking.masks_of(read.grid, [part for each in given.values() for part in each])
    if not await booking.take(work, read.office.id, wanted=wanted, spare=spare):
        raise Drift(office=read.office.id, day=read.day)
    for line in draft.lines:
        if line.fate.outcome is Outcome.LEFT:
            blocked(work, line.case, line.fate.rule)
        if line.was is not None:
            work.session.add(_step(run, line, line.was, made.get(line.fate.visit, line.was)))


def _given(line: Line, parts: Collection[BookingPart]) -> list[BookingPart]:
    """What is given back: of a kept time what changes, of another time everything."""
    outcome, seats = line.fate.outcome, line.fate.seats
    if outcome is Outcome.LEFT:
        return []
    return [part for part in parts if outcome is Outcome.MOVES or part.role in seats]


async def _take_away(work: Work, line: Line, parts: Collection[BookingPart]) -> None:
    """Whoever had the visit has it no more, unless only its place changes."""
    if line.fate.outcome is Outcome.KEEPS and OFFICER not in line.fate.seats:
        return
    case, away = line.case, line.cause in GONE
    live = await queries.live_assignment(work, case.visit.id)
    if live is not None:
        if away:
            about = DeclarationId(case.declaration.id)
            await move(
                work,
                case.visit,
                InspectorAbsent(declaration=about, visit=VisitId(case.visit.id), reason=GONE[line.cause]),
            )
        await end(work, case, live, replaced=away or line.fate.outcome is Outcome.KEEPS)
    if line.fate.outcome is Outcome.LEFT:
        for part in parts:
            part.placeholder = part.placeholder or part.role == OFFICER
        await work.session.flush()


# -- names -----------------------------------------------------------------------------------------------------
async def _draws(work: Work, tools: Tools, draft: Draft) -> dict[str, Draw]:
    """One draw after another, in the order of the starts; whoever another visit cannot do without is no candidate."""
    if not draft.loose:
        prove(draft, draft.plan)
        return {}
    read = draft.read
    until = await awaited(work, read.office, read.day)
    if until is not None:
        raise WitnessAwaited(until=until)
    key = await key_of(work, tools.vault, read.office, read.day)
    naming, lines = draft.naming(), {line.fate.visit: line for line in draft.lines}
    found: dict[str, Draw] = {}
    for stop in draft.loose:
        line, field = lines[stop.visit.id], _field(draft, naming, stop)
        drawn = await drawn_from(work, line.case, read.day, field, key, reason=GONE.get(line.cause, ""))
        naming.give(stop, str(drawn.chosen))
        found[stop.visit.id] = drawn
    prove(draft, draft.plan)
    return found


def prove(draft: Draft, plan: Plan) -> None:
    """Refuse a plan that breaks a hard rule today does not break already; who plans has no say in it."""
    assert draft.day is not None
    assert draft.mended is not None
    before = Plan(routes=Timelines(draft.day, draft.day.known).routes())
    torn = {each.visit for each in draft.mended.fates}
    # The bay of a visit that does not hold goes with it, to another time; nothing else that is settled may move.
    torn_from = {Fault("settled", route.seat, visit) for route in draft.day.settled for visit in torn}
    found = set(faults(draft.day, plan))
    # Whatever changes has everything it needs, at once and at the start that is told.
    whole = set(faults(replace(draft.day, visits=tuple(draft.wholes.values())), plan)) - found
    broken = sorted(found - set(faults(draft.day, before)) - torn_from | whole)
    if broken:
        log.error("the mended day %s of office %s breaks rules: %s", draft.read.day, draft.read.office.code, broken)
        raise RuleBroken()


def _field(draft: Draft, naming: Naming, stop: Stop) -> Field:
    """Who may be drawn: by the rules, by what each has to do that day, and within the allowed regret."""
    officers = draft.officers[stop.visit.id]
    judged = naming.judged(stop)
    rules = {each: judged.get(str(each), "off_duty") for each in officers}
    prices = {each: naming.price(stop, str(each)) for each, rule in rules.items() if rule is None}
    best = min(prices.values())
    most = best + draft.read.limits.regret_minutes
    codes = {
        each: "detour" if rule is None and prices[each] > most else TAKEN if rule == NEEDED else rule
        for each, rule in rules.items()
    }
    return Field(
        eligible=tuple(officers[each] for each, code in sorted(codes.items()) if code is None),
        excluded=tuple((each, CODES.get(code, code)) for each, code in sorted(codes.items()) if code is not None),
        everybody=tuple(replace(officers[each], regret=prices.get(each, best) - best) for each in sorted(codes)),
        waived=stop.visit.id in draft.waived,
    )


# -- the calendars ---------------------------------------------------------------------------------------------
async def _write(
    work: Work,
    draft: Draft,
    line: Line,
    old: Collection[BookingPart],
    drawn: Draw | None,
    wanted: Masks,
    reason: str,
) -> Appointment:
    """The new parts of a visit, its other time if it has one, and whose it is."""
    read, case, was = draft.read, line.case, line.was
    now = was if line.fate.outcome is Outcome.KEEPS else None
    if now is None:
        now = await another_time(work, await asked(work, case), was, read.day, line.starts_at, reason)
    chosen = {role: UUID(seat) for role, seat in line.fate.seats.items()}
    if drawn is not None:
        chosen[OFFICER] = drawn.chosen
    parts = [await _part(work, draft, line, role, resource) for role, resource in sorted(chosen.items())]
    for key, mask in bits_of(parts).items():
        if wanted.get(key, 0) & mask:
            raise Drift(starts_at=line.starts_at)
        wanted[key] = wanted.get(key, 0) | mask
    rows = [(now.id, part, part.role == OFFICER and drawn is None) for part in parts]
    if await day_rows.add_parts(work, rows) != len(rows):
        raise Drift(starts_at=line.starts_at)
    if now is was:
        await booking.flip(work, now, status="confirmed")
    else:
        await booked(work, case, now, was=was, reason=reason)
    if drawn is not None:
        await reveal(work, case, line.starts_at)
        await assigned(work, case, drawn)
    return now


async def _part(work: Work, draft: Draft, line: Line, role: str, resource: UUID) -> Part:
    """What a resource is booked for, an officer with the roads around it."""
    read, stop = draft.read, draft.stops[line.fate.visit, role]
    begin, until = read.at(stop.begin), read.at(stop.end)
    mask = read.grid.touched(read.day, [Interval(begin, until)])
    part = Part(role=role, resource=resource, day=read.day, begin=begin, end=until, mask=mask)
    return await with_roads(work, line.case, part) if role == OFFICER else part


def _step(run: ReplanRun, line: Line, was: Appointment, made: Appointment) -> ReplanStep:
    left = line.fate.outcome is Outcome.LEFT
    return ReplanStep(
        run_id=run.id,
        visit_id=line.case.visit.id,
        outcome=line.fate.outcome,
        was_id=was.id,
        made_id=made.id,
        was_at=was.during.lower,
        starts_at=line.starts_at,
        version=made.version,
        resources={},
        rule=line.fate.rule,
        state="stays" if left else "applied",
    )
