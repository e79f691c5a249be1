"""Days on which an office misses somebody who usually works then."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from visits.store.work import Work

_MISSED = text(
    "select distinct wanted.day"
    " from unnest(cast(:days as date[]), cast(:opens as timestamptz[]), cast(:ends as timestamptz[]))"
    " as wanted(day, opens, ends)"
    " join resource on resource.office_id = :office and resource.kind = any(cast(:kinds as text[]))"
    " join absence on absence.resource_id = resource.id and absence.withdrawn_at is null"
    " and absence.during && tstzrange(wanted.opens, wanted.ends)"
    " join work_template on work_template.resource_id = resource.id and work_template.valid @> wanted.day"
    " and work_template.isodow = extract(isodow from wanted.day)"
)


async def days_missed(
    work: Work, office_id: UUID, kinds: Collection[str], days: Mapping[date, tuple[datetime, datetime]]
) -> set[date]:
    """Of these days, each with its first and last instant, those on which somebody or something of some kinds is away
    that usually works then."""
    bound = {
        "office": office_id,
        "kinds": sorted(kinds),
        "days": list(days),
        "opens": [opens for opens, _ in days.values()],
        "ends": [ends for _, ends in days.values()],
    }
    return set((await work.session.scalars(_MISSED, bound)).all())
