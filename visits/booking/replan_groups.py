"""Visits booked together that a plan keeps together: one after the other with one officer, wherever one can be had."""

from collections.abc import Iterable
from itertools import groupby

from scheduling import Party
from visits.booking import groups_rows
from visits.booking.buffers_parts import OFFICER
from visits.booking.tables import Appointment
from visits.store.work import Work


async def parties(work: Work, stranded: Iterable[Appointment]) -> list[Party]:
    """Those that fell away and still follow each other as they were booked.

    One that was moved by itself since stays by itself, and so does one that comes after a visit nothing befell.
    """
    found = {each.visit_id: each for each in stranded if each.visit_id is not None}
    groups = await groups_rows.in_turn(work, found) if len(found) > 1 else {}
    order = sorted(groups, key=lambda visit: (groups[visit], found[visit].during.lower, visit))
    made = []
    for _, visits in groupby(order, key=lambda visit: groups[visit]):
        run: list[Appointment] = []
        for was in (found[visit] for visit in visits):
            if run and (was.during.lower != run[-1].during.upper or was.day != run[-1].day):
                made.append(run)
                run = []
            run.append(was)
        made.append(run)
    return [Party(visits=tuple(str(each.visit_id) for each in run), role=OFFICER) for run in made if len(run) > 1]
