"""The resources of an office on one day, working or not, as an explanation names them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import col

from visits.booking.tables import DayBits
from visits.sites.tables import Resource
from visits.store.work import Work

#: Kinds that are people: told by a number, never by a name.
PEOPLE = frozenset({"officer", "agency_officer"})


@dataclass(slots=True, kw_only=True)
class Seen:
    """A resource on a day: what the search knows of it, and what it is called."""

    id: UUID
    kind: str
    skills: int
    site_id: UUID | None
    agency_id: UUID | None
    work: int
    free: int
    name: str


async def resources_on(work: Work, office_id: UUID, day: date, kinds: Collection[str]) -> list[Seen]:
    """Every resource of some kinds that the office has on a day. People are numbered in the order they came."""
    rows = await work.session.execute(
        select(Resource, DayBits)
        .outerjoin(
            DayBits,
            and_(
                col(DayBits.office_id) == office_id,
                col(DayBits.day) == day,
                col(DayBits.resource_id) == col(Resource.id),
            ),
        )
        .where(
            col(Resource.office_id) == office_id,
            col(Resource.kind).in_(sorted(kinds)),
            col(Resource.active_from) <= day,
        )
        .order_by(col(Resource.kind), col(Resource.active_from), col(Resource.id))
        .execution_options(populate_existing=True)
    )
    found, numbers = [], dict.fromkeys(PEOPLE, 0)
    for resource, bits in rows:
        if resource.kind in PEOPLE:
            numbers[resource.kind] += 1
        if resource.active_to is not None and resource.active_to < day:
            continue
        known = bits or resource
        found.append(
            Seen(
                id=resource.id,
                kind=known.kind,
                skills=known.skills,
                site_id=known.site_id,
                agency_id=known.agency_id,
                work=bits.work if bits else 0,
                free=bits.free if bits else 0,
                name=str(numbers[resource.kind]) if resource.kind in PEOPLE else resource.name,
            )
        )
    return found
