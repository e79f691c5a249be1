"""What an administrator does with offices, sites, what can be busy there, and the calendars.

Nothing is deleted that a visit may refer to: a resource ends, an absence is withdrawn, hours hold from a day on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from visits.errors import NotFound, Refusal
from visits.ids import new_id
from visits.sites import policies, queries
from visits.sites.holidays import fill
from visits.sites.hours import grid_of
from visits.sites.limits import possible
from visits.sites.policies import Policies
from visits.sites.rules import EndsBeforeItBegins, instants, not_past
from visits.sites.tables import Absence, Office, PolicyChange, Resource, Site, WorkTemplate
from visits.store.work import Work
from visits.texts import N_

#: What an administrator adds by hand; officers come with the people who are invited.
PLACES = ("bay", "scanner", "forklift")
#: Monday to Friday as a new officer or place starts; changed at once or later.
USUAL: Mapping[int, list[list[int]]] = {isodow: [[480, 720], [780, 1020]] for isodow in range(1, 6)}


class CodeTaken(Refusal):
    """Another office or site has this code."""

    code, status = "code-taken", 409
    says = N_("Ce code est déjà pris : %(taken)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """A new office. Zone and grid shape every calendar, so they stay as they are once given."""

    code: str
    name: str
    tz: str
    country: str
    currency: str
    grid_minutes: int = 15
    day_start: time = time(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """A terminal or warehouse: its place, its fence, and the declaration's codes that mean it."""

    code: str
    name: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    fence_metres: int = 400
    locations: Sequence[str] = field(default_factory=list)


# ---------- offices and sites ----------


async def add_office(work: Work, facts: OfficeFacts) -> Office:
    """A new office of the administration, with the holidays its country publishes."""
    if await queries.office_by_code(work, facts.code):
        raise CodeTaken(taken=facts.code)
    office = Office(
        id=new_id(),
        code=facts.code,
        name=facts.name,
        tz=facts.tz,
        country=facts.country,
        currency=facts.currency,
        grid_minutes=facts.grid_minutes,
        day_start=facts.day_start,
    )
    await _add(work, office, facts.code)
    work.audit("office_added", office.id, office=office.id, code=office.code)
    await fill(work, office)
    return office


async def rename_office(work: Work, office_id: UUID, name: str) -> Office:
    """Another name; the code is the declaration's and stays."""
    office = await queries.office_by_id(work, office_id)
    work.audit("office_renamed", office.id, office=office.id, before=office.name, after=name)
    office.name = name
    return office


async def add_site(work: Work, office_id: UUID, facts: SiteFacts) -> Site:
    """A new site of an office."""
    office = await queries.office_by_id(work, office_id)
    if any(site.code == facts.code for site in await queries.sites_of(work, office.id)):
        raise CodeTaken(taken=facts.code)
    site = Site(id=new_id(), office_id=office.id, code=facts.code, name=facts.name)
    _describe(site, facts)
    await _add(work, site, facts.code)
    work.audit("site_added", site.id, office=office.id, code=site.code)
    return site


async def edit_site(work: Work, site_id: UUID, facts: SiteFacts) -> Site:
    """Other facts of a site; its code is on papers and stays."""
    site = await queries.site_by_id(work, site_id)
    _describe(site, facts)
    work.audit("site_changed", site.id, office=site.office_id)
    return site


def _describe(site: Site, facts: SiteFacts) -> None:
    site.name, site.address = facts.name, facts.address
    site.latitude, site.longitude, site.fence_metres = facts.latitude, facts.longitude, facts.fence_metres
    site.locations = list(facts.locations)


async def _add(work: Work, row: Office | Site, code: str) -> None:
    work.session.add(row)
    try:
        await work.session.flush()
    except IntegrityError as fault:
        raise CodeTaken(taken=code) from fault


# ---------- what can be busy ----------


async def add_place(work: Work, site_id: UUID, kind: str, name: str) -> Resource:
    """A bay, a scanner or a forklift of a site, with the usual hours."""
    site = await queries.site_by_id(work, site_id)
    today = grid_of(await queries.office_by_id(work, site.office_id)).day_of(work.now)
    made = Resource(office_id=site.office_id, site_id=site.id, kind=kind, name=name, active_from=today)
    return await _add_resource(work, made)


async def add_officer(work: Work, office_id: UUID, person_id: UUID, name: str, agency_id: UUID | None) -> Resource:
    """The calendar of an officer, with the usual hours; one that was closed is opened again."""
    office = await queries.office_by_id(work, office_id)
    kind = "agency_officer" if agency_id else "officer"
    for known in await queries.officers_of_person(work, person_id):
        if known.office_id == office.id and known.kind == kind and known.agency_id == agency_id:
            known.active_to = None
            return known
    today = grid_of(office).day_of(work.now)
    made = Resource(
        office_id=office.id, person_id=person_id, agency_id=agency_id, kind=kind, name=name, active_from=today
    )
    return await _add_resource(work, made)


async def _add_resource(work: Work, resource: Resource) -> Resource:
    work.session.add(resource)
    await work.session.flush()
    await _write_hours(work, resource.id, USUAL, resource.active_from)
    work.audit("resource_added", resource.id, office=resource.office_id, kind=resource.kind)
    return resource


async def rename_resource(work: Work, resource_id: UUID, name: str) -> Resource:
    """Another name."""
    resource = await queries.resource_by_id(work, resource_id)
    resource.name = name
    work.audit("resource_renamed", resource.id, office=resource.office_id)
    return resource


async def qualify(work: Work, resource_id: UUID, *, skills: int, grade: int) -> Resource:
    """Other skills, languages or another grade; write the calendars out afterwards, whose days say the skills too."""
    resource = await queries.resource_by_id(work, resource_id)
    before = {"skills": resource.skills, "grade": resource.grade}
    resource.skills, resource.grade = skills, grade
    after = {"skills": skills, "grade": grade}
    if after != before:
        work.audit("resource_qualified", resource.id, office=resource.office_id, before=before, after=after)
    return resource


async def end_resource(work: Work, resource_id: UUID, last_day: date | None) -> Resource:
    """The last day of a resource; without one it goes on."""
    resource = await queries.resource_by_id(work, resource_id)
    if last_day and last_day < resource.active_from:
        raise EndsBeforeItBegins()
    resource.active_to = last_day
    work.audit("resource_ended", resource.id, office=resource.office_id, last_day=str(last_day or ""))
    return resource


async def end_officer(work: Work, person_id: UUID, last_day: date) -> list[UUID]:
    """The officer's calendars close with the end of duty; returns the offices to write out again."""
    offices = []
    for resource in await queries.officers_of_person(work, person_id):
        if resource.active_to is None or resource.active_to > last_day:
            resource.active_to = max(last_day, resource.active_from - timedelta(days=1))
            work.audit("resource_ended", resource.id, office=resource.office_id, last_day=str(last_day))
            offices.append(resource.office_id)
    return offices


# ---------- calendars ----------


async def set_hours(
    work: Work, resource_id: UUID, week: Mapping[int, list[list[int]]], first: date, last: date | None = None
) -> Resource:
    """Other weekly hours from a day on, or for a season until a last day; the hours around it stay as they were."""
    resource = await queries.resource_by_id(work, resource_id)
    office = await queries.office_kept(work, resource.office_id)
    not_past(first, grid_of(office).day_of(work.now))
    if last and last < first:
        raise EndsBeforeItBegins()
    await _write_hours(work, resource.id, week, first, last)
    hours = {str(isodow): spans for isodow, spans in week.items()}
    work.audit("hours_changed", resource.id, office=office.id, first=str(first), last=str(last or ""), week=hours)
    return resource


async def _write_hours(
    work: Work, resource_id: UUID, week: Mapping[int, list[list[int]]], first: date, last: date | None = None
) -> None:
    await queries.cut_templates(work, resource_id, first, last)
    for isodow, spans in week.items():
        if spans:
            valid = Range(first, last + timedelta(days=1) if last else None)
            work.session.add(WorkTemplate(resource_id=resource_id, valid=valid, isodow=isodow, work=spans))
    await work.session.flush()


async def add_absence(work: Work, resource_id: UUID, start: datetime, end: datetime, reason: str) -> Absence:
    """The resource is away, on local hours of its office given without a zone; the same twice is one absence."""
    resource = await queries.resource_by_id(work, resource_id)
    office = await queries.office_kept(work, resource.office_id)
    first, last = instants(office.tz, start, end)
    for known in await queries.absences_of(work, resource.id, first):
        if known.withdrawn_at is None and (known.during.lower, known.during.upper) == (first, last):
            known.reason = reason
            return known
    absence = Absence(
        id=new_id(),
        resource_id=resource.id,
        during=Range(first, last),
        reason=reason,
        made_by=work.actor.person,
        at=work.now,
    )
    work.session.add(absence)
    await work.session.flush()
    work.audit("absence_added", absence.id, office=resource.office_id, resource=str(resource.id))
    return absence


async def withdraw_absence(work: Work, absence_id: UUID) -> Resource:
    """The absence does not hold any more; withdrawing twice is quiet."""
    absence, resource = await queries.absence_by_id(work, absence_id)
    await queries.office_kept(work, resource.office_id)
    if absence.withdrawn_at is None:
        absence.withdrawn_at = work.now
        work.audit("absence_withdrawn", absence.id, office=resource.office_id)
    return resource


async def restore_absence(work: Work, absence_id: UUID) -> Resource:
    """Undo of a withdrawal."""
    absence, resource = await queries.absence_by_id(work, absence_id)
    await queries.office_kept(work, resource.office_id)
    absence.withdrawn_at = None
    work.audit("absence_restored", absence.id, office=resource.office_id)
    return resource


# ---------- policies ----------


async def set_policies(work: Work, office_id: UUID, wanted: Policies) -> list[str]:
    """Put policies into force; each change is one row of the history. Returns the names that changed."""
    office = await queries.office_for_update(work, office_id)
    if office is None:
        raise NotFound()
    changes = policies.changed(policies.policy(office, Policies), wanted)
    await possible(work, office, wanted, changes)
    for name, (before, after) in changes.items():
        facts = {"before": policies.plain(before), "after": policies.plain(after)}
        work.session.add(
            PolicyChange(office_id=office.id, name=name, value=facts, set_by=work.actor.person, at=work.now)
        )
        work.audit("policy_changed", name, office=office.id, **facts)
    if changes:
        unknown = {name: value for name, value in office.policies.items() if name not in policies.rules()}
        office.policies = unknown | policies.stored(wanted)
    return sorted(changes)
