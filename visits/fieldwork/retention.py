"""What the field leaves behind goes when its time is over: positions first, photos later. Findings and digests stay.

A signed report keeps the place it was written at: it is the act itself, and its digest covers it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select

from visits.actor import Actor, system
from visits.fieldwork import kept
from visits.fieldwork.tables import CheckIn, Evidence
from visits.ids import TenantId
from visits.people.access import NO_TENANT
from visits.people.queries import tenants
from visits.sites.policies import policy
from visits.sites.queries import offices
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

#: Rows that go in one transaction.
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The office's policies read here (`visits.sites.policies`)."""

    gps_days: int = 90
    photo_days: int = 1826


async def forget(tools: Tools, tenant: TenantId, batch: int = BATCH) -> None:
    """The periodic job: batch after batch, each committed, so that a stop loses nothing and the next run goes on."""
    async with tools.database.work(system(tenant)) as work:
        known = await offices(work)
    for office in known:
        while await tools.database.run(system(tenant), forget_positions, office, batch) == batch:
            pass
        while await forget_photos(tools, tenant, office, batch) == batch:
            pass


async def forget_positions(work: Work, office: Office, batch: int = BATCH) -> int:
    """Take the oldest positions out of arrivals and photos; how many went."""
    before = work.now - timedelta(days=policy(office, Kept).gps_days)
    arrivals = await _ids(work, kept.old_positions(CheckIn, office.id, before), batch)
    pieces = await _ids(work, kept.old_positions(Evidence, office.id, before), batch - len(arrivals))
    count = len(arrivals) + len(pieces)
    if count:
        await kept.forget_positions(work, arrivals, pieces)
        work.audit("positions_removed", office.id, office=office.id, count=count, before=before)
    return count


async def forget_photos(tools: Tools, tenant: TenantId, office: Office, batch: int = BATCH) -> int:
    """Remove the oldest files, then say so. Files go first: after a crash in between they are asked to go again."""
    found = await tools.database.run(system(tenant), _old_photos, office, batch)
    leaving = list(found)
    for key in set(found.values()) - await _in_use(tools, tenant, set(found.values()), leaving):
        await tools.blobs.delete(key)
    await tools.database.run(system(tenant), _photos_gone, office, leaving)
    return len(leaving)


async def _old_photos(work: Work, office: Office, batch: int) -> dict[UUID, str]:
    before = work.now - timedelta(days=policy(office, Kept).photo_days)
    rows = await work.session.execute(kept.old_photos(office.id, before).limit(batch))
    return {row[0]: row[1] for row in rows}


async def _in_use(tools: Tools, tenant: TenantId, keys: Collection[str], leaving: Collection[UUID]) -> set[str]:
    """Files are kept by content, and administrations of one installation share them: each is asked."""
    if not keys:
        return set()
    async with tools.database.work(Actor(tenant=NO_TENANT, roles=frozenset())) as work:
        everybody = [TenantId(each.id) for each in await tenants(work)]
    used = set[str]()
    for each in everybody:
        async with tools.database.work(system(each)) as work:
            used |= await kept.files_in_use(work, keys, leaving if each == tenant else ())
    return used


async def _photos_gone(work: Work, office: Office, pieces: list[UUID]) -> None:
    count = await kept.forget_photos(work, pieces)
    if count:
        work.audit("photos_removed", office.id, office=office.id, count=count)


async def _ids(work: Work, wanted: Select[UUID], batch: int) -> list[UUID]:
    return list(await work.session.scalars(wanted.limit(batch)))
