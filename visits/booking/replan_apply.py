"""Apply a plan exactly as it was seen, or not at all: who keeps the time, who gets another, whose time goes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from scheduling import Outcome, Slot
from visits.booking import buffers_rows, calendars, queries, replan_limits, replan_regular, replan_rows
from visits.booking.buffers import Part, Stay, bits_of
from visits.booking.buffers_parts import OFFICER, parts_for
from visits.booking.buffers_rows import Stays
from visits.booking.change import to_book_again
from visits.booking.confirm import DRAW, booked
from visits.booking.offer import Asked
from visits.booking.place import Drift, given_back
from visits.booking.prearrival import KEPT, told
from visits.booking.quotas import PUBLIC
from visits.booking.replan import Draft, Line, days_of, draft_of
from visits.booking.replan_regular import Place, PlaceLine
from visits.booking.replan_strain import burden_of
from visits.booking.replan_tables import ReplanPlace, ReplanRun, ReplanStep
from visits.booking.rules import WhyNeeded
from visits.booking.tables import Appointment, BookingPart
from visits.booking.waitlist import join_first
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.events import InspectorAbsent
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move as move_visit
from visits.journey.states import State
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
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


async def apply(work: Work, run_id: UUID, seen: Collection[str], reason: str) -> ReplanRun:
    """Apply the plan of the actor's office if it is still the one that was seen. Visits are locked in their order,
    then the days they may be placed on.

    The run's id comes with the form: sent twice it is applied once.
    """
    why = " ".join(reason.split())[:REASON]
    if not why:
        raise WhyNeeded()
    office = await office_by_id(work, work.actor.office)
    await calendars.one_at_a_time(work, office.id)
    if (done := await replan_rows.known_run(work, run_id)) is not None:
        return done
    await _lock(work, office)
    draft = await draft_of(work, office)
    if draft.seen != frozenset(seen):
        raise PlanChanged(count=len(draft.seen ^ frozenset(seen)))
    parts = await _all_parts(work, office, draft)
    await _take(work, office, draft, parts)
    run = ReplanRun(id=run_id, office_id=office.id, reason=why, cost=draft.cost, made_by=work.actor.person, at=work.now)
    work.session.add(run)
    await work.session.flush()
    await replan_rows.sleep(work, [part.id for given in _all_given(draft) for part in given])
    for place in draft.places:
        kept = await replan_regular.write(work, office, place, parts[place.place.was.id])
        work.session.add(place_of(run, place, kept))
    for line in draft.lines:
        made = await _write(work, line, parts[line.was.id], why)
        work.session.add(step_of(run, line, made))
    await work.session.flush()
    await _firms_judged(work, draft)
    work.audit("replan_applied", run.id, office=office.id, reason=why, **_counts(draft))
    return run


def _counts(draft: Draft) -> dict[str, int]:
    return {each.value: draft.count(each) for each in Outcome} | {"minutes": draft.minutes, "cost": draft.cost}


async def _lock(work: Work, office: Office) -> None:
    """Visits by id, then the places kept for firms, then the days: nobody books, uses or begins beside us."""
    found = await replan_rows.stranded(work, office.id, None)
    for visit_id in sorted(appointment.visit_id for appointment, _ in found):
        await case_of(work, visit_id, lock=True)
    places = [each.was for each in await replan_regular.lock(work, office)]
    await replan_limits.alone(work, office, days_of(work, office, [*(each for each, _ in found), *places]))


async def _all_parts(work: Work, office: Office, draft: Draft) -> dict[UUID, list[Part]]:
    """What is booked anew, by appointment; a road between two visits of the plan is booked with one of them."""
    grid, anew = grid_of(office), [line.asked.case.visit.id for line in draft.lines if _goes(line)]
    days = sorted({line.day for line in draft.lines}) or [grid.day_of(work.now)]
    known = await buffers_rows.stays(work, office.id, days[0], days[-1], but=anew)
    found = {}
    for line in draft.lines:
        found[line.was.id] = await _parts(work, line, known)
        _seen(known, line.asked.case.visit.site_id, found[line.was.id])
    for place in draft.places:
        found[place.place.was.id] = await place.taken(work, office, known)
        _seen(known, place.place.hours.site_id, found[place.place.was.id])
    return found


def _goes(line: Line) -> bool:
    """Does its officer no longer serve it then?"""
    return any(part.role == OFFICER for part in _given(line))


def _seen(known: Stays, site_id: UUID | None, parts: Sequence[Part]) -> None:
    """Officers are at a site now, for whoever comes after."""
    for part in parts:
        if part.role == OFFICER:
            stay = Stay(
                site=str(site_id or ""),
                begin=part.begin + part.travel_before,
                end=part.end - part.travel_after,
                travel_before=part.travel_before,
                travel_after=part.travel_after,
            )
            known.setdefault((part.day, part.resource), []).append(stay)


async def _parts(work: Work, line: Line, known: Stays) -> list[Part]:
    """What is booked anew: of a kept time and place only what fell away, of another time everything."""
    if line.outcome is Outcome.LEFT:
        return []
    wanted, resources = line.asked, {role: UUID(each) for role, each in line.answer.resources.items()}
    ends_at = line.starts_at + (line.was.during.upper - line.was.during.lower)
    slot = Slot(starts_at=line.starts_at, ends_at=ends_at, places=1)
    everything = await parts_for(work, wanted, slot, line.day, resources, known=known)
    standing = {part.role for part in line.parts} - {part.role for part in _given(line)}
    return [part for part in everything if part.role not in standing]


async def _take(work: Work, office: Office, draft: Draft, parts: dict[UUID, list[Part]]) -> None:
    """All rows of the plan in one ordered step: what is given back, what is taken; all of it or nothing."""
    count = len(draft.seen)
    wanted: Masks = {}
    for each in parts.values():
        for key, mask in bits_of(each).items():
            if wanted.get(key, 0) & mask:
                raise PlanChanged(count=count)
            wanted[key] = wanted.get(key, 0) | mask
    spare = queries.masks_of(grid_of(office), [part for given in _all_given(draft) for part in given])
    burden = await burden_of(work, office, [(each.was, parts[each.was.id]) for each in _all(draft)])
    if not await queries.take(work, office.id, wanted=wanted, spare=spare, burden=burden):
        raise PlanChanged(count=count)


def _all(draft: Draft) -> list[Line | Place]:
    return [*draft.lines, *(each.place for each in draft.places)]


def _all_given(draft: Draft) -> list[list[BookingPart]]:
    return [*map(_given, draft.lines), *(place.given for place in draft.places)]


def _given(line: Line) -> list[BookingPart]:
    """What is given back: of a kept time and place only what fell away."""
    return [part for part in line.parts if line.told or part.stranded_since is not None]


async def _write(work: Work, line: Line, parts: Sequence[Part], reason: str) -> Appointment:
    if line.outcome is Outcome.LEFT:
        return await _left(work, line, reason)
    if line.told:
        return await moved(work, line.asked, line.was, line.day, line.starts_at, parts, reason)
    return await _keep(work, line, parts)


async def _keep(work: Work, line: Line, parts: Sequence[Part]) -> Appointment:
    """Time and place stay; another officer serves. A name that was drawn is drawn anew, which alone is told."""
    case, was = line.asked.case, line.was
    if await queries.add_parts(work, was, parts) != len(parts):
        raise Drift(starts_at=was.during.lower)
    await queries.flip(work, was, status="confirmed")
    if any(part.role == OFFICER for part in parts) and case.visit.inspector_id is not None:
        about = DeclarationId(case.declaration.id)
        await move_visit(
            work, case.visit, InspectorAbsent(declaration=about, visit=VisitId(case.visit.id), reason="absence")
        )
        case.visit.inspector_id = case.visit.revealed_at = None
        await jobs.forget(work, DRAW, case.visit.id)
        freeze = timedelta(minutes=policy(case.office, Policies).freeze_minutes)
        await jobs.at(work, max(work.now, was.during.lower - freeze), DRAW, case.visit.id)
    return was


async def _left(work: Work, line: Line, reason: str) -> Appointment:
    """Nothing was found: nobody must come in vain. The visit is to be booked again, and goes before everybody."""
    await queries.end(work, {line.was.id: "cancelled"}, reason=reason)
    await to_book_again(work, line.asked.case, line.was, reason)
    if State(line.asked.case.visit.state) is State.TO_BOOK:
        await join_first(work, line.asked.case)
    return await queries.appointment_by_id(work, line.was.id)


async def moved(
    work: Work, wanted: Asked, was: Appointment, day: date, starts_at: datetime, parts: Sequence[Part], reason: str
) -> Appointment:
    """Another time or place with its parts, told."""
    made = await another_time(work, wanted, was, day, starts_at, reason)
    if await queries.add_parts(work, made, parts) != len(parts):
        raise Drift(starts_at=starts_at)
    visit = wanted.case.visit
    if State(visit.state) in KEPT:
        await move_visit(work, visit, told(wanted.case, made, was, reason), reason=reason)
    else:
        await booked(work, wanted.case, made, was=was if made.supersedes else None, reason=reason)
    return made


async def another_time(
    work: Work, wanted: Asked, was: Appointment | None, day: date, starts_at: datetime, reason: str
) -> Appointment:
    """A new appointment, still without parts, stands for the old one, if there is one. A time held meanwhile is given
    back."""
    case = wanted.case
    held = (await queries.live_of(work, case.visit.id)).get("held")
    if held is not None:
        masks = queries.masks_of(wanted.grid, await queries.parts_of(work, [held.id]))
        await queries.take(work, case.office.id, wanted={}, spare=masks)
        await queries.end(work, {held.id: "cancelled"})
        given_back(work, case.visit, held.id)
    stands = was is not None and was.status == "confirmed"
    if was is not None and stands:
        await queries.end(work, {was.id: "moved"})
    length = was.during.upper - was.during.lower if was else wanted.length * wanted.grid.step
    made = Appointment(
        id=new_id(),
        visit_id=case.visit.id,
        office_id=case.office.id,
        site_id=was.site_id if was else case.visit.site_id,
        firm_id=was.firm_id if was else case.declaration.firm_id,
        day=day,
        during=Range(starts_at, starts_at + length),
        status="confirmed",
        supersedes=was.id if was and stands else None,
        made_by=work.actor.person,
        made_at=work.now,
        reason=reason,
        audience=wanted.standing.audience,
        priority=list(wanted.standing.classes),
    )
    work.session.add(made)
    await work.session.flush()
    return made


async def _firms_judged(work: Work, draft: Draft) -> None:
    """Somebody who booked for a firm while this plan was made may have filled its day."""
    lines = [each for each in draft.lines if each.outcome is Outcome.MOVES and each.day != each.was.day]
    firms = {(each.asked.case.declaration.firm_id, each.day): each for each in lines if each.was.audience == PUBLIC}
    for _, line in sorted(firms.items(), key=lambda item: (str(item[0][0]), item[0][1])):
        if await replan_limits.firm_too_full(work, line.asked.case, line.day):
            raise PlanChanged(count=len(lines))


def step_of(run: ReplanRun, line: Line, made: Appointment) -> ReplanStep:
    """What became of one appointment, as it is kept."""
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
        state="applied",
    )


def place_of(run: ReplanRun, line: PlaceLine, kept: Appointment) -> ReplanPlace:
    """What became of one kept place."""
    return ReplanPlace(
        run_id=run.id,
        day_id=line.place.day.id,
        outcome=line.outcome,
        was_id=kept.id,
        version=kept.version,
        resources={part.role: _stored(part) for part in line.given},
    )


def _stored(part: BookingPart) -> dict[str, Any]:
    """A part that is given back, so that it can come again as it was."""
    return {
        "resource": str(part.resource_id),
        "begin": part.during.lower.isoformat(),
        "end": part.during.upper.isoformat(),
        "before": part.travel_before,
        "after": part.travel_after,
    }
