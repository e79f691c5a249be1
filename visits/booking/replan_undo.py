"""Undo for a while what still stands as a plan applied it: the former time, where nobody took it meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from scheduling import Grid, Interval, Outcome
from visits.booking import calendars, queries, regular_rows, replan_limits, replan_regular, replan_rows
from visits.booking.buffers import Part, bits_of
from visits.booking.place import Drift
from visits.booking.regular import releases_at
from visits.booking.regular_tables import RegularDay, RegularHours
from visits.booking.replan import asked_again
from visits.booking.replan_apply import moved
from visits.booking.replan_strain import burden_of
from visits.booking.replan_tables import ReplanPlace, ReplanRun, ReplanStep
from visits.booking.tables import Appointment, BookingPart
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_


class UndoTooLate(Refusal):
    """The time to undo is over."""

    code, status = "undo-too-late", 409
    says = N_("Il est trop tard pour annuler ce replacement.")


async def undo(work: Work, run_id: UUID) -> tuple[int, int]:
    """Put back what still stands as it was applied; how many were put back, and how many stay. Twice is once."""
    run = await replan_rows.run_for_update(work, run_id)
    steps, places = await replan_rows.steps_of(work, run_id), await replan_rows.places_of(work, run_id)
    if run.undone_at is None:
        office = await office_by_id(work, run.office_id)
        if work.now > run.at + timedelta(minutes=policy(office, Policies).undo_minutes):
            raise UndoTooLate()
        await calendars.one_at_a_time(work, office.id)
        cases = {step.id: await case_of(work, visit.id, lock=True) for step, visit in steps if step.state == "applied"}
        days = {place.id: await regular_rows.day_for_update(work, place.day_id) for place in places}
        was = {step.id: await queries.appointment_by_id(work, step.was_id) for step in _all(steps, places)}
        await replan_limits.alone(work, office, sorted({each.day for each in was.values()}))
        for step in sorted((step for step, _ in steps), key=_way_back):
            if step.state == "applied":
                back = await _put_back(work, cases[step.id], step, was[step.id], run.reason)
                step.state = "undone" if back else "stays"
        # Visits were promised their time, places were not: these come back where there is still room beside those.
        for place in places:
            back = await _place_back(work, office, run, place, was[place.id], *days[place.id])
            place.state = "undone" if back else "stays"
        run.undone_at, run.undone_by = work.now, work.actor.person
        work.audit("replan_undone", run.id, office=office.id, undone=_count(steps, places, "undone"))
        await work.session.flush()
    return _count(steps, places, "undone"), _count(steps, places, "stays")


def _all(steps: Sequence[tuple[ReplanStep, Visit]], places: Sequence[ReplanPlace]) -> list[ReplanStep | ReplanPlace]:
    return [*(step for step, _ in steps), *places]


def _way_back(step: ReplanStep) -> tuple[bool, timedelta, UUID]:
    """Visits that moved by the same way follow each other back: each leaves the former place of the one behind."""
    later = step.starts_at >= step.was_at
    since = step.was_at - datetime.min.replace(tzinfo=UTC)
    return later, since if later else -since, step.visit_id


def _count(steps: Sequence[tuple[ReplanStep, Visit]], places: Sequence[ReplanPlace], state: str) -> int:
    return sum(each.state == state for each in _all(steps, places))


async def _put_back(work: Work, case: Case, step: ReplanStep, was: Appointment, reason: str) -> bool:
    """One appointment as it was before, unless it was changed, has begun, or its former place is taken or no longer
    to be had."""
    made = await queries.appointment_by_id(work, step.made_id)
    if not await _stands(work, case, step, made):
        return False
    wanted = await asked_again(work, was)
    grid, anew = wanted.grid, step.outcome == Outcome.LEFT or made.id != was.id
    now = [part for part in await queries.parts_of(work, [made.id]) if anew or part.role in step.resources]
    before = [_former(grid, was.day, role, kept) for role, kept in step.resources.items()]
    works = await replan_rows.work_of(work, case.office.id, bits_of(before))
    taken, spare = _worked(before, works), queries.masks_of(grid, now)
    if not await replan_limits.admits(work, wanted, was, made, taken=taken, spare=spare):
        return False
    if not await _taken(work, case.office, was, before, taken, now):
        return False
    if anew:
        back = await moved(work, wanted, made, was.day, step.was_at, before, reason)
    else:
        back = was
        if await queries.add_parts(work, was, before) != len(before):
            raise Drift(starts_at=step.was_at)
        await queries.flip(work, was, status="confirmed")
    await replan_rows.strand(work, back.id, _away(before, works))
    return True


async def _place_back(
    work: Work,
    office: Office,
    run: ReplanRun,
    step: ReplanPlace,
    was: Appointment,
    day: RegularDay,
    hours: RegularHours,
) -> bool:
    """A place kept for a firm as it was before, unless it was used, given back or ended, or is somebody else's now."""
    left, grid = step.outcome == Outcome.LEFT, grid_of(office)
    stands = ("expired", "missed") if left else ("kept", "kept")
    same = (was.status, day.state) == stands and was.version == step.version and hours.state == "granted"
    if not same or work.now >= releases_at(office, was.during.lower):
        return False
    now = [] if left else [part for part in await queries.parts_of(work, [was.id]) if part.role in step.resources]
    before = [_former(grid, was.day, role, kept) for role, kept in step.resources.items()]
    works = await replan_rows.work_of(work, office.id, bits_of(before))
    if not await _taken(work, office, was, before, _worked(before, works), now):
        return False
    await replan_regular.keep_on(work, was, before)
    if left:
        await replan_regular.regain(work, office, hours, day, run.id)
    await replan_rows.strand(work, was.id, _away(before, works))
    return True


async def _taken(
    work: Work,
    office: Office,
    was: Appointment,
    before: Sequence[Part],
    wanted: queries.Masks,
    now: Sequence[BookingPart],
) -> bool:
    """Take again what was taken before, and give back what stands for it now; False if somebody has it."""
    burden = await burden_of(work, office, [(was, before)])
    spare = queries.masks_of(grid_of(office), now)
    if not await queries.take(work, office.id, wanted=wanted, spare=spare, burden=burden):
        return False
    await replan_rows.sleep(work, [part.id for part in now])
    return True


def _worked(before: Sequence[Part], works: queries.Masks) -> dict[tuple[date, UUID], int]:
    return {key: mask & works.get(key, 0) for key, mask in bits_of(before).items()}


def _away(before: Sequence[Part], works: queries.Masks) -> list[UUID]:
    return [part.resource for part in before if part.mask & ~works.get((part.day, part.resource), 0)]


async def _stands(work: Work, case: Case, step: ReplanStep, made: Appointment) -> bool:
    """Is it still as the plan left it?"""
    # Where names were drawn nothing was kept to come back: a draw is not undone.
    if not step.resources:
        return False
    if work.now >= min(made.during.lower, step.was_at) or case.visit.inspector_id is not None:
        return False
    if step.outcome == Outcome.LEFT:
        free = not await queries.live_of(work, case.visit.id)
        return free and State(case.visit.state) is State.TO_BOOK
    same = made.status == "confirmed" and made.version == step.version
    return same and State(case.visit.state) is State.BOOKED


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
