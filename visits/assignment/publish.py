"""Publish an office-day: routes for anonymous seats, a name for each by draw, all in one transaction (Decided 8, 9)."""

import logging
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from scheduling import Engine, Interval, Route, judge
from visits.actor import system
from visits.assignment import day_rows, queries
from visits.assignment.day import OFFICER, Loaded, load
from visits.assignment.day_rows import Booked, Cell
from visits.assignment.draw import blocked
from visits.assignment.naming import ToName, give, named
from visits.assignment.plan import CODES, ENGINE, Draft, PlanBroken, draft
from visits.assignment.posting import posted
from visits.assignment.rules import Policy, SeedBroken
from visits.assignment.tables import Draw, Publication
from visits.assignment.witness import WitnessAwaited, awaited
from visits.booking import queries as booking
from visits.booking.buffers import Around, Part, Roads, Stay
from visits.booking.buffers_parts import worked
from visits.booking.buffers_rows import one_at_a_time
from visits.booking.place import Drift
from visits.chain import digest
from visits.events import SeatPlanned
from visits.ids import DeclarationId, TenantId, VisitId, new_id
from visits.sites.hours import grid_of
from visits.sites.languages import asked_of
from visits.sites.policies import policy
from visits.sites.queries import office_by_id, offices
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

log = logging.getLogger("visits.assignment")

ONE_DAY = timedelta(days=1)
#: The hour of an office that publishes no day.
NEVER = 24


async def publish(
    work: Work, tools: Tools, office_id: UUID, day: date, *, engine: Engine = ENGINE
) -> Publication | None:
    """Plan and name a day; None if it was published before, or nobody waits for a name. WitnessAwaited if somebody
    outside is still to bring his value.

    The plan is made before anything is locked, and again under the locks if anything was booked meanwhile.
    """
    office = await office_by_id(work, office_id)
    if await day_rows.publication_of(work, office.id, day) is not None:
        return None
    until = await awaited(work, office, day)
    if until is not None:
        raise WitnessAwaited(until=until)
    drafted = await draft(work, await load(work, office, day), engine)
    if not drafted.wanted:
        await posted(work, tools, office, day)
        return None
    await _lock(work, drafted)
    if await day_rows.publication_of(work, office.id, day) is not None:
        return None
    fresh = await posted(work, tools, office, day)
    now = await load(work, office, day)
    if fresh or (now.cells, day_rows.signature(now.booked)) != (
        drafted.read.cells,
        day_rows.signature(drafted.read.booked),
    ):
        drafted = await draft(work, now, engine, only=drafted.wanted.keys())
    return await _publish(work, tools, drafted)


async def _lock(work: Work, drafted: Draft) -> None:
    """Visits by id, the office's draws, the day, its officers' bits: nobody books or draws beside us."""
    office, day = drafted.read.office, drafted.read.day
    await day_rows.lock_visits(work, [each.visit.id for each in drafted.wanted.values()])
    await queries.lock_draws(work, office.id)
    await one_at_a_time(work, office.id, day)
    ids = await queries.officer_ids(work, office.id)
    await booking.lock_bits(work, office.id, [(day, each) for each in ids], spare={})


async def _publish(work: Work, tools: Tools, drafted: Draft) -> Publication:
    office, day, plan = drafted.read.office, drafted.read.day, drafted.matched.plan
    draws = await named(work, tools, office, day, _to_name(drafted))
    names = {seat: str(draw.chosen) for seat, draw in draws.items()}
    drafted.prove(names)
    await _seat(work, drafted, draws)
    for route in plan.routes:
        for stop in route.stops:
            case = drafted.case(stop.visit.id)
            about, of = DeclarationId(case.declaration.id), VisitId(case.visit.id)
            work.emit(SeatPlanned(declaration=about, visit=of, seat=route.seat))
            await give(work, case, draws[route.seat], drafted.read.at(stop.start))
    for each in plan.blocked:
        blocked(work, drafted.case(each.visit), CODES.get(each.rule, each.rule))
    made = Publication(
        id=new_id(),
        office_id=office.id,
        day=day,
        at=work.now,
        engine=drafted.engine,
        seats=len(drafted.day.seats),
        routes=[
            {"seat": route.seat, "visits": [stop.visit.id for stop in route.stops], "draw": str(draws[route.seat].id)}
            for route in plan.routes
        ],
        moved=list(drafted.matched.moved),
        blocked=[{"visit": each.visit, "rule": CODES.get(each.rule, each.rule)} for each in plan.blocked],
        digest=digest([[route.seat, [[stop.visit.id, stop.start] for stop in route.stops]] for route in plan.routes]),
    )
    work.session.add(made)
    work.audit("day_published", made.id, office=office.id, day=day, engine=made.engine, digest=made.digest)
    await work.session.flush()
    return made


def _to_name(drafted: Draft) -> list[ToName]:
    """The routes with whoever could take the whole of each, and why the others could not."""
    found = []
    judged = judge(drafted.named, drafted.matched.plan)
    for route in drafted.matched.plan.routes:
        officers = drafted.officers[route.stops[0].visit.id]
        rules = {officer: judged[route.seat].get(str(officer), "off_duty") for officer in officers}
        found.append(
            ToName(
                seat=route.seat,
                cases=tuple(drafted.case(stop.visit.id) for stop in route.stops),
                able=tuple(officers[each] for each, rule in sorted(rules.items()) if rule is None),
                excluded=tuple((each, CODES.get(rule, rule)) for each, rule in sorted(rules.items()) if rule),
                waived=tuple(stop.visit.id for stop in route.stops if stop.visit.id in drafted.waived),
                people=officers,
            )
        )
    return found


# -- the calendars -------------------------------------------------------------------------------------------
async def _seat(work: Work, drafted: Draft, draws: dict[str, Draw]) -> None:
    """Placeholders sleep, drawn parts come, and the bits of the day are counted anew."""
    read = drafted.read
    office, day = read.office, read.day
    others = [each for each in read.booked if each.part.role == OFFICER and str(each.visit.id) not in drafted.wanted]
    taken = {cell.id: 0 for cell in read.cells if cell.kind == OFFICER}
    for (_, resource), mask in booking.masks_of(read.grid, [each.part for each in others]).items():
        taken[resource] = taken.get(resource, 0) | mask
    parts: list[tuple[UUID, Part, bool]] = []
    for route in drafted.matched.plan.routes:
        for appointment, part in _parts(drafted, route, draws[route.seat].chosen, others):
            parts.append((appointment, part, False))
            taken[part.resource] = taken.get(part.resource, 0) | part.mask
    for blocked_one in drafted.matched.plan.blocked:
        kept = _keeper(drafted, drafted.wanted[blocked_one.visit], taken)
        if kept is not None:
            parts.append((drafted.wanted[blocked_one.visit].appointment.id, kept, True))
            taken[kept.resource] |= kept.mask
    await day_rows.asleep(work, [each.part.id for each in drafted.wanted.values()])
    if await day_rows.add_parts(work, parts) != len(parts):
        log.error("bits and parts differ: office %s, day %s", office.id, day)
        raise Drift(office=office.id, day=day)
    await day_rows.recount(work, office.id, day, taken)


def _parts(drafted: Draft, route: Route, officer: UUID, others: Sequence[Booked]) -> list[tuple[UUID, Part]]:
    """The drawn officer's parts, each with what of the roads around it is worked."""
    read = drafted.read
    roads = Roads.of(policy(read.office, Around), read.grid)
    works = next(cell.work for cell in read.cells if cell.id == officer)
    stays = [_stay(read, each) for each in others if each.part.resource_id == officer]
    found = []
    for stop in route.stops:
        each = drafted.wanted[stop.visit.id]
        site, (begin, end) = str(each.appointment.site_id or ""), read.during(each)
        before, after = roads.to_drive(stays, site, begin, end) if site else (timedelta(0), timedelta(0))
        part = _part(read, each, officer, begin, end)
        before, after = worked(read.grid, part, works, before, after)
        whole = _part(read, each, officer, begin - before, end + after, before=before, after=after)
        stays.append(Stay(site=site, begin=begin, end=end, travel_before=before, travel_after=after))
        found.append((each.appointment.id, whole))
    return found


def _stay(read: Loaded, each: Booked) -> Stay:
    begin, end = read.during(each)
    return Stay(
        site=str(each.appointment.site_id or ""),
        begin=begin,
        end=end,
        travel_before=begin - each.part.during.lower,
        travel_after=each.part.during.upper - end,
    )


def _keeper(drafted: Draft, each: Booked, taken: dict[UUID, int]) -> Part | None:
    """Somebody who is free keeps the time of a visit nobody may serve; rather one who has its skills."""
    read, (begin, end) = drafted.read, drafted.read.during(each)
    mask = read.grid.touched(read.day, [Interval(begin, end)])
    skills = asked_of(each.visit.order)

    def fit(cell: Cell) -> tuple[bool, int, UUID]:
        return skills & ~cell.skills != 0, cell.skills.bit_count(), cell.id

    free = [cell for cell in read.cells if cell.kind == OFFICER and cell.work & ~taken.get(cell.id, 0) & mask == mask]
    return _part(read, each, min(free, key=fit).id, begin, end) if free else None


def _part(
    read: Loaded,
    each: Booked,
    officer: UUID,
    begin: datetime,
    end: datetime,
    *,
    before: timedelta = timedelta(0),
    after: timedelta = timedelta(0),
) -> Part:
    return Part(
        role=each.part.role,
        resource=officer,
        day=read.day,
        begin=begin,
        end=end,
        mask=read.grid.touched(read.day, [Interval(begin, end)]),
        travel_before=before,
        travel_after=after,
    )


# -- when ----------------------------------------------------------------------------------------------------
def is_due(office: Office, day: date, now: datetime) -> bool:
    """Is a day to be published now? From the evening before until it begins; never once it has begun."""
    hour, grid = policy(office, Policy).publish_hour, grid_of(office)
    if hour == NEVER:
        return False
    return datetime.combine(day - ONE_DAY, time(hour), tzinfo=grid.zone) <= now < grid.opens(day)


async def publish_due(tools: Tools, tenant: TenantId) -> int:
    """The periodic job: every office's next day, once its hour has come. A day that cannot be published is drawn visit
    by visit, and the log says why."""
    published = 0
    async with tools.database.work(system(tenant)) as work:
        due = [
            (office.id, day)
            for office in await offices(work)
            for today in [grid_of(office).day_of(work.now)]
            for day in (today, today + ONE_DAY)
            if is_due(office, day, work.now)
        ]
    for office_id, day in due:
        try:
            made = await tools.database.run(system(tenant), publish, tools, office_id, day)
        except WitnessAwaited:
            continue
        except (PlanBroken, SeedBroken, Drift) as fault:
            log.error("day %s of office %s is not published: %r", day, office_id, fault)
            continue
        published += made is not None
    return published
