"""Apply a plan exactly as it was seen, or not at all; undo for a while what still stands as it was applied."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from scheduling import Grid, Interval, Outcome, Slot
from visits.booking import calendars, queries, replan_rows
from visits.booking.buffers import Part, bits_of
from visits.booking.buffers_parts import parts_for
from visits.booking.confirm import DRAW, booked
from visits.booking.hold import given_back
from visits.booking.place import Drift
from visits.booking.replan import Draft, Line, draft_of
from visits.booking.replan_tables import ReplanRun, ReplanStep
from visits.booking.rules import WhyNeeded
from visits.booking.tables import Appointment, BookingPart
from visits.booking.waitlist import join
from visits.booking.waitlist_rules import DISPLACED, NothingEarlier, NotWaiting, Wish
from visits.declarations.queries import Case, case_of
from visits.errors import NotFound, Refusal
from visits.events import InspectorAbsent
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move as move_visit
from visits.journey.states import State
from visits.roles import DECLARANTS
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.store import jobs
from visits.store.work import Work
from visits.texts import N_

#: Longest reason kept.
REASON = 200
Masks = dict[tuple[date, UUID], int]


class PlanChanged(Refusal):
    """Appointments or calendars changed since the plan was shown; nothing was applied."""

    code, status = "plan-changed", 409
    says = N_("Le plan a changé depuis que vous l'avez vu : %(count)s lignes diffèrent. Rien n'est appliqué.")


class UndoTooLate(Refusal):
    """The time to undo is over."""

    code, status = "undo-too-late", 409
    says = N_("Il est trop tard pour annuler ce replacement.")


async def apply(work: Work, seen: Collection[str], reason: str) -> ReplanRun:
    """Apply the plan of the actor's office if it is still the one that was seen. Visits are locked in their order."""
    why = " ".join(reason.split())[:REASON]
    if not why:
        raise WhyNeeded()
    office = await office_by_id(work, work.actor.office)
    await calendars.one_at_a_time(work, office.id)
    stranded = await replan_rows.stranded(work, office.id, None)
    for visit_id in sorted(appointment.visit_id for appointment, _ in stranded):
        await case_of(work, visit_id, lock=True)
    draft = await draft_of(work, office)
    if draft.seen != frozenset(seen):
        raise PlanChanged(count=len(draft.seen ^ frozenset(seen)))
    changed = [line for line in draft.lines if line.outcome is not Outcome.LEFT]
    parts = {line.was.id: await _parts(work, line) for line in changed}
    await _take(work, office.id, changed, parts)
    run = ReplanRun(
        id=new_id(), office_id=office.id, reason=why, cost=draft.cost, made_by=work.actor.person, at=work.now
    )
    work.session.add(run)
    await work.session.flush()
    made = {line.was.id: await _write(work, line, parts[line.was.id], why) for line in changed}
    for line in draft.lines:
        work.session.add(_step(run, line, made.get(line.was.id, line.was)))
    await work.session.flush()
    work.audit("replan_applied", run.id, office=office.id, reason=why, **_counts(draft))
    return run


def _counts(draft: Draft) -> dict[str, int]:
    return {each.value: draft.count(each) for each in Outcome} | {"minutes": draft.minutes, "cost": draft.cost}


async def _parts(work: Work, line: Line) -> list[Part]:
    """What is booked anew: of a kept time only what fell away, of another time everything."""
    wanted, resources = line.asked, {role: UUID(each) for role, each in line.answer.resources.items()}
    ends_at = line.starts_at + (line.was.during.upper - line.was.during.lower)
    slot = Slot(starts_at=line.starts_at, ends_at=ends_at, places=1)
    everything = await parts_for(work, wanted, slot, line.day, resources)
    if line.outcome is Outcome.MOVES:
        return everything
    standing = {part.role for part in line.parts if part.stranded_since is None}
    return [part for part in everything if part.role not in standing]


async def _take(work: Work, office_id: UUID, lines: Sequence[Line], parts: dict[UUID, list[Part]]) -> None:
    """All rows of the plan in one ordered step: what is given back, what is taken; all of it or nothing."""
    wanted: Masks = {}
    for each in parts.values():
        for key, mask in bits_of(each).items():
            if wanted.get(key, 0) & mask:
                raise PlanChanged(count=len(lines))
            wanted[key] = wanted.get(key, 0) | mask
    spare: Masks = {}
    for line in lines:
        for key, mask in queries.masks_of(line.asked.grid, _given(line)).items():
            spare[key] = spare.get(key, 0) | mask
    if not await queries.take(work, office_id, wanted=wanted, spare=spare):
        raise PlanChanged(count=len(lines))


def _given(line: Line) -> list[BookingPart]:
    return [part for part in line.parts if line.outcome is Outcome.MOVES or part.stranded_since is not None]


async def _write(work: Work, line: Line, parts: Sequence[Part], reason: str) -> Appointment:
    await replan_rows.sleep(work, [part.id for part in _given(line)])
    if line.outcome is Outcome.KEEPS:
        return await _keep(work, line, parts, reason)
    return await _move(work, line.asked.case, line.was, line.day, line.starts_at, parts, reason)


async def _keep(work: Work, line: Line, parts: Sequence[Part], reason: str) -> Appointment:
    """The time stays; another resource serves. A name that was drawn is drawn anew, which alone is told."""
    case, was = line.asked.case, line.was
    if await queries.add_parts(work, was, parts) != len(parts):
        raise Drift(starts_at=was.during.lower)
    await queries.flip(work, was, status="confirmed")
    if any(part.role == "officer" for part in parts) and case.visit.inspector_id is not None:
        about = DeclarationId(case.declaration.id)
        await move_visit(
            work, case.visit, InspectorAbsent(declaration=about, visit=VisitId(case.visit.id), reason="absence")
        )
        case.visit.inspector_id = case.visit.revealed_at = None
        await jobs.forget(work, DRAW, case.visit.id)
        freeze = timedelta(minutes=policy(case.office, Policies).freeze_minutes)
        await jobs.at(work, max(work.now, was.during.lower - freeze), DRAW, case.visit.id)
    return was


async def _move(
    work: Work, case: Case, was: Appointment, day: date, starts_at: datetime, parts: Sequence[Part], reason: str
) -> Appointment:
    """Another time: the old appointment is moved, a new one stands for it. A time kept meanwhile is given back."""
    held = (await queries.live_of(work, case.visit.id)).get("held")
    if held is not None:
        masks = queries.masks_of(grid_of(case.office), await queries.parts_of(work, [held.id]))
        await queries.take(work, case.office.id, wanted={}, spare=masks)
        await queries.end(work, {held.id: "cancelled"})
        given_back(work, case.visit, held.id)
    await queries.end(work, {was.id: "moved"})
    made = Appointment(
        id=new_id(),
        visit_id=was.visit_id,
        office_id=was.office_id,
        site_id=was.site_id,
        firm_id=was.firm_id,
        day=day,
        during=Range(starts_at, starts_at + (was.during.upper - was.during.lower)),
        status="confirmed",
        supersedes=was.id,
        made_by=work.actor.person,
        made_at=work.now,
        reason=reason,
        audience=was.audience,
        priority=list(was.priority),
    )
    work.session.add(made)
    await work.session.flush()
    if await queries.add_parts(work, made, parts) != len(parts):
        raise Drift(starts_at=starts_at)
    await booked(work, case, made, was=was, reason=reason)
    return made


def _step(run: ReplanRun, line: Line, made: Appointment) -> ReplanStep:
    return ReplanStep(
        run_id=run.id,
        visit_id=line.was.visit_id,
        outcome=line.outcome,
        was_id=line.was.id,
        made_id=made.id,
        was_at=line.was.during.lower,
        starts_at=line.starts_at,
        version=made.version,
        resources={part.role: _stored(part) for part in _given(line)},
        rule=line.answer.rule,
        state="stays" if line.outcome is Outcome.LEFT else "applied",
    )


# ---------- undo ----------


async def undo(work: Work, run_id: UUID) -> tuple[int, int]:
    """Put back what still stands as it was applied; how many were put back, and how many stay. Twice is once."""
    run = await replan_rows.run_for_update(work, run_id)
    steps = await replan_rows.steps_of(work, run_id)
    if run.undone_at is None:
        office = await office_by_id(work, run.office_id)
        if work.now > run.at + timedelta(minutes=policy(office, Policies).undo_minutes):
            raise UndoTooLate()
        await calendars.one_at_a_time(work, office.id)
        for step, visit in steps:
            if step.state == "applied":
                case = await case_of(work, visit.id, lock=True)
                step.state = "undone" if await _put_back(work, case, step, run.reason) else "stays"
        run.undone_at, run.undone_by = work.now, work.actor.person
        work.audit("replan_undone", run.id, office=office.id, undone=sum(step.state == "undone" for step, _ in steps))
        await work.session.flush()
    changed = [step for step, _ in steps if step.outcome != Outcome.LEFT]
    return sum(step.state == "undone" for step in changed), sum(step.state == "stays" for step in changed)


async def _put_back(work: Work, case: Case, step: ReplanStep, reason: str) -> bool:
    """One appointment as it was before, unless it was changed, has begun, or its former place is taken."""
    made = await queries.appointment_by_id(work, step.made_id)
    was = await queries.appointment_by_id(work, step.was_id)
    begun = State(case.visit.state) is not State.BOOKED or work.now >= min(made.during.lower, step.was_at)
    named = case.visit.inspector_id is not None
    if begun or named or made.status != "confirmed" or made.version != step.version:
        return False
    grid = grid_of(case.office)
    moves = step.outcome == Outcome.MOVES
    now = [part for part in await queries.parts_of(work, [made.id]) if moves or part.role in step.resources]
    before = [_former(grid, was.day, role, kept) for role, kept in step.resources.items()]
    works = await replan_rows.work_of(work, case.office.id, bits_of(before))
    wanted = {key: mask & works.get(key, 0) for key, mask in bits_of(before).items()}
    if not await queries.take(work, case.office.id, wanted=wanted, spare=queries.masks_of(grid, now)):
        return False
    await replan_rows.sleep(work, [part.id for part in now])
    if moves:
        back = await _move(work, case, made, was.day, step.was_at, before, reason)
    else:
        back = was
        if await queries.add_parts(work, was, before) != len(before):
            raise Drift(starts_at=step.was_at)
        await queries.flip(work, was, status="confirmed")
    away = [part.resource for part in before if part.mask & ~works.get((part.day, part.resource), 0)]
    await replan_rows.strand(work, back.id, away)
    return True


def _stored(part: BookingPart) -> dict[str, Any]:
    """A part that is given back, so that it can come again as it was."""
    return {
        "resource": str(part.resource_id),
        "begin": part.during.lower.isoformat(),
        "end": part.during.upper.isoformat(),
        "before": part.travel_before,
        "after": part.travel_after,
    }


def _former(grid: Grid, day: date, role: str, kept: Mapping[str, Any]) -> Part:
    begin, end = (datetime.fromisoformat(kept[name]) for name in ("begin", "end"))
    return Part(
        role=role,
        resource=UUID(kept["resource"]),
        day=day,
        begin=begin,
        end=end,
        mask=grid.touched(day, [Interval(begin, end)]),
        travel_before=timedelta(minutes=kept["before"]),
        travel_after=timedelta(minutes=kept["after"]),
    )


# ---------- the declarant's answer ----------


async def answer(work: Work, visit_id: UUID, *, refuse: bool) -> None:
    """The declarant agrees to the other time or not. It stays until another is certain; who refuses goes first on the
    waitlist and may choose freely. The first answer counts."""
    case = await case_of(work, visit_id, lock=True)
    live = (await queries.live_of(work, visit_id)).get("confirmed")
    step = await replan_rows.to_answer(work, visit_id, live.id) if live is not None else None
    if step is None or not work.actor.is_a(*DECLARANTS):
        raise NotFound()
    if step.answer:
        return
    step.answer, step.answered_at = "refused" if refuse else "accepted", work.now
    work.audit("replan_answered", case.visit.id, office=case.office.id, answer=step.answer)
    if refuse:
        try:
            await join(work, visit_id, Wish(), rank=DISPLACED)
        except (NothingEarlier, NotWaiting):
            return
