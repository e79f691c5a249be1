"""Closed days: as the country publishes them, then as people say it is. What people say wins and is never written over.

A published day is written once a year and office ahead of time. Whoever moves, confirms or reopens it for one office
leaves the country's row alone and gives the office an answer of its own.
"""

from datetime import date
from uuid import UUID

from visits.errors import BadInput, NotAllowed, Refusal
from visits.ids import new_id
from visits.people.tables import Tenant
from visits.roles import Role
from visits.sites import queries
from visits.sites.hours import grid_of
from visits.sites.published import CountryUnknown, RegionUnknown, published
from visits.sites.rules import not_past
from visits.sites.tables import Holiday, Office
from visits.store.work import Work
from visits.texts import N_

#: How far a day that follows the moon may be off.
FARTHEST = 7


class MovedTooFar(Refusal):
    """A holiday moves by days, not by weeks."""

    code, status = "moved-too-far", 422
    says = N_("Un jour férié se déplace de %(most)s jours au plus.")


async def fill(work: Work, office: Office, *, again: bool = False) -> int:
    """Write the published days to come of this year and the next; how many were new.

    A year that was written is left as it is, whatever a newer library says, unless somebody asks `again`. A country or
    region without a published calendar has none: its days are typed or imported.
    """
    today = grid_of(office).day_of(work.now)
    tenant = await work.session.get_one(Tenant, work.actor.tenant)
    added = 0
    for region in dict.fromkeys(("", office.region)):
        for year in (today.year, today.year + 1):
            if not again and await queries.has_published(work, office.country, region, year):
                continue
            try:
                found = published(office.country, year, tenant.language, region=region)
            except (CountryUnknown, RegionUnknown):
                continue
            rows = [
                {
                    "id": new_id(),
                    "country": office.country,
                    "region": region,
                    "day": each.day,
                    "source_day": each.day,
                    "name": each.name,
                    "tentative": each.tentative,
                    "works": False,
                }
                for each in found
                if each.day >= today
            ]
            new = await queries.add_published(work, rows)
            if new:
                work.audit("holidays_filled", office.id, office=office.id, year=year, region=region, days=new)
            added += new
    return added


async def set_region(work: Work, office_id: UUID, region: str) -> Office:
    """The part of the country whose holidays an office keeps beside the country's own."""
    office = await queries.office_kept(work, office_id)
    if region:
        published(office.country, grid_of(office).day_of(work.now).year, region=region)
    if office.region != region:
        work.audit("office_region", office.id, office=office.id, before=office.region, after=region)
        office.region = region
        await work.session.flush()
    await fill(work, office)
    return office


async def add_holiday(
    work: Work, office_id: UUID | None, day: date, name: str, *, works: bool = False, tentative: bool = False
) -> Holiday:
    """A closed day of one office or of all; `works` keeps one office open on a day when the others are closed."""
    await _whose(work, office_id)
    known = await queries.holiday_on(work, office_id, day)
    holiday = known or Holiday(id=new_id(), office_id=office_id, day=day, name=name)
    holiday.name, holiday.works, holiday.tentative, holiday.withdrawn_at = name, works, tentative, None
    if known is None:
        work.session.add(holiday)
    await work.session.flush()
    work.audit("holiday_set", holiday.id, office=office_id, day=str(day), works=works)
    return holiday


async def move_holiday(work: Work, holiday_id: UUID, to: date, office_id: UUID | None = None) -> Holiday:
    """Another day, for one office or for everybody the holiday is for; moving twice to the same day is quiet."""
    holiday = await _answer(work, holiday_id, office_id)
    if holiday.day == to:
        return holiday
    own = holiday.office_id
    today = grid_of(await queries.office_by_id(work, own)).day_of(work.now) if own else work.now.date()
    for each in (holiday.day, to):
        not_past(each, today)
    if abs((to - holiday.day).days) > FARTHEST:
        raise MovedTooFar(most=FARTHEST)
    work.audit("holiday_moved", holiday.id, office=holiday.office_id, before=str(holiday.day), after=str(to))
    holiday.day = to
    await work.session.flush()
    return holiday


async def confirm_holiday(work: Work, holiday_id: UUID, office_id: UUID | None = None) -> Holiday:
    """The moon was seen: the day is certain."""
    holiday = await _answer(work, holiday_id, office_id)
    if holiday.tentative:
        work.audit("holiday_confirmed", holiday.id, office=holiday.office_id, day=str(holiday.day))
        holiday.tentative = False
        await work.session.flush()
    return holiday


async def remove_holiday(work: Work, holiday_id: UUID, office_id: UUID | None = None) -> Holiday:
    """The day is a day like any other again, for one office or for everybody; the row stays, so it can be put back."""
    holiday = await _answer(work, holiday_id, office_id)
    if holiday.stands_for:
        holiday.works = True
    elif holiday.withdrawn_at is None:
        holiday.withdrawn_at = work.now
    work.audit("holiday_removed", holiday.id, office=holiday.office_id, day=str(holiday.day))
    await work.session.flush()
    return holiday


async def restore_holiday(work: Work, holiday_id: UUID) -> Holiday:
    """Undo of a removal; an office that had its own answer follows its country again."""
    holiday = await queries.holiday_by_id(work, holiday_id)
    await _whose(work, holiday.office_id)
    holiday.withdrawn_at = work.now if holiday.stands_for else None
    work.audit("holiday_restored", holiday.id, office=holiday.office_id, day=str(holiday.day))
    await work.session.flush()
    return holiday


async def _answer(work: Work, holiday_id: UUID, office_id: UUID | None) -> Holiday:
    """The row to change: the holiday itself, or one office's answer to it, made when there is none."""
    holiday = await queries.holiday_by_id(work, holiday_id)
    if holiday.office_id is not None:
        if office_id not in (None, holiday.office_id):
            raise BadInput(field="office")
        await _whose(work, holiday.office_id)
        return holiday
    await _whose(work, office_id)
    if office_id is None:
        return holiday
    known = await queries.answer_to(work, office_id, holiday.id)
    if known is not None:
        return known
    made = Holiday(
        id=new_id(),
        office_id=office_id,
        day=holiday.day,
        name=holiday.name,
        tentative=holiday.tentative,
        stands_for=holiday.id,
    )
    work.session.add(made)
    await work.session.flush()
    return made


async def _whose(work: Work, office_id: UUID | None) -> None:
    """One office is kept by its own people; what is said for all is said by administrators."""
    if office_id is not None:
        await queries.office_kept(work, office_id)
    elif not work.actor.is_a(Role.ADMIN, Role.SYSTEM):
        raise NotAllowed()
