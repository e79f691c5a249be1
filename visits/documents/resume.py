"""Uploads that survive a cut line (tus 1.0): what has arrived is kept, and the last byte can be told twice.

The row says whose upload it is; how much of it is here is what the spool holds. Whoever writes holds a lock on
the pieces, which the system frees when the process dies. No transaction waits for the line.
"""

import asyncio
import base64
import binascii
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from visits.actor import Actor, system
from visits.documents import queries
from visits.documents.refusals import FileRefused
from visits.documents.tables import Upload
from visits.documents.upload import Arriving, add, judge, make_room
from visits.errors import BadInput, NotFound, Refusal
from visits.ids import TenantId
from visits.settings import Settings
from visits.store.blobs import CHUNK, Blob
from visits.store.spool import OffsetMismatch, Spool, sweep_spool
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

PURPOSE = "document"
#: How long an upload may be gone on with after its last piece.
LIFE = timedelta(days=2)
#: Seconds without a byte after which the line counts as cut.
SILENCE = 30.0
#: Algorithms of the checksum extension.
CHECKSUMS = ("sha1", "sha256")
_IN_MEMORY = 1024 * 1024


class UploadGone(Refusal):
    """The upload has expired, was given up, or its file was refused."""

    code, status = "upload-gone", 410
    says = N_("Cet envoi est terminé ou trop ancien. Choisissez le fichier à nouveau.")


class UploadBusy(Refusal):
    """Another piece of the same upload is being written."""

    code, status = "upload-busy", 409
    says = N_("Une autre partie de ce fichier est en cours d'envoi. Réessayez.")


class UploadTooLong(Refusal):
    """More bytes than were announced."""

    code, status = "upload-too-long", 413
    says = N_("Le fichier est plus long qu'annoncé.")


class LineSilent(Refusal):
    """Nothing came for a while; what had come is kept."""

    code, status = "line-silent", 408
    says = N_("La ligne s'est tue. Ce qui est arrivé est gardé ; l'envoi reprend de là.")


class ChecksumMismatch(Refusal):
    """A piece, or the whole file, is not what the sender says it is. The tus protocol gives it the status 460."""

    code, status = "checksum-mismatch", 400
    says = N_("Cette partie du fichier a été abîmée en route. Elle est renvoyée.")


class UploadKept(Refusal):
    """The upload has become a document, which is withdrawn from the package, not terminated."""

    code, status = "upload-kept", 409
    says = N_("Ce fichier est déjà dans le dossier. Retirez la pièce du dossier.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """What a piece must add up to."""

    algorithm: str
    digest: bytes

    @classmethod
    def of(cls, header: str) -> "Checksum":
        """Read `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`."""
        algorithm, _, encoded = header.partition(" ")
        try:
            digest = base64.b64decode(encoded, validate=True)
        except binascii.Error as fault:
            raise BadInput(field="Upload-Checksum") from fault
        if algorithm not in CHECKSUMS:
            raise BadInput(field="Upload-Checksum")
        return cls(algorithm=algorithm, digest=digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far an upload is."""

    id: UUID
    length: int
    offset: int
    expires_at: datetime
    document_id: UUID | None


async def begin(
    work: Work, visit_id: UUID, arriving: Arriving, *, length: int, settings: Settings, sha256: str | None = None
) -> Standing:
    """Announce a file."""
    await make_room(work, visit_id, arriving.document_type, length, settings)
    upload = Upload(
        visit_id=visit_id,
        purpose=PURPOSE,
        document_type=arriving.document_type,
        file_name=arriving.file_name[:1000],
        reference=arriving.reference,
        length=length,
        sha256=sha256.lower() if sha256 else None,
        started_by=work.actor.person,
        started_at=work.now,
        expires_at=work.now + LIFE,
    )
    work.session.add(upload)
    await work.session.flush()
    return _standing(upload, 0)


async def standing(tools: Tools, actor: Actor, upload_id: UUID) -> Standing:
    """How much has arrived. A file that is whole but was not added yet, because the process died, is added now."""
    upload = await tools.database.run(actor, _alive, upload_id)
    here = _spool(tools, upload_id).size()
    if upload.document_id is None and here == upload.length:
        with _sole_writer(_place(tools, upload_id)):
            return await _finish(tools, actor, upload_id)
    return _standing(upload, here)


async def append(
    tools: Tools,
    actor: Actor,
    upload_id: UUID,
    offset: int,
    body: AsyncIterable[bytes],
    checksum: Checksum | None = None,
) -> Standing:
    """Add a piece; with the last one the file becomes a document. A piece with a checksum counts whole or not."""
    await tools.database.run(actor, _alive, upload_id)
    with _sole_writer(_place(tools, upload_id)):
        upload = await tools.database.run(actor, _alive, upload_id)
        spool = _spool(tools, upload_id)
        here = upload.length if upload.document_id else spool.size()
        if offset != here:
            raise OffsetMismatch(size=here)
        pieces = _within(_awake(body), upload.length - here)
        if checksum is None:
            here = here if upload.document_id else await spool.append(offset, pieces)
        else:
            with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as aside:
                await _verified(pieces, checksum, aside)
                here = await spool.append(offset, _read(aside))
        if here == upload.length:
            return await _finish(tools, actor, upload_id)
        return _standing(await tools.database.run(actor, _went_on, upload_id, here), here)


async def terminate(tools: Tools, actor: Actor, upload_id: UUID) -> None:
    """Give an upload up and forget its pieces."""
    await tools.database.run(actor, _alive, upload_id)
    with _sole_writer(_place(tools, upload_id)):
        await tools.database.run(actor, _forget, upload_id)
        _spool(tools, upload_id).discard()


async def sweep(tools: Tools, tenant: TenantId, now: datetime) -> int:
    """Forget the uploads whose time is over, and pieces without an upload; say how many uploads."""

    async def expired(work: Work) -> list[UUID]:
        gone = []
        for upload in await queries.expired_uploads(work, now):
            try:
                with _sole_writer(_place(tools, upload.id)):
                    _spool(tools, upload.id).discard()
            except UploadBusy:
                continue
            gone.append(upload.id)
            await work.session.delete(upload)
        return gone

    swept = await tools.database.run(system(tenant), expired)
    folder = tools.settings.data / "spool"
    if folder.is_dir():
        await asyncio.to_thread(sweep_spool, folder, 2 * LIFE, now)
    return len(swept)


# ---------- the end of an upload ----------


async def _finish(tools: Tools, actor: Actor, upload_id: UUID) -> Standing:
    """Judge the whole file, store it, add it. The pieces stay until the document is committed."""
    upload = await tools.database.run(actor, _alive, upload_id)
    spool = _spool(tools, upload_id)
    if upload.document_id is None:
        try:
            with _place(tools, upload_id).open("rb") as file:
                media_type = await judge(tools.settings, file)
            blob = await spool.finish(tools.blobs)
            if upload.sha256 and blob.sha256 != upload.sha256:
                raise ChecksumMismatch()
            upload = await tools.database.run(
                actor, _settle, upload_id, blob=blob, media_type=media_type, limit=tools.settings.package_limit
            )
        except (FileRefused, ChecksumMismatch) as refusal:
            await tools.database.run(actor, _refuse, upload_id, refusal.code)
            spool.discard()
            raise
    spool.discard()
    return _standing(upload, upload.length)


async def _settle(work: Work, upload_id: UUID, *, blob: Blob, media_type: str, limit: int) -> Upload:
    """Visit first, then the upload: the lock order of the house."""
    upload = await work.session.get_one(Upload, upload_id)
    arriving = Arriving(document_type=upload.document_type, file_name=upload.file_name, reference=upload.reference)
    document = await add(
        work, upload.visit_id, arriving, blob=blob, media_type=media_type, limit=limit, upload_id=upload_id
    )
    upload = await _alive(work, upload_id)
    upload.received, upload.document_id, upload.expires_at = upload.length, document.id, work.now + LIFE
    return upload


async def _alive(work: Work, upload_id: UUID) -> Upload:
    upload = await queries.upload_for_update(work, upload_id)
    if upload is None or upload.purpose != PURPOSE:
        raise NotFound()
    if upload.fault or upload.expires_at <= work.now:
        raise UploadGone(fault=upload.fault or "expired")
    return upload


async def _went_on(work: Work, upload_id: UUID, received: int) -> Upload:
    upload = await _alive(work, upload_id)
    upload.received, upload.expires_at = received, work.now + LIFE
    return upload


async def _refuse(work: Work, upload_id: UUID, fault: str) -> None:
    (await _alive(work, upload_id)).fault = fault


async def _forget(work: Work, upload_id: UUID) -> None:
    upload = await _alive(work, upload_id)
    if upload.document_id is not None:
        raise UploadKept()
    await work.session.delete(upload)


def _standing(upload: Upload, offset: int) -> Standing:
    return Standing(
        id=upload.id,
        length=upload.length,
        offset=upload.length if upload.document_id else offset,
        expires_at=upload.expires_at,
        document_id=upload.document_id,
    )


# ---------- the pieces ----------


def _place(tools: Tools, upload_id: UUID) -> Path:
    """Where the spool keeps the pieces: named by our own id, never by the sender."""
    return tools.settings.data / "spool" / str(upload_id)


def _spool(tools: Tools, upload_id: UUID) -> Spool:
    return Spool(_place(tools, upload_id).parent, upload_id)


@contextmanager
def _sole_writer(place: Path) -> Iterator[None]:
    """Hold the pieces for oneself; UploadBusy if somebody else does. A process that dies lets go of them."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy() from None
        yield
    finally:
        os.close(handle)


async def _awake(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The pieces; LineSilent when none comes for too long, so that the sender may come back on a better line."""
    pieces = aiter(body)
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError as fault:
            raise LineSilent() from fault
        yield piece


async def _within(body: AsyncIterable[bytes], room: int) -> AsyncIterator[bytes]:
    async for piece in body:
        room -= len(piece)
        if room < 0:
            raise UploadTooLong()
        yield piece


async def _verified(body: AsyncIterable[bytes], checksum: Checksum, aside: IO[bytes]) -> None:
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
    async for piece in body:
        digest.update(piece)
        await asyncio.to_thread(aside.write, piece)
    if digest.digest() != checksum.digest:
        raise ChecksumMismatch()


async def _read(aside: IO[bytes]) -> AsyncIterator[bytes]:
    aside.seek(0)
    while piece := await asyncio.to_thread(aside.read, CHUNK):
        yield piece
