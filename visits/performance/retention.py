"""A rating forgets who gave it when its time is over: the firm, and the words that may name somebody; the marks stay.

That a rating was given remains among the events of the visit, which the evidence chain covers and nobody is shown.
"""

from dataclasses import dataclass
from datetime import timedelta

from visits.actor import system
from visits.ids import TenantId
from visits.performance import queries
from visits.sites.policies import policy
from visits.sites.queries import offices
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

#: Ratings that lose their author in one transaction.
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The office's policy read here (`visits.sites.policies`)."""

    rating_days: int = 365


async def forget(tools: Tools, tenant: TenantId, batch: int = BATCH) -> None:
    """The periodic job: batch after batch, each committed, so that a stop loses nothing and the next run goes on."""
    async with tools.database.work(system(tenant)) as work:
        known = await offices(work)
    for office in known:
        while await tools.database.run(system(tenant), forget_raters, office, batch) == batch:
            pass


async def forget_raters(work: Work, office: Office, batch: int = BATCH) -> int:
    """Take the authors from the oldest ratings; how many lost theirs."""
    before = work.now - timedelta(days=policy(office, Kept).rating_days)
    old = list(await work.session.scalars(queries.old_ratings(office.id, before).limit(batch)))
    if old:
        await queries.forget_raters(work, old)
        work.audit("raters_removed", office.id, office=office.id, count=len(old), before=before)
    return len(old)
