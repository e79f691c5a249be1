"""Parts of days that are over, moved out of the way: the exclusion index judges only what can still collide.

Appointments stay where they are; whoever reads the parts of any day reads `PARTS`.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, text, union_all
from sqlmodel import col

from visits.actor import system
from visits.booking.tables import BookingPart, BookingPartHist
from visits.ids import TenantId
from visits.store.tools import Tools
from visits.store.work import Work

#: Since when a day must be over in every zone before the parts of its ended appointments move, and those of
#: appointments nobody ended.
ENDED = timedelta(days=2)
FORGOTTEN = timedelta(days=30)
#: Parts one transaction moves at most.
BATCH = 1000

_COLUMNS = ("id", "appointment_id", "resource_id", "role", "day", "during", "live", "placeholder", "stranded_since")
_MOVE = text(
    "with old as (select p.id from booking_part p join appointment a on a.id = p.appointment_id"
    " where p.day < :ended and (a.status not in ('held', 'confirmed') or p.day < :forgotten)"
    " order by p.day, p.id limit :most for update of p skip locked),"
    " gone as (delete from booking_part where id in (select id from old)"
    " returning tenant_id, id, appointment_id, resource_id, role, day, during, live, placeholder, stranded_since)"
    " insert into booking_part_hist"
    " (tenant_id, id, appointment_id, resource_id, role, day, during, live, placeholder, stranded_since)"
    " select * from gone"
)

#: Every part there ever was, of days to come and of days that are over.
PARTS = union_all(
    *(select(*(col(getattr(table, name)).label(name) for name in _COLUMNS)) for table in (BookingPart, BookingPartHist))
).subquery("part")


async def retire(work: Work) -> int:
    """Move some parts of days that are over, the oldest first, passing over what somebody works on; how many."""
    today = work.now.date()
    moved: Any = await work.session.execute(
        _MOVE, {"ended": today - ENDED, "forgotten": today - FORGOTTEN, "most": BATCH}
    )
    return int(moved.rowcount)


async def retire_all(tools: Tools, tenant: TenantId) -> int:
    """The periodic job: a batch a transaction until nothing is left to move; sent twice it moves nothing."""
    total = 0
    while moved := await tools.database.run(system(tenant), retire):
        total += moved
    return total
