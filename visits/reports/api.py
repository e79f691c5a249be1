"""Reports for programs: every version with its digest, the exact bytes a digest covers, and the public check."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response
from litestar.params import FromPath

from visits.declarations.queries import case_of
from visits.errors import NotFound
from visits.reports import queries
from visits.reports.check import Checked, check
from visits.reports.content import Content, from_stored, signed_body
from visits.reports.numbers import number_text
from visits.reports.tables import ReportVersion
from visits.roles import CASE_READERS, FIRM
from visits.store.work import Work
from visits.web.route import PUBLIC, get

READERS = CASE_READERS | FIRM


class SignatureView(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to a version."""

    kind: str
    verdict: str
    name: str
    quality: str
    remarks: str
    at: Any


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One frozen version; `digest` is the SHA-256 of the bytes at `…/body`."""

    version: int
    state: str
    digest: str
    frozen_at: Any
    validated_at: Any
    content: Content
    signatures: list[SignatureView]


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a visit, newest version first."""

    visit: str
    number: str | None
    versions: list[VersionView]


@get("/api/visits/{visit_id:uuid}/report", roles=READERS)
async def report(work: Work, visit_id: FromPath[UUID]) -> Response[bytes]:
    """Every frozen version of a visit's report."""
    case = await case_of(work, visit_id)
    found = await queries.report_of(work, visit_id)
    versions = await queries.versions_of(work, visit_id)
    if found is None or not versions:
        raise NotFound()
    number = None
    if found.year is not None and found.number is not None:
        number = number_text(found.year, case.office.code, found.number)
    shown = ReportView(
        visit=case.visit.reference, number=number, versions=[await _version(work, each) for each in versions]
    )
    return Response(msgspec.json.encode(shown), media_type=MediaType.JSON)


async def _version(work: Work, frozen: ReportVersion) -> VersionView:
    return VersionView(
        version=frozen.version,
        state=frozen.state,
        digest=frozen.digest,
        frozen_at=frozen.frozen_at,
        validated_at=frozen.validated_at,
        content=from_stored(frozen.content),
        signatures=[
            SignatureView(
                kind=one.kind,
                verdict=one.verdict,
                name=one.name,
                quality=one.quality,
                remarks=one.remarks,
                at=one.at,
            )
            for one in await queries.signatures_of(work, frozen.id)
        ],
    )


@get("/api/visits/{visit_id:uuid}/report/{version:int}/body", roles=READERS)
async def body(work: Work, visit_id: FromPath[UUID], version: FromPath[int]) -> Response[bytes]:
    """The canonical bytes of a version: whoever hashes them gets its digest."""
    await case_of(work, visit_id)
    frozen = await queries.version_of(work, visit_id, version)
    if frozen is None:
        raise NotFound()
    return Response(signed_body(from_stored(frozen.content)), media_type=MediaType.JSON)


@get("/api/public/reports/{code:str}", roles=PUBLIC)
async def public_check(work: Work, code: FromPath[str]) -> Response[bytes]:
    """What a copy with this code is worth: no name, no value, no photo."""
    checked: Checked = await check(work, code)
    return Response(msgspec.json.encode(checked), media_type=MediaType.JSON)


ROUTES = [report, body, public_check]
