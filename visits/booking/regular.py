"""Regular hours: a place of the week kept for a firm's visits, granted by a chief, given back by itself if unused.

What keeps a place is an appointment without a visit: it has real resources, so nobody else can book them. A visit of
the firm takes its place in one step; what nobody took goes back to everybody some hours before.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from scheduling import Interval, OffGrid, shift, span
from visits.booking import queries, regular_rows
from visits.booking.buffers import Around, Part, bits_of, padded
from visits.booking.buffers_parts import OFFICER, driven, too_far_from
from visits.booking.buffers_rows import Stays
from visits.booking.confirm import booked
from visits.booking.offer import asked, bookable, fit_of
from visits.booking.place import given_back, place, release
from visits.booking.quotas_limits import firm_judged
from visits.booking.regular_tables import RegularDay, RegularHours
from visits.booking.rules import Need, needs_of
from visits.booking.search import Shut, choose, rests_of
from visits.booking.tables import Appointment
from visits.declarations.queries import case_of
from visits.errors import BadInput, NotFound, Refusal
from visits.ids import new_id
from visits.journey.states import Level, State
from visits.notices.notices import party_of, send
from visits.roles import CHIEFS
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office, Site
from visits.store import jobs
from visits.store.tables import Due
from visits.store.tools import Tools
from visits.store.work import Work, hurry
from visits.texts import N_

REGULAR_END = "regular_end"
#: The calendars are written out sixty days ahead; eight weeks from next week on lie within.
MOST_WEEKS = 8
#: Levels a place can be kept for: what a joint visit needs is known with the visit alone.
LEVELS = (Level.PHYSICAL, Level.SCAN)
#: A rival who was quicker costs one try.
TRIES = 5


class RegularFull(Refusal):
    """The firm has as many regular hours at the office as it may."""

    code, status = "regular-full", 409
    says = N_("Votre cabinet a déjà %(most)s heures régulières à ce bureau.")


class RegularOver(Refusal):
    """The hours were decided, used or given back meanwhile."""

    code, status = "regular-over", 409
    says = N_("Cette heure régulière n'est plus gardée. Voici l'état actuel.")


class NotThisVisit(Refusal):
    """The place is kept for another kind of visit, or at another site."""

    code, status = "not-this-visit", 409
    says = N_("Cette heure est gardée pour une autre nature de visite ou un autre lieu.")


class NothingKept(Refusal):
    """On none of the weeks is anything free."""

    code, status = "nothing-kept", 409
    says = N_("Aucune de ces semaines n'a de place libre à cette heure.")


async def ask(
    work: Work, site_id: UUID, level: Level, *, isodow: int, minute: int, minutes: int, weeks: int, purpose: str
) -> RegularHours:
    """Ask for an hour of the week, from next week on; the same asked twice is one."""
    if work.actor.firm is None:
        raise NotFound()
    site = await work.session.get(Site, site_id)
    if site is None:
        raise NotFound()
    office = await office_by_id(work, site.office_id)
    grid = grid_of(office)
    _judge(
        isodow=1 <= isodow <= 7,
        minute=0 <= minute < 1440 and minute % grid.minutes == 0,
        minutes=15 <= minutes <= 240,
        weeks=1 <= weeks <= MOST_WEEKS,
        purpose=bool(purpose.strip()) and len(purpose) <= 200,
        level=level in LEVELS,
    )
    most = policy(office, Policies).regular_per_firm
    live = await regular_rows.live_of_firm(work, work.actor.firm, office.id)
    for known, _, _, _ in await regular_rows.listed(work, *regular_rows.LIVE):
        if (known.site_id, known.level, known.isodow, known.minute) == (site_id, level, isodow, minute):
            return known
    if live >= most:
        raise RegularFull(most=most)
    today = grid.day_of(work.now)
    made = RegularHours(
        id=new_id(),
        office_id=office.id,
        site_id=site_id,
        firm_id=work.actor.firm,
        level=level,
        isodow=isodow,
        minute=minute,
        minutes=minutes,
        first=today + timedelta(days=(isodow - today.isoweekday()) % 7 or 7),
        weeks=weeks,
        purpose=purpose.strip(),
        asked_by=work.actor.person,
        asked_at=work.now,
    )
    work.session.add(made)
    work.audit("regular_hours_asked", made.id, office=office.id, firm=made.firm_id, weeks=weeks)
    return made


async def grant(work: Work, regular_id: UUID, *, reason: str = "") -> RegularHours:
    """Keep a place on every week where one is free and the office's daily number allows; at least one, or none."""
    hours = await _to_decide(work, regular_id)
    if hours.state == "granted":
        return hours
    office = await office_by_id(work, hours.office_id)
    days = [each for each in days_wanted(hours) if each > grid_of(office).day_of(work.now)]
    already = await regular_rows.kept_on(work, office.id, days)
    most = policy(office, Policies).regular_per_day
    made = [await _keep(work, office, hours, each, full=already.get(each, 0) >= most) for each in days]
    if not any(each.state == "kept" for each in made):
        raise NothingKept()
    _decided(work, hours, "granted", reason)
    kept = [each.during.lower for each in made if each.state == "kept"]
    await tell(work, office, hours, "granted", when=kept[0], count=len(kept))
    return hours


async def refuse(work: Work, regular_id: UUID, *, reason: str) -> RegularHours:
    """Say no, and why."""
    if not reason.strip():
        raise BadInput(field="reason")
    hours = await _to_decide(work, regular_id)
    if hours.state == "granted":
        raise RegularOver()
    _decided(work, hours, "refused", reason)
    office = await office_by_id(work, hours.office_id)
    await tell(work, office, hours, "refused", when=_begins(office, hours, hours.first))
    return hours


async def end(work: Work, regular_id: UUID, *, reason: str = "") -> RegularHours:
    """The firm or the office ends it: what is still kept goes back to everybody; visits that used it stay booked."""
    await hurry(work)
    hours = await regular_rows.hours_for_update(work, regular_id)
    if hours.state not in regular_rows.LIVE:
        return hours
    days = await regular_rows.kept_days(work, hours.id)
    office, was = await office_by_id(work, hours.office_id), hours.state
    await _give_back(work, office, days, "ended")
    _decided(work, hours, "ended", reason)
    if was == "granted" and work.actor.firm != hours.firm_id:
        begins = min((each.during.lower for each in days), default=_begins(office, hours, hours.first))
        await tell(work, office, hours, "ended", when=begins)
    return hours


async def use(work: Work, day_id: UUID, visit_id: UUID) -> Appointment:
    """Book a visit of the firm at a kept place, in one step; sent twice it is booked once."""
    await hurry(work)
    case = await case_of(work, visit_id, lock=True)
    day, hours = await regular_rows.day_for_update(work, day_id)
    live = await queries.live_of(work, visit_id)
    if day.state == "used" and day.visit_id == visit_id and "confirmed" in live:
        return live["confirmed"]
    if day.state != "kept" or day.appointment_id is None:
        raise RegularOver()
    fits = (case.declaration.firm_id, case.visit.site_id, case.visit.level) == (
        hours.firm_id,
        hours.site_id,
        hours.level,
    )
    if not fits or bookable(work, case) is State.BOOKED:
        raise NotThisVisit()
    wanted, held = await asked(work, case), live.get("held")
    giving = {day.appointment_id: "moved"} | ({held.id: "cancelled"} if held is not None else {})
    made = await place(work, wanted, day.during.lower, status="confirmed", giving=giving, supersedes=day.appointment_id)
    await firm_judged(work, case, wanted.policy, made)
    day.state, day.visit_id = "used", visit_id
    await jobs.forget(work, REGULAR_END, day.id)
    if held is not None:
        given_back(work, case.visit, held.id)
    await booked(work, case, made)
    return made


async def regular_end(work: Work, tools: Tools, due: Due) -> None:
    """Due moment: nobody used it, everybody may have it."""
    day, hours = await regular_rows.day_for_update(work, due.subject_id)
    if day.state == "kept":
        office = await office_by_id(work, hours.office_id)
        await _give_back(work, office, [day], "released")
        left = len(await regular_rows.kept_days(work, hours.id))
        await tell(work, office, hours, "changed", when=day.during.lower, count=left, of=day.id)


def days_wanted(hours: RegularHours) -> list[date]:
    """The days of the weeks asked for."""
    return [hours.first + timedelta(weeks=each) for each in range(hours.weeks)]


def releases_at(office: Office, starts_at: datetime) -> datetime:
    """When a place nobody used goes back to everybody."""
    return starts_at - timedelta(hours=policy(office, Policies).regular_release_hours)


async def _keep(work: Work, office: Office, hours: RegularHours, day: date, *, full: bool) -> RegularDay:
    """Keep a place on one day, if there is one."""
    grid = grid_of(office)
    length = timedelta(minutes=hours.minutes)
    made = RegularDay(
        id=new_id(),
        regular_id=hours.id,
        office_id=office.id,
        day=day,
        during=None,
        state="missed",
        at=work.now,
    )
    wall, begins = _wall(office, hours, day), _begins(office, hours, day)
    made.during = Range(begins, begins + length)
    try:
        day, step = grid.step_of(begins)
    except OffGrid:
        full = True
    if not full and wall is not None and releases_at(office, begins) > work.now:
        made.appointment_id = await _places(work, office, hours, day, step, grid.count(length))
    if made.appointment_id is not None:
        made.state = "kept"
        await jobs.at(work, releases_at(office, begins), REGULAR_END, made.id)
    work.session.add(made)
    await work.session.flush()
    return made


async def _places(work: Work, office: Office, hours: RegularHours, day: date, step: int, length: int) -> UUID | None:
    """One resource of every role for an appointment without a visit; None if nothing is free."""
    grid, needs = grid_of(office), needs_for(office, hours)
    masks = {need.role: span(step - need.before, need.before + length + need.after) for need in needs}
    begins, fit = grid.at(day, step), fit_of(office, {})
    far = await too_far_from(work, office, hours.site_id, day, lock=True)
    rests = await rests_of(work, office.id, fit, day, day)
    for _ in range(TRIES):
        chosen = await choose(
            work, office.id, needs, fit, day=day, masks=masks, rests=rests, spare={}, shut=Shut(far=far)
        )
        if len(chosen) < len(needs):
            return None
        parts = await parts_of(work, office, hours, chosen, Range(begins, begins + length * grid.step))
        burden = fit.burden(day, needs, chosen, length=length, rests={} if policy(office, Around).trips else rests)
        if not await queries.take(work, office.id, wanted=bits_of(parts), spare={}, burden=burden):
            continue
        kept = Appointment(
            id=new_id(),
            office_id=office.id,
            site_id=hours.site_id,
            firm_id=hours.firm_id,
            day=day,
            during=Range(begins, begins + length * grid.step),
            status="kept",
            made_by=work.actor.person,
            made_at=work.now,
        )
        work.session.add(kept)
        await work.session.flush()
        assert await queries.add_parts(work, kept, parts) == len(parts)
        return kept.id
    return None


def needs_for(office: Office, hours: RegularHours) -> tuple[Need, ...]:
    """What a visit in a kept place needs, with the minutes around it."""
    grid, level, site = grid_of(office), Level(hours.level), hours.site_id
    return padded(needs_of(level, {}, site_id=site), policy(office, Around), grid, level=level, site_id=site)


async def parts_of(
    work: Work,
    office: Office,
    hours: RegularHours,
    chosen: Mapping[str, UUID],
    during: Range[datetime],
    *,
    known: Stays | None = None,
) -> list[Part]:
    """What is booked of each resource of a kept place, with the officer's roads. `known` is where officers are, if that
    is not what is booked now."""
    assert during.lower is not None
    assert during.upper is not None
    grid = grid_of(office)
    day, step = grid.step_of(during.lower)
    length, found = grid.count(during.upper - during.lower), []
    for need in needs_for(office, hours):
        part = Part(
            role=need.role,
            resource=chosen[need.role],
            day=day,
            begin=during.lower - need.before * grid.step,
            end=during.upper + need.after * grid.step,
            mask=span(step - need.before, need.before + length + need.after),
        )
        found.append(await driven(work, office, hours.site_id, part, known=known) if need.role == OFFICER else part)
    return found


async def _give_back(work: Work, office: Office, days: Sequence[RegularDay], state: str) -> None:
    status = "cancelled" if state == "ended" else "expired"
    await release(work, office, {each.appointment_id: status for each in days if each.appointment_id is not None})
    for each in days:
        each.state = state
        await jobs.forget(work, REGULAR_END, each.id)


async def _to_decide(work: Work, regular_id: UUID) -> RegularHours:
    hours = await regular_rows.hours_for_update(work, regular_id)
    if not work.actor.is_a(*CHIEFS):
        raise NotFound()
    if hours.state not in regular_rows.LIVE:
        raise RegularOver()
    return hours


def _decided(work: Work, hours: RegularHours, state: str, reason: str) -> None:
    hours.state, hours.decision = state, reason.strip()
    hours.decided_by, hours.decided_at = work.actor.person, work.now
    work.audit(f"regular_hours_{state}", hours.id, office=hours.office_id, firm=hours.firm_id)


def _wall(office: Office, hours: RegularHours, day: date) -> Interval | None:
    return shift(grid_of(office).zone, day, hours.minute, hours.minute + hours.minutes)


def _begins(office: Office, hours: RegularHours, day: date) -> datetime:
    """The hour of the week on one day; where daylight saving swallows it, the day's first."""
    wall = _wall(office, hours, day)
    return wall.start if wall is not None else grid_of(office).opens(day)


async def tell(
    work: Work,
    office: Office,
    hours: RegularHours,
    what: str,
    *,
    when: datetime,
    count: int | None = None,
    of: UUID | None = None,
) -> None:
    """To who asked, and to those of the firm who want to know all; once for each decision or day."""
    site = await work.session.get_one(Site, hours.site_id)
    asked_by = [hours.asked_by] if hours.asked_by else []
    reason = hours.decision if what in ("refused", "ended") else ""
    await send(
        work,
        to=await party_of(work, hours.firm_id, None, concerned=asked_by),
        template=f"regular_{what}",
        facts={"when": when, "place": site.name, "count": count, "reason": reason or None},
        key=f"regular/{of or hours.id}/{what}",
        office=office,
    )


def _judge(**fine: bool) -> None:
    for field, good in fine.items():
        if not good:
            raise BadInput(field=field)
