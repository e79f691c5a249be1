"""Put a document into a package, replace one, take one out. Files are judged and stored before the transaction."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from visits.actor import Actor
from visits.declarations.queries import Case, case_of
from visits.documents import queries
from visits.documents.antivirus import refuse_harmful
from visits.documents.names import clean_name
from visits.documents.refusals import FileEmpty, FileTooLarge, PackageFull, SameFileRefused
from visits.documents.sniff import sniff
from visits.documents.tables import Document
from visits.documents.types import KINDS
from visits.errors import BadInput, Stale
from visits.journey.states import STATE_NAMES, NotYours, State, WrongState
from visits.roles import DECLARANTS
from visits.settings import Settings
from visits.store.blobs import CHUNK, Blob
from visits.store.tools import Tools
from visits.store.work import Work

MEGABYTE = 1024 * 1024
LONGEST_REFERENCE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """A document on its way into a package."""

    document_type: str
    file_name: str
    reference: str = ""
    #: The document it stands in for.
    replaces: UUID | None = None


async def receive(tools: Tools, actor: Actor, visit_id: UUID, arriving: Arriving, file: IO[bytes]) -> Document:
    """A whole file, from a form: ask first, judge it, store it, then add it. No transaction waits for the line."""
    size = await asyncio.to_thread(file.seek, 0, 2)
    await tools.database.run(actor, make_room, visit_id, arriving.document_type, size, tools.settings)
    media_type = await judge(tools.settings, file)
    blob = await tools.blobs.put(_pieces(file))
    return await tools.database.run(
        actor, add, visit_id, arriving, blob=blob, media_type=media_type, limit=tools.settings.package_limit
    )


async def judge(settings: Settings, file: IO[bytes]) -> str:
    """The media type of a file that may be taken."""
    media_type = await asyncio.to_thread(sniff, file)
    await refuse_harmful(settings, file)
    return media_type


async def make_room(work: Work, visit_id: UUID, document_type: str, size: int, settings: Settings) -> Case:
    """May this person add a file of this size to the package now?"""
    case = await case_of(work, visit_id)
    _open(work, case, document_type)
    if size == 0:
        raise FileEmpty()
    if size > settings.document_limit:
        raise FileTooLarge(most=settings.document_limit // MEGABYTE)
    _fits(size + await queries.bytes_kept(work, visit_id), size, settings.package_limit)
    return case


async def add(
    work: Work,
    visit_id: UUID,
    arriving: Arriving,
    *,
    blob: Blob,
    media_type: str,
    limit: int,
    upload_id: UUID | None = None,
) -> Document:
    """Add a stored file; the same file of the same kind again is the same document, unless customs refused it."""
    case = await case_of(work, visit_id, lock=True)
    _open(work, case, arriving.document_type)
    if await queries.was_refused(work, visit_id, arriving.document_type, blob.sha256):
        raise SameFileRefused()
    twin = await queries.twin_of(work, visit_id, arriving.document_type, blob.sha256)
    if twin is not None:
        return twin
    _fits(blob.size + await queries.bytes_kept(work, visit_id, other_than=upload_id), blob.size, limit)
    document = Document(
        visit_id=visit_id,
        document_type=arriving.document_type,
        reference=" ".join(arriving.reference.split())[:LONGEST_REFERENCE],
        file_name=clean_name(arriving.file_name, media_type),
        media_type=media_type,
        size=blob.size,
        sha256=blob.sha256,
        blob=blob.key,
        uploaded_by=work.actor.person,
        at=work.now,
    )
    work.session.add(document)
    await work.session.flush()
    work.audit(
        "document_added",
        document.id,
        office=case.visit.office_id,
        visit=visit_id,
        document_type=document.document_type,
        sha256=document.sha256,
        size=document.size,
    )
    if arriving.replaces is not None and arriving.replaces != document.id:
        await _replace(work, case, await queries.document_of(work, visit_id, arriving.replaces), document)
    return document


async def replace(work: Work, visit_id: UUID, old: UUID, new: UUID) -> Document:
    """Let a document that is already in the package stand in for another one; the old one is kept."""
    case = await case_of(work, visit_id, lock=True)
    document = await queries.document_of(work, visit_id, new)
    _open(work, case, document.document_type)
    if old != new:
        await _replace(work, case, await queries.document_of(work, visit_id, old), document)
    return document


async def _replace(work: Work, case: Case, old: Document, new: Document) -> None:
    if old.document_type != new.document_type or old.state == "withdrawn":
        raise Stale()
    if old.state == "replaced":
        return
    old.state = "replaced"
    new.version = old.version + 1
    work.audit("document_replaced", old.id, office=case.visit.office_id, visit=case.visit.id, by=new.id)


async def withdraw(work: Work, visit_id: UUID, document_id: UUID) -> Document:
    """Take a document out of a package that is not with customs; its file is kept."""
    case = await case_of(work, visit_id, lock=True)
    document = await queries.document_of(work, visit_id, document_id)
    _open(work, case, document.document_type)
    if document.state == "current":
        document.state = "withdrawn"
        work.audit("document_withdrawn", document.id, office=case.visit.office_id, visit=visit_id)
    return document


def _open(work: Work, case: Case, document_type: str) -> None:
    """Refuse whoever may not change the package, and everybody once it is with customs."""
    if not work.actor.is_a(*DECLARANTS):
        raise NotYours(event="document_added")
    if case.visit.state != State.PACKAGE:
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event="document_added")
    if document_type not in KINDS:
        raise BadInput(field="document_type")


def _fits(whole: int, size: int, limit: int) -> None:
    if whole > limit:
        raise PackageFull(most=limit // MEGABYTE, left=max(0, limit - whole + size) // MEGABYTE)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    await asyncio.to_thread(file.seek, 0)
    while chunk := await asyncio.to_thread(file.read, CHUNK):
        yield chunk
