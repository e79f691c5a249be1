"""Removes files that no row refers to: what an upload stored before its transaction was rolled back.

Files are kept by content and shared by all administrations, so each is asked. A file goes in two steps a day apart:
set aside, and put back if a row was committed meanwhile; so an upload in progress loses nothing, however slow it is.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, union
from sqlmodel import col

from visits.actor import Actor, system
from visits.clearance.tables import Inbound, Outbound
from visits.documents.tables import Document
from visits.fieldwork.tables import Evidence
from visits.ids import TenantId
from visits.people.access import NO_TENANT
from visits.people.queries import tenants
from visits.store.blobs import SHELVES, key_of
from visits.store.tools import Tools

#: Longer than any transaction.
PATIENCE = timedelta(days=1)


def references() -> list[Select[Any]]:
    """Every place where a row names a file, as queries for its digest."""
    sent = col(Outbound.body)["pdf"]["sha256"].as_string()
    return [
        select(func.right(col(Document.blob), 64).label("digest")),
        select(func.right(col(Evidence.blob), 64)).where(col(Evidence.removed_at).is_(None)),
        select(func.right(col(Inbound.blob), 64)).where(col(Inbound.blob).is_not(None)),
        select(sent).where(sent.is_not(None)),
    ]


async def sweep_orphans(tools: Tools, now: datetime) -> int:
    """One round over the file store; how many files were set aside."""
    before = now - PATIENCE
    await tools.blobs.sweep(PATIENCE, now)
    everybody = await _everybody(tools)
    aside = await tools.blobs.aside()
    missed = await _referred(tools, everybody, {head.key for head in aside})
    for head in aside:
        if head.key in missed:
            await tools.blobs.put_back(head.key)
        elif head.stored_at < before:
            await tools.blobs.let_go(head.key)
    gone = 0
    for shelf in SHELVES:
        old = set(await tools.blobs.old(shelf, before))
        kept = await _referred(tools, everybody, old, shelf=shelf.rpartition("/")[2])
        for key in old:
            gone += key not in kept and await tools.blobs.set_aside(key, before)
    return gone


async def _everybody(tools: Tools) -> list[TenantId]:
    async with tools.database.work(Actor(tenant=NO_TENANT, roles=frozenset())) as work:
        return [TenantId(each.id) for each in await tenants(work)]


async def _referred(tools: Tools, everybody: Collection[TenantId], keys: set[str], *, shelf: str = "") -> set[str]:
    """Those of the keys that a row of any administration refers to: one question for a whole shelf, or for a few."""
    if not keys:
        return set()
    digest = union(*references()).subquery().c.digest
    few = digest.in_([key.rpartition("/")[2] for key in keys])
    query = select(digest).where(func.starts_with(digest, shelf) if shelf else few)
    found = set[str]()
    for each in everybody:
        async with tools.database.work(system(each)) as work:
            found |= {key_of(named) for named in await work.session.scalars(query)} & keys
    return found
