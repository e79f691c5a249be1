"""How much of a day people have already, as the database counts it for every rule of booking."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import text

from visits.booking.strain import OFFICER
from visits.store.work import Work

_HAD = text(
    "select b.day, b.resource_id, visit_minutes(b.resource_id, b.day, cast(:gone as uuid[])) as minutes"
    " from day_bits b where b.office_id = :office and b.day between :first and :last and b.kind = :kind"
    " and b.work & b.free <> b.work"
)


async def minutes_had(
    work: Work, office_id: UUID, first: date, last: date, *, but: Collection[UUID]
) -> dict[tuple[date, UUID], int]:
    """The minutes of visits the officers of an office have by day, without these parts."""
    bound = {"office": office_id, "first": first, "last": last, "kind": OFFICER, "gone": list(but)}
    rows = await work.session.execute(_HAD, bound)
    return {(row.day, row.resource_id): row.minutes for row in rows}
