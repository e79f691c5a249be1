"""What a plan asks of people's days, judged once more where their rows are locked."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from visits.booking.buffers import Around, Part
from visits.booking.offer import fit_of
from visits.booking.queries import ONE_MINUTE
from visits.booking.search import rests_of
from visits.booking.strain import OFFICER, Burden
from visits.booking.tables import Appointment
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.work import Work


async def burden_of(work: Work, office: Office, asked: Iterable[tuple[Appointment, Sequence[Part]]]) -> Burden:
    """The minutes of visits that parts add to each officer's day, all together, and the rests that must be left.

    Where there are roads a plan has its days for itself, and what of them is driven was judged with it.
    """
    fit, loads, days = fit_of(office, {}), dict[tuple[date, UUID], int](), set[date]()
    for was, parts in asked:
        length = (was.during.upper - was.during.lower) // ONE_MINUTE
        days |= {part.day for part in parts}
        for part in parts:
            if part.role == OFFICER:
                key = part.day, part.resource
                loads[key] = loads.get(key, 0) + length
    alone = bool(policy(office, Around).trips)
    rests = await rests_of(work, office.id, fit, min(days), max(days)) if days and not alone else {}
    return Burden(loads=loads, most=fit.most(OFFICER), step=fit.minutes, rests=rests, rest=fit.rest if rests else 0)
