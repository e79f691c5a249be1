"""/api/documents: resumable uploads by the tus protocol 1.0 (tus.io), and the files themselves."""

import base64
import binascii
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import litestar
from litestar import HttpMethod, Request, Response
from litestar.params import FromPath, FromQuery

from visits.documents import queries, resume
from visits.documents.content import hand_over
from visits.documents.resume import CHECKSUMS, Checksum, ChecksumMismatch, Standing
from visits.documents.upload import Arriving
from visits.errors import BadInput, Refusal
from visits.roles import CASE_READERS, DECLARANTS, FIRM
from visits.store.tools import Tools
from visits.texts import N_
from visits.web.problem import on_refusal
from visits.web.route import PUBLIC, delete, get, head, patch, post

VERSION = "1.0.0"
UPLOADS = "/api/documents/uploads"
#: The status tus gives a piece that was damaged on its way; HTTP has none.
DAMAGED = 460
COMMON = {"tus-resumable": VERSION, "cache-control": "no-store", "x-content-type-options": "nosniff"}


class TusVersion(Refusal):
    """The client speaks another version of the protocol, or does not say which."""

    code, status = "tus-version", 412
    says = N_("Ce logiciel d'envoi n'est pas compatible : version 1.0.0 attendue.")


class PieceExpected(Refusal):
    """A piece of an upload has a media type of its own."""

    code, status = "piece-expected", 415
    says = N_("Une partie de fichier est attendue (application/offset+octet-stream).")


def tus_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """Our refusals, with what the protocol asks of every answer."""
    answer = on_refusal(request, refusal)
    answer.headers |= COMMON | ({"tus-version": VERSION} if isinstance(refusal, TusVersion) else {})
    if isinstance(refusal, ChecksumMismatch):
        answer.status_code = DAMAGED
    return answer


TUS: dict[str, Any] = {"roles": DECLARANTS, "exception_handlers": {Refusal: tus_refusal}}


@litestar.route(
    UPLOADS, http_method=[HttpMethod.OPTIONS], opt={"roles": PUBLIC}, operation_id="documents.api.abilities"
)
async def abilities(request: Request) -> Response[None]:  # type: ignore[type-arg]
    """What this server can do."""
    tools: Tools = request.app.state.tools
    return Response(
        None,
        status_code=204,
        headers=COMMON
        | {
            "tus-version": VERSION,
            "tus-extension": "creation,checksum,termination,expiration",
            "tus-checksum-algorithm": ",".join(CHECKSUMS),
            "tus-max-size": str(tools.settings.document_limit),
        },
    )


@post(UPLOADS, **TUS)
async def create(request: Request) -> Response[None]:  # type: ignore[type-arg]
    """Announce a file: Upload-Length; Upload-Metadata names visit, type and filename, perhaps reference and sha256."""
    _speaks_tus(request)
    tools: Tools = request.app.state.tools
    told = metadata(request.headers.get("upload-metadata", ""))
    arriving = Arriving(
        document_type=told.get("type", ""),
        file_name=told.get("filename", ""),
        reference=told.get("reference", ""),
    )
    standing = await tools.database.run(
        request.user,
        resume.begin,
        _id(told.get("visit", "")),
        arriving,
        length=_whole(request, "upload-length"),
        settings=tools.settings,
        sha256=told.get("sha256"),
    )
    return _answer(201, standing, location=f"{UPLOADS}/{standing.id}")


@head(UPLOADS + "/{upload_id:uuid}", **TUS)
async def how_far(request: Request, upload_id: FromPath[UUID]) -> Response[None]:  # type: ignore[type-arg]
    """Where to go on."""
    _speaks_tus(request)
    standing = await resume.standing(request.app.state.tools, request.user, upload_id)
    return _answer(200, standing, upload_length=str(standing.length))


@patch(UPLOADS + "/{upload_id:uuid}", **TUS)
async def go_on(request: Request, upload_id: FromPath[UUID]) -> Response[None]:  # type: ignore[type-arg]
    """Add a piece."""
    _speaks_tus(request)
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise PieceExpected()
    checksum = request.headers.get("upload-checksum")
    standing = await resume.append(
        request.app.state.tools,
        request.user,
        upload_id,
        _whole(request, "upload-offset"),
        request.stream(),
        Checksum.of(checksum) if checksum else None,
    )
    return _answer(204, standing)


@delete(UPLOADS + "/{upload_id:uuid}", status_code=200, **TUS)
async def give_up(request: Request, upload_id: FromPath[UUID]) -> Response[None]:  # type: ignore[type-arg]
    """Forget an upload."""
    _speaks_tus(request)
    await resume.terminate(request.app.state.tools, request.user, upload_id)
    return Response(None, status_code=204, headers=COMMON)


@get("/api/documents/{document_id:uuid}/content", roles=FIRM | CASE_READERS, opt={"uncompressed": True})
async def content(request: Request, document_id: FromPath[UUID], inline: FromQuery[bool] = False) -> Response[Any]:  # type: ignore[type-arg]
    """A document as it was sent, for whoever may open its visit."""
    tools: Tools = request.app.state.tools
    document = await tools.database.run(request.user, queries.document_for, document_id)
    return await hand_over(request, tools.blobs, document, inline=inline)


def metadata(header: str) -> dict[str, str]:
    """Read `filename ZmFjdHVyZS5wZGY=,type Mzgw`: names, and values in base 64."""
    told = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _, encoded = pair.partition(" ")
        try:
            told[name] = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as fault:
            raise BadInput(field="Upload-Metadata") from fault
    return told


def _speaks_tus(request: Request[Any, Any, Any]) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise TusVersion()


def _whole(request: Request[Any, Any, Any], name: str) -> int:
    value = request.headers.get(name, "")
    if not value.isdecimal() or not value.isascii() or len(value) > 18:
        raise BadInput(field=name.title())
    return int(value)


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as fault:
        raise BadInput(field="visit") from fault


def _answer(status: int, standing: Standing, **headers: str) -> Response[None]:
    told = {
        "upload-offset": str(standing.offset),
        "upload-expires": _date(standing.expires_at),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    if standing.document_id:
        told["content-location"] = f"/api/documents/{standing.document_id}/content"
    return Response(None, status_code=status, headers=COMMON | told)


def _date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


ROUTES = [abilities, create, how_far, go_on, give_up, content]
