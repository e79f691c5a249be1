"""Calendar files of an office: what is there as a table, and the plans of a file made real through the use cases."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.roles import Role
from visits.sites import admin, closures, holidays, queries
from visits.sites.cells import KIND_WORDS, NONE_OF_THEM, Known, Named
from visits.sites.hours import grid_of
from visits.sites.languages import NAMES, others, spoken
from visits.sites.lines import AwayPlan, DayPlan, HoursPlan, PlacePlan, Plan
from visits.sites.policies import Policies, policy
from visits.sites.skills import skills_in
from visits.sites.tables import Holiday, Office, Resource, WorkTemplate
from visits.sites.week import DAYS, text_of
from visits.store.work import Work

ONE_DAY = timedelta(days=1)
Week = dict[int, list[list[int]]]


async def known(work: Work, office: Office) -> Known:
    """What a file of this office may name, by whoever reads it."""
    sites = await queries.sites_of(work, office.id)
    return Known(
        today=grid_of(office).day_of(work.now),
        sites={each.code.upper(): each.id for each in sites},
        resources=[named for _, named in await _named(work, office)],
        everywhere=work.actor.is_a(Role.ADMIN, Role.SYSTEM),
        skills=skills_in(policy(office, Policies).skills),
        languages=others(policy(office, Policies).language),
        days=frozenset(
            (each.day, each.name, each.works, each.tentative, each.office_id is None)
            for each in await _standing(work, office)
        ),
    )


async def take(work: Work, office_id: UUID, kind: str, plans: Iterable[Plan]) -> int:
    """Make plans real, all of them or none, and say how many; the same file twice changes nothing more."""
    office = await queries.office_kept(work, office_id)
    wanted, there = list(plans), (await known(work, office)).days
    for plan in sorted(wanted, key=lambda each: each.first if isinstance(each, HoursPlan) else date.min):
        match plan:
            case DayPlan() if plan.said in there:
                continue
            case DayPlan():
                where = None if plan.everywhere else office.id
                await holidays.add_holiday(work, where, plan.day, plan.name, works=plan.works, tentative=plan.tentative)
            case HoursPlan():
                await _set_hours(work, plan)
            case AwayPlan() if plan.resource:
                await admin.add_absence(work, plan.resource.id, plan.start, plan.end, plan.reason)
            case AwayPlan():
                await closures.close(work, office.id, plan.site, plan.start, plan.end, plan.reason)
            case PlacePlan():
                await _place(work, plan)
    work.audit("calendar_file_taken", office.id, office=office.id, kind=kind, lines=len(wanted))
    return len(wanted)


async def _set_hours(work: Work, plan: HoursPlan) -> None:
    """Hours that are so already are left alone."""
    week = {isodow: [list(span) for span in spans] for isodow, spans in plan.week}
    templates = await queries.templates_of_resource(work, plan.resource.id, plan.first)
    last = plan.last or date.max
    if all(there == week for first, _, there in seasons(templates, plan.first) if first <= last):
        return
    await admin.set_hours(work, plan.resource.id, week, plan.first, plan.last)


async def _place(work: Work, plan: PlacePlan) -> None:
    if plan.known:
        resource = await queries.resource_by_id(work, plan.known.id)
        if resource.active_to != plan.last:
            await admin.end_resource(work, resource.id, plan.last)
        if plan.grade is not None or plan.skills is not None:
            grade = resource.grade if plan.grade is None else plan.grade
            skills = resource.skills if plan.skills is None else plan.skills
            await admin.qualify(work, resource.id, skills=skills, grade=grade)
        return
    assert plan.site is not None
    made = await admin.add_place(work, plan.site, plan.kind, plan.name)
    if plan.last:
        await admin.end_resource(work, made.id, plan.last)


# ---------- what is there ----------


async def rows_of(work: Work, office: Office, kind: str) -> list[list[str]]:
    """What an office has, in the columns of its file; read back it changes nothing."""
    match kind:
        case "days":
            return await _days(work, office)
        case "hours":
            return await _hours(work, office)
        case "absences":
            return await _absences(work, office)
        case "closures":
            return await _closures(work, office)
    values = policy(office, Policies)
    return [
        [named.name, _kind(named.kind), named.site, _day(resource.active_to), *_able(resource, values)]
        for resource, named in await _named(work, office)
    ]


def _able(resource: Resource, values: Policies) -> tuple[str, str, str]:
    """Grade, skills and languages of an officer; a name with a comma in it is written as its number."""
    if resource.kind != "officer":
        return "", "", ""
    has = [each for each in skills_in(values.skills) if resource.skills & each.bit]
    names = [str(each.number) if "," in each.name else each.name for each in has]
    speaks = [NAMES[code] for code in spoken(resource.skills, values.language)]
    nothing = NONE_OF_THEM[0]
    return str(resource.grade), ", ".join(names) or nothing, ", ".join(speaks) or nothing


async def _days(work: Work, office: Office) -> list[list[str]]:
    return [
        [_day(each.day), each.name, _yes(each.works), _yes(each.tentative), _yes(each.office_id is None)]
        for each in await _standing(work, office)
    ]


async def _standing(work: Work, office: Office) -> list[Holiday]:
    today = grid_of(office).day_of(work.now)
    return [each for each in await queries.holidays_from(work, office.id, today) if each.withdrawn_at is None]


async def _hours(work: Work, office: Office) -> list[list[str]]:
    today = grid_of(office).day_of(work.now)
    templates: dict[UUID, list[WorkTemplate]] = {}
    for each in await queries.templates_of(work, office.id, today, date.max - ONE_DAY):
        templates.setdefault(each.resource_id, []).append(each)
    rows = []
    for resource, named in await _named(work, office):
        for first, last, week in seasons(templates.get(resource.id, ()), today):
            hours = [text_of(week.get(isodow, [])) for isodow in DAYS]
            rows.append([named.name, _kind(named.kind), named.site, _day(first), _day(last), *hours])
    return rows


def seasons(templates: Sequence[WorkTemplate], today: date) -> list[tuple[date, date | None, Week]]:
    """Weekly hours as the stretches of days on which they stay the same, from today on."""
    edges = {today}
    for each in templates:
        edges |= {edge for edge in (each.valid.lower, each.valid.upper) if edge is not None and edge > today}
    found: list[tuple[date, date | None, Week]] = []
    ordered = sorted(edges)
    for first, after in zip(ordered, [*ordered[1:], None], strict=True):
        week = {each.isodow: each.work for each in templates if each.valid.contains(first)}
        if found and found[-1][2] == week:
            found[-1] = (found[-1][0], after - ONE_DAY if after else None, week)
        else:
            found.append((first, after - ONE_DAY if after else None, week))
    return found


async def _absences(work: Work, office: Office) -> list[list[str]]:
    rows = []
    for resource, named in await _named(work, office):
        for each in await queries.absences_of(work, resource.id, work.now):
            if each.withdrawn_at is None and each.during.lower and each.during.upper:
                stretch = _stretch(office, each.during.lower, each.during.upper)
                rows.append([named.name, _kind(named.kind), named.site, *stretch, each.reason])
    return rows


async def _closures(work: Work, office: Office) -> list[list[str]]:
    codes: Mapping[UUID | None, str] = {each.id: each.code for each in await queries.sites_of(work, office.id)}
    return [
        [codes.get(each.site_id, ""), *_stretch(office, each.during.lower, each.during.upper), each.reason]
        for each in await queries.closures_from(work, office.id, work.now)
        if each.withdrawn_at is None
    ]


async def _named(work: Work, office: Office) -> list[tuple[Resource, Named]]:
    """Every resource that is not over, as a file names it."""
    codes = {each.id: each.code.upper() for each in await queries.sites_of(work, office.id)}
    today = grid_of(office).day_of(work.now)
    return [
        (
            each,
            Named(
                id=each.id,
                kind=each.kind,
                name=each.name,
                site=codes[each.site_id] if each.site_id else "",
                grade=each.grade,
                skills=each.skills,
            ),
        )
        for each in await queries.resources_of(work, office.id)
        if each.active_to is None or each.active_to >= today
    ]


def _kind(kind: str) -> str:
    return KIND_WORDS[kind][0]


def _yes(answer: bool) -> str:
    return "oui" if answer else "non"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _stretch(office: Office, lower: datetime, upper: datetime) -> tuple[str, str]:
    """From and to on the clock of the office; whole days are written as days."""
    zone = ZoneInfo(office.tz)
    start, end = lower.astimezone(zone), upper.astimezone(zone)
    if start.time() == end.time() == time():
        return _day(start.date()), _day(end.date() - ONE_DAY)
    return f"{start:%d/%m/%Y %H:%M}", f"{end:%d/%m/%Y %H:%M}"
