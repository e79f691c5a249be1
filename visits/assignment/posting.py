"""Post the officers of an office to its terminals for a period of days, by the seed of the first (docs/decisions/0022).

Posted is drawn: nobody is posted by hand, and what is drawn is never drawn again. A period that was not drawn by the
end of its first day has no postings, and everybody may be drawn anywhere.
"""

import logging
from datetime import date
from uuid import UUID

from scheduling import chance, post
from visits.actor import system
from visits.assignment import posting_rows, queries
from visits.assignment.record import digest_of
from visits.assignment.rules import Policy, SeedBroken
from visits.assignment.tables import Posting
from visits.assignment.witness import awaited, key_of, needed_at
from visits.ids import TenantId, new_id
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.policies import policy
from visits.sites.queries import office_by_id, offices
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

log = logging.getLogger("visits.assignment")

#: Nobody is posted where there is nowhere else to go.
FEWEST = 2


def period_of(day: date, length: int) -> tuple[date, date]:
    """The first and the last day of the period a day lies in; of seven days, they begin on Mondays (pure)."""
    first = date.fromordinal(day.toordinal() - (day.toordinal() - 1) % length)
    return first, first + (length - 1) * ONE_DAY


async def posted(work: Work, tools: Tools, office: Office, day: date) -> bool:
    """See that the period of a day is drawn, if it still may be; True if it was drawn now. Twice draws once.

    Visits are locked before the draws of an office, never after.
    """
    length = policy(office, Policy).rotation_days
    if length is None:
        return False
    first, last = period_of(day, length)
    if grid_of(office).day_of(work.now) > first or await posting_rows.are_drawn(work, office.id, first):
        return False
    if await awaited(work, office, first) is not None:
        return False
    await queries.lock_draws(work, office.id)
    if await posting_rows.are_drawn(work, office.id, first):
        return False
    return await _draw(work, tools, office, first, last)


async def _draw(work: Work, tools: Tools, office: Office, first: date, last: date) -> bool:
    terminals = await posting_rows.sizes(work, office.id, first)
    officers = {str(each): was for each, was in (await posting_rows.officers(work, office.id, first)).items()}
    if len(terminals) < FEWEST or not officers:
        return False
    try:
        key = await key_of(work, tools.vault, office, first)
    except SeedBroken:
        log.error("seed of office %s, day %s cannot post anybody", office.code, first)
        return False
    sizes = {code: size for code, (_, size) in terminals.items()}
    position = await queries.next_position(work, office.id, first)
    for place, each in enumerate(post(key.secret, sizes, officers, witness=key.witness)):
        drawn, total = each.drawn, sum(each.drawn.weights)
        made = Posting(
            id=new_id(),
            office_id=office.id,
            first_day=first,
            last_day=last,
            position=position + place,
            place=place + 1,
            resource_id=UUID(each.officer),
            site_id=terminals[drawn.chosen][0],
            was=each.was or "",
            sizes=sizes,
            places=dict(each.places),
            candidates=[
                {"terminal": code, "weight": weight, "chance": chance(weight, total)}
                for code, weight in zip(drawn.candidates, drawn.weights, strict=True)
            ],
            excluded=list(each.excluded),
            chosen=drawn.chosen,
            witness=key.witness,
            number=drawn.number,
            digest=b"",
            at=work.now,
        )
        made.digest = digest_of(made)
        work.session.add(made)
        work.audit("officer_posted", made.id, office=office.id, day=first, position=made.position, digest=made.digest)
    await work.session.flush()
    return True


# -- when ----------------------------------------------------------------------------------------------------
async def post_day(work: Work, tools: Tools, office_id: UUID, day: date) -> bool:
    """Post the officers for the period of a day, as the timetable does."""
    return await posted(work, tools, await office_by_id(work, office_id), day)


async def post_due(tools: Tools, tenant: TenantId) -> int:
    """The periodic job: every period whose first day is today, or tomorrow once its draws may be made; how many."""
    async with tools.database.work(system(tenant)) as work:
        due = [
            (office.id, day)
            for office in await offices(work)
            for length in [policy(office, Policy).rotation_days]
            for today in [grid_of(office).day_of(work.now)]
            for day in (today, today + ONE_DAY)
            if length is not None and period_of(day, length)[0] == day and work.now >= needed_at(office, day)
        ]
    made = 0
    for office_id, day in due:
        made += await tools.database.run(system(tenant), post_day, tools, office_id, day)
    return made
