"""/api/clearance: declarations and messages in, papers of reports out, for whoever holds an integrator's key."""

from dataclasses import dataclass
from typing import Any, get_args

from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat
from litestar.params import FromQuery

from visits.actor import Actor
from visits.clearance import body as bodies
from visits.clearance import queries
from visits.clearance.inbox import DECLARATION, MESSAGE, MESSAGE_LIMIT, Letter, Taken, refuse, take
from visits.clearance.paper import MEDIA_TYPE
from visits.clearance.port import AnyMessage
from visits.errors import BadInput, NotFound, Refusal
from visits.roles import Role
from visits.store.blobs import key_of
from visits.store.tools import Tools
from visits.store.work import Work
from visits.web.route import get, post

CHANNEL = "api"
INTEGRATORS = frozenset({Role.INTEGRATOR})
_LONGEST_KEY = 128
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a declaration or message: `accepted`, `parked` until its declaration comes, or `noted`."""

    outcome: str
    reference: str
    declaration: str | None = None
    status: str | None = None
    warnings: list[str] | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Problem details (RFC 9457); `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str


def _answers(*statuses: int) -> dict[int, ResponseSpec]:
    told = {
        200: "Taken. A repeat gets the same answer.",
        202: "Kept: it is applied as soon as its declaration arrives.",
        401: "No key, or one that has ended.",
        403: "The key is no integrator's, or belongs to another office.",
        409: "registration_key_conflict: known with other content, laid before the visit chief.",
        413: "file_too_large: over the size cap, told or counted.",
        415: "unknown_encoding: packed in another way than gzip.",
        422: "Not taken; `code` says why (docs/integrate/asycuda.md, new-system.md). One refusal is recorded.",
    }
    return {
        status: ResponseSpec(
            data_container=Answer if status < 300 else Problem,
            description=told[status],
            generate_examples=False,
            media_type="application/json" if status < 300 else "application/problem+json",
        )
        for status in statuses
    }


@dataclass
class TakesDeclaration(Operation):
    """Documents the raw XML body."""

    def __post_init__(self) -> None:
        binary = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
        self.request_body = RequestBody(
            required=True,
            description="One SAD as ASYCUDA World exports it, as it is or gzipped (Content-Encoding: gzip).",
            content={"application/xml": binary, "text/xml": binary, "application/octet-stream": binary},
        )


@dataclass
class TakesMessage(Operation):
    """Documents the JSON messages."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        key = Schema(
            type=OpenAPIType.OBJECT,
            required=["office", "year", "number"],
            properties={
                "office": text,
                "year": Schema(type=OpenAPIType.INTEGER),
                "serial": text,
                "number": text,
            },
        )
        kinds = [str(kind.__struct_config__.tag) for kind in get_args(AnyMessage)]
        schema = Schema(
            type=OpenAPIType.OBJECT,
            required=["type", "id", "at", "declaration"],
            properties={
                "type": Schema(type=OpenAPIType.STRING, enum=kinds),
                "id": Schema(type=OpenAPIType.STRING, description="The sender's own id: the same again is a repeat."),
                "at": Schema(
                    type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME, description="When it happened there."
                ),
                "declaration": key,
            },
            description="The further fields of each type are in docs/integrate/new-system.md.",
        )
        example = Example(
            summary="a lane",
            value={
                "type": "lane_chosen",
                "id": "sel-2026-000118",
                "at": "2026-11-23T08:02:11Z",
                "declaration": {"office": "CIAB1", "year": 2026, "serial": "C", "number": "48213"},
                "lane": "red",
                "hits": [{"rule": "R-117", "text": "quantités"}],
                "order": {"extent": "PARTIAL", "percent": 30},
            },
        )
        self.request_body = RequestBody(
            required=True,
            content={"application/json": OpenAPIMediaType(schema=schema, examples={"lane": example})},
        )


@post(
    "/api/clearance/declarations",
    roles=INTEGRATORS,
    request_max_body_size=None,
    operation_class=TakesDeclaration,
    responses=_answers(200, 401, 403, 409, 413, 415, 422),
    tags=["clearance"],
    summary="Take a declaration (SAD XML)",
)
async def take_declaration(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Take one SAD, once: a repeat changes nothing and gets the same answer.

    An `Idempotency-Key` header is welcome and not needed: the registration key does its work.
    """
    tools: Tools = request.app.state.tools
    return await _take(request, DECLARATION, tools.settings.sad_limit, request.headers.get("idempotency-key"))


@post(
    "/api/clearance/messages",
    roles=INTEGRATORS,
    request_max_body_size=None,
    operation_class=TakesMessage,
    responses=_answers(200, 202, 401, 403, 409, 413, 415, 422),
    tags=["clearance"],
    summary="Take a message (JSON)",
)
async def take_message(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Take one message about a declaration: lane, acknowledgement, voucher, withdrawal, arrival, payment, exit.

    Messages may come late, twice and in any order: `id` tells a repeat, `at` tells what is newer.
    """
    return await _take(request, MESSAGE, MESSAGE_LIMIT, None)


@get("/api/clearance/reports/pdf", roles=INTEGRATORS, tags=["clearance"], summary="The PDF of a report sent")
async def paper(request: Request[Any, Any, Any], work: Work, id: FromQuery[str] = "") -> Response[bytes]:
    """The PDF of the report sent under this `id`: the bytes whose SHA-256 is `pdf.sha256` of the report."""
    sent = await queries.outbound_by_key(work, id[:_LONGEST_ID])
    if sent is None or "pdf" not in sent.body:
        raise NotFound()
    tools: Tools = request.app.state.tools
    work.audit("report_fetched", sent.visit_id, office=sent.office_id, version=sent.version)
    return Response(
        await tools.blobs.read(key_of(sent.body["pdf"]["sha256"])),
        media_type=MEDIA_TYPE,
        headers={"cache-control": "private, no-store", "x-content-type-options": "nosniff"},
    )


async def _take(
    request: Request[Any, Any, Any], kind: str, limit: int, message_key: str | None
) -> Response[dict[str, Any]]:
    tools: Tools = request.app.state.tools
    sender = request.user.source or request.user.name
    actor = Actor(
        tenant=request.user.tenant,
        roles=frozenset({Role.SYSTEM}),
        name=sender,
        office=request.user.office,
        source=sender,
    )
    try:
        if message_key is not None and not 0 < len(message_key) <= _LONGEST_KEY:
            raise BadInput(field="Idempotency-Key")
        raw = await bodies.whole(request, limit)
    except bodies.TooMuch as cut:
        letter = Letter(channel=CHANNEL, sender=sender, kind=kind, size=cut.size)
        taken = await refuse(tools, actor, letter, cut.refusal)
    except Refusal as refusal:
        taken = await refuse(tools, actor, Letter(channel=CHANNEL, sender=sender, kind=kind, size=0), refusal)
    else:
        taken = await take(tools, actor, channel=CHANNEL, sender=sender, kind=kind, raw=raw, message_key=message_key)
    return _answer(taken)


def _answer(taken: Taken) -> Response[dict[str, Any]]:
    """After the commit: what was refused is told as a problem."""
    if taken.refusal is not None:
        raise taken.refusal
    return Response(taken.body, status_code=taken.status)


ROUTES = [take_declaration, take_message, paper]
